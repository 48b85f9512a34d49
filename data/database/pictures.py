"""One picture: what is read once in a transaction that only reads, whoever asks for it there."""

from collections.abc import Callable, Hashable
from typing import Any, TypeVar

from data.database.tenancy import TenantSession

T = TypeVar('T')


def once(tx: TenantSession, key: Hashable, read: Callable[[], T]) -> T:
    """What `read` finds, read once for each `key` and scope; by a transaction that writes it is read each time.

    One that only reads sees one picture, so that asking again changes nothing.
    """
    if tx.writes:
        return read()
    known: dict[Any, T] = tx.info.setdefault('once', {})
    place = tx.scope, key
    if place not in known:
        known[place] = read()
    return known[place]

"""Catalogues for whoever runs Botcadence: the file that one stands in, and a first plan for every organization."""

import os
import stat
from collections.abc import Callable
from pathlib import Path

from data.database import System, transaction
from data.problems import Invalid, NotFound
from data.services import subscriptions
from data.services.invoices import rounds

LARGEST = 1_000_000
"""Bytes: what is larger is no catalogue, and is not read to its end."""


def text_of(path: Path) -> str:
    """What stands in a file of a catalogue, which may be reached by a link. Raises Invalid('catalogue')."""
    try:
        there = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)  # a pipe without a writer would wait for good
        with os.fdopen(there, 'rb') as file:
            if not stat.S_ISREG(os.fstat(there).st_mode):
                raise Invalid(catalogue=f'{path} is not a file.')
            content = file.read(LARGEST + 1)
    except OSError as error:
        raise Invalid(catalogue=f'{path} can’t be read: {error.strerror}.') from None
    except ValueError:  # a name with a zero byte
        raise Invalid(catalogue='This is not the name of a file.') from None
    if len(content) > LARGEST:
        raise Invalid(catalogue=f'{path} is too large: a catalogue has {LARGEST:,} bytes at most.')
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        raise Invalid(catalogue=f'{path} is not UTF-8: byte {error.start + 1:,} is none of it.') from None


def begin_everywhere(progress: Callable[[str], None]) -> int:
    """Give every organization that has no plan the default one; how many that were.

    Each in a transaction of its own: what was broken off goes on with the next call, or with the server.
    """
    begun, wanting = 0, rounds.to_begin()
    for organization_id in wanting:
        try:
            with transaction(System(organization_id)) as tx:
                subscriptions.begin(tx)
        except NotFound:  # it is gone meanwhile
            continue
        begun += 1
        progress(f'{begun:,} of {len(wanting):,} organizations begin with their plan')
    return begun

"""The audit log of an organization as a hash chain: what is changed, removed, inserted or reordered in it is found.

Every event carries its number, 1, 2, 3 … in its organization, and the SHA-256 over the hash of the event before it
(nothing for the first), a line feed, and its fields as canonical JSON: sorted names, no white space, ASCII, moments in
UTC with microseconds. What the actor was called is among the fields only where they were called something (`NAME` is
not None), so that events from before people had names keep their hashes; a name that is put in, changed or taken away
is found all the same. The organization's row keeps the newest number and hash, so that a cut-off end is found too.
Whoever can rewrite the whole chain and that row leaves no trace here: keep the newest number and hash elsewhere, as
`verify-audit` prints them, and let it compare the record with them.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

from data import clock
from data.database.tenancy import TenantSession
from data.models import AuditEvent, Organization

FIELDS = (
    'seq',
    'at',
    'actor_email',
    'action',
    'target',
    'outcome',
    'rule',
    'details',
    'network',
    'actor_id',
    'organization_id',
)
"""What the hash of every event covers."""

NAME = 'actor_name'
"""What it covers besides, in an event that has it."""

NOTHING: Mapping[str, Any] = {}


def append(
    tx: TenantSession,
    organization: Organization,
    action: str,
    *,
    actor_id: str | None,
    actor_email: str,
    actor_name: str | None = None,
    network: str = '',
    target: str = '',
    outcome: str = 'done',
    rule: str = '',
    details: Mapping[str, Any] = NOTHING,
) -> None:
    """Put an event at the end of its organization's chain, in the act's own transaction.

    The transaction holds the organization's row and has read or written it since: else two writers would continue the
    same event, and the database refuses the second. The hashes of a transaction are in its `info['recorded']`.
    """
    event = {
        'organization_id': organization.id,
        'seq': organization.audit_seq + 1,
        'at': clock.now(),
        'actor_id': actor_id,
        'actor_email': actor_email,
        NAME: actor_name,
        'action': action,
        'target': target,
        'outcome': outcome,
        'rule': rule,
        'details': json.loads(_json(details)),  # as it comes back from the database
        'network': network,
    }
    _chain(tx, organization, event)


def _chain(tx: TenantSession, organization: Organization, event: dict[str, Any]) -> None:
    event['hash'] = digest(organization.audit_head, SimpleNamespace(**event))
    organization.audit_seq, organization.audit_head = event['seq'], event['hash']
    tx.add_row(AuditEvent, event | _derived(event))
    tx.info.setdefault('recorded', []).append(event['hash'])


def search_by(searchable: Callable[[Any], str]) -> None:
    """Let events be found by what `searchable` makes of them, which is written beside them; a later one counts."""
    _Words.searchable = staticmethod(searchable)


class _Words:
    searchable: Callable[[Any], str] | None = None


def _derived(event: Mapping[str, Any]) -> dict[str, Any]:
    """What stands beside an event so that it is found soon; no hash covers it."""
    said = _Words.searchable(SimpleNamespace(**event)) if _Words.searchable else None
    return {'subject': subject_of(event['action']), 'said': said}


def subject_of(action: str) -> str:
    """What an action is about: how its name begins."""
    return action.partition(':')[0]


def fields(event: object) -> dict[str, Any]:
    """What an event says, as plain JSON; takes whatever has these attributes."""
    named = {NAME: name} if (name := getattr(event, NAME)) is not None else {}
    return {name: _plain(getattr(event, name)) for name in FIELDS} | named


def digest(previous: str, event: object) -> str:
    """The hash of an event that follows the one with the hash `previous`, in hexadecimal.

    Raises TypeError or ValueError for what no event of ours can hold.
    """
    return hashlib.sha256(f'{previous}\n{_json(fields(event))}'.encode()).hexdigest()


def _plain(value: Any) -> Any:
    return value.astimezone(UTC).isoformat(timespec='microseconds') if isinstance(value, datetime) else value


def _json(value: Any) -> str:
    return json.dumps(value, sort_keys=True, separators=(',', ':'), allow_nan=False)

"""The status of an organization: what each one leaves of the permissions, and which may follow which."""

from dataclasses import dataclass

from data.models import Status
from data.permissions.roles import Permission


@dataclass(frozen=True)
class StatusRule:
    """What a status is called, what it means, and which permissions it leaves to Owners and to everybody else."""

    word: str
    tone: str
    meaning: str
    owners: frozenset[Permission]
    others: frozenset[Permission]


_EVERYTHING = frozenset(Permission)
_READING = frozenset(
    {
        Permission.ORGANIZATION_VIEW,
        Permission.ORGANIZATION_LEAVE,
        Permission.CONVERSATION_VIEW,
        Permission.LEAD_EXPORT,
        Permission.INVITATION_VIEW,
        Permission.AUDIT_VIEW,
        Permission.USAGE_VIEW,
        Permission.BILLING_VIEW,
    }
)
_KEEPING = _READING | {
    Permission.CONVERSATION_DELETE,
    Permission.ORGANIZATION_RENAME,
    Permission.PHONE_MANAGE,
    Permission.BILLING_MANAGE,
    Permission.ORGANIZATION_DELETE,
    Permission.ORGANIZATION_SECURE,
}
STATUS_RULES: dict[Status, StatusRule] = {
    Status.ACTIVE: StatusRule('Active', 'ok', 'Everything works.', _EVERYTHING, _EVERYTHING),
    Status.PAST_DUE: StatusRule(
        'Past due', 'warn', 'A payment is overdue. Everything works for now.', _EVERYTHING, _EVERYTHING
    ),
    Status.RESTRICTED: StatusRule(
        'Restricted', 'warn', 'Read-only. Settings and billing stay open to Owners.', _KEEPING, _READING
    ),
    Status.SUSPENDED: StatusRule(
        'Suspended', 'danger', 'Read-only for everyone until the administrator lifts it.', _READING, _READING
    ),
    Status.DELETING: StatusRule(
        'Being deleted',
        'danger',
        'Read-only until it is gone for good. Until then it can be restored.',
        _KEEPING,
        _READING,
    ),
    Status.DELETED: StatusRule('Deleted', 'danger', 'It is gone.', frozenset(), frozenset()),
}

NEXT: dict[Status, frozenset[Status]] = {
    Status.ACTIVE: frozenset({Status.PAST_DUE, Status.SUSPENDED, Status.DELETING}),
    Status.PAST_DUE: frozenset({Status.ACTIVE, Status.RESTRICTED, Status.SUSPENDED, Status.DELETING}),
    Status.RESTRICTED: frozenset({Status.ACTIVE, Status.SUSPENDED, Status.DELETING}),
    Status.SUSPENDED: frozenset({Status.ACTIVE, Status.DELETING}),
    Status.DELETING: frozenset({Status.ACTIVE, Status.SUSPENDED, Status.DELETED}),
    Status.DELETED: frozenset(),
}
"""Which status may follow which."""

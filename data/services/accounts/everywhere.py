"""What all organizations of a person see of a change to their account: each shows its members anew."""

from sqlmodel import col, select

from data import changes
from data.changes import Change
from data.database import Scope, TenantSession
from data.models import Membership, User
from data.services.audit.acts import Topic


def note_everywhere(tx: TenantSession, user: User) -> None:
    """Note, in a transaction of `accounts()`, that this person is not what they were, wherever they are a member."""
    with tx.within(Scope(user_id=user.id)):
        at = tx.exec(select(Membership.organization_id).where(col(Membership.user_id) == user.id)).all()
    for organization_id in at:
        change = Change(organization_id, Topic.MEMBER, user.email, frozenset({user.id}), by_name=user.name)
        changes.note(tx, change)

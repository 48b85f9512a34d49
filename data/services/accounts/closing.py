"""Closing an account: what it means, computed from what is there, and doing it, all of it or nothing.

Everything of the person goes: the account, ways in, sessions, mails, what was on its record. Organizations in which
somebody else works go on, and each needs an Owner: its last one has to hand it over first. Those in which nobody else
is go with the account. On the record of the others stays what the person did there, with name and address: a record
from which something can be taken is none.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from hashlib import sha256

from sqlalchemy import bindparam, or_
from sqlmodel import case, col, delete, func, select

from data.database import Actor, Scope, TenantSession, accounts, constant, lock
from data.inputs import emails
from data.models import (
    AccountEvent,
    Invitation,
    InvitationState,
    Mail,
    Membership,
    Organization,
    RecoveryRequest,
    Role,
    Status,
    User,
    UserSession,
)
from data.permissions import as_member, identify, recently
from data.problems import Invalid, Problem, SignedOut
from data.services import audit, invitations
from data.services.accounts.acts import AccountAct
from data.services.accounts.events import note_event
from data.services.audit import Act
from data.services.mail import outbox
from data.services.usage import seats

CHANGED = 'Your organizations are not what they were a moment ago. Nothing was closed. Look again at what it means.'
NOT_YET = 'Your account can’t be closed yet. Nothing was closed.'


class Fate(StrEnum):
    """What becomes of an organization when one of its members closes their account."""

    HANDED_OVER = 'handed_over'
    """Not yet: it would be without an Owner, and others work there."""

    HELD = 'held'
    """Not yet: whoever runs the installation has suspended it, and nobody else is there."""

    LEFT = 'left'
    DELETED = 'deleted'
    CLEARED = 'cleared'
    """It was deleted before, and what was still kept of it goes."""


BLOCKING = Fate.HANDED_OVER, Fate.HELD


@dataclass(frozen=True)
class Standing:
    """One of the person's organizations; `members` and `owners` are how many there are, with them."""

    id: str
    name: str
    status: Status
    role: Role
    members: int
    owners: int

    @property
    def is_last_owner(self) -> bool:
        """Whether it would be without an Owner."""
        return self.role is Role.OWNER and self.owners == 1

    @property
    def fate(self) -> Fate:
        """What becomes of it."""
        if self.status is Status.DELETED:
            return Fate.CLEARED
        if self.members == 1:
            return Fate.HELD if self.status is Status.SUSPENDED else Fate.DELETED
        return Fate.HANDED_OVER if self.is_last_owner else Fate.LEFT


@dataclass(frozen=True)
class ClosingOutlook:
    """What closing the account means now."""

    email: str
    standings: Sequence[Standing]

    def of(self, fate: Fate) -> list[Standing]:
        """The organizations of which this becomes."""
        return [standing for standing in self.standings if standing.fate is fate]

    @property
    def can_close(self) -> bool:
        """Whether nothing has to be done first."""
        return not any(standing.fate in BLOCKING for standing in self.standings)

    @property
    def edition(self) -> str:
        """The same text for the same meaning: whoever agrees to one has not agreed to another."""
        meaning = sorted(f'{standing.id}:{standing.fate}' for standing in self.standings)
        return sha256('\n'.join(meaning).encode()).hexdigest()


def closing_outlook(actor: Actor) -> ClosingOutlook:
    """What closing their account would mean to the actor. Raises SignedOut."""
    with accounts(writes=False) as tx:
        identify(tx, actor)
        return _outlook(tx, tx.find(User, actor.user_id))


def ready_to_close(actor: Actor) -> ClosingOutlook:
    """The same for who has just shown who they are. Raises Reauthenticate, SignedOut."""
    with accounts(writes=False) as tx:
        recently(tx, actor)
        return _outlook(tx, tx.find(User, actor.user_id))


def close_account(actor: Actor, typed: object, edition: object) -> list[str]:
    """Close the actor's account for good, if it means what they have seen; the ids of the sessions that were theirs.

    `typed` is their address, `edition` that of the outlook they agreed to.
    Raises Invalid('email') for another address, Problem where it means something else by now or something has to be
    done first, Reauthenticate, SignedOut.
    """
    with accounts() as tx:
        recently(tx, actor)
        user = tx.find(User, actor.user_id)
        if not _is_theirs(typed, user):
            raise Invalid(email='This is not the address of your account.')
        now = _held(tx, user)
        if now.edition != edition:
            raise Problem(CHANGED)
        if not now.can_close:
            raise Problem(NOT_YET)
        for standing in now.standings:
            with tx.within(Scope(standing.id)):
                _part(tx, actor, user, standing)
        return _forget(tx, user)


def _is_theirs(typed: object, user: User) -> bool:
    try:
        return emails.parse(typed).key == user.email_key
    except Invalid:
        return False


def _held(tx: TenantSession, user: User) -> ClosingOutlook:
    """The outlook, true until the transaction ends: organizations first, in one order, then the person.

    Nobody comes, goes, or gets another role in an organization that is held, and nobody is let in into another one.
    """
    for organization_id in sorted(standing.id for standing in _outlook(tx, user).standings):
        with tx.within(Scope(organization_id)):
            lock(tx, organization_id)
    if tx.exec(select(User.id).where(User.id == user.id).with_for_update()).first() is None:
        raise SignedOut  # closed in the same moment
    return _outlook(tx, user)


_MINE = constant(
    select(Organization.id, Organization.name, col(Organization.status), col(Membership.role))
    .join(Membership, col(Membership.organization_id) == Organization.id)
    .where(col(Membership.user_id) == bindparam('whose'))
    .order_by(col(Organization.name_key), col(Organization.id))
)
_COUNTS = constant(
    select(
        col(Membership.organization_id), func.count(), func.sum(case((col(Membership.role) == Role.OWNER, 1), else_=0))
    ).group_by(col(Membership.organization_id))
)


def _outlook(tx: TenantSession, user: User) -> ClosingOutlook:
    with tx.within(Scope(user_id=user.id)):
        rows = tx.exec(_MINE, params={'whose': user.id}).all()
        known = {at: (members, owners) for at, members, owners in tx.exec(_COUNTS)}
    return ClosingOutlook(user.email, [Standing(*row, *known[row[0]]) for row in rows])


def _part(tx: TenantSession, actor: Actor, user: User, standing: Standing) -> None:
    """Take the person out of an organization, or the whole of it away; inside of its scope."""
    organization = tx.find(Organization, standing.id)
    if standing.fate is Fate.DELETED or (standing.fate is Fate.CLEARED and standing.is_last_owner):
        tx.delete(organization)  # everything in it goes with it
        return
    membership = tx.get(Membership, (standing.id, user.id))
    if standing.fate is Fate.LEFT:
        member = as_member(replace(actor, organization_id=standing.id), organization, user, standing.role)
        audit.record(tx, member, Act.MEMBER_LEAVE, user.email, users={user.id}, reason='Closed their account')
        invitations.revoke_of(tx, member, user.id, None)
    answered = col(Invitation.state) != InvitationState.PENDING
    theirs = or_(col(Invitation.invited_by) == user.id, col(Invitation.email_key) == user.email_key)
    tx.flush()
    tx.exec(delete(Invitation).where(answered, theirs))
    tx.exec(delete(Mail).where(col(Mail.recipient) == user.email))
    tx.delete(membership)
    seats.left(tx, user.id)


def _forget(tx: TenantSession, user: User) -> list[str]:
    """Delete the account and everything that is the person's; the ids of their sessions."""
    sessions = list(tx.exec(select(UserSession.id).where(UserSession.user_id == user.id)))
    outbox.write_farewell(tx, user)
    theirs = or_(col(AccountEvent.user_id) == user.id, col(AccountEvent.email_key) == user.email_key)
    tx.exec(delete(AccountEvent).where(theirs))
    tx.exec(delete(RecoveryRequest).where(col(RecoveryRequest.email_key) == user.email_key))
    note_event(tx, AccountAct.CLOSE, 'done', '', '')  # that somebody did, and when
    tx.delete(user)
    return sessions

"""Who may do what: `refusal()` joins role and status and says why not, in words; `authorize()` asks it in every act.

A role grants permissions (`roles.GRANTS`); an organization's status narrows them (`statuses.STATUS_RULES`). What a
screen was built with proves nothing: the transaction of each act reads session, membership and status anew.
"""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import bindparam
from sqlmodel import col, exists, select

from data import clock
from data.database import Actor, TenantSession, constant, lock, once
from data.inputs import names, texts
from data.models import BillingSettings, Membership, Organization, Role, Status, UsageLimit, User, UserSession
from data.permissions.roles import GRANTS, Permission
from data.permissions.statuses import STATUS_RULES
from data.problems import Forbidden, NeedsSecondFactor, NotFound, SignedOut


def refusal(role: Role, status: Status, permission: Permission) -> Forbidden | None:
    """Why this role may not do this in this status, worded for the person; None when it may."""
    act = permission.phrase
    if permission not in GRANTS[role]:
        sentence = f'Only {_those_who(permission)} can {act}. You are {texts.with_article(role.label)}.'
        return Forbidden(sentence, action=permission.value, rule=f'role:{role.value}')
    rule = STATUS_RULES[status]
    if permission in (rule.owners if role is Role.OWNER else rule.others):
        return None
    able = 'Only Owners' if permission in rule.owners else 'Nobody'
    sentence = f'This organization is {rule.word.lower()}. {able} can {act} now.'
    return Forbidden(sentence, action=permission.value, rule=f'status:{status.value}')


def _those_who(permission: Permission) -> str:
    words = [f'{role.label}s' for role in Role if permission in GRANTS[role]]
    return ' and '.join([', '.join(words[:-1]), words[-1]] if len(words) > 1 else words)


@dataclass(frozen=True)
class NearLimit:
    """A limit of an organization that is near or reached, for the frame around its screens.

    It is of this metric; `step` is the per cents of it that people know of, 80 or 100, `allowed` the limit in words.
    `reached` says that it is, and `beyond` what becomes of more, which is refused where it `blocks`.
    """

    metric: str
    step: int
    allowed: str
    reached: str = ''
    beyond: str = ''
    blocks: bool = True
    by_plan: bool = False


@dataclass(frozen=True)
class Trial:
    """A trial of a plan: the first day beyond it, how many days are left, and whether the plan goes on then."""

    ends_on: date
    days_left: int
    goes_on: bool


@dataclass(frozen=True, kw_only=True)
class Member(Actor):
    """A person as a member of one organization, as the database had it a moment ago; for drawing, never to decide.

    `name` is None for who has not said what they are called; `language` and `time_zone` are for the dates they read,
    None where they have not chosen. `owners` are those to ask where it is not as usual, as sentences name them: read
    for screens, where somebody else than an Owner looks. `kept_out` is why they see nothing of it but its name, where a
    second factor is required. `is_limited` is whether something is limited there at all; `limits` are what this person
    is to know of it, the worst first: read for screens, where all is as usual. `is_billed` is whether there is a
    catalogue of plans, without which no screen speaks of any; `trial` is that of the organization, None where there
    is none, or where it is none of this person's business: read for screens.
    """

    email: str
    role: Role
    organization: Organization
    name: str | None = None
    language: str | None = None
    time_zone: str | None = None
    owners: tuple[str, ...] = ()
    kept_out: NeedsSecondFactor | None = None
    is_limited: bool = False
    is_billed: bool = False
    limits: tuple[NearLimit, ...] = ()
    trial: Trial | None = None

    @property
    def called(self) -> str:
        """How a sentence names this person to others."""
        return names.called(self.name, self.email)

    @property
    def is_as_usual(self) -> bool:
        """Whether all is well as far as this person needs to know: an overdue invoice concerns who sees billing."""
        status = self.organization.status
        is_theirs = Permission.BILLING_VIEW in GRANTS[self.role] or not self.is_billed
        return status is Status.ACTIVE or (status is Status.PAST_DUE and not is_theirs)

    def refused(self, permission: Permission) -> str | None:
        """The sentence that explains why a control is out of reach, None when it is not."""
        refused = self.kept_out or refusal(self.role, self.organization.status, permission)
        return str(refused) if refused else None

    def refused_about(self, permission: Permission, role: Role) -> str | None:
        """The same for an act about somebody who has this role, or is to get it: Owners are a matter of Owners."""
        return self.refused(permission) or (self.refused(Permission.OWNER_APPOINT) if role is Role.OWNER else None)

    def may(self, permission: Permission) -> bool:
        """Whether a control is worth enabling."""
        return self.refused(permission) is None


_SESSION = constant(select(UserSession).where(col(UserSession.id) == bindparam('session_id')))


def identify(tx: TenantSession, actor: Actor) -> UserSession:
    """The actor's session, if it still counts and is theirs, read once where it only reads. Raises SignedOut."""
    known: dict[str, UserSession | None] = {} if tx.writes else tx.info.setdefault('sessions', {})
    if actor.session_id not in known:
        known[actor.session_id] = tx.exec(_SESSION, params={'session_id': actor.session_id}).first()
    session = known[actor.session_id]
    if session is None or session.user_id != actor.user_id or not session.is_live(clock.now()):
        raise SignedOut
    return session


_ASKED: tuple[Any, ...] = (
    UserSession,
    User,
    Membership,
    Organization,
    exists(select(UsageLimit.metric)),
    exists(select(BillingSettings.id).where(BillingSettings.id == 1, BillingSettings.catalogue_hash != '')),
)
_ASKING = constant(
    select(*_ASKED)
    .select_from(UserSession)
    .join(User, col(User.id) == UserSession.user_id, isouter=True)
    .join(
        Membership,
        (col(Membership.user_id) == UserSession.user_id) & (col(Membership.organization_id) == bindparam('at')),
        isouter=True,
    )
    .join(Organization, col(Organization.id) == Membership.organization_id, isouter=True)
    .where(col(UserSession.id) == bindparam('session_id'))
)
"""Whoever asks, and where; put together once, because every act asks."""


def authorize(tx: TenantSession, actor: Actor, permission: Permission) -> Member:
    """The actor as a member who has this permission, read in this very transaction: once, where it only reads.

    Writers hold the organization's row from here on, so nobody is demoted between the check and the act.
    Raises SignedOut, NotFound (no such organization, or not theirs), NeedsSecondFactor or Forbidden.
    """
    member = standing(tx, actor, permission)
    if refused := member.kept_out or refusal(member.role, member.organization.status, permission):
        raise refused
    return member


def standing(tx: TenantSession, actor: Actor, permission: Permission = Permission.ORGANIZATION_VIEW) -> Member:
    """The actor as a member, whatever they may do: to say where they are, and no more where they are `kept_out`.

    Raises SignedOut, NotFound.
    """
    lock(tx, actor.organization_id)
    row = _asking(tx, actor.session_id, actor.organization_id)
    if row is None or not row[0].is_live(clock.now()):
        raise SignedOut
    session, user, membership, organization, is_limited, is_billed = row
    if membership is None or organization is None or organization.status is Status.DELETED:
        raise NotFound
    asking = Actor(session.id, session.user_id, organization.id, actor.network)
    member = as_member(asking, organization, user, membership.role)
    member = replace(member, is_limited=bool(is_limited), is_billed=bool(is_billed))
    if organization.second_factor_since is None or session.proved_at is not None:
        return member
    has_one = user.second_factor_at is not None
    return replace(member, kept_out=NeedsSecondFactor(action=permission.value, has_one=has_one))


def _asking(tx: TenantSession, session_id: str, at: str) -> Any:
    """The row of whoever asks."""
    asking = {'session_id': session_id, 'at': at}
    return once(tx, ('asking', session_id, at), lambda: tx.exec(_ASKING, params=asking).first())


def as_member(actor: Actor, organization: Organization, user: User, role: Role) -> Member:
    """The actor, who is this user, as a member of an organization, from what the transaction has read or written."""
    return Member(
        session_id=actor.session_id,
        user_id=actor.user_id,
        organization_id=organization.id,
        network=actor.network,
        email=user.email,
        role=role,
        organization=organization,
        name=user.name,
        language=user.language,
        time_zone=user.time_zone,
    )

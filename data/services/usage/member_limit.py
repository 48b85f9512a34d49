"""The limit of members: how many there may be at once, and how many more can be invited, or can come.

Whoever is invited and may still accept has a place as well, so that nobody is invited whom there is no room for. That
somebody goes is never refused. Who asks holds the organization's row.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import String, bindparam, literal, type_coerce
from sqlmodel import col, func, select

from data import clock
from data.database import TenantSession, constant
from data.models import Invitation, InvitationState, Membership, Role, UsageLimit
from data.services.usage import counters
from data.services.usage.counters import LimitReached
from data.services.usage.metrics import Metric
from data.services.usage.standings import Standing


@dataclass(frozen=True)
class MemberRoom:
    """How many members there are and how many invitations that can be accepted; `cap` is None for no limit.

    Where a plan says so, it is about those with some `roles` only, with a comma behind each; more may come where it
    does not block.
    """

    cap: int | None
    members: int
    invited: int
    by_plan: bool = False
    blocks: bool = True
    is_billed: bool = False
    roles: str = ''

    def takes_a_seat(self, role: Role) -> bool:
        """Whether somebody with this role counts."""
        return not self.roles or f'{role.value},' in self.roles

    def is_full(self, role: Role) -> bool:
        """Whether nobody can come any more with this role."""
        return self.cap is not None and self.blocks and self.takes_a_seat(role) and self.members >= self.cap

    def free(self, wanted: int, role: Role) -> int:
        """How many of so many can be invited with this role."""
        if self.cap is None or not self.blocks or not self.takes_a_seat(role):
            return wanted
        return min(wanted, max(0, self.cap - self.members - self.invited))

    @property
    def standing(self) -> Standing:
        """How it stands with the limit."""
        about: dict[str, Any] = {'by_plan': self.by_plan, 'blocks': self.blocks, 'is_billed': self.is_billed}
        return Standing(Metric.MEMBERS, self.members, self.cap, **about)

    @property
    def sentence(self) -> str:
        """Why nobody more can be invited."""
        if self.by_plan:
            return f'The plan of this organization includes {self.standing.allowed}, and as many are here or invited.'
        return f'This organization may have {self.standing.allowed}, and as many are here or invited.'

    def refusal(self) -> LimitReached:
        """The problem that nobody more can be invited."""
        return LimitReached(self.standing, f'{self.sentence} Nobody was invited. {self.standing.way_out}')

    def refuse(self, role: Role, before: Role) -> None:
        """Make sure that somebody may have this role, who takes no seat with the one before. Raises LimitReached."""
        if not self.takes_a_seat(before) and self.is_full(role):
            raise LimitReached(self.standing)


_IS_PENDING = col(Invitation.state) == literal(InvitationState.PENDING.value, literal_execute=True)
"""As the index says it that knows those without an answer, by their addresses."""

_LIMIT = UsageLimit.metric == Metric.MEMBERS.value


def _of_limit(column: Any) -> Any:
    return select(column).where(_LIMIT).scalar_subquery()


_ROLES = _of_limit(UsageLimit.roles)


def _counts(role: Any) -> Any:
    """Whether somebody with the role in this column takes a seat, in SQL."""
    named = literal('%').concat(type_coerce(role, String)).concat(literal(',%'))
    return func.coalesce(_ROLES, '').in_(['']) | _ROLES.like(named)


_ROOM = constant(
    select(
        _of_limit(UsageLimit.cap),
        select(func.count()).select_from(Membership).where(_counts(Membership.role)).scalar_subquery(),
        select(func.count())
        .select_from(Invitation)
        .where(
            _IS_PENDING,
            col(Invitation.email_key) > '',
            col(Invitation.expires_at) > bindparam('now'),
            _counts(Invitation.role),
        )
        .scalar_subquery(),
        *(_of_limit(it) for it in (UsageLimit.by_plan, UsageLimit.blocks, UsageLimit.is_billed, UsageLimit.roles)),
    )
)


def member_room(tx: TenantSession) -> MemberRoom:
    """How much room there is for members in the organization of this session."""
    cap, members, invited, *about = tx.exec(_ROOM, params={'now': clock.now()}).one()
    return MemberRoom(cap, members, invited, *(() if cap is None else about))


def count_members(tx: TenantSession, *, whatever: bool = False) -> None:
    """Let the counter say how many members there are now, where they are limited, and tell people of it."""
    room = member_room(tx)
    if whatever or room.cap is not None:
        counters.follow(tx, Metric.MEMBERS, room.members)

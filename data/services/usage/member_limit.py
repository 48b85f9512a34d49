"""The limit of members: how many there may be at once, and how many more can be invited, or can come.

Whoever is invited and may still accept has a place as well, so that nobody is invited whom there is no room for. That
somebody goes is never refused. Who asks holds the organization's row.
"""

from dataclasses import dataclass

from sqlalchemy import bindparam, literal
from sqlmodel import col, func, select

from data import clock
from data.database import TenantSession, constant
from data.models import Invitation, InvitationState, Membership, UsageLimit
from data.services.usage import counters
from data.services.usage.counters import LimitReached
from data.services.usage.metrics import Metric
from data.services.usage.standings import Standing


@dataclass(frozen=True)
class MemberRoom:
    """How many members there are and how many invitations that can be accepted; `cap` is None for no limit."""

    cap: int | None
    members: int
    invited: int

    @property
    def is_full(self) -> bool:
        """Whether nobody can come any more."""
        return self.cap is not None and self.members >= self.cap

    def free(self, wanted: int) -> int:
        """How many of so many can be invited."""
        return wanted if self.cap is None else min(wanted, max(0, self.cap - self.members - self.invited))

    @property
    def sentence(self) -> str:
        """Why nobody more can be invited."""
        return f'This organization may have {self.allowed}, and as many are here or invited.'

    @property
    def allowed(self) -> str:
        """The limit in words."""
        return Standing(Metric.MEMBERS, self.members, self.cap).allowed

    def refusal(self) -> LimitReached:
        """The problem that nobody more can be invited."""
        told = f'{self.sentence} Nobody was invited. Whoever runs Botcadence can raise the limit.'
        return LimitReached(Standing(Metric.MEMBERS, self.members, self.cap), told)


_IS_PENDING = col(Invitation.state) == literal(InvitationState.PENDING.value, literal_execute=True)
"""As the index says it that knows those without an answer, by their addresses."""

_ROOM = constant(
    select(
        select(UsageLimit.cap).where(UsageLimit.metric == Metric.MEMBERS.value).scalar_subquery(),
        select(func.count()).select_from(Membership).scalar_subquery(),
        select(func.count())
        .select_from(Invitation)
        .where(_IS_PENDING, col(Invitation.email_key) > '', col(Invitation.expires_at) > bindparam('now'))
        .scalar_subquery(),
    )
)


def member_room(tx: TenantSession) -> MemberRoom:
    """How much room there is for members in the organization of this session."""
    return MemberRoom(*tx.exec(_ROOM, params={'now': clock.now()}).one())


def count_members(tx: TenantSession, *, whatever: bool = False) -> None:
    """Let the counter say how many members there are now, where they are limited, and tell people of it."""
    room = member_room(tx)
    if whatever or room.cap is not None:
        counters.follow(tx, Metric.MEMBERS, room.members)

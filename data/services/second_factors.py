"""A second factor as an organization requires it of its people, and who of them has one."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import col, func, select

from data import clock
from data.database import Actor, reading, transaction
from data.models import Membership, User
from data.permissions import Permission, authorize, recently
from data.problems import Invalid
from data.services import audit
from data.services.audit import Act

PROVE_YOURS = 'Set up a second factor of your own first: else you would be kept out, too.'


@dataclass(frozen=True)
class Requirement:
    """Since when a second factor is required, None where it is not; how many people there are, how many have none."""

    since: datetime | None
    people: int
    without: int


def requirement(actor: Actor) -> Requirement:
    """What is required, and who would be kept out by it. Raises SignedOut, NotFound, Forbidden."""
    has_none = func.count().filter(col(User.second_factor_at).is_(None))
    query = select(func.count(), has_none).select_from(Membership).join(User, col(User.id) == Membership.user_id)
    with reading(actor) as tx:
        member = authorize(tx, actor, Permission.ORGANIZATION_SECURE)
        people, without = tx.exec(query).one()
        return Requirement(member.organization.second_factor_since, people, without)


def require(actor: Actor) -> None:
    """Show nothing of the organization to sessions without a proved second factor, from now on.

    Whoever requires it has proved one: an Owner is always let in. Nothing changes where it is required already.
    Raises Invalid('second_factor'), Reauthenticate, Forbidden, NotFound, SignedOut.
    """
    with transaction(actor) as tx:
        member = authorize(tx, actor, Permission.ORGANIZATION_SECURE)
        if recently(tx, actor).proved_at is None:
            raise Invalid(second_factor=PROVE_YOURS)
        if member.organization.second_factor_since is None:
            member.organization.second_factor_since = clock.now()
            audit.record(tx, member, Act.ORGANIZATION_REQUIRE_FACTOR)


def waive(actor: Actor) -> None:
    """Let everybody in with one factor again. Raises Reauthenticate, Forbidden, NotFound, SignedOut."""
    with transaction(actor) as tx:
        member = authorize(tx, actor, Permission.ORGANIZATION_SECURE)
        recently(tx, actor)
        if member.organization.second_factor_since is not None:
            member.organization.second_factor_since = None
            audit.record(tx, member, Act.ORGANIZATION_WAIVE_FACTOR)

"""The screen of Acme's people: opened, read, and what the database says of them."""

from collections.abc import Awaitable, Callable
from typing import Any

from sqlalchemy import Engine

from data.models import Role
from tests.support.probes import rows as stored
from tests.support.visitors import Visitor
from tests.support.world import World, email_of

Visit = Callable[..., Awaitable[Visitor]]
Row = dict[str, Any]


async def team_of(visit: Visit, world: World, role: Role) -> Visitor:
    """Acme's people, opened by whoever has this role."""
    visitor = await visit(email_of(world.of(role)))
    await visitor.open(f'/organizations/{world.organization_id}/members')
    await visitor.sees('Who belongs to this organization', 'olga@acme.test')
    return visitor


def people(visitor: Visitor) -> dict[str, Row]:
    """The lines of the list, by the name in the address."""
    return {row['email'].partition('@')[0]: row for row in visitor.rows if 'email' in row}


def role_in(db: Engine, world: World, email: str) -> str | None:
    """What the database says."""
    roles = stored(
        db,
        'SELECT role FROM memberships JOIN users ON users.id = user_id WHERE organization_id = :at AND email = :email',
        at=world.organization_id,
        email=email,
    )
    return roles[0][0] if roles else None

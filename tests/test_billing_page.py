"""The screen of billing: what it is called, and what each role sees and may do there."""

from collections.abc import Awaitable, Callable

import pytest
from sqlalchemy import Engine

from data import changes
from data.changes import Change
from data.models import Role
from data.services.audit import Topic
from tests.support.probes import run
from tests.support.visitors import Visitor, until
from tests.support.world import World, email_of

Visit = Callable[..., Awaitable[Visitor]]


def entries(visitor: Visitor) -> list[str]:
    """What the entries of the menu of the organization are called."""
    menus = [it for it in visitor._elements() if it.props.get('aria-label') == 'Organization' and it.tag == 'nav']
    return [link.text for menu in menus for link in menu.default_slot.children]


@pytest.mark.parametrize('role', [Role.ADMIN, Role.VIEWER])
async def test_it_is_called_by_what_there_is(visit: Visit, world: World, db: Engine, role: Role) -> None:
    somebody = await visit(email_of(world.of(role)))
    await somebody.open(f'/organizations/{world.organization_id}/billing')
    assert (somebody.title, 'Usage' in entries(somebody)) == ('Usage · Acme · Botcadence', True)
    run(
        db,
        "INSERT INTO billing_settings (id, time_zone, since, catalogue_hash) VALUES (1, 'UTC', CURRENT_TIMESTAMP, 'x')",
    )
    changes.publish([Change(world.organization_id, Topic.ORGANIZATION)])
    await until(lambda: somebody.title == 'Billing · Acme · Botcadence')
    assert [it for it in entries(somebody) if it in ('Usage', 'Billing')] == ['Billing']

"""The screen of billing: what it is called, and what each role sees and may do there."""

from collections.abc import Awaitable, Callable

import pytest

from components.billing import Plans
from data import changes
from data.changes import Change
from data.models import Role
from data.services.audit import Topic
from tests.support import catalogues
from tests.support.visitors import Visitor, until
from tests.support.world import World, email_of

Visit = Callable[..., Awaitable[Visitor]]


def entries(visitor: Visitor) -> list[str]:
    """What the entries of the menu of the organization are called."""
    menus = [it for it in visitor._elements() if it.props.get('aria-label') == 'Organization' and it.tag == 'nav']
    return [link.text for menu in menus for link in menu.default_slot.children]


@pytest.mark.parametrize('role', [Role.ADMIN, Role.VIEWER])
async def test_it_is_called_by_what_there_is(visit: Visit, world: World, role: Role) -> None:
    somebody = await visit(email_of(world.of(role)))
    await somebody.open(f'/organizations/{world.organization_id}/billing')
    assert (somebody.title, 'Usage' in entries(somebody)) == ('Usage · Acme · Botcadence', True)
    catalogues.applied()
    changes.publish([Change(world.organization_id, Topic.ORGANIZATION)])
    await until(lambda: somebody.title == 'Billing · Acme · Botcadence')
    assert [it for it in entries(somebody) if it in ('Usage', 'Billing')] == ['Billing']


# where there is a catalogue ------------------------------------------------------------------------------------------


@pytest.fixture
def sold(world: World) -> World:
    """Acme, where there are plans."""
    catalogues.applied()
    return world


async def billing_of(visit: Visit, world: World, role: Role = Role.OWNER, path: str = '') -> Visitor:
    visitor = await visit(email_of(world.of(role)))
    await visitor.open(f'/organizations/{world.organization_id}/billing{path}')
    return visitor


@pytest.mark.parametrize('path', ['', '/plans'])
@pytest.mark.parametrize('role', [Role.MEMBER, Role.VIEWER])
async def test_who_may_not_see_it_reads_who_may(visit: Visit, sold: World, role: Role, path: str) -> None:
    somebody = await billing_of(visit, sold, role, path)
    word = 'the usage' if path == '' else 'billing'
    sentence = f'Only Owners and Admins can see {word}. You are a {role.label}.'
    assert sentence in somebody.shown
    assert '€' not in somebody.shown
    assert somebody.title == f'{"Plans" if path else "Billing"} · Acme · Botcadence'


async def test_a_stranger_gets_what_everybody_gets_who_is_none_of_it(visit: Visit, sold: World) -> None:
    sam = await visit(email_of(sold.stranger))
    for path in ('/billing', '/billing/plans'):
        assert (await sam.get(f'/organizations/{sold.organization_id}{path}')).status_code == 303


async def test_an_admin_reads_and_an_owner_acts(visit: Visit, sold: World) -> None:
    adam, olga = await billing_of(visit, sold, Role.ADMIN), await billing_of(visit, sold)
    refused = 'Only Owners can manage billing. You are an Admin.'
    for visitor in (adam, olga):
        assert 'Free' in visitor.shown
        assert '€0.00 a month' in visitor.shown
        assert '4 of 3' in visitor.shown, 'all but the Viewer count, and they were here before there were plans'
    assert (refused in adam.shown, refused in olga.shown) == (True, False)
    assert ('Change plan' in adam.shown, 'Change plan' in olga.shown) == (False, True)
    assert (adam.form('reference').is_open(), olga.form('reference').is_open()) == (False, True)
    await adam.open(f'/organizations/{sold.organization_id}/billing/plans')
    [table] = [it for it in adam._elements() if isinstance(it, Plans)]
    assert [head['label'] for head in table.props['heads']] == ['', '', '']
    assert refused in adam.shown
    adam._fire(table, 'choose', 'team')
    assert 'Change to Team?' not in adam.shown

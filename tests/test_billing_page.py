"""The screen of billing: what it is called, and what each role sees and may do there."""

from collections.abc import Awaitable, Callable
from datetime import date, timedelta

import pytest
from sqlalchemy import Engine

from components.billing import Plans
from components.kit.banner import Banner
from data import changes
from data.changes import Change
from data.database import System, transaction
from data.models import Role, Status, UserSession
from data.permissions import Permission
from data.services import billing_address, organizations, projects, subscriptions
from data.services.audit import Topic
from data.services.usage import days
from tests.support import billed, catalogues
from tests.support.probes import statements
from tests.support.settled import GERMAN
from tests.support.visitors import Visitor, until
from tests.support.waiting import at_rest
from tests.support.world import World, email_of

Visit = Callable[..., Awaitable[Visitor]]

PAYING = 'As soon as what is overdue is paid, this ends.'
ASK = 'Ask an Owner about it:', ('olga@acme.test',)
NOTHING = '', '', (), ''
"""What the banner says of what is overdue, and where all is well."""


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
    with transaction(System(world.organization_id)) as tx:
        subscriptions.begin(tx)
    return world


async def billing_of(visit: Visit, world: World, role: Role = Role.OWNER, path: str = '') -> Visitor:
    visitor = await visit(email_of(world.of(role)))
    await visitor.open(f'/organizations/{world.organization_id}/billing{path}')
    return visitor


def upgrade(sold: World) -> None:
    """Let Acme have the dearest plan."""
    subscriptions.choose(sold.owner, 'business', version=subscriptions.standing(sold.owner).version)


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
        assert '3 of 3' in visitor.shown, 'all but the Viewer take a seat'
    assert (refused in adam.shown, refused in olga.shown) == (True, False)
    assert ('Change plan' in adam.shown, 'Change plan' in olga.shown) == (False, True)
    assert (adam.form('reference').is_open(), olga.form('reference').is_open()) == (False, True)
    await adam.open(f'/organizations/{sold.organization_id}/billing/plans')
    [table] = [it for it in adam._elements() if isinstance(it, Plans)]
    assert [head['label'] for head in table.props['heads']] == ['', '', '']
    assert refused in adam.shown
    adam._fire(table, 'choose', 'team')
    assert 'Change to Team?' not in adam.shown


def banner_of(visitor: Visitor) -> tuple[str, str, tuple[str, ...], str]:
    """What the banner says first, how to get on, whom to ask, and where it leads."""
    [banner] = [it for it in visitor._elements() if isinstance(it, Banner)]
    props = banner.props
    return props['word'], props['hint'], props['people'], props['path'].rpartition('/')[2]


@pytest.mark.parametrize(
    ('role', 'late', 'restricted'),
    [
        (Role.OWNER, ('Past due', PAYING, (), 'billing'), ('Restricted', PAYING, (), 'billing')),
        (Role.ADMIN, ('Past due', *ASK, 'billing'), ('Restricted', *ASK, 'billing')),
        (Role.MEMBER, NOTHING, ('Restricted', *ASK, '')),
        (Role.VIEWER, NOTHING, ('Restricted', *ASK, '')),
    ],
)
async def test_what_is_overdue_is_said_to_whom_it_concerns(
    visit: Visit, sold: World, role: Role, late: object, restricted: object
) -> None:
    upgrade(sold)
    somebody = await visit(email_of(sold.of(role)))
    await somebody.open(f'/organizations/{sold.organization_id}/projects')
    for status, expected in ((Status.PAST_DUE, late), (Status.RESTRICTED, restricted), (Status.ACTIVE, NOTHING)):
        organizations.change_status(sold.organization_id, status, '')
        await until(lambda expected=expected: banner_of(somebody) == expected)
        again = await visit(email_of(sold.of(role)))
        await again.open(f'/organizations/{sold.organization_id}')
        assert banner_of(again) == expected


async def test_a_plan_is_chosen_after_one_has_seen_what_follows(visit: Visit, sold: World) -> None:
    olga, adam = await billing_of(visit, sold, path='/plans'), await billing_of(visit, sold, Role.ADMIN)
    [table] = [it for it in olga._elements() if isinstance(it, Plans)]
    assert [head['label'] for head in table.props['heads']] == ['', 'Try it for 14 days', 'Change']
    for nonsense in ('free', 'nothing', None, 5, ['team'], '__proto__'):
        olga._fire(table, 'choose', nonsense)
    olga._fire(table, 'choose', 'team')
    await olga.sees('Try Team?', 'costs nothing before')
    assert subscriptions.standing(sold.owner).plan.id == 'free'
    olga.press('Start the trial of Team')
    await until(lambda: [head['word'] for head in table.props['heads']] == ['', 'Your plan', ''])
    await adam.sees('€49.00 a month', '14 days left', '3 of 5')
    olga._fire(table, 'choose', 'business')
    await olga.sees('Change to Business?', 'Business begins now. The trial goes on until')
    assert 'What is put' not in olga.shown, 'of a trial nothing is billed'


async def test_a_plan_is_canceled_and_kept(visit: Visit, sold: World) -> None:
    subscriptions.choose(sold.owner, 'business', version=subscriptions.standing(sold.owner).version)
    for number in range(3):
        projects.create(sold.owner, {'name': f'Number {number}'})
    olga = await billing_of(visit, sold)
    assert 'Keep Business' not in olga.shown
    olga.press('Cancel plan')
    await olga.sees(
        'Cancel Business?', 'Business stays until then: Free begins on', '3 projects are there, Free includes 2.'
    )
    olga.press('Cancel Business')
    await olga.sees('Keep Business', 'Free (€0.00 a month) begins on')
    assert subscriptions.standing(sold.owner).state is subscriptions.State.ENDING
    olga.press('Keep Business')
    await until(lambda: 'Free (€0.00 a month)' not in olga.shown)
    assert subscriptions.standing(sold.owner).following is None


async def test_somebody_else_was_first(visit: Visit, sold: World) -> None:
    olga = await billing_of(visit, sold, path='/plans')
    [table] = [it for it in olga._elements() if isinstance(it, Plans)]
    olga._fire(table, 'choose', 'team')
    await olga.sees('Try Team?')
    upgrade(sold)
    olga.press('Start the trial of Team')
    await until(lambda: olga.notify.messages)
    assert subscriptions.standing(sold.owner).plan.id == 'business'


async def test_what_follows_is_shown_anew_where_it_is_another_by_then(visit: Visit, sold: World) -> None:
    olga = await billing_of(visit, sold, path='/plans')
    [table] = [it for it in olga._elements() if isinstance(it, Plans)]
    olga._fire(table, 'choose', 'business')
    await olga.sees('Change to Business?', 'Business begins today, at €99.00 a month.')
    catalogues.applied(('price = "99.00"', 'price = "990.00"'))
    olga.press('Change to Business')
    await olga.sees('Business begins today, at €990.00 a month.')
    assert olga.notify.messages == ['What follows is not what was shown any more. Nothing was changed.']
    assert subscriptions.standing(sold.owner).plan.id == 'free'
    olga.press('Change to Business')
    await until(lambda: subscriptions.standing(sold.owner).plan.price == 99000)


async def test_what_is_typed_stays_whatever_changes(visit: Visit, sold: World) -> None:
    olga = await billing_of(visit, sold)
    olga.form('reference').fill(reference='PO 4711')
    upgrade(sold)
    await olga.sees('€99.00 a month')
    assert olga.form('reference')['reference'] == 'PO 4711'
    await at_rest()
    olga.form('reference').send()
    await until(lambda: subscriptions.standing(sold.owner).reference == 'PO 4711')
    assert olga.notify.messages == []


async def test_plans_that_come_while_one_looks_are_there_at_once(visit: Visit, world: World) -> None:
    olga = await billing_of(visit, world)
    assert 'Change plan' not in olga.shown
    catalogues.applied()
    for _ in range(2):
        changes.publish([Change(world.organization_id, Topic.ORGANIZATION)])
        await olga.sees('Change plan', 'Usage by day', 'To look around.')
    assert olga.shown.count('To look around.') == 1


def test_without_plans_no_statement_is_about_them(world: World, db: Engine) -> None:
    from pages.billing import present

    member = organizations.membership(world.owner)
    with statements(db) as seen:
        assert present(member).bill is None
    assert len(seen) == 6
    assert not [it for it in seen if 'subscriptions' in it.partition('FROM')[0] or 'invoices' in it]


def test_it_costs_as_many_statements_however_many_invoices_there_are(
    sold: World, db: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pages.billing import present

    monkeypatch.setattr(UserSession, 'is_live', lambda *_: True)
    billing_address.set_address(sold.owner, GERMAN, version=0)
    upgrade(sold)
    today, seen = days.today(), []
    for month in (5, 9):  # of late usage it is asked for each period of the last weeks: of two on such a day
        years, of_year = divmod(today.month - 1 + month, 12)
        begins = date(today.year + years, of_year + 1, min(today.day, 28))
        billed.on(begins + timedelta(days=10))
        for draft in billed.close(sold.organization_id):
            billed.finalize(draft)
        with statements(db) as found:
            _, shown = organizations.picture(sold.owner, Permission.USAGE_VIEW, present)
        seen.append((len(shown.bill.invoices.rows), len(found)))
    assert [rows for rows, _ in seen] == [6, 10]
    assert seen[0][1] == seen[1][1] < 40, seen
    assert not [
        it for it in found if found.count(it) > 1 and ('FROM subscriptions' in it or 'FROM billing_settings' in it)
    ]

"""A trial on the screens around the plan: the banner before it ends, the card of the organization, the overview."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine

from components.kit.banner import Banner
from data import changes, clock
from data.changes import Change
from data.models import Role, UserSession
from data.services import organizations, subscriptions
from data.services.audit import Topic
from data.services.usage import days
from tests.support import catalogues
from tests.support.probes import run, statements
from tests.support.visitors import Visitor, until
from tests.support.world import World, email_of

Visit = Callable[..., Awaitable[Visitor]]
NOON = datetime(2027, 3, 9, 12, tzinfo=UTC)
INFORMED = Role.OWNER, Role.ADMIN


@pytest.fixture
def on_trial(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """Acme, with a plan that costs nothing until 12 March; it is the 9th."""
    monkeypatch.setattr(UserSession, 'is_live', lambda *_: True)
    clock.source = lambda: NOON - timedelta(days=11)
    catalogues.applied()
    subscriptions.choose(world.owner, 'team', version=0)
    clock.source = lambda: NOON
    return world


def said(visitor: Visitor) -> tuple[str, str]:
    """What the banner says first, and where it leads."""
    [banner] = [it for it in visitor._elements() if isinstance(it, Banner)]
    return banner.props['word'], banner.props['path']


@pytest.mark.parametrize('role', Role)
async def test_three_days_before_it_ends_those_concerned_are_told(visit: Visit, on_trial: World, role: Role) -> None:
    clock.source = lambda: NOON - timedelta(days=1)
    home = f'/organizations/{on_trial.organization_id}'
    somebody = await visit(email_of(on_trial.of(role)))
    await somebody.open(f'{home}/settings')
    assert said(somebody) == ('', ''), 'four days are left'
    assert ('The trial ends on 12 March 2027.' in somebody.shown) == (role in INFORMED)
    for gone, words in ((0, 'Trial ends in 3 days'), (2, 'Trial ends tomorrow'), (3, '')):
        clock.source = lambda gone=gone: NOON + timedelta(days=gone)
        changes.publish([Change(on_trial.organization_id, Topic.ORGANIZATION)])
        expected = (words, f'{home}/billing' if words else '') if role in INFORMED else ('', '')
        await until(lambda expected=expected: said(somebody) == expected)
    assert 'trial' not in somebody.shown.lower()


async def test_the_banner_counts_the_days_by_itself(visit: Visit, on_trial: World) -> None:
    olga = await visit(email_of(on_trial.owner))
    await olga.open(f'/organizations/{on_trial.organization_id}')
    from pages.shell.new_day import NewDay

    new_day = NewDay()
    clock.source = lambda: NOON + timedelta(days=1)
    await new_day.look()
    await until(lambda: said(olga)[0] == 'Trial ends in 2 days')
    assert days.today().day == 10


async def test_one_that_was_canceled_is_not_warned_of(visit: Visit, on_trial: World, db: Engine) -> None:
    run(db, 'UPDATE subscriptions SET cancel_at_end = :yes', yes=True)
    olga = await visit(email_of(on_trial.owner))
    await olga.open(f'/organizations/{on_trial.organization_id}')
    assert said(olga) == ('', '')
    assert 'The trial ends on 12 March 2027.' in olga.shown


@pytest.mark.parametrize('role', Role)
def test_it_is_on_the_card_of_those_concerned(on_trial: World, db: Engine, role: Role) -> None:
    actor = on_trial.of(role)
    with statements(db) as seen:
        cards = organizations.portion(actor).rows
    [card] = [it for it in cards if it.id == on_trial.organization_id]
    assert organizations.card(actor) == card
    assert (card.trial.days_left if card.trial else None) == (3 if role in INFORMED else None)
    assert len(seen) == 4, 'as many as where something is limited'
    assert [it.trial for it in organizations.portion(on_trial.stranger).rows] == [None]


async def test_a_card_says_when(visit: Visit, on_trial: World) -> None:
    olga = await visit(email_of(on_trial.owner))
    await olga.open('/organizations')
    await until(lambda: [row['trial'] for row in olga.rows if row['name'] == 'Acme'] == ['Trial ends 12 March'])


def test_where_there_are_no_plans_nothing_is_asked_about_one(world: World, db: Engine) -> None:
    for role in Role:
        with statements(db) as seen:
            organizations.membership(world.of(role))
            organizations.card(world.of(role))
        assert not [it for it in seen if 'subscriptions' in it]

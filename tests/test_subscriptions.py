"""Subscriptions: which plan an organization begins with, which it holds on which days, and how periods follow."""

from datetime import date

import pytest
from sqlalchemy import Engine

from data.problems import NotFound
from data.services import audit, subscriptions
from data.services.audit import words
from tests.support import subscribed
from tests.support.probes import everything
from tests.support.subscribed import STARTS, begun, inside, on
from tests.support.world import World


@pytest.fixture(autouse=True)
def lasting(at_any_time: None) -> None:
    """Sessions live on every day that these tests are about."""


def test_without_a_catalogue_there_is_no_subscription(world: World, db: Engine) -> None:
    before = everything(db)
    with pytest.raises(NotFound):
        inside(world, subscriptions.begin)
    with pytest.raises(NotFound):
        inside(world, subscriptions.of)
    inside(world, subscriptions.follow_limits)
    assert everything(db) == before


def test_an_organization_begins_with_the_default_plan_once(world: World, db: Engine) -> None:
    begun(world, '2027-03-17')
    assert subscribed.periods(db) == [('2027-03-17', '2027-04-01', '2027-03-01', '2027-04-01', 'free')]
    assert subscribed.spans(db) == [('2027-03-17', 0, 'free')]
    before = everything(db)
    again = inside(world, subscriptions.begin)
    assert (again.plan, again.anchor_day, again.version) == ('free', 1, 1)
    assert everything(db) == before
    event = audit.portion(world.owner).rows[0]
    assert words.happened(event) == 'Botcadence began the plan Free'


def test_what_it_will_begin_with_is_known_before(world: World, db: Engine) -> None:
    on('2027-03-17')
    subscribed.catalogues.applied()
    before = everything(db)
    there = inside(world, subscriptions.of)
    assert (there.plan, there.version) == ('free', 0)
    assert everything(db) == before


def test_limits_are_those_of_the_plan_by_the_days_that_it_is_held(world: World, db: Engine) -> None:
    begun(world, '2027-03-17')
    assert subscribed.limits(db) == {
        'members': (3, True, True),
        'messages': (500, True, True),
        'projects': (2, True, True),
    }
    assert subscribed.counted(db) == {'2027-03-17': (0, 500 * 15 // 31)}


def test_what_was_used_of_the_first_period_before_it_was_known_counts(world: World, db: Engine) -> None:
    on('2027-03-17')
    subscribed.use(world, 7, 'before')
    begun(world, '2027-03-17')
    assert subscribed.counted(db)['2027-03-17'] == (7, 241)
    on('2027-03-20')
    subscribed.use(world, 3, 'after')
    assert subscribed.counted(db)['2027-03-17'] == (10, 241)


def test_periods_follow_each_other_once(world: World, db: Engine) -> None:
    subscription = begun(world, '2027-03-17')
    for day in ('2027-04-01', '2027-05-01', '2027-05-01'):
        on(day)
        row = inside(
            world, lambda tx, day=day: subscriptions.advance(tx, subscriptions.of(tx), date.fromisoformat(day))
        )
        assert str(row.first_day) == day
    assert [it[:2] for it in subscribed.periods(db)] == [
        ('2027-03-17', '2027-04-01'),
        ('2027-04-01', '2027-05-01'),
        ('2027-05-01', '2027-06-01'),
    ]
    assert subscribed.counted(db) == {'2027-03-17': (0, 241), '2027-04-01': (0, 500), '2027-05-01': (0, 500)}
    assert subscription.plan == 'free'


@pytest.mark.parametrize('day', ['2027-01-29', '2027-01-30', '2027-01-31', '2028-02-29'])
def test_periods_never_drift_from_their_anchor(day: str, world: World, db: Engine) -> None:
    begun(world, day, STARTS)
    on('2028-03-31')
    inside(world, lambda tx: subscriptions.present(tx, subscriptions.of(tx)))
    anchor = int(day[-2:])
    for first, after, *_ in subscribed.periods(db):
        assert int(first[-2:]) == anchor or first[5:7] in ('02', '04', '06', '09', '11')
        assert first < after
    ends = [it[1] for it in subscribed.periods(db)]
    assert ends[:-1] == [it[0] for it in subscribed.periods(db)][1:]


def test_the_period_of_a_day_is_known_before_it_is_there(world: World) -> None:
    begun(world, '2027-03-17')
    there = inside(world, lambda tx: [subscriptions.period_of(tx, date(2027, *it)) for it in ((3, 20), (4, 2), (7, 9))])
    assert [(it.first, it.next, it.days, it.held) for it in there] == [
        (date(2027, 3, 17), date(2027, 4, 1), 31, 15),
        (date(2027, 4, 1), date(2027, 5, 1), 30, 30),
        (date(2027, 7, 1), date(2027, 8, 1), 31, 31),
    ]


def test_messages_of_a_period_that_nobody_has_opened_yet_count_for_that(world: World, db: Engine) -> None:
    begun(world, '2027-03-17', STARTS)
    subscribed.use(world, 500, 'all')
    on('2027-04-17')
    subscribed.use(world, 2, 'next')
    assert subscribed.counted(db) == {'2027-03-17': (500, 500), '2027-04-17': (2, 500)}
    inside(world, lambda tx: subscriptions.present(tx, subscriptions.of(tx)))
    assert subscribed.counted(db)['2027-04-17'] == (2, 500)

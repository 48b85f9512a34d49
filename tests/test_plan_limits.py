"""Limits of plans: what blocks, what is billed, who takes a seat, what people read; races; and nothing without one."""

from datetime import UTC, datetime
from functools import partial

import pytest
from sqlalchemy import Engine
from test_races import at_once

from data import database
from data.database import System
from data.models import Role
from data.problems import Stale
from data.services import invitations, members, projects, subscriptions, usage
from data.services.invoices import closing
from data.services.subscriptions import operating
from data.services.usage import LimitReached, Metric, Standing
from data.services.usage.member_limit import member_room
from tests.support import subscribed
from tests.support import world as people
from tests.support.mailing import mail_in_any_case
from tests.support.probes import rows, statements, value
from tests.support.subscribed import STARTS, begun, inside, on, version
from tests.support.world import World

NO_TRIAL = 'trial_days = 14', ''


@pytest.fixture(autouse=True)
def lasting(at_any_time: None) -> None:
    """Sessions live on every day that these tests are about."""


def standing(world: World, metric: Metric) -> Standing:
    return next(it for it in inside(world, usage.standings) if it.metric is metric)


def test_what_a_plan_blocks_is_refused_and_says_so(world: World, db: Engine) -> None:
    begun(world, '2027-03-01')
    subscribed.use(world, 500, 'all')
    with pytest.raises(LimitReached) as caught:
        subscribed.use(world, 1, 'more')
    assert 'The plan of this organization includes 500 messages a month, and that is used up.' in str(caught.value)
    assert 'Another plan may include more.' in str(caught.value)
    for name in ('One', 'Two'):
        projects.create(world.owner, {'name': name})
    with pytest.raises(LimitReached, match='includes 2 projects at once'):
        projects.create(world.owner, {'name': 'Three'})


def test_what_is_beyond_on_trial_costs_nothing_and_says_so_until_it_ends(world: World, db: Engine) -> None:
    begun(world, '2027-03-01')
    operating.subscribe(world.organization_id, 'team')
    subscribed.use(world, 10_500, 'trial')
    now = standing(world, Metric.MESSAGES)
    assert (now.blocks, now.is_billed, now.beyond) == (False, False, 'More can be used all the same.')
    on('2027-03-15')
    closing.close(world.organization_id)
    subscribed.use(world, 10_500, 'paid')
    now = standing(world, Metric.MESSAGES)
    assert (now.is_billed, now.beyond) == (True, 'What is used beyond that is billed.')


def test_what_is_billed_beyond_is_told_and_never_refused(world: World, db: Engine) -> None:
    begun(world, '2027-03-01', NO_TRIAL)
    operating.subscribe(world.organization_id, 'team')
    with mail_in_any_case():
        subscribed.use(world, 8000, 'most')
        subscribed.use(world, 2500, 'more')
    now = standing(world, Metric.MESSAGES)
    assert (now.used, now.cap, now.blocks, now.is_billed, now.told) == (10_500, 10_000, False, True, 100)
    assert now.beyond == 'What is used beyond that is billed.'
    kinds = [kind for [kind] in rows(db, "SELECT kind FROM mails WHERE kind LIKE 'included-%' ORDER BY kind")]
    assert kinds == ['included-near', 'included-reached']


def test_an_upgrade_opens_what_was_used_up(world: World, db: Engine) -> None:
    begun(world, '2027-03-01', NO_TRIAL)
    subscribed.use(world, 500, 'all')
    assert standing(world, Metric.MESSAGES).told == 100
    on('2027-03-17')
    operating.subscribe(world.organization_id, 'team')
    now = standing(world, Metric.MESSAGES)
    assert (now.cap, now.whole, now.told, now.allowed) == (5096, 10_000, 0, '5,096 messages in this period')
    subscribed.use(world, 1, 'more')


def test_viewers_take_no_seat_where_the_plan_says_so(world: World, db: Engine) -> None:
    begun(world, '2027-03-01')
    room = inside(world, member_room)
    assert (room.cap, room.members, room.roles) == (3, 3, 'owner,admin,member,')
    assert standing(world, Metric.MEMBERS).used == 3, 'of the four, one is a Viewer'
    with pytest.raises(LimitReached, match='Nobody was invited'):
        invitations.invite(world.owner, 'nina@new.test', Role.MEMBER)
    people.join(world.owner, world.newcomers[0], Role.VIEWER)
    with pytest.raises(LimitReached):
        members.change_role(world.owner, world.viewer.user_id, Role.MEMBER, expected=Role.VIEWER)
    people.offered(world.owner, 'noah@new.test', Role.VIEWER)
    [pending] = people.pending(world.owner)
    with pytest.raises(LimitReached):
        invitations.change_role(world.owner, pending.id, Role.MEMBER, expected=Role.VIEWER)
    operating.subscribe(world.organization_id, 'business')
    members.change_role(world.owner, world.viewer.user_id, Role.MEMBER, expected=Role.VIEWER)
    assert standing(world, Metric.MEMBERS).used == 4


def test_seats_that_are_billed_are_never_refused(world: World, db: Engine) -> None:
    begun(world, '2027-03-01', NO_TRIAL, ('seats = { included = 5, price', 'seats = { included = 3, price'))
    operating.subscribe(world.organization_id, 'team')
    people.join(world.owner, world.newcomers[0], Role.MEMBER)
    now = standing(world, Metric.MEMBERS)
    assert (now.used, now.cap, now.blocks) == (4, 3, False)


def test_a_batch_over_the_end_of_a_period_counts_in_both(world: World, db: Engine) -> None:
    begun(world, '2027-03-10', STARTS)
    on('2027-04-12')
    inside(world, lambda tx: subscriptions.present(tx, subscriptions.of(tx)))
    days = [datetime(2027, 4, day, 8, tzinfo=UTC) for day in (8, 9, 10, 12)]
    batch = [usage.Event(Metric.MESSAGES, 10, f'{at}', '', at) for at in days]
    inside(world, lambda tx: usage.record_many(tx, batch))
    assert {day: used for day, (used, _) in subscribed.counted(db).items()} == {'2027-03-10': 20, '2027-04-10': 20}


def test_a_year_is_one_period_of_usage(world: World, db: Engine) -> None:
    on('2027-03-01')
    messages = 'messages = { included = 100, over = "block" }'
    subscribed.catalogue(subscribed.plan('year', '490.00', interval='year', more=messages))
    inside(world, subscriptions.begin)
    operating.subscribe(world.organization_id, 'year')
    subscribed.use(world, 60, 'a')
    on('2027-09-01')
    subscribed.use(world, 40, 'b')
    assert subscribed.counted(db)['2027-03-01'] == (100, 100)
    with pytest.raises(LimitReached, match='100 messages a year'):
        subscribed.use(world, 1, 'c')


# at once -------------------------------------------------------------------------------------------------------------


def test_two_upgrades_at_once_are_one(world: World, db: Engine) -> None:
    begun(world, '2027-03-01', NO_TRIAL)
    seen = version(world)
    with at_once(8) as run_all:
        ends = run_all([partial(subscriptions.choose, world.owner, 'team', version=seen)] * 8)
    assert sorted(type(end).__name__ for end in ends) == ['NoneType'] + ['Stale'] * 7
    assert [net for _, net in subscribed.lines(db)] == [4900]
    assert value(db, "SELECT count(*) FROM audit_events WHERE action = 'billing:choose' AND outcome = 'done'") == 1


def test_an_upgrade_and_the_end_at_once_leave_one_of_both(world: World, db: Engine) -> None:
    begun(world, '2027-03-01', NO_TRIAL)
    operating.subscribe(world.organization_id, 'team')
    seen = version(world)
    acts = [
        partial(subscriptions.choose, world.owner, 'business', version=seen),
        partial(subscriptions.cancel, world.owner, version=seen),
    ]
    with at_once(8) as run_all:
        ends = run_all(acts * 4)
    assert sum(isinstance(end, Stale) for end in ends) == 7
    plan, is_ending = rows(db, 'SELECT plan, cancel_at_end FROM subscriptions')[0]
    assert (plan, bool(is_ending)) in {('business', False), ('team', True)}


def test_the_last_message_is_given_once(world: World, db: Engine) -> None:
    begun(world, '2027-03-01')
    subscribed.use(world, 499, 'all but one')
    with at_once(8) as run_all:
        ends = run_all([partial(subscribed.use, world, 1, f'{number}') for number in range(8)])
    assert sum(isinstance(end, LimitReached) for end in ends) == 7
    assert subscribed.counted(db)['2027-03-01'] == (500, 500)


def test_the_last_seat_is_taken_once(world: World, db: Engine) -> None:
    begun(world, '2027-03-01', ('seats = { included = 3, over', 'seats = { included = 4, over'))
    with at_once(8) as run_all:
        acts = [partial(invitations.invite, world.owner, f'guest{it}@new.test', Role.MEMBER) for it in range(8)]
        ends = run_all(acts)
    assert sum(isinstance(end, LimitReached) for end in ends) == 7
    assert value(db, "SELECT count(*) FROM invitations WHERE state = 'pending'") == 1


def test_an_organization_begins_once_whoever_asks(world: World, db: Engine) -> None:
    on('2027-03-01')
    subscribed.catalogues.applied()
    with at_once(8) as run_all:
        assert run_all([partial(operating.start, world.organization_id)] * 8) == [None] * 8
    assert len(subscribed.periods(db)) == len(subscribed.spans(db)) == 1


# the seam ------------------------------------------------------------------------------------------------------------


def counts(world: World, db: Engine, key: str) -> list[str]:
    """The statements of one event inside of another transaction."""
    with database.transaction(System(world.organization_id)) as tx:
        usage.record(tx, Metric.MESSAGES, 1, f'{key} before')
        with statements(db) as seen:
            usage.record(tx, Metric.MESSAGES, 1, key)
        return list(seen)


def test_a_plan_costs_no_statement_where_something_is_counted(world: World, db: Engine) -> None:
    on('2027-03-01')
    without = counts(world, db, 'without')
    assert not any('subscriptions' in it or 'plan' in it for it in without)
    begun(world, '2027-03-01', NO_TRIAL)
    operating.subscribe(world.organization_id, 'team')
    assert len(counts(world, db, 'with')) == len(without)


def test_without_a_catalogue_nothing_is_limited_and_nobody_speaks_of_plans(world: World, db: Engine) -> None:
    subscribed.use(world, 10**9, 'a')
    assert all(it.cap is None and not it.by_plan and not it.allowed for it in inside(world, usage.standings))
    for table in ('subscriptions', 'plan_spans', 'billing_periods', 'pending_lines', 'usage_limits', 'plan_versions'):
        assert value(db, f'SELECT count(*) FROM {table}') == 0
    people.join(world.owner, world.newcomers[0], Role.MEMBER)
    assert value(db, "SELECT count(*) FROM audit_events WHERE action LIKE 'billing:%'") == 0

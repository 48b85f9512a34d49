"""Choosing a plan: what it costs by the worked examples, when it is held, what it drops; canceling, trials."""

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from data.models import BillingPeriod, Status
from data.problems import Forbidden, Invalid, NotFound, Stale
from data.services import projects, subscriptions
from data.services.subscriptions import State, operating, switching
from data.services.subscriptions.deciding import NOT_OFFERED, PLANNED, SAME, When
from data.services.subscriptions.previewing import Preview
from data.services.usage import Metric
from tests.support import catalogues, subscribed
from tests.support.billed import close
from tests.support.probes import everything, rows, run, value
from tests.support.subscribed import STARTS, begun, inside, on, spans, version
from tests.support.world import World

VECTORS = {
    it['id']: it for it in json.loads((Path(__file__).parent / 'support' / 'vectors.json').read_text())['vectors']
}
DIGITS = {'EUR': 2, 'JPY': 0, 'KWD': 3}
CHANGES = [it for it in VECTORS if VECTORS[it]['given']['kind'] == 'plan_change']


@pytest.fixture(autouse=True)
def lasting(at_any_time: None) -> None:
    """Sessions live on every day that these tests are about."""


def choose(world: World, plan: str, day: str = '') -> subscriptions.SubscriptionView:
    """Choose a plan as the Owner, on this day, after a look at what it would be."""
    if day:
        on(day)
    seen = subscriptions.preview(world.owner, plan)
    decision = subscriptions.choose(world.owner, plan, version=seen.version)
    assert decision == seen.decision, 'what was shown is what was done'
    return subscriptions.standing(world.owner)


def prices(currency: str, *amounts: int) -> list[str]:
    digits = DIGITS[currency]
    return [f'{amount / 10**digits:.{digits}f}' for amount in amounts]


def refused(act: Callable[[], Any]) -> str:
    with pytest.raises(Invalid) as problem:
        act()
    return str(problem.value)


# by the worked examples ----------------------------------------------------------------------------------------------


def test_a_dearer_plan_costs_what_the_examples_say(world: World, db: Engine) -> None:
    assert len(CHANGES) == 15
    for name in CHANGES:
        subscribed.wipe(db)
        given, expect = VECTORS[name]['given'], VECTORS[name]['expect']
        interval, start = given.get('interval', 'month'), given.get('started_on') or expect['period_first_day']
        old, new = prices(given['currency'], given['old_price'], given['new_price'])
        on(start)
        plans = [subscribed.plan('new', new, interval=interval)]
        plans += [subscribed.plan('old', old, interval=interval)] if given['old_price'] else []
        subscribed.catalogue(*plans, anchor=str(given.get('anchor_day', 1)), currency=given['currency'])
        inside(world, subscriptions.begin)
        if given['old_price']:
            choose(world, 'old')
        before = len(subscribed.lines(db))
        view = choose(world, 'new', given['changed_on'])
        made = dict(subscribed.lines(db)[before:])
        assert made == {what: expect[what] for what in ('credit', 'charge') if expect[what]}, name
        assert str(view.period.next) == expect['next_period_first_day'], name
        days = rows(db, "SELECT quantity, per FROM pending_lines WHERE cause LIKE '%charge'")
        assert (expect['days_left'], expect['days_total']) in days, name


def test_two_upgrades_in_one_period_credit_the_plan_that_was_held(world: World, db: Engine) -> None:
    given, expect = VECTORS['A13']['given'], VECTORS['A13']['expect']
    on('2027-03-01')
    held = prices('EUR', 4900, 9900, 19900)
    subscribed.catalogue(*(subscribed.plan(f'plan{it}', price) for it, price in enumerate(held)))
    inside(world, subscriptions.begin)
    choose(world, 'plan0')
    for number, change in enumerate(given['changes'], 1):
        choose(world, f'plan{number}', change['on'])
    assert [net for _, net in subscribed.lines(db)] == [given['paid_in_advance'], *expect['lines']]
    assert sum(net for _, net in subscribed.lines(db)) == expect['paid_for_the_period_in_all']


def test_up_and_down_on_one_day_leaves_the_way_down_for_the_next_period(world: World, db: Engine) -> None:
    begun(world, '2027-03-01', ('trial_days = 14', ''))
    choose(world, 'team')
    choose(world, 'business', '2027-03-17')
    view = choose(world, 'team')
    assert [net for _, net in subscribed.lines(db)] == [4900, -2371, 4790]
    assert (view.plan.id, view.state, view.following and view.following.id) == ('business', State.CHANGING, 'team')


def test_a_cheaper_plan_follows_with_the_next_period(world: World, db: Engine) -> None:
    given, expect = VECTORS['G01']['given'], VECTORS['G01']['expect']
    begun(world, '2027-03-01')
    choose(world, 'business')
    before = subscribed.lines(db)
    view = choose(world, 'team', given['asked_on'])
    assert view.plan.id == 'business' and str(view.next_on) == expect['effective_on']
    assert subscribed.lines(db) == before
    on(expect['effective_on'])
    inside(world, lambda tx: subscriptions.present(tx, subscriptions.of(tx)))
    view = subscriptions.standing(world.owner)
    assert (view.plan.id, view.plan.price, view.state) == ('team', expect['next_period_price'], State.ACTIVE)
    assert subscribed.periods(db)[-1][-1] == 'team' and subscribed.lines(db) == before


def test_a_plan_that_is_canceled_goes_on_to_the_end_of_what_is_paid(world: World, db: Engine) -> None:
    given, expect = VECTORS['G02']['given'], VECTORS['G02']['expect']
    begun(world, '2027-02-28', ('anchor = 1', 'anchor = 31'), ('trial_days = 14', ''))
    choose(world, 'team')
    on(given['asked_on'])
    before = subscribed.lines(db)
    decision = subscriptions.cancel(world.owner, version=version(world))
    assert str(decision.from_day) == expect['ends_on']
    view = subscriptions.standing(world.owner)
    assert (view.plan.id, view.state, str(view.last_day)) == ('team', State.ENDING, expect['last_day'])
    assert subscribed.limits(db)['projects'] == (10, True, True), 'nothing is taken before that'
    on(expect['ends_on'])
    inside(world, lambda tx: subscriptions.present(tx, subscriptions.of(tx)))
    assert subscriptions.standing(world.owner).state is State.FREE
    assert subscribed.limits(db)['projects'] == (2, True, True)
    assert subscribed.lines(db) == before


def test_a_canceled_plan_that_is_kept_costs_nothing_more(world: World, db: Engine) -> None:
    given, expect = VECTORS['G03']['given'], VECTORS['G03']['expect']
    begun(world, '2027-03-01', ('trial_days = 14', ''))
    choose(world, 'team')
    before = subscribed.lines(db)
    on(given['canceled_on'])
    subscriptions.cancel(world.owner, version=version(world))
    on(given['resumed_on'])
    subscriptions.resume(world.owner, version=version(world))
    view = subscriptions.standing(world.owner)
    assert (view.state, str(view.next_on), view.plan.price) == (State.ACTIVE, '2027-04-01', expect['next_period_price'])
    assert subscribed.lines(db) == before
    assert 'as it is' in refused(lambda: subscriptions.resume(world.owner, version=version(world)))


def test_a_planned_downgrade_is_dropped_by_an_upgrade(world: World, db: Engine) -> None:
    given, expect = VECTORS['G04']['given'], VECTORS['G04']['expect']
    on('2027-03-01')
    low, held, high = prices('EUR', given['downgrade_to'], given['held'], given['upgrade_to'])
    subscribed.catalogue(*(subscribed.plan(*it) for it in (('low', low), ('held', held), ('high', high))))
    inside(world, subscriptions.begin)
    choose(world, 'held')
    assert choose(world, 'low', given['downgrade_asked_on']).state is State.CHANGING
    on(given['upgrade_on'])
    assert subscriptions.preview(world.owner, 'high').decision.dropped == 'Low'
    view = choose(world, 'high')
    assert [net for _, net in subscribed.lines(db)[1:]] == [expect['credit'], expect['charge']]
    assert (view.state, view.following, view.plan.price) == (State.ACTIVE, None, expect['next_period_price'])
    on('2027-04-01')
    inside(world, lambda tx: subscriptions.present(tx, subscriptions.of(tx)))
    assert subscriptions.standing(world.owner).plan.id == 'high'


def test_what_is_included_is_shared_out_by_the_same_days(world: World, db: Engine) -> None:
    for name in ('D16', 'D17', 'D18'):
        subscribed.wipe(db)
        given, expect = VECTORS[name]['given'], VECTORS[name]['expect']
        first, second = given['held']
        on('2027-03-01')
        few = f'messages = {{ included = {first["included"]}, over = "block" }}'
        many = f'messages = {{ included = {second["included"]}, over = "block" }}'
        subscribed.catalogue(subscribed.plan('few', '49.00', more=few), subscribed.plan('many', '99.00', more=many))
        inside(world, subscriptions.begin)
        choose(world, 'few')
        on(date(2027, 3, 1 + first['days']).isoformat())
        assert subscriptions.preview(world.owner, 'many').included[Metric.MESSAGES] == expect['included'], name
        choose(world, 'many')
        assert subscribed.counted(db)['2027-03-01'] == (0, expect['included']), name


def test_a_plan_is_chosen_where_nothing_of_one_is_there_yet(world: World, db: Engine) -> None:
    on('2027-03-17')
    catalogues.applied(('trial_days = 14', ''))
    assert subscriptions.standing(world.owner).version == 0
    seen = subscriptions.preview(world.owner, 'team')
    assert (seen.version, [line.net for line in seen.lines]) == (0, [2371])
    subscriptions.choose(world.owner, 'team', version=0)
    assert subscribed.spans(db) == [('2027-03-17', 0, 'free'), ('2027-03-17', 1, 'team')]
    assert [net for _, net in subscribed.lines(db)] == [2371]
    assert subscriptions.standing(world.owner).plan.id == 'team'


# when, and by whom ---------------------------------------------------------------------------------------------------


def test_a_trial_is_a_period_of_its_own_and_goes_on_as_paid(world: World, db: Engine) -> None:
    begun(world, '2027-02-01')
    view = choose(world, 'team', '2027-02-20')
    assert (view.state, view.trial_days, str(view.trial_ends_on)) == (State.TRIAL, 14, '2027-03-06')
    assert subscribed.periods(db) == [
        ('2027-02-01', '2027-02-20', '2027-02-01', '2027-03-01', 'free'),
        ('2027-02-20', '2027-03-06', '2027-02-20', '2027-03-06', 'team'),
    ]
    assert subscribed.counted(db)['2027-02-20'] == (0, 10_000)
    on('2027-03-06')
    row = inside(world, lambda tx: subscriptions.present(tx, subscriptions.of(tx)))
    expect = VECTORS['B08']['expect']
    span = subscriptions.span_of(row)
    assert (str(span.first), str(span.next)) == (expect['first_day'], expect['next_period_first_day'])
    assert (span.held, span.days) == (expect['days_billed'], expect['days_total'])
    assert subscriptions.standing(world.owner).state is State.ACTIVE
    assert subscribed.lines(db) == []
    every = inside(world, lambda tx: [(it, subscriptions.of(tx)) for it in tx.exec(select(BillingPeriod))])
    trials = [str(it.first_day) for it, subscription in every if subscriptions.is_trial(subscription, it)]
    assert trials == ['2027-02-20']


def test_there_is_one_trial_and_canceling_it_ends_it_at_its_end(world: World, db: Engine) -> None:
    begun(world, '2027-02-01')
    choose(world, 'team', '2027-02-20')
    on('2027-02-25')
    assert str(subscriptions.cancel(world.owner, version=version(world)).from_day) == '2027-03-06'
    assert subscriptions.standing(world.owner).plan.id == 'team'
    on('2027-03-06')
    inside(world, lambda tx: subscriptions.present(tx, subscriptions.of(tx)))
    view = subscriptions.standing(world.owner)
    assert (view.plan.id, view.may_try) == ('free', False)
    assert subscribed.lines(db) == []
    assert subscriptions.preview(world.owner, 'team').decision.when is When.NOW
    choose(world, 'team', '2027-03-17')
    assert [net for _, net in subscribed.lines(db)] == [2371], 'no other trial'


def test_a_dearer_plan_in_a_trial_costs_nothing_before_its_end(world: World, db: Engine) -> None:
    begun(world, '2027-02-01')
    choose(world, 'team', '2027-02-20')
    view = choose(world, 'business', '2027-02-25')
    assert (view.plan.id, view.state, str(view.trial_ends_on)) == ('business', State.TRIAL, '2027-03-06')
    assert subscribed.lines(db) == []


def test_a_year_begins_today_and_months_follow_at_its_end(world: World, db: Engine) -> None:
    on('2027-03-01')
    year = subscribed.plan('year', '490.00', interval='year')
    subscribed.catalogue(subscribed.plan('team', '49.00'), year)
    inside(world, subscriptions.begin)
    choose(world, 'team')
    on('2027-03-17')
    seen = subscriptions.preview(world.owner, 'year')
    assert [line.net for line in seen.lines] == [-2371, 49000] and str(seen.invoiced_on) == '2027-03-17'
    assert (seen.totals.net, seen.totals.tax) == (46629, 8860)
    view = choose(world, 'year')
    assert (str(view.period.first), str(view.period.next)) == ('2027-03-17', '2028-03-17')
    assert subscribed.periods(db)[0][:4] == ('2027-03-01', '2027-03-17', '2027-03-01', '2027-04-01')
    view = choose(world, 'team', '2027-05-01')
    assert (view.plan.id, view.state, str(view.next_on)) == ('year', State.CHANGING, '2028-03-17')
    on('2028-03-17')
    row = inside(world, lambda tx: subscriptions.present(tx, subscriptions.of(tx)))
    assert (str(row.next_day), str(row.whole_first), row.plan) == ('2028-04-01', '2028-03-01', 'team')


def test_where_periods_begin_with_each_plan_the_first_fee_is_whole(world: World, db: Engine) -> None:
    begun(world, '2027-03-17', STARTS, ('trial_days = 14', ''))
    on('2027-03-20')
    seen = subscriptions.preview(world.owner, 'team')
    assert [line.net for line in seen.lines] == [4900]
    view = choose(world, 'team')
    assert (str(view.period.first), str(view.period.next)) == ('2027-03-20', '2027-04-20')
    assert subscribed.periods(db)[0][:2] == ('2027-03-17', '2027-03-20')


def test_a_plan_on_the_very_first_day_leaves_a_period_without_days(world: World, db: Engine) -> None:
    begun(world, '2027-03-17', STARTS, ('trial_days = 14', ''))
    choose(world, 'team')
    assert [it[:2] for it in subscribed.periods(db)] == [('2027-03-17', '2027-03-17'), ('2027-03-17', '2027-04-17')]
    assert subscribed.counted(db) == {'2027-03-17': (0, 10_000)}


def test_what_somebody_else_has_done_first_is_said(world: World) -> None:
    begun(world, '2027-03-01')
    seen = version(world)
    choose(world, 'business')
    with pytest.raises(Stale):
        subscriptions.choose(world.owner, 'team', version=seen)
    with pytest.raises(Stale):
        subscriptions.cancel(world.owner, version=seen)


def test_what_was_due_has_happened_before_anything_is_chosen(world: World, db: Engine) -> None:
    begun(world, '2027-03-01')
    choose(world, 'business')
    subscriptions.cancel(world.owner, version=version(world))
    seen = version(world)
    on('2027-04-02')
    with pytest.raises(Stale):
        subscriptions.choose(world.owner, 'team', version=seen)
    assert subscriptions.standing(world.owner).plan.id == 'free', 'it ended, whatever else was wanted'
    assert [it[0] for it in subscribed.periods(db)] == ['2027-03-01', '2027-04-01']


def test_after_a_clock_was_set_back_it_is_the_first_day_of_the_period(world: World, db: Engine) -> None:
    begun(world, '2027-01-10', ('trial_days = 14\n', ''))
    choose(world, 'team')
    on('2027-02-12')
    close(world.organization_id)
    choose(world, 'business', '2027-01-31')
    assert subscribed.lines(db)[-2:] == [('credit', -4900), ('charge', 9900)]
    assert operating.subscribe(world.organization_id, 'team')[1].from_day == date(2027, 3, 1)


def test_only_plans_of_the_list_are_chosen(world: World, db: Engine) -> None:
    begun(world, '2027-03-01')
    before = everything(db)
    wrong: list[Any] = [None, 7, '', 'gold', 'TEAM', ['team'], 'team\x00']
    for plan in wrong:
        assert 'from the list' in refused(lambda plan=plan: subscriptions.choose(world.owner, plan, version=1))
        assert 'from the list' in refused(lambda plan=plan: subscriptions.preview(world.owner, plan))
    assert everything(db) == before


def test_the_same_plan_twice_is_said_to_be_so(world: World) -> None:
    begun(world, '2027-03-01')
    choose(world, 'business')
    assert refused(lambda: subscriptions.choose(world.owner, 'business', version=version(world))) == SAME
    choose(world, 'team')
    assert refused(lambda: subscriptions.choose(world.owner, 'team', version=version(world))) == PLANNED
    assert choose(world, 'business').state is State.ACTIVE, 'the one that is held: what was planned is dropped'
    assert refused(lambda: subscriptions.preview(world.owner, 'business')) == SAME


def test_a_plan_that_is_no_longer_offered_is_kept_but_not_chosen(world: World, db: Engine) -> None:
    begun(world, '2027-03-01', ('trial_days = 14', ''))
    choose(world, 'team')
    catalogues.applied(('trial_days = 14', 'offered = false'))
    view = subscriptions.standing(world.owner)
    assert (view.plan.id, view.plan.price, view.is_offered) == ('team', 4900, False)
    assert [it.id for it in view.offered] == ['free', 'business']
    choose(world, 'business')
    assert refused(lambda: subscriptions.choose(world.owner, 'team', version=version(world))) == NOT_OFFERED


def test_a_changed_catalogue_changes_nobodys_plan(world: World, db: Engine) -> None:
    begun(world, '2027-03-01', ('trial_days = 14', ''))
    choose(world, 'team')
    catalogues.applied(('trial_days = 14', ''), ('price = "49.00"', 'price = "59.00"'))
    on('2027-04-01')
    row = inside(world, lambda tx: subscriptions.present(tx, subscriptions.of(tx)))
    assert (row.plan, row.plan_version) == ('team', 1)
    assert subscriptions.standing(world.owner).plan.price == 4900
    view = choose(world, 'team')
    assert view.plan.price == 5900, 'who chooses it has the new one'
    assert [net for _, net in subscribed.lines(db)[-2:]] == [-4900, 5900]


def test_the_status_says_whether_a_plan_can_be_chosen(world: World, db: Engine) -> None:
    open_to_owners = {Status.ACTIVE, Status.PAST_DUE, Status.RESTRICTED, Status.DELETING}
    for status in Status:
        run(db, "UPDATE organizations SET status = 'active'")
        subscribed.wipe(db)
        begun(world, '2027-03-01')
        run(db, 'UPDATE organizations SET status = :to WHERE id = :id', to=status.value, id=world.organization_id)
        if status in open_to_owners:
            subscriptions.choose(world.owner, 'business', version=1)
        else:
            with pytest.raises(NotFound if status is Status.DELETED else Forbidden):
                subscriptions.choose(world.owner, 'business', version=1)
        assert value(db, 'SELECT plan FROM subscriptions') == ('business' if status in open_to_owners else 'free')


def test_others_than_owners_choose_nothing(world: World, db: Engine) -> None:
    begun(world, '2027-03-01')
    for person in (world.admin, world.member, world.viewer):
        for act in (subscriptions.choose, subscriptions.preview):
            with pytest.raises(Forbidden, match='Only Owners'):
                act(person, 'team', **({'version': 1} if act is subscriptions.choose else {}))
    assert subscriptions.standing(world.admin).plan.id == 'free'
    with pytest.raises(Forbidden):
        subscriptions.standing(world.member)
    with pytest.raises(NotFound):
        subscriptions.choose(world.intruder, 'team', version=1)
    assert value(db, 'SELECT plan FROM subscriptions') == 'free'


def test_without_a_catalogue_there_is_nothing_to_choose(world: World, db: Engine) -> None:
    before = everything(db)
    for act in (subscriptions.standing, lambda it: subscriptions.preview(it, 'team')):
        with pytest.raises(NotFound):
            act(world.owner)
    with pytest.raises(NotFound):
        subscriptions.choose(world.owner, 'team', version=0)
    with pytest.raises(NotFound):
        subscriptions.set_reference(world.owner, 'PO 7', version=0)
    assert everything(db) == before


def test_a_downgrade_says_what_is_over_the_new_limits_and_deletes_nothing(world: World, db: Engine) -> None:
    begun(world, '2027-03-01', ('seats = { included = 3, over = "block" }', 'seats = { included = 2, over = "block" }'))
    choose(world, 'business')
    for name in ('One', 'Two', 'Three'):
        projects.create(world.owner, {'name': name})
    seen = subscriptions.preview(world.owner, 'free')
    assert [(it.metric, it.used, it.included) for it in seen.over] == [
        (Metric.MEMBERS, 3, 2),  # of the four, a Viewer takes no seat
        (Metric.PROJECTS, 3, 2),
    ]
    assert all(it.sentence.endswith('Nothing is deleted.') for it in seen.over)
    assert seen.lines == () and str(seen.decision.from_day) == '2027-04-01'
    assert len(projects.portion(world.owner).rows) == 3


def test_a_reference_is_kept_for_invoices(world: World, db: Engine) -> None:
    begun(world, '2027-03-01')
    assert subscriptions.set_reference(world.owner, ' PO-7 #{[]} =HYPERLINK( ', version=1) == 'PO-7 #{[]} =HYPERLINK('
    assert subscriptions.standing(world.owner).reference == 'PO-7 #{[]} =HYPERLINK('
    assert '200' in refused(lambda: subscriptions.set_reference(world.owner, 'x' * 201, version=2))
    assert subscriptions.set_reference(world.owner, 'x' * 200, version=2)
    with pytest.raises(Stale):
        subscriptions.set_reference(world.owner, '', version=2)
    assert subscriptions.set_reference(world.owner, None, version=version(world)) == ''
    assert switching.REFERENCE_LIMIT == 200


# what was shown ------------------------------------------------------------------------------------------------------


def test_nothing_but_what_was_shown_is_done(world: World, db: Engine) -> None:
    begun(world, '2027-03-10')
    dearer, seen = ('price = "99.00"', 'price = "100.00"'), subscriptions.preview(world.owner, 'business')
    before = rows(db, 'SELECT * FROM subscriptions'), spans(db)

    def is_refused(shown: Preview) -> bool:
        with pytest.raises(Stale):
            subscriptions.choose(world.owner, 'business', version=shown.version, shown=shown.decision)
        return (rows(db, 'SELECT * FROM subscriptions'), spans(db)) == before and not subscribed.lines(db)

    catalogues.applied(dearer)
    assert is_refused(seen), 'another price'
    seen = subscriptions.preview(world.owner, 'business')
    on('2027-03-11')
    assert is_refused(seen), 'another day, with another share of the month'
    seen = subscriptions.preview(world.owner, 'business')
    assert subscriptions.choose(world.owner, 'business', version=seen.version, shown=seen.decision) == seen.decision


def test_what_was_shown_before_there_was_any_plan_is_done(world: World) -> None:
    on('2027-03-10')
    catalogues.applied()
    seen = subscriptions.preview(world.owner, 'business')
    assert [line.net for line in seen.decision.lines] == [7026]
    done = subscriptions.choose(world.owner, 'business', version=seen.version, shown=seen.decision)
    assert [line.net for line in done.lines] == [7026]


def test_a_plan_is_canceled_for_the_day_that_was_shown(world: World, db: Engine) -> None:
    begun(world, '2027-03-01')
    choose(world, 'business')
    on('2027-03-31')
    seen = subscriptions.preview(world.owner, 'free')
    assert str(seen.decision.from_day) == '2027-04-01'
    on('2027-04-01')
    with pytest.raises(Stale):
        subscriptions.cancel(world.owner, version=seen.version, shown=seen.decision)
    assert subscriptions.standing(world.owner).following is None
    seen = subscriptions.preview(world.owner, 'free')
    decision = subscriptions.cancel(world.owner, version=seen.version, shown=seen.decision)
    assert str(decision.from_day) == '2027-05-01'

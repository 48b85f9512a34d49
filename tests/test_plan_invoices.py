"""What is chosen is what is billed: plans, trials and changes of the interval, down to the lines of the invoices."""

import pytest
from sqlalchemy import Engine

from data.services import subscriptions
from data.services.invoices import closing
from data.services.subscriptions import operating
from tests.support import subscribed
from tests.support.probes import rows, value
from tests.support.subscribed import STARTS, begun, inside, on, version
from tests.support.world import World

NO_TRIAL = 'trial_days = 14', ''


@pytest.fixture(autouse=True)
def lasting(at_any_time: None) -> None:
    """Sessions live on every day that these tests are about."""


def close(world: World, day: str) -> None:
    on(day)
    closing.close(world.organization_id)


def bills(db: Engine) -> list[list[int]]:
    """The nets of the lines of each invoice, the oldest first."""
    found: dict[str, list[int]] = {}
    lines = rows(
        db,
        'SELECT invoice_id, invoice_lines.net FROM invoice_lines JOIN invoices ON invoices.id = invoice_id '
        'JOIN billing_periods ON billing_periods.id = period_id ORDER BY next_day, first_day, position',
    )
    for invoice, net in lines:
        found.setdefault(invoice, []).append(net)
    return [sorted(nets) for nets in found.values()]


def test_a_plan_in_the_middle_of_a_month_is_billed_at_its_end(world: World, db: Engine) -> None:
    begun(world, '2027-03-01', NO_TRIAL)
    on('2027-03-17')
    seen = subscriptions.preview(world.owner, 'team')
    subscriptions.choose(world.owner, 'team', version=seen.version)
    assert [line.net for line in seen.lines] == [2371]
    close(world, '2027-04-01')
    assert bills(db) == [[2371, 4900]]
    close(world, '2027-05-01')
    assert bills(db) == [[2371, 4900], [4900]]


def test_on_the_very_first_day_the_fee_is_billed_at_once(world: World, db: Engine) -> None:
    begun(world, '2027-03-17', STARTS, NO_TRIAL)
    seen = subscriptions.preview(world.owner, 'team')
    assert (str(seen.invoiced_on), [line.net for line in seen.lines]) == ('2027-03-17', [4900])
    subscriptions.choose(world.owner, 'team', version=seen.version)
    close(world, '2027-03-17')
    assert bills(db) == [[4900]]
    close(world, '2027-04-17')
    assert bills(db) == [[4900], [4900]]
    assert value(db, "SELECT count(*) FROM billing_periods WHERE state = 'open'") == 1


def test_a_trial_is_billed_from_its_end_on(world: World, db: Engine) -> None:
    begun(world, '2027-02-01')
    on('2027-02-20')
    operating.subscribe(world.organization_id, 'team')
    subscribed.use(world, 12_000, 'beyond what is included')
    close(world, '2027-02-21')
    assert bills(db) == []
    close(world, '2027-03-06')
    assert bills(db) == [[4110]]
    close(world, '2027-04-01')
    assert bills(db) == [[4110], [4900]]


def test_a_year_after_months_is_billed_at_once_less_what_is_left(world: World, db: Engine) -> None:
    on('2027-02-01')
    year = subscribed.plan('year', '490.00', interval='year')
    subscribed.catalogue(subscribed.plan('team', '49.00'), year)
    inside(world, subscriptions.begin)
    operating.subscribe(world.organization_id, 'team')
    close(world, '2027-03-01')
    assert bills(db) == [[4900, 4900]]
    on('2027-03-17')
    seen = subscriptions.preview(world.owner, 'year')
    subscriptions.choose(world.owner, 'year', version=seen.version)
    close(world, '2027-03-17')
    assert bills(db)[-1] == sorted(line.net for line in seen.lines) == [-2371, 49000]
    total = value(db, 'SELECT total FROM invoices ORDER BY created_at DESC LIMIT 1')
    assert total == seen.totals.total, 'with the taxes that were shown'
    close(world, '2028-03-16')
    assert len(bills(db)) == 2
    close(world, '2028-03-17')
    assert bills(db)[-1] == [49000]


def test_who_chooses_before_the_period_is_closed_pays_each_day_once(world: World, db: Engine) -> None:
    begun(world, '2027-03-01', NO_TRIAL)
    operating.subscribe(world.organization_id, 'team')
    on('2027-04-01')
    subscriptions.choose(world.owner, 'business', version=version(world))
    close(world, '2027-04-01')
    assert bills(db) == [sorted([4900, 4900, -4900, 9900])], 'March, and April as it was chosen'
    close(world, '2027-05-01')
    assert bills(db)[-1] == [9900]


def test_a_plan_that_ends_is_billed_no_more(world: World, db: Engine) -> None:
    begun(world, '2027-03-01', NO_TRIAL)
    operating.subscribe(world.organization_id, 'team')
    close(world, '2027-04-01')
    on('2027-04-10')
    subscriptions.cancel(world.owner, version=version(world))
    close(world, '2027-05-01')
    close(world, '2027-06-01')
    assert bills(db) == [[4900, 4900]]
    assert subscriptions.standing(world.owner).plan.id == 'free'


def test_a_second_change_of_the_interval_on_one_day_bills_one_of_both(world: World, db: Engine) -> None:
    on('2027-03-17')
    year = subscribed.plan('year', '490.00', interval='year')
    subscribed.catalogue(subscribed.plan('team', '49.00'), year, anchor='"start"')
    inside(world, subscriptions.begin)
    operating.subscribe(world.organization_id, 'team')
    operating.subscribe(world.organization_id, 'year')
    close(world, '2027-03-17')
    assert bills(db) == [[49000]], 'nobody had billed the month'


def test_months_that_were_billed_today_come_back_with_a_year_on_the_same_day(world: World, db: Engine) -> None:
    on('2027-03-17')
    year = subscribed.plan('year', '490.00', interval='year')
    subscribed.catalogue(subscribed.plan('team', '49.00'), year, anchor='"start"')
    inside(world, subscriptions.begin)
    operating.subscribe(world.organization_id, 'team')
    close(world, '2027-03-17')
    operating.subscribe(world.organization_id, 'year')
    close(world, '2027-03-17')
    assert sorted(bills(db)) == [[-4900, 49000], [4900]], 'both periods have ended before they had a day'

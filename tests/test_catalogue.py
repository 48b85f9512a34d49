"""The catalogue: applied, applied again, changed; what holds, what stays, and who is told before."""

from functools import partial
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError
from test_races import at_once

from data import database
from data.database import System
from data.models import Subscription
from data.problems import Invalid
from data.services import plans, usage
from data.services.plans import Catalogue, Fate, Plan
from data.services.usage import Metric, days
from tests.support import catalogues
from tests.support.probes import rows, run, value
from tests.support.world import World

DEARER = ('price = "49.00"', 'price = "59.00"')
Wrong = dict[str, str]


def current() -> Catalogue | None:
    with database.accounts(writes=False) as tx:
        return plans.current(tx)


def found(plan: str, version: int) -> Plan:
    with database.accounts(writes=False) as tx:
        return plans.find(tx, plan, version)


def subscribe(world: World, plan: str, version: int, next_plan: str | None = None) -> None:
    with database.transaction(System(world.organization_id)) as tx:
        row = Subscription(plan=plan, plan_version=version, anchor_day=1, started_on=days.today(), next_plan=next_plan)
        row.organization_id = world.organization_id
        tx.add(row)


def refused(act: Any, *changes: tuple[str, str]) -> Wrong:
    with pytest.raises(Invalid) as problem:
        act(*changes)
    return problem.value.fields


def test_without_a_catalogue_there_is_none(db: Engine) -> None:
    assert current() is None


def test_what_was_applied_holds_as_it_was_read(db: Engine) -> None:
    difference = catalogues.applied()
    there = current()
    assert there is not None and there == current()
    assert [(it.id, it.fate, it.version) for it in difference.plans] == [
        ('free', Fate.NEW, 1),
        ('team', Fate.NEW, 1),
        ('business', Fate.NEW, 1),
    ]
    assert difference.is_first and not difference.is_none
    read = catalogues.read()
    assert there.hash == read.hash and there.tax == read.tax and there.seller == read.seller
    assert [it.version for it in there.plans] == [1, 1, 1] and there.free.id == 'free'
    team = there.plan('team')
    assert team is not None and found('team', 1) == team
    assert (team.price, team.included[Metric.MESSAGES].rate.price) == (4900, 400)


def test_the_same_file_again_writes_nothing(db: Engine) -> None:
    catalogues.applied()
    before = rows(db, 'SELECT plan, version, hash FROM plan_versions ORDER BY plan, version')
    at = value(db, 'SELECT applied_at FROM billing_settings')
    assert catalogues.applied().is_none
    assert rows(db, 'SELECT plan, version, hash FROM plan_versions ORDER BY plan, version') == before
    assert value(db, 'SELECT applied_at FROM billing_settings') == at


def test_a_plan_that_changes_gets_a_version_and_keeps_the_old_one(db: Engine, world: World) -> None:
    catalogues.applied()
    subscribe(world, 'team', 1)
    difference = catalogues.applied(DEARER)
    [team] = [it for it in difference.plans if it.fate is not Fate.SAME]
    assert (team.fate, team.version, team.organizations) == (Fate.CHANGED, 2, 1)
    assert team.changes == ('price: €49.00 a month → €59.00 a month',)
    assert team.sentence == (
        'Team: version 2 for whoever begins with it from now on. 1 organization has it and keeps what was agreed.'
    )
    there = current()
    assert there is not None and there.plans[1].version == 2
    assert (found('team', 1).price, found('team', 2).price) == (4900, 5900)
    assert value(db, 'SELECT plan_version FROM subscriptions') == 1


def test_what_is_as_it_once_was_is_that_version_again(db: Engine) -> None:
    catalogues.applied()
    catalogues.applied(DEARER)
    [team] = [it for it in catalogues.applied().plans if it.fate is Fate.CHANGED]
    assert team.version == 1
    there = current()
    assert there is not None and [it.version for it in there.plans] == [1, 1, 1]
    assert value(db, "SELECT count(*) FROM plan_versions WHERE plan = 'team'") == 2


def test_check_says_the_same_and_changes_nothing(db: Engine, world: World) -> None:
    catalogues.applied()
    before = (
        rows(db, 'SELECT catalogue_hash, applied_at FROM billing_settings'),
        rows(db, 'SELECT * FROM plan_versions'),
    )
    said = plans.check(catalogues.changed(DEARER))
    after = rows(db, 'SELECT catalogue_hash, applied_at FROM billing_settings'), rows(db, 'SELECT * FROM plan_versions')
    assert after == before
    assert said == catalogues.applied(DEARER)


def test_a_plan_that_somebody_has_can_not_go(db: Engine, world: World) -> None:
    catalogues.applied()
    subscribe(world, 'free', 1, next_plan='team')
    without = catalogues.TEAM, ''
    assert refused(catalogues.applied, without) == {
        'plan.team': 'plan.team: It is missing, and somebody has chosen it. '
        'Write it, with offered = false where nobody else is to choose it.'
    }
    run(db, "UPDATE subscriptions SET plan = 'team', next_plan = NULL")
    assert '1 organization has it' in refused(catalogues.applied, without)['plan.team']
    difference = catalogues.applied(('id = "team"', 'id = "team"\noffered = false'))
    [team] = [it for it in difference.plans if it.id == 'team']
    assert (team.fate, team.version, team.changes) == (Fate.CHANGED, None, ('offered: yes → no',))
    there = current()
    assert there is not None and [it.id for it in there.offered] == ['free', 'business']
    assert there.plans[1].version == 1, 'it is the same plan'


def test_a_plan_that_nobody_has_can_go_and_come_back(db: Engine) -> None:
    catalogues.applied()
    gone = catalogues.applied((catalogues.TEAM, '')).plans[-1]
    assert (gone.id, gone.fate, gone.sentence) == ('team', Fate.GONE, 'Team: no longer there. No organization has it.')
    assert found('team', 1).price == 4900
    back = catalogues.applied().plans[1]
    assert (back.fate, back.version) == (Fate.NEW, 1)


def test_the_currency_stays_once_somebody_has_a_plan(db: Engine, world: World) -> None:
    catalogues.applied()
    pounds = 'currency = "EUR"', 'currency = "GBP"'
    assert 'currency: “EUR” → “GBP”' in catalogues.applied(pounds).settings
    catalogues.applied()
    subscribe(world, 'free', 1)
    assert refused(catalogues.applied, pounds) == {
        'currency': 'currency: It stays EUR: organizations have plans and amounts in it. Write currency = "EUR".'
    }


def test_the_time_zone_is_that_of_days(db: Engine, world: World) -> None:
    berlin = catalogues.changed(('time_zone = "UTC"', 'time_zone = "Europe/Berlin"'))
    assert refused(plans.check, berlin) == {  # type: ignore[arg-type]  # a text is all that it takes
        'time_zone': 'time_zone: Days are those of UTC here, as BOTCADENCE_TIME_ZONE says. '
        'Set that to Europe/Berlin first, or write time_zone = "UTC".'
    }
    with database.transaction(System(world.organization_id)) as tx:
        usage.record(tx, Metric.MESSAGES, 1, 'one')
    assert refused(plans.apply, berlin) == {  # type: ignore[arg-type]  # likewise
        'time_zone': 'time_zone: It stays UTC: usage has been counted by its days. Write time_zone = "UTC".'
    }
    assert current() is None
    catalogues.applied()
    assert value(db, 'SELECT time_zone FROM billing_settings') == 'UTC'


def test_settings_that_change_are_named(db: Engine) -> None:
    catalogues.applied()
    said = plans.check(
        catalogues.changed(
            ('rate = "19"', 'rate = "20"'),
            ('FR = "20", CH = "0"', 'FR = "20"'),
            ('city = "Berlin"', 'city = "Köln"'),
            ('grace_days = 14', 'grace_days = 7'),
            ('anchor = 1', 'anchor = "start"'),
            ('bic = "COBADEFFXXX"', ''),
        )
    )
    assert said.settings == (
        'anchor: 1 → start',
        'seller.city: “Berlin” → “Köln”',
        'transfer.bic: “COBADEFFXXX” → nothing',
        'grace_days: 14 → 7',
        'tax.rate: 19\u00a0% → 20\u00a0%',
        'tax.rates.CH: 0\u00a0% → nothing',
    )
    assert all(it.fate is Fate.SAME for it in said.plans)


def test_another_order_is_applied_and_makes_no_version(db: Engine) -> None:
    catalogues.applied()
    free, team, business = catalogues.TEXT[catalogues.TEXT.index('[[plan]]') :].split('[[plan]]')[1:]
    text = catalogues.TEXT.partition('[[plan]]')[0] + ''.join(f'[[plan]]{it}' for it in (team, free, business))
    difference = plans.apply(text)
    assert difference.settings == ('order: free, team, business → team, free, business',)
    assert all(it.fate is Fate.SAME for it in difference.plans) and not difference.is_none
    there = current()
    assert there is not None and [it.id for it in there.plans] == ['team', 'free', 'business']
    assert value(db, 'SELECT count(*) FROM plan_versions') == 3


def test_many_who_apply_at_once_leave_one_catalogue_and_versions_in_a_row(db: Engine) -> None:
    """The first time, when there is no row to hold yet, as well as later."""
    for cents in ('10', '20'):
        texts = [catalogues.changed(('price = "49.00"', f'price = "{number}.{cents}"')) for number in range(50, 56)]
        with at_once(len(texts)) as start:
            assert start([partial(plans.apply, text) for text in texts]) == [None] * len(texts)
        there = current()
        assert there is not None and there.hash in {plans.read(text).hash for text in texts}
    assert rows(db, "SELECT version FROM plan_versions WHERE plan = 'team' ORDER BY version") == [
        (number,) for number in range(1, 13)
    ]
    assert value(db, "SELECT count(*) FROM plan_versions WHERE plan = 'free'") == 1
    team = there.plans[1]
    assert found('team', team.version) == team


def test_a_version_is_kept_by_the_database_itself(db: Engine) -> None:
    catalogues.applied()
    for statement in ("UPDATE plan_versions SET hash = 'x'", 'DELETE FROM plan_versions'):
        with pytest.raises(DBAPIError, match='never changes'):
            run(db, statement)


def test_two_databases_are_not_mistaken_for_each_other(db: Engine) -> None:
    catalogues.applied()
    assert found('team', 1).price == 4900
    database.connect(db.url.render_as_string(hide_password=False))
    run(
        db,
        "INSERT INTO plan_versions SELECT 'team', 9, content, 'x', created_at FROM plan_versions WHERE plan = 'free'",
    )
    assert found('team', 9).price == 0

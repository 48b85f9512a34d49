"""What the operator does to plans: begins, subscribes, moves all to another version; and what people read before."""

import json
from typing import Any

import pytest
from sqlalchemy import Engine
from typer.testing import CliRunner

from data import commands
from data.operations import terminal
from data.problems import Invalid, NotFound
from data.services import organizations, subscriptions
from data.services.subscriptions import State, deciding, operating
from data.services.usage.limits import set_limit
from tests.support import catalogues, subscribed
from tests.support.mailing import mail_in_any_case
from tests.support.probes import rows, value
from tests.support.subscribed import begun, inside, on, version
from tests.support.world import World


@pytest.fixture(autouse=True)
def lasting(at_any_time: None) -> None:
    """Sessions live on every day that these tests are about."""


def mails(db: Engine, kind: str) -> list[tuple[str, dict[str, str]]]:
    found = rows(db, 'SELECT recipient, facts FROM mails WHERE kind = :kind ORDER BY recipient', kind=kind)
    return [(to, json.loads(facts) if isinstance(facts, str) else facts) for to, facts in found]


def test_the_operator_chooses_as_an_owner_could(world: World, db: Engine) -> None:
    begun(world, '2027-03-01', ('trial_days = 14', ''))
    organization, decision = operating.subscribe(world.organization_id, 'team')
    assert (organization.name, decision.plan.id, decision.when) == ('Acme', 'team', 'now')
    assert [net for _, net in subscribed.lines(db)] == [4900]
    _, decision = operating.subscribe(world.organization_id, 'free')
    assert decision.is_end and subscriptions.standing(world.owner).state is State.ENDING
    with pytest.raises(Invalid):
        operating.subscribe(world.organization_id, 'gold')
    assert value(db, "SELECT actor_email FROM audit_events WHERE action = 'billing:cancel'") == 'the administrator'


def test_everybody_with_a_plan_gets_another_version_with_their_next_period(world: World, db: Engine) -> None:
    begun(world, '2027-03-01', ('trial_days = 14', ''))
    with mail_in_any_case():
        operating.subscribe(world.organization_id, 'team')
        catalogues.applied(('trial_days = 14', ''), ('price = "49.00"', 'price = "59.00"'))
        _, [moved] = operating.migrate('team', 2)
        assert (str(moved.day), moved.told, moved.kept) == ('2027-04-01', 1, '')
        _, [again] = operating.migrate('team', 2)
        assert again.told == 0, 'they are written to once'
    [(to, facts)] = mails(db, operating.PLAN_CHANGES)
    assert to == 'olga@acme.test' and facts['day'] == '1 April 2027'
    assert '49' in facts['before'] and '59' in facts['after']
    assert subscriptions.standing(world.owner).plan.price == 4900
    on('2027-04-01')
    row = inside(world, lambda tx: subscriptions.present(tx, subscriptions.of(tx)))
    assert (row.plan, row.plan_version) == ('team', 2)
    assert operating.migrate('team', 2)[1] == []


def test_who_has_planned_something_else_keeps_that(world: World, db: Engine) -> None:
    begun(world, '2027-03-01', ('trial_days = 14', ''))
    operating.subscribe(world.organization_id, 'team')
    subscriptions.cancel(world.owner, version=version(world))
    catalogues.applied(('trial_days = 14', ''), ('price = "49.00"', 'price = "59.00"'))
    _, [kept] = operating.migrate('team', 2)
    assert (kept.day, kept.kept) == (None, 'something else is planned')
    for wrong in (('gold', 1), ('team', 9), ('team', 0)):
        with pytest.raises(Invalid):
            operating.migrate(*wrong)


def test_owners_do_not_keep_a_version_that_the_operator_has_moved_them_from(world: World, db: Engine) -> None:
    begun(world, '2027-03-01', ('trial_days = 14', ''))
    operating.subscribe(world.organization_id, 'team')
    catalogues.applied(('trial_days = 14', ''), ('price = "49.00"', 'price = "59.00"'))
    operating.migrate('team', 2)
    for _ in range(2):
        with pytest.raises(Invalid, match=deciding.MOVED):
            subscriptions.resume(world.owner, version=version(world))
        subscriptions.cancel(world.owner, version=version(world))
        subscriptions.resume(world.owner, version=version(world))
        assert subscriptions.standing(world.owner).state is State.CHANGING
    catalogues.applied(('trial_days = 14', ''))  # the first version is what is offered again
    with pytest.raises(Invalid, match=deciding.MOVED):
        subscriptions.choose(world.owner, 'team', version=version(world))
    _, [dropped] = operating.migrate('team', 1)
    assert (dropped.day, dropped.kept) == (None, 'what was planned is not any more')
    assert subscriptions.standing(world.owner).state is State.ACTIVE
    operating.migrate('team', 2)
    on('2027-04-01')
    row = inside(world, lambda tx: subscriptions.present(tx, subscriptions.of(tx)))
    assert (row.plan, row.plan_version) == ('team', 2)


def test_who_is_on_trial_reads_once_that_it_is_about_to_be_paid(world: World, db: Engine) -> None:
    begun(world, '2027-03-01')
    operating.subscribe(world.organization_id, 'team')
    with mail_in_any_case():
        on('2027-03-11')
        assert operating.trials_to_tell() == []
        on('2027-03-12')
        assert operating.trials_to_tell() == [world.organization_id]
        assert [operating.tell_of_trial(world.organization_id) for _ in range(2)] == [1, 0]
        assert operating.trials_to_tell() == []
    [(to, facts)] = mails(db, operating.TRIAL_ENDS)
    assert (to, facts['plan'], facts['day']) == ('olga@acme.test', 'Team', '15 March 2027')


def test_a_limit_that_was_set_wins_until_it_is_lifted(world: World, db: Engine) -> None:
    begun(world, '2027-03-01')
    assert subscribed.limits(db)['messages'] == (500, True, True)
    set_limit(world.organization_id, 'messages', 7)
    assert subscribed.limits(db)['messages'] == (7, False, True)
    assert subscribed.counted(db)['2027-03-01'] == (0, 7)
    operating.subscribe(world.organization_id, 'business')
    assert subscribed.limits(db)['messages'] == (7, False, True)
    set_limit(world.organization_id, 'messages', None, lifted=subscriptions.follow_limits)
    assert subscribed.limits(db)['messages'] == (25000, True, False)
    assert subscribed.counted(db)['2027-03-01'] == (0, 25000)


def test_an_organization_begins_once_and_only_with_a_catalogue(world: World, db: Engine) -> None:
    with pytest.raises(NotFound):
        operating.start(world.organization_id)
    begun(world, '2027-03-01')
    before = rows(db, 'SELECT * FROM subscriptions')
    operating.start(world.organization_id)
    assert rows(db, 'SELECT * FROM subscriptions') == before
    operating.start(world.stranger.organization_id)
    assert value(db, 'SELECT count(*) FROM subscriptions') == 2


def test_whoever_founds_an_organization_has_the_default_plan(world: World, db: Engine) -> None:

    begun(world, '2027-03-01')
    made = organizations.create(world.owner, 'Second')
    there = rows(db, 'SELECT plan FROM subscriptions WHERE organization_id = :at', at=made.id)
    assert there == [('free',)]
    assert value(db, 'SELECT count(*) FROM usage_limits WHERE organization_id = :at', at=made.id) == 3


def test_commands_say_what_they_did(world: World, db: Engine, monkeypatch: pytest.MonkeyPatch) -> None:

    begun(world, '2027-03-01', ('trial_days = 14', ''))
    settings = type('Settings', (), {'mail_server': None})()
    monkeypatch.setattr(terminal, 'opened', lambda: settings)

    def run(*words: str) -> Any:
        return CliRunner().invoke(commands.app, [*words, '--json'])

    said = json.loads(run('subscribe', 'Acme', 'team').stdout)
    assert (said['plan'], said['when'], said['lines'][0]['net']) == ('team', 'now', 4900)
    catalogues.applied(('trial_days = 14', ''), ('price = "49.00"', 'price = "59.00"'))
    assert run('migrate-plan', 'team', '--to', '2').exit_code != 0
    said = json.loads(run('migrate-plan', 'team', '--to', '2', '--from-next-period').stdout)
    assert [(it['name'], it['day']) for it in said['organizations']] == [('Acme', '2027-04-01')]
    assert run('subscribe', 'Acme', 'gold').exit_code != 0

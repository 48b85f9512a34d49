"""No screen reads a whole table: every statement finds what it needs by an index, however much there is."""

from collections.abc import Callable
from itertools import pairwise

import pytest
from sqlalchemy import Engine

from data import database
from data.services import accounts, audit, billing_address, invitations, members, organizations, phone_numbers
from data.services.accounts import closing, own_events, own_sessions, sessions
from data.services.audit import unworded
from data.services.mail import outbox
from data.services.usage import Metric, exporting, looking
from tests.support.probes import plan, run, statements
from tests.support.world import PASSWORD, World, email_of

SCREENS: dict[str, Callable[[World], object]] = {
    'signing in': lambda world: accounts.sign_in('olga@acme.test', PASSWORD, network='192.0.2.7'),
    'whose session it is': lambda world: sessions.of_token('x' * 43),
    'sessions that have ended': lambda world: sessions.ended_of([world.owner.session_id]),
    'where somebody is signed in': lambda world: own_sessions.sessions_of(world.owner),
    'what closing an account means': lambda world: closing.closing_outlook(world.owner),
    'what happened to an account': lambda world: own_events.events_of(world.owner),
    'where somebody was last': lambda world: organizations.latest_of(world.owner),
    'organizations': lambda world: organizations.portion(world.owner),
    'organizations, searched': lambda world: organizations.portion(world.owner, 'acme'),
    'switcher': lambda world: organizations.choices(world.owner),
    'card': lambda world: organizations.card(world.owner),
    'overview': lambda world: organizations.overview(world.owner),
    'team, searched': lambda world: members.portion(world.owner, 'mia'),
    **{
        f'team by {order}': lambda world, order=order: members.portion(world.owner, '', order)
        for order in members.Order
    },
    'Owners': lambda world: members.owners(world.owner),
    'invitations': lambda world: invitations.portion(world.owner),
    'addresses to invite': lambda world: invitations.check(world.owner, 'a@b.test c@d.test'),
    'being there': lambda world: members.touch(world.owner),
    'activity': lambda world: audit.portion(world.owner),
    'activity, searched': lambda world: audit.portion(world.owner, search='acme'),
    'activity of a person': lambda world: audit.portion(world.owner, who=('mia@acme.test',)),
    'activity of a kind': lambda world: audit.portion(world.owner, action=('phone',)),
    'refusals': lambda world: audit.portion(world.owner, outcome='refused'),
    'phone numbers': lambda world: phone_numbers.of_organization(world.owner),
    'billing address': lambda world: billing_address.address(world.owner),
    'usage': lambda world: looking.month(world.owner),
    'usage that goes up and down': lambda world: looking.month(world.owner, '', Metric.STORAGE),
    'usage as a file': lambda world: exporting.export(world.owner, '', 'csv'),
    'mails to send': lambda world: outbox.due(),
    'the newest event': lambda world: database.newest_event(),
}


@pytest.mark.parametrize('databases', ['sqlite'], indirect=True)
@pytest.mark.parametrize('screen', SCREENS)
def test_no_table_is_read_from_one_end_to_the_other(screen: str, world: World, db: Engine) -> None:
    assert email_of(world.owner) == 'olga@acme.test'
    with statements(db) as seen:
        SCREENS[screen](world)
    for statement in seen:
        if statement.startswith(('SELECT', 'UPDATE', 'DELETE', 'WITH')):
            steps = plan(db, statement)
            made = {step.split()[1] for step in steps if step.startswith(('CO-ROUTINE', 'MATERIALIZE'))}  # by itself
            scans = [step for step in steps if step.startswith('SCAN') and step.split()[1].islower()]
            assert [step for step in scans if step.split()[1] not in made] == [], statement


@pytest.mark.parametrize('databases', ['sqlite'], indirect=True)
@pytest.mark.parametrize(
    ('screen', 'index'),
    [
        ('Owners', 'ix_memberships_owners'),
        ('team by email', 'ix_memberships_email_key'),
        ('invitations', 'uq_invitations_pending'),
        ('refusals', 'refused'),
    ],
)
def test_what_is_rare_among_much_has_an_index_of_its_own(screen: str, index: str, world: World, db: Engine) -> None:
    with statements(db) as seen:
        SCREENS[screen](world)
    assert any(index in step for statement in seen for step in plan(db, statement))


@pytest.mark.parametrize('databases', ['sqlite'], indirect=True)
@pytest.mark.parametrize('screen', SCREENS)
def test_nobody_reads_the_list_of_all_people_to_find_one(screen: str, world: World, db: Engine) -> None:
    with statements(db) as seen:
        SCREENS[screen](world)
    for statement in (each for each in seen if each.startswith('SELECT')):
        steps = plan(db, statement)
        lists = [after for step, after in pairwise(steps) if step.startswith('LIST SUBQUERY')]
        assert not [step for step in lists if step.endswith('_memberships_1 (organization_id=?)')], statement


@pytest.mark.parametrize('databases', ['sqlite'], indirect=True)
def test_putting_events_into_words_looks_at_no_others(world: World, db: Engine) -> None:
    run(db, 'UPDATE audit_events SET said = NULL')
    with statements(db) as seen:
        assert unworded.fill() > 0
    for statement in (each for each in seen if each.startswith('UPDATE')):
        assert [step for step in plan(db, statement) if 'seq=?' in step], statement


@pytest.mark.parametrize('databases', ['sqlite'], indirect=True)
@pytest.mark.parametrize('screen', [screen for screen in SCREENS if screen.startswith('usage')])
def test_a_month_is_looked_up_by_its_days(screen: str, world: World, db: Engine) -> None:
    with statements(db) as seen:
        SCREENS[screen](world)
    steps = [step for statement in seen for step in plan(db, statement) if 'SEARCH usage_days' in step]
    assert steps
    assert [step for step in steps if 'metric=? AND day' not in step] == []

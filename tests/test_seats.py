"""Seats: on which days somebody was a member is written with each membership, and counted by whole days."""

import time
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, insert, text

from data import clock, database
from data.database import Actor, System, engine, schema
from data.models import Role, SeatSpan, Status, User, UserSession, new_id
from data.services import invitations, members, organizations
from data.services.accounts import closing
from data.services.usage import days, seats
from tests.acts import ACTS
from tests.support.databases import Databases
from tests.support.probes import happens_whole_or_not_at_all, rows, run
from tests.support.seats import assert_in_step
from tests.support.stage import Stage
from tests.support.world import World, email_of, inside, join, offered, sign_up

DAY = timedelta(days=1)
MARCH = date(2027, 3, 1)
WHEN = datetime(2027, 3, 1, 12, tzinfo=UTC)


def at(day: int, hour: int = 12) -> None:
    """Let it be this day of March 2027, in UTC; with 0 and below, before."""
    moment = WHEN + DAY * (day - 1) + timedelta(hours=hour - 12)
    clock.source = lambda: moment


def spans(db: Engine, where: Actor, person: Actor) -> list[tuple[str, str, str | None]]:
    """First day, role and last day of each span of somebody, as they were written."""
    query = (
        'SELECT from_day, role, to_day FROM seat_spans WHERE organization_id = :at AND user_id = :who '
        'ORDER BY from_day, to_day IS NULL, to_day, role'
    )
    found = rows(db, query, at=where.organization_id, who=person.user_id)
    return [(str(begin), role, end and str(end)) for begin, role, end in found]


def counted(where: Actor, first: date = MARCH, days_: int = 31, **roles: object) -> dict[int, int]:
    """How many were there on each day of March 2027, by its number."""
    with database.reading(System(where.organization_id)) as tx:
        found = seats.seat_days(tx, first, first + DAY * days_, **roles)  # type: ignore[arg-type]
    return {(day - MARCH).days + 1: number for day, number in found.items()}


@pytest.fixture(autouse=True)
def nobody_is_signed_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """However far the clock is moved."""
    monkeypatch.setattr(UserSession, 'is_live', lambda *_: True)


@pytest.fixture
def march(db: Engine) -> Actor:
    """Somebody who signs up on the first of March, and so is alone in an organization."""
    at(1)
    return sign_up('ann@march.test')


@pytest.fixture
def guest(march: Actor) -> Actor:
    """Somebody with an account and an organization of their own, since the first of March as well."""
    person = sign_up('gus@march.test')
    with database.accounts() as tx:
        for user in (tx.find(User, it.user_id) for it in (march, person)):
            user.verified_at = clock.now()
    return person


# written with each membership ----------------------------------------------------------------------------------------


@pytest.mark.parametrize('name', ACTS)
def test_every_act_leaves_seats_as_memberships_are(world: World, db: Engine, name: str) -> None:
    stage, act = Stage(db, world), ACTS[name]
    act.perform(stage, stage.actor, act.prepare(stage))
    assert_in_step(db)


def test_somebody_signs_up_and_has_a_seat_in_their_own(march: Actor, db: Engine) -> None:
    assert spans(db, march, march) == [('2027-03-01', 'owner', None)]
    at(3)
    other = organizations.create(march, 'Other')
    assert spans(db, inside(march, other.id), march) == [('2027-03-03', 'owner', None)]


def test_coming_and_going_is_a_span(march: Actor, guest: Actor, db: Engine) -> None:
    at(5)
    there = join(march, guest, Role.MEMBER)
    at(9)
    members.remove(march, guest.user_id)
    assert spans(db, march, guest) == [('2027-03-05', 'member', '2027-03-09')]
    at(12)
    assert counted(march) == {day: 1 + (5 <= day <= 9) for day in range(1, 13)}
    assert there.organization_id == march.organization_id


def test_who_leaves_and_comes_back_the_same_day_has_one_seat_day(march: Actor, guest: Actor, db: Engine) -> None:
    for hour in (8, 10, 12):
        at(5, hour)
        there = join(march, guest, Role.MEMBER)
        at(5, hour + 1)
        members.leave(there)
    assert spans(db, march, guest) == [('2027-03-05', 'member', '2027-03-05')]
    at(5, 20)
    join(march, guest, Role.MEMBER)
    at(7)
    assert spans(db, march, guest) == [('2027-03-05', 'member', None)]
    assert counted(march) == {1: 1, 2: 1, 3: 1, 4: 1, 5: 2, 6: 2, 7: 2}


def test_who_comes_back_on_their_last_day_counts_once(march: Actor, guest: Actor, db: Engine) -> None:
    at(2)
    there = join(march, guest, Role.MEMBER)
    at(4, 8)
    members.leave(there)
    at(4, 18)
    join(march, guest, Role.MEMBER)
    at(5)
    assert spans(db, march, guest) == [('2027-03-02', 'member', '2027-03-04'), ('2027-03-04', 'member', None)]
    assert counted(march) == {1: 1, 2: 2, 3: 2, 4: 2, 5: 2}


def test_roles_change_within_a_day_and_the_person_counts_once(march: Actor, guest: Actor, db: Engine) -> None:
    at(2)
    join(march, guest, Role.MEMBER)
    at(4)
    change = partial(members.change_role, march, guest.user_id)
    change(Role.VIEWER, expected=Role.MEMBER)
    change(Role.ADMIN, expected=Role.VIEWER)
    change(Role.VIEWER, expected=Role.ADMIN)
    assert spans(db, march, guest) == [
        ('2027-03-02', 'member', '2027-03-04'),
        ('2027-03-04', 'admin', '2027-03-04'),
        ('2027-03-04', 'viewer', None),
    ]
    at(6)
    assert counted(march) == {1: 1, 2: 2, 3: 2, 4: 2, 5: 2, 6: 2}
    paid = [role for role in Role if role is not Role.VIEWER]
    assert counted(march, roles=paid) == {1: 1, 2: 2, 3: 2, 4: 2, 5: 1, 6: 1}
    assert counted(march, roles=[Role.VIEWER]) == {4: 1, 5: 1, 6: 1}


@pytest.mark.parametrize('back', [1, 3, 365])
def test_the_clock_is_set_back_and_no_span_ends_before_it_begins(
    march: Actor, guest: Actor, db: Engine, back: int
) -> None:
    at(20)
    there = join(march, guest, Role.MEMBER)
    at(20 - back)
    members.change_role(march, guest.user_id, Role.ADMIN, expected=Role.MEMBER)
    members.change_role(march, guest.user_id, Role.MEMBER, expected=Role.ADMIN)
    members.leave(there)
    join(march, guest, Role.MEMBER)
    assert_in_step(db)
    assert all(end is None or end >= begin for begin, _, end in spans(db, march, guest))
    at(21)
    members.leave(there)
    assert counted(march, date(2027, 3, 20), 2) == {20: 2, 21: 2}
    assert_in_step(db)


def test_a_closed_account_leaves_the_days_it_was_there(march: Actor, guest: Actor, db: Engine) -> None:
    at(2)
    join(march, guest, Role.MEMBER)
    at(4)
    with database.accounts() as tx:
        tx.find(UserSession, guest.session_id).authenticated_at = clock.now()
    closing.close_account(guest, email_of(guest), closing.closing_outlook(guest).edition)
    assert spans(db, march, guest) == [('2027-03-02', 'member', '2027-03-04')]
    assert rows(db, 'SELECT 1 FROM users WHERE id = :id', id=guest.user_id) == []
    at(6)
    assert counted(march) == {1: 1, 2: 2, 3: 2, 4: 2, 5: 1, 6: 1}
    assert_in_step(db)


def test_a_seat_comes_with_the_membership_or_not_at_all(world: World, db: Engine, published: list[object]) -> None:
    guest = world.newcomers[0]
    token = offered(world.owner, email_of(guest))
    happens_whole_or_not_at_all(db, lambda: invitations.accept(guest, token), published)  # type: ignore[arg-type]
    happens_whole_or_not_at_all(db, lambda: members.remove(world.owner, guest.user_id), published)  # type: ignore[arg-type]
    assert_in_step(db)


def test_whoever_is_given_a_home_has_a_seat_in_it(world: World, db: Engine) -> None:
    """Those whose only organization is deleted."""
    run(db, 'DELETE FROM organizations WHERE id <> :id', id=world.organization_id)
    run(db, "UPDATE organizations SET status = 'deleting' WHERE id = :id", id=world.organization_id)
    organizations.change_status(world.organization_id, Status.DELETED, '')
    assert rows(db, 'SELECT count(*) FROM seat_spans WHERE organization_id <> :id', id=world.organization_id) == [(4,)]
    assert_in_step(db)


def test_seats_of_one_organization_say_nothing_of_another(march: Actor, guest: Actor) -> None:
    join(march, guest, Role.MEMBER)
    assert counted(march) == {1: 2}
    assert counted(guest) == {1: 1}
    assert counted(inside(march, new_id())) == {}


OLDER = (
    "INSERT INTO users (id, email, email_key, created_at) VALUES ('u', 'a@b.test', 'a@b.test', CURRENT_TIMESTAMP), "
    "('v', 'c@b.test', 'c@b.test', CURRENT_TIMESTAMP)",
    'INSERT INTO memberships (organization_id, user_id, email_key, role, joined_at) VALUES '
    "('o', 'u', 'a@b.test', 'owner', :early), ('o', 'v', 'c@b.test', 'viewer', :late)",
    'INSERT INTO organizations (id, name, name_key, status, status_since, status_reason, created_at, active_at, '
    "audit_seq, audit_head, version) VALUES ('o', 'Acme', 'acme', 'active', CURRENT_TIMESTAMP, '', CURRENT_TIMESTAMP, "
    "CURRENT_TIMESTAMP, 0, '', 1)",
)
"""People and their organization, before there were seats."""


def test_an_older_database_gets_seats_since_its_members_joined(databases: Databases, tmp_path: Path) -> None:
    """By the days of UTC, wherever the server of the database is."""
    url = databases.make('older', 'empty')
    older = engine.create(url)
    moments = {'early': datetime(2026, 3, 1, 0, 30, tzinfo=UTC), 'late': datetime(2026, 3, 1, 23, 30, tzinfo=UTC)}
    if older.dialect.name == 'sqlite':
        moments = {name: f'{at:%Y-%m-%d %H:%M:%S.%f}' for name, at in moments.items()}  # type: ignore[misc]
    else:
        run(older, f'ALTER DATABASE "{older.url.database}" SET timezone TO \'Pacific/Auckland\'')
        older.dispose()
    try:
        with older.begin() as connection:
            schema._migrate(connection, '0013')
        with older.begin() as connection:
            for statement in OLDER:
                connection.execute(text(statement), moments if ':early' in statement else {})
        older.dispose()  # its connections know foreign keys, a migration on SQLite has none
        schema.prepare(url, tmp_path / 'backups')
        found = rows(older, 'SELECT user_id, from_day, role, to_day FROM seat_spans ORDER BY user_id')
        assert [(it[0], str(it[1]), *it[2:]) for it in found] == [
            ('u', '2026-03-01', 'owner', None),
            ('v', '2026-03-01', 'viewer', None),
        ]
        assert_in_step(older)
        assert schema.differences(url, schema.HEAD) == []
    finally:
        older.dispose()
        databases.drop('older')


# counted by days -----------------------------------------------------------------------------------------------------


def test_days_are_those_of_the_time_zone_which_can_be_another_one_still(march: Actor, guest: Actor, db: Engine) -> None:
    try:
        days.configure('Asia/Kathmandu')
        at(5, 18)  # 23:45 there
        there = join(march, guest, Role.MEMBER)
        at(5, 19)  # the 6th there
        days.configure('America/Santiago')  # the 5th there
        members.leave(there)
        assert spans(db, march, guest) == [('2027-03-05', 'member', '2027-03-05')]
        days.configure('Asia/Kathmandu')
        join(march, guest, Role.MEMBER)
        members.leave(there)
        assert spans(db, march, guest)[-1] == ('2027-03-06', 'member', '2027-03-06')
        assert rows(db, 'SELECT 1 FROM billing_settings') == []
    finally:
        days.configure('UTC')


MOST = 12
stays = st.lists(st.tuples(st.integers(0, 3), st.integers(0, MOST), st.none() | st.integers(0, MOST)), max_size=12)


@given(stays=stays, first=st.integers(0, MOST), length=st.integers(0, MOST))
def test_any_spans_are_counted_as_days_with_somebody_there(
    stays: list[tuple[int, int, int | None]], first: int, length: int
) -> None:
    """The same as day after day, for spans in any order that may overlap."""
    end = first + length
    given_ = [
        (str(who), MARCH + DAY * begin, None if last is None else MARCH + DAY * max(begin, last))
        for who, begin, last in sorted(stays, key=lambda stay: stay[:2])
    ]
    wanted = [
        (who, begin, last)
        for who, begin, last in given_
        if begin < MARCH + DAY * end and (last is None or last >= MARCH + DAY * first)
    ]
    found: dict[date, int] = {}
    for begin, after in seats._stays(wanted, MARCH + DAY * first, MARCH + DAY * end):
        for number in range((after - begin).days):
            found[begin + DAY * number] = found.get(begin + DAY * number, 0) + 1
    slow = {
        day: len({who for who, begin, last in given_ if begin <= day and (last is None or day <= last)})
        for day in (MARCH + DAY * number for number in range(first, end))
    }
    assert found == {day: number for day, number in slow.items() if number}


def test_a_large_team_is_counted_fast(march: Actor, db: Engine) -> None:
    """2,000 members and 13 months, everybody with five spans: one statement, and no time to speak of."""
    people = [new_id() for _ in range(2_000)]
    began = MARCH - DAY * 400
    values = [
        {
            'organization_id': march.organization_id,
            'user_id': person,
            'role': Role.MEMBER,
            'from_day': began + DAY * (80 * number + place % 40),
            'to_day': None if number == 4 else began + DAY * (80 * number + place % 40 + 60),
        }
        for place, person in enumerate(people)
        for number in range(5)
    ]
    with db.begin() as connection:
        connection.execute(insert(SeatSpan), values)
    fastest = 9.9
    for _ in range(3):
        begun = time.process_time()
        found = counted(march, began, 401)
        fastest = min(fastest, time.process_time() - begun)
    assert found[1] == 2_001
    assert sum(found.values()) == 1 + sum(
        ((value['to_day'] or MARCH) - value['from_day']).days + 1
        for value in values  # type: ignore[operator]
    )
    assert fastest < 0.5, f'{fastest:.2f} s'

"""A transaction happens whole or not at all, and the world hears of it after it has happened."""

import threading

import pytest
from sqlalchemy import Engine
from sqlalchemy.exc import IntegrityError
from sqlmodel import func, select

from data import changes, database
from data.changes import Change
from data.database import Actor, System, TenantSession, transactions
from data.models import Membership, Organization, PhoneNumber, Purpose, Role, new_id
from data.permissions import Permission, authorize
from data.problems import Forbidden, NotFound, Stale
from data.services import audit, members, organizations
from data.services.audit import Topic
from tests.support.probes import everything, refused, rows, statements, value
from tests.support.world import World, inside, organization


class Mishap(Exception):
    """Something of ours that goes wrong."""


def test_a_change_is_told_once_it_can_be_seen(world: World, db: Engine) -> None:
    seen: list[str] = []

    def look(change: Change) -> None:
        seen.append(value(db, 'SELECT name FROM organizations WHERE id = :id', id=change.organization_id))

    changes.listen(look)
    changes.listen(look)
    organizations.rename(world.owner, 'New', version=2)
    assert seen == ['New']


def test_a_change_is_told_by_the_thread_that_made_it(world: World) -> None:
    seen: list[int] = []
    changes.listen(lambda _: seen.append(threading.get_ident()))
    thread = threading.Thread(target=organizations.rename, args=(world.owner, 'New'), kwargs={'version': 2})
    thread.start()
    thread.join()
    assert seen == [thread.ident]


def test_what_did_not_happen_is_never_told(world: World, db: Engine, published: list[Change]) -> None:
    before = everything(db)
    with pytest.raises(Mishap), database.transaction(world.owner) as tx:
        found = tx.exec(select(Organization)).one()
        found.name = 'New'
        changes.note(tx, Change(found.id, Topic.ORGANIZATION))
        tx.flush()
        raise Mishap
    refused(Stale, lambda: organizations.rename(world.owner, 'New', version=1))
    refused(NotFound, lambda: organizations.rename(world.intruder, 'New', version=2))
    assert published == []
    assert everything(db) == before


def test_each_change_of_a_transaction_is_told_in_order(world: World, published: list[Change]) -> None:
    noted = [Change(world.organization_id, topic) for topic in (Topic.PHONE, Topic.MEMBER, Topic.BILLING)]
    with database.transaction(world.owner) as tx:
        for change in noted:
            changes.note(tx, change)
        assert published == []
    assert published == noted


def test_a_refusal_is_recorded_although_its_act_is_undone(world: World, db: Engine, published: list[Change]) -> None:
    before = everything(db, record=False)
    with pytest.raises(Forbidden), database.transaction(world.viewer) as tx:
        tx.exec(select(Organization)).one().name = 'Mine'
        changes.note(tx, Change(world.organization_id, Topic.ORGANIZATION))
        tx.flush()
        raise Forbidden('No.', action='test:act', rule='role:viewer')
    assert everything(db, record=False) == before
    assert rows(db, "SELECT actor_email, action, rule FROM audit_events WHERE outcome = 'refused'") == [
        ('vera@acme.test', 'test:act', 'role:viewer')
    ]
    assert Topic.ORGANIZATION not in {change.topic for change in published}


def test_a_commit_that_fails_leaves_nothing_behind_not_even_a_lock(
    world: World, db: Engine, published: list[Change]
) -> None:
    before = everything(db)
    nowhere = inside(world.owner, new_id())
    for _ in range(3):
        with pytest.raises(IntegrityError), database.transaction(nowhere) as tx:  # its organization never comes
            tx.add(Membership(organization_id=nowhere.organization_id, user_id=nowhere.user_id, role=Role.OWNER))
            changes.note(tx, Change(nowhere.organization_id, Topic.MEMBER))
        assert everything(db) == before
    assert published == []
    organizations.rename(world.owner, 'New', version=2)
    assert organization(world.owner).name == 'New'


def test_reading_shows_one_moment_whatever_others_do_meanwhile(world: World) -> None:
    with database.reading(world.owner) as tx:
        count = select(func.count()).select_from(Membership)
        assert tx.exec(count).one() == 4
        members.remove(world.owner, world.viewer.user_id)
        organizations.rename(world.owner, 'New', version=2)
        assert tx.exec(count).one() == 4
        assert tx.exec(select(Organization.name)).one() == 'Acme'
    with database.reading(world.owner) as tx:
        assert tx.exec(count).one() == 3


def test_one_reading_inside_of_another_is_the_same(world: World, db: Engine) -> None:
    with statements(db) as seen, database.reading(world.owner) as tx:
        with database.reading(world.owner) as again:
            assert again is tx
            authorize(again, world.owner, Permission.ORGANIZATION_VIEW)
        before = len(seen)
        members.remove(world.owner, world.viewer.user_id)
        del seen[before:]
        assert organizations.overview(world.owner).members == 4, 'as it was when the reading began'
        authorize(tx, world.owner, Permission.AUDIT_VIEW)
    assert len(seen) == before + 4, 'who asks has been found out once'
    assert organizations.overview(world.owner).members == 3


def test_one_reading_inside_of_another_ones_or_elsewhere_is_its_own(world: World) -> None:
    own = inside(world.owner, organizations.create(world.owner, 'Own').id)
    with database.reading(world.owner) as tx:
        for other in (world.viewer, own, System(world.organization_id)):
            with database.reading(other) as theirs:
                assert theirs is not tx
                with database.reading(world.owner) as mine:
                    assert mine is not tx, 'only the innermost one is joined'
                assert theirs.exec(select(Organization.id)).all() == [other.organization_id]
        with database.reading(world.owner) as again:
            assert again is tx
    with database.reading(world.owner) as later:
        assert later is not tx


def test_a_refusal_inside_of_another_reading_is_recorded_once(world: World, db: Engine) -> None:
    refused(
        Forbidden,
        lambda: organizations.picture(world.viewer, Permission.ORGANIZATION_VIEW, audit.portion),
    )
    assert rows(db, "SELECT actor_email, action FROM audit_events WHERE outcome = 'refused'") == [
        ('vera@acme.test', 'audit:view')
    ]


def test_threads_do_not_share_a_reading(world: World) -> None:
    seen: list[TenantSession] = []

    def look() -> None:
        with database.reading(world.owner) as tx:
            seen.append(tx)

    with database.reading(world.owner) as tx:
        thread = threading.Thread(target=look)
        thread.start()
        thread.join()
    assert seen
    assert tx not in seen


def test_writing_waits_for_whoever_writes_in_the_same_organization(world: World) -> None:
    held, done = threading.Event(), []

    def rename() -> None:
        held.wait()
        done.append(organizations.rename(world.admin, 'Second', version=3).name)

    thread = threading.Thread(target=rename)
    thread.start()
    with database.transaction(world.owner) as tx:
        found = authorize(tx, world.owner, Permission.ORGANIZATION_RENAME).organization
        held.set()
        thread.join(0.2)
        found.name, found.version = 'First', 3
        assert done == []
    thread.join()
    assert done == ['Second']


def test_an_act_costs_a_handful_of_statements(world: World, db: Engine) -> None:
    costs = {
        'enter': (1, lambda: organizations.membership(world.owner)),
        'overview': (5, lambda: organizations.overview(world.owner)),
        'cards': (3, lambda: organizations.portion(world.owner)),
        'rename': (6, lambda: organizations.rename(world.owner, 'New', version=2)),
    }
    for name, (most, act) in costs.items():
        with statements(db) as seen:
            act()
        assert len(seen) <= most, (name, seen)


def test_nobody_stands_in_what_can_not_be_an_organization(world: World) -> None:
    for way in (database.transaction, database.reading):
        with pytest.raises(NotFound), way(inside(world.owner, "' OR 1=1--")) as tx:
            tx.add(PhoneNumber(organization_id='', e164='+4930123456', country='DE', purpose=Purpose.SMS))


def test_without_a_database_nothing_pretends_to_work(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transactions._Database, 'engine', None)
    with pytest.raises(RuntimeError), database.transaction(Actor('', '', new_id(), '')):
        raise AssertionError('this is never reached')

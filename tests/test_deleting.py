"""An organization with many people is deleted at once for everybody, in transactions that are all short."""

import pytest
from sqlalchemy import Engine, insert

from data.database import portions
from data.models import Membership, Role, Status, User
from data.operations.checks import _homeless, _owners
from data.services import organizations
from tests.support.probes import Broken, broken_at, rows, rows_written, run, value
from tests.support.world import World

MANY = 65
"""People who have no other organization."""

WRITES = 35
"""Rows that one transaction writes at most: five for each of the last five people, and its own."""


@pytest.fixture(autouse=True)
def no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(portions, 'PAUSE', 0.001)


@pytest.fixture
def crowded(world: World, db: Engine) -> World:
    """Acme with many people, about to be deleted."""
    people = [User(email=f'p{number:03}@acme.test', email_key=f'p{number:03}@acme.test') for number in range(MANY)]
    here = {'organization_id': world.organization_id, 'role': Role.MEMBER}
    with db.begin() as connection:
        connection.execute(insert(User), [it.model_dump() for it in people])
        connection.execute(insert(Membership), [{**here, 'user_id': it.id, 'email_key': it.email_key} for it in people])
    run(db, "UPDATE organizations SET status = 'deleting' WHERE id = :id", id=world.organization_id)
    return world


def delete(world: World) -> None:
    organizations.change_status(world.organization_id, Status.DELETED, '')


def is_deleted(world: World, db: Engine) -> bool:
    found = value(db, 'SELECT status FROM organizations WHERE id = :id', id=world.organization_id)
    assert found in ('deleting', 'deleted')
    return bool(found == 'deleted')


def everybody_has_one(db: Engine) -> bool:
    return _homeless().ok and _owners().ok


def own(db: Engine) -> set[int]:
    """How many living organizations those have who had none besides."""
    query = """SELECT count(*) FROM users JOIN memberships ON user_id = users.id
        JOIN organizations ON organizations.id = organization_id AND status <> 'deleted'
        WHERE users.email_key LIKE 'p___@%' GROUP BY users.id"""
    return {number for (number,) in rows(db, query)}


def test_no_transaction_is_long(crowded: World, db: Engine) -> None:
    with rows_written(db) as seen:
        delete(crowded)
    assert max(seen) <= WRITES
    assert is_deleted(crowded, db)
    assert everybody_has_one(db)
    assert own(db) == {1}


@pytest.mark.parametrize('number', [1, 7, 77, 100, 200, 260, 300])
def test_it_goes_on_wherever_it_was_cut_off(number: int, crowded: World, db: Engine) -> None:
    with broken_at(db, number) as written:
        try:
            delete(crowded)
        except Broken:
            assert not is_deleted(crowded, db)
        assert everybody_has_one(db), written[-1]
    if not is_deleted(crowded, db):
        assert own(db) <= {1, 2}
        delete(crowded)
    assert is_deleted(crowded, db)
    assert everybody_has_one(db)
    assert own(db) == {1}

"""The address beside a membership is its user's own, whatever is written: the database says so."""

from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import IntegrityError

from data.database import engine, schema
from data.services import members
from tests.support.databases import Databases
from tests.support.probes import rows, run
from tests.support.world import World

OF_ALL = 'SELECT m.email_key, u.email_key FROM memberships m JOIN users u ON u.id = m.user_id'
WRONG = {
    'another address': "UPDATE memberships SET email_key = 'x@acme.test'",
    'another person’s': "UPDATE memberships SET email_key = 'mia@acme.test' WHERE email_key = 'olga@acme.test'",
    'none': 'UPDATE memberships SET email_key = NULL',
    'without it': 'INSERT INTO memberships (organization_id, user_id, role, joined_at) '
    "SELECT 'o', id, 'viewer', CURRENT_TIMESTAMP FROM users",
}

OLDER = (
    "INSERT INTO users (id, email, email_key, created_at) VALUES ('u', 'A@b.test', 'a@b.test', CURRENT_TIMESTAMP), "
    "('v', 'c@b.test', 'c@b.test', CURRENT_TIMESTAMP)",
    'INSERT INTO memberships (organization_id, user_id, role, joined_at) VALUES '
    "('o', 'u', 'owner', CURRENT_TIMESTAMP), ('o', 'v', 'viewer', CURRENT_TIMESTAMP)",
    'INSERT INTO organizations (id, name, name_key, status, status_since, status_reason, created_at, active_at, '
    "audit_seq, audit_head, version) VALUES ('o', 'Acme', 'acme', 'active', CURRENT_TIMESTAMP, '', CURRENT_TIMESTAMP, "
    "CURRENT_TIMESTAMP, 0, '', 1)",
)
"""People and their organization, before addresses stood beside memberships."""


@pytest.mark.parametrize('statement', WRONG.values(), ids=WRONG)
def test_it_can_not_be_another(statement: str, world: World, db: Engine) -> None:
    with pytest.raises(IntegrityError):
        run(db, statement)
    assert all(own == theirs for own, theirs in rows(db, OF_ALL))


def test_it_changes_with_the_user(world: World, db: Engine) -> None:
    run(db, "UPDATE users SET email = 'Zoe@acme.test', email_key = 'zoe@acme.test' WHERE email_key = 'mia@acme.test'")
    assert all(own == theirs for own, theirs in rows(db, OF_ALL))
    assert members.portion(world.owner, 'zoe').rows[0].email == 'Zoe@acme.test'
    assert members.portion(world.owner).rows[-1].email == 'Zoe@acme.test'
    assert members.portion(world.owner, 'mia').total == 0


def test_an_older_database_gets_it_and_keeps_its_triggers(databases: Databases, tmp_path: Path) -> None:
    url = databases.make('older', 'empty')
    older = engine.create(url)
    try:
        with older.begin() as connection:
            schema._migrate(connection, '0007')
        with older.begin() as connection:
            for statement in OLDER:
                connection.execute(text(statement))
        older.dispose()  # its connections know foreign keys, a migration on SQLite has none
        schema.prepare(url, tmp_path / 'backups')
        assert rows(older, f'{OF_ALL} ORDER BY 1') == [('a@b.test', 'a@b.test'), ('c@b.test', 'c@b.test')]
        assert schema.differences(url, schema.HEAD) == []
        with pytest.raises(IntegrityError, match='an organization needs an owner'):
            run(older, "UPDATE memberships SET role = 'viewer' WHERE role = 'owner'")
    finally:
        older.dispose()
        databases.drop('older')

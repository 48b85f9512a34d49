"""Projects of a database from before there were agents: each gets its own, which answers nobody yet."""

from pathlib import Path

from sqlalchemy import text

from data.database import engine, schema
from data.models import is_id
from tests.support.databases import Databases
from tests.support.probes import rows

OLDER = (
    "INSERT INTO users (id, email, email_key, created_at) VALUES ('u', 'a@b.test', 'a@b.test', CURRENT_TIMESTAMP)",
    'INSERT INTO memberships (organization_id, user_id, email_key, role, joined_at) VALUES '
    "('o', 'u', 'a@b.test', 'owner', CURRENT_TIMESTAMP)",
    'INSERT INTO organizations (id, name, name_key, status, status_since, status_reason, created_at, active_at, '
    "audit_seq, audit_head, version) VALUES ('o', 'Acme', 'acme', 'active', CURRENT_TIMESTAMP, '', CURRENT_TIMESTAMP, "
    "CURRENT_TIMESTAMP, 0, '', 1)",
    'INSERT INTO projects (id, organization_id, name, name_key, description, created_at, changed_at, version) VALUES '
    "('p', 'o', 'Support', 'support', '', CURRENT_TIMESTAMP, CURRENT_TIMESTAMP, 1), "
    "('q', 'o', 'Support', 'support', '', CURRENT_TIMESTAMP, CURRENT_TIMESTAMP, 1)",
)


def test_projects_of_an_older_database_get_agents(databases: Databases, tmp_path: Path) -> None:
    url = databases.make('older', 'empty')
    older = engine.create(url)
    try:
        with older.begin() as connection:
            schema._migrate(connection, '0017')
        with older.begin() as connection:
            for statement in OLDER:
                connection.execute(text(statement))
        older.dispose()
        schema.prepare(url, tmp_path / 'backups')
        found = rows(older, 'SELECT project_id, organization_id, state, published, id FROM agents ORDER BY project_id')
        assert [tuple(it[:-1]) for it in found] == [('p', 'o', 'draft', None), ('q', 'o', 'draft', None)]
        assert all(is_id(it[-1]) for it in found)
        assert found[0][-1] != found[1][-1]
        assert schema.differences(url, schema.HEAD) == []
    finally:
        older.dispose()
        databases.drop('older')

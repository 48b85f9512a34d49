"""What a schema consists of, compared with what the migrations make: nothing foreign, nothing missing, nothing else.

A trigger, a view or a column that no migration has made is somebody else's work: it may be run by what the application
does. What is wanted is not written down but made anew, by the migrations up to the revision that the database has.
"""

import re
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping

from sqlalchemy import Connection, Engine, create_engine
from sqlalchemy.pool import StaticPool

Objects = Mapping[tuple[str, str], str]
"""The definition of each object, without what is said in many ways, by its kind and its name."""

Migrate = Callable[[Connection], None]

NAMED = 5
"""How many differences are named."""

OF_SQLITE_ITSELF = {'sqlite_sequence', 'sqlite_stat1', 'sqlite_stat2', 'sqlite_stat3', 'sqlite_stat4'}
"""Tables that SQLite makes, some of them by ANALYZE."""

# The casts of a CHECK look otherwise after a dump and a restore than after a CREATE TABLE.
CATALOG = r"""
SELECT kind, name, regexp_replace(regexp_replace(replace(definition, current_schema() || '.', ''),
    '::(character varying|text)(\[\])?', '', 'g'), '[()\s"]', '', 'g') AS definition
FROM (
    SELECT c.oid AS of, 'pg_class'::regclass AS is_in, CASE c.relkind WHEN 'r' THEN 'table' WHEN 'v' THEN 'view'
        WHEN 'm' THEN 'view' WHEN 'S' THEN 'sequence' WHEN 'i' THEN 'index' ELSE 'relation ' || c.relkind::text
        END AS kind, c.relname AS name, CASE WHEN c.relkind IN ('v', 'm') THEN pg_get_viewdef(c.oid)
        WHEN c.relkind = 'i' THEN pg_get_indexdef(c.oid) ELSE '' END || c.relrowsecurity::text AS definition
    FROM pg_class c WHERE c.relnamespace = current_schema()::regnamespace
UNION ALL
    SELECT c.oid, 'pg_class'::regclass, 'column', c.relname || '.' || a.attname, format_type(a.atttypid, a.atttypmod)
        || a.attnotnull::text || a.attidentity::text || a.attgenerated::text
        || coalesce(pg_get_expr(d.adbin, d.adrelid), '')
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
    WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p', 'f')
UNION ALL
    SELECT o.oid, 'pg_constraint'::regclass, 'constraint', c.relname || '.' || o.conname, pg_get_constraintdef(o.oid)
    FROM pg_class c JOIN pg_constraint o ON o.conrelid = c.oid AND o.contype <> 'n'
    WHERE c.relnamespace = current_schema()::regnamespace
UNION ALL
    SELECT t.oid, 'pg_trigger'::regclass, 'trigger', CASE WHEN t.tgisinternal THEN c.relname || ' (disabled)'
        ELSE t.tgname END, CASE WHEN t.tgisinternal THEN '' ELSE pg_get_triggerdef(t.oid, true) END || t.tgenabled::text
    FROM pg_class c JOIN pg_trigger t ON t.tgrelid = c.oid AND (NOT t.tgisinternal OR t.tgenabled <> 'O')
    WHERE c.relnamespace = current_schema()::regnamespace
UNION ALL
    SELECT r.oid, 'pg_rewrite'::regclass, 'rule', r.rulename, pg_get_ruledef(r.oid)
    FROM pg_class c JOIN pg_rewrite r ON r.ev_class = c.oid AND r.rulename <> '_RETURN'
    WHERE c.relnamespace = current_schema()::regnamespace
UNION ALL
    SELECT p.oid, 'pg_policy'::regclass, 'policy', p.polname, c.relname
    FROM pg_class c JOIN pg_policy p ON p.polrelid = c.oid WHERE c.relnamespace = current_schema()::regnamespace
UNION ALL
    SELECT p.oid, 'pg_proc'::regclass, 'function', p.proname,
        CASE WHEN p.prokind IN ('f', 'p') THEN pg_get_functiondef(p.oid) ELSE p.prokind::text END
    FROM pg_proc p WHERE p.pronamespace = current_schema()::regnamespace
) every_object
WHERE NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = of AND d.classid = is_in AND d.deptype = 'e')
"""
"""Everything in PostgreSQL's current schema that does not belong to an extension."""


def of_sqlite(connection: sqlite3.Connection) -> Objects:
    """What a SQLite file consists of."""
    rows = connection.execute('SELECT type, name, sql FROM sqlite_schema WHERE sql IS NOT NULL').fetchall()
    return {
        (str(kind), str(name)): re.sub(r'[\s"`\[\]]', '', str(sql)).lower()
        for kind, name, sql in rows
        if not (kind == 'table' and name in OF_SQLITE_ITSELF)
    }


def of_postgresql(connection: Connection) -> Objects:
    """What the current schema of PostgreSQL consists of."""
    rows = connection.exec_driver_sql(CATALOG)
    return {(str(kind), str(name)): str(definition) for kind, name, definition in rows}


def of(connection: Connection) -> Objects:
    """What the database of a connection consists of."""
    raw = connection.connection.driver_connection
    return of_sqlite(raw) if isinstance(raw, sqlite3.Connection) else of_postgresql(connection)


def of_sqlite_migrated(migrate: Migrate) -> Objects:
    """What the migrations make of an empty SQLite database."""
    engine = create_engine('sqlite://', poolclass=StaticPool)
    try:
        with engine.begin() as connection:
            migrate(connection)
            return of(connection)
    finally:
        engine.dispose()


def of_postgresql_migrated(engine: Engine, migrate: Migrate) -> Objects:
    """What the migrations make of an empty schema of this server; the schema is gone afterwards.

    Raises DBAPIError where this user may not make one.
    """
    with engine.connect() as connection:
        try:
            connection.exec_driver_sql('CREATE SCHEMA botcadence_as_migrated')
            connection.exec_driver_sql('SET LOCAL search_path TO botcadence_as_migrated')
            migrate(connection)
            return of_postgresql(connection)
        finally:
            connection.rollback()


def differences(there: Objects, wanted: Objects) -> list[str]:
    """What is foreign, missing or other than the migrations made it, in words."""
    return [
        *(f'{kind} {name} is foreign' for kind, name in sorted(there.keys() - wanted.keys())),
        *(f'{kind} {name} is missing' for kind, name in sorted(wanted.keys() - there.keys())),
        *(_other(*key) for key in sorted(there.keys() & wanted.keys()) if there[key] != wanted[key]),
    ]


def listed(words: Iterable[str]) -> str:
    """The first few of them, and how many more there are."""
    every = list(words)
    more = [f'{len(every) - NAMED} more'] if len(every) > NAMED else []
    return ', '.join([*every[:NAMED], *more])


def _other(kind: str, name: str) -> str:
    return f'{kind} {name} is not as it was made'


def keyed(rows: Objects) -> Iterator[dict[str, str]]:
    """The same as rows for JSON."""
    for (kind, name), definition in rows.items():
        yield {'kind': kind, 'name': name, 'definition': definition}

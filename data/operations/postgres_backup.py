"""Backups of a PostgreSQL database: archives of `pg_dump`, put back by `psql` in one transaction."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

from sqlalchemy import URL

from data.database import schema, schema_objects
from data.models import Organization
from data.operations.sqlite_backup import BackupError, Progress
from data.runtime import instance_lock

WITHOUT_OWNER = ('--no-owner', '--no-privileges')
QUIETLY = ('--no-psqlrc', '--quiet', f'--output={os.devnull}')
WHOLE = ('--set=ON_ERROR_STOP=1', '--single-transaction')
SESSIONS_END = 'DELETE FROM public.sessions'  # who has signed out or changed a password since stays out
DROP_TRIGGER_FUNCTIONS = """DO $$ DECLARE it regprocedure; BEGIN
FOR it IN SELECT oid FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND prorettype = 'trigger'::regtype
    AND proowner = current_user::regrole LOOP
    BEGIN EXECUTE 'DROP FUNCTION ' || it; EXCEPTION WHEN dependent_objects_still_exist THEN NULL; END;
END LOOP; END $$"""


NOTE_OTHERS = f"""SET search_path = public;
CREATE TEMPORARY TABLE others ON COMMIT DROP AS SELECT kind, name FROM ({schema_objects.CATALOG}) AS there"""  # noqa: S608  # of two constants
"""Remembers what else is in the schema, where someone has put it and nothing of ours goes: it is not of the copy."""

FOREIGN = 'not as its schema is made: '
SAME_AS_MADE = f"""SET search_path = public; DO $compare$ DECLARE wrong text; BEGIN
SELECT string_agg(kind || ' ' || name, ', ' ORDER BY kind, name) INTO wrong FROM ({schema_objects.CATALOG}) AS there
    FULL JOIN json_to_recordset($made$%s$made$) AS made (kind text, name text, definition text) USING (kind, name)
    WHERE there.definition IS DISTINCT FROM made.definition
    AND (made.kind IS NOT NULL OR (kind, name) NOT IN (SELECT kind, name FROM pg_temp.others));
IF wrong IS NOT NULL THEN RAISE EXCEPTION '{FOREIGN}%%', wrong; END IF; END $compare$"""  # noqa: S608  # of two constants
"""Ends the transaction with an error where anything in the schema is foreign, missing, or not as it was made."""

ENDS_TRANSACTION = re.compile(
    r'^\s*(?:(?:commit|rollback|abort|prepare\s+transaction|start\s+transaction)\b|(?:begin|end)(?=[\w\s]*;)(?!\s+if))'
    r'|^\\(?!restrict|unrestrict|connect -reuse)',
    re.IGNORECASE | re.MULTILINE,
)
"""What would let a script out of the one transaction that it is run in, or make psql do something itself."""


class PostgresBackup:
    """PostgreSQL. See `data.operations.sqlite_backup.DatabaseBackup` for what each does."""

    suffix = '.dump'

    def __init__(self, place: URL) -> None:
        self._place = place
        self._address = instance_lock.connection_string(place, password=False)
        self._environment = {**os.environ, 'PGCONNECT_TIMEOUT': '5'}
        if place.password:  # never an argument: those are there for everybody on the machine to see
            self._environment['PGPASSWORD'] = str(place.password)

    def copy(self, target: Path, progress: Progress) -> None:
        """Write one consistent picture of everything in the database."""
        progress('Copying')
        self._run('pg_dump', '--format=custom', *WITHOUT_OWNER, f'--file={target}', f'--dbname={self._address}')

    def check(self, copy: Path, progress: Progress) -> None:
        """Make sure that the archive can be read to its end, and that its schema is not newer than this version."""
        progress('Checking the copy')
        self._revision(copy)
        self._run('pg_restore', f'--file={os.devnull}', str(copy))

    def _revision(self, copy: Path) -> str:
        """The schema of a copy. Raises BackupError for what is not ours, or newer than this version."""
        script = self._run('pg_restore', '--file=-', '--data-only', '--table=alembic_version', str(copy))
        revision = re.search(r'^COPY public\.alembic_version [^\n]*\n([0-9]{4})$', script, re.MULTILINE)
        if revision is None:
            raise BackupError(f'{copy} is no copy of a database of Botcadence.')
        try:
            schema.refuse_newer(revision[1])
        except schema.SchemaError as error:
            raise BackupError(str(error)) from error
        return revision[1]

    def _comparison(self, source: Path) -> str:
        """A statement that fails where a copy is not as its schema is made. Raises BackupError."""
        if ENDS_TRANSACTION.search(self._run('pg_restore', '--file=-', '--schema-only', str(source))):
            raise BackupError(f'{source} is no backup of ours: there are foreign commands in it.')
        try:
            made = schema.wanted(self._place.render_as_string(hide_password=False), self._revision(source))
        except schema.SchemaError as error:
            raise BackupError(str(error)) from error
        return SAME_AS_MADE % json.dumps(list(schema_objects.keyed(made)))

    def replace(self, source: Path, aside: Path, progress: Progress) -> bool:
        """Put back all of it or nothing."""
        self.check(source, progress)
        comparison = self._comparison(source)
        aside.touch(mode=0o600)
        self.copy(aside, progress)
        progress('Restoring')
        script = aside.with_name(aside.name + '.sql')
        try:
            script.touch(mode=0o600)
            self._run('pg_restore', *WITHOUT_OWNER, f'--file={script}', str(source))
            room = (
                '--command=' + _drop_tables(),
                f'--command={DROP_TRIGGER_FUNCTIONS}',
                f'--command={NOTE_OTHERS}',
            )
            steps = *room, f'--file={script}', f'--command={comparison}', f'--command={SESSIONS_END}'
            self._run('psql', *QUIETLY, *WHOLE, *steps, f'--dbname={self._address}')
        finally:
            script.unlink(missing_ok=True)
        return True

    def _run(self, program: str, *arguments: str) -> str:
        """What one of PostgreSQL's programs prints."""
        path = shutil.which(program)
        if path is None:
            raise BackupError(f'{program} is not installed here. It comes with the client programs of PostgreSQL.')
        done = subprocess.run(  # noqa: S603  # fixed programs, no shell, arguments of ours
            [path, *arguments], env=self._environment, stdin=subprocess.DEVNULL, capture_output=True, check=False
        )
        if done.returncode:
            reason = ' '.join(done.stderr.decode('utf-8', 'replace').split())
            if FOREIGN in reason:
                names = reason.partition(FOREIGN)[2].partition(' CONTEXT:')[0]
                raise BackupError(f'This copy is {FOREIGN}{names[:300]}.')
            raise BackupError(f'{program} failed: {reason[:300]}')
        return done.stdout.decode('utf-8', 'replace')


def _drop_tables() -> str:
    """Statements that make room for the tables of a copy, whatever version it is of."""
    names = ', '.join(f'public.{name}' for name in [*Organization.metadata.tables, 'alembic_version'])
    return f'SET client_min_messages = warning; DROP TABLE IF EXISTS {names} CASCADE'

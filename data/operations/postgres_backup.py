"""Backups of a PostgreSQL database: archives of `pg_dump`, put back by `psql` in one transaction."""

import os
import re
import shutil
import subprocess
from pathlib import Path

from sqlalchemy import URL

from data.database import schema
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


class PostgresBackup:
    """PostgreSQL. See `data.operations.sqlite_backup.DatabaseBackup` for what each does."""

    suffix = '.dump'

    def __init__(self, place: URL) -> None:
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
        script = self._run('pg_restore', '--file=-', '--data-only', '--table=alembic_version', str(copy))
        self._run('pg_restore', f'--file={os.devnull}', str(copy))
        revision = re.search(r'^COPY public\.alembic_version [^\n]*\n(\w+)$', script, re.MULTILINE)
        if revision is None:
            raise BackupError(f'{copy} is no copy of a database of Botcadence.')
        try:
            schema.refuse_newer(revision[1])
        except schema.SchemaError as error:
            raise BackupError(str(error)) from error

    def replace(self, source: Path, aside: Path, progress: Progress) -> bool:
        """Put back all of it or nothing."""
        self.check(source, progress)
        aside.touch(mode=0o600)
        self.copy(aside, progress)
        progress('Restoring')
        script = aside.with_name(aside.name + '.sql')
        try:
            script.touch(mode=0o600)
            self._run('pg_restore', *WITHOUT_OWNER, f'--file={script}', str(source))
            steps = '--command=' + _drop_tables(), f'--command={DROP_TRIGGER_FUNCTIONS}', f'--file={script}'
            self._run('psql', *QUIETLY, *WHOLE, *steps, f'--command={SESSIONS_END}', f'--dbname={self._address}')
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
            raise BackupError(f'{program} failed: {reason[:300]}')
        return done.stdout.decode('utf-8', 'replace')


def _drop_tables() -> str:
    """Statements that make room for the tables of a copy, whatever version it is of."""
    names = ', '.join(f'public.{name}' for name in [*Organization.metadata.tables, 'alembic_version'])
    return f'SET client_min_messages = warning; DROP TABLE IF EXISTS {names} CASCADE'

"""Checks for whoever runs Botcadence: whether everything is in order, and what can be thrown away."""

import shutil
import stat
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from sqlite3 import connect

from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select

from data import clock, database
from data.database import Actor, schema, schema_objects
from data.models import Membership, Organization, Role, Status, User, new_id
from data.operations import backups, sqlite_backup
from data.problems import Invalid
from data.runtime.settings import Settings
from data.services.accounts import events, links, sessions
from data.services.accounts.sign_up import create_account, is_taken, new_user
from data.services.mail import outbox
from data.services.usage import pruning

SCARCE = 200 * 1024 * 1024
"""Bytes of free space below which there is a warning."""

UNSEEN = timedelta(days=30)
"""How long what is kept for a browser outlives its last change: as long as its cookie."""

NAMED = 5
"""How many are named where something is wrong with many."""


@dataclass(frozen=True)
class Finding:
    """Something that was looked at, whether it is in order, and what was seen."""

    name: str
    ok: bool
    detail: str


def inspect(settings: Settings) -> Iterator[Finding]:
    """Look at everything that can be looked at while people work. Raises Unavailable."""
    yield _schema(settings)
    if settings.database_path:
        yield _integrity(settings.database_path)
    yield _space(settings)
    yield _privacy(settings)
    yield _owners()
    yield _homeless()
    if settings.backup_hour is not None:
        yield _backup(settings)
    yield _none_of('backup dates', 'backups dated in the future', [path.name for path in backups.ahead(settings)])


def _schema(settings: Settings) -> Finding:
    url = settings.database_url.get_secret_value()
    revision = schema.revision(url)
    if revision != schema.HEAD:
        return Finding('schema', False, f'{revision}, this version wants {schema.HEAD}')
    try:
        wrong = schema.differences(url, revision)
    except schema.SchemaError as problem:
        return Finding('schema', True, f'{revision}, not compared. {problem}')
    return Finding('schema', not wrong, f'{revision}, ' + (schema_objects.listed(wrong) or 'as its migrations made it'))


def _integrity(path: Path) -> Finding:
    with closing(connect(path.as_uri() + '?mode=ro', uri=True)) as connection:
        wrong = sqlite_backup.damage(connection)
    return Finding('integrity', not wrong, wrong or 'rows, indexes and references fit together')


def _space(settings: Settings) -> Finding:
    free = shutil.disk_usage(settings.data_dir).free
    return Finding('free space', free >= SCARCE, f'{free // 1024**2:,} MB')


def _privacy(settings: Settings) -> Finding:
    kept = [settings.data_dir, settings.data_dir / 'secret_key', settings.database_path]
    is_open = [str(path) for path in kept if path and path.exists() and stat.S_IMODE(path.stat().st_mode) & 0o077]
    detail = f'others can reach {", ".join(is_open)}' if is_open else 'for the owner only'
    return Finding('privacy', not is_open, detail)


def _owners() -> Finding:
    owned = select(Membership.organization_id).where(Membership.role == Role.OWNER)
    query = select(Organization.id).where(Organization.status != Status.DELETED, col(Organization.id).not_in(owned))
    with database.administrator() as tx:
        return _none_of('Owners', 'organizations without an Owner', list(tx.exec(query)))


def _homeless() -> Finding:
    alive = select(Organization.id).where(Organization.status != Status.DELETED)
    at_home = select(Membership.user_id).where(col(Membership.organization_id).in_(alive))
    with database.administrator() as tx:
        homeless = list(tx.exec(select(User.id).where(col(User.id).not_in(at_home))))
    return _none_of('homes', 'users without an organization', homeless)


def _none_of(name: str, what: str, ids: list[str]) -> Finding:
    named = ', '.join(ids[:NAMED]) + (' …' if len(ids) > NAMED else '')
    return Finding(name, not ids, f'{len(ids)} {what}' + (f': {named}' if ids else ''))


def _backup(settings: Settings) -> Finding:
    last = backups.last_made(settings)
    recent = last is not None and clock.now() - last < timedelta(days=2)
    detail = f'the last one is of {last.astimezone():%Y-%m-%d %H:%M}' if last else 'there is none'
    return Finding('backup', recent, detail)


def create_owner(email: str, password: str, confirmation: str) -> str:
    """Make an account with its first organization, and return that one's id. Nobody is signed in.

    Raises Invalid('email' | 'password' | 'confirmation'), Unavailable.
    """
    user = new_user(email, password, confirmation)
    actor = Actor('', user.id, new_id(), '')
    try:
        with database.transaction(actor) as tx:
            create_account(tx, actor, user)
    except IntegrityError as error:
        if not is_taken(error):
            raise
        raise Invalid(email='Somebody already has an account with this address.') from None
    return actor.organization_id


def prune(settings: Settings) -> dict[str, int]:
    """Throw away what nobody needs any more; how many of each. Raises Unavailable."""
    return {
        'sessions': sessions.prune(),
        'account events': events.prune(),
        'account links': links.prune(),
        'mails': outbox.tidy(),
        'usage events': pruning.prune(),
        'browsers': _prune_browsers(settings.data_dir / 'nicegui'),
        'backups': backups.rotate(settings),
    }


def _prune_browsers(folder: Path) -> int:
    """Files of NiceGUI's storage, which itself never deletes one, and what a crash left unfinished."""
    before, number = time.time() - UNSEEN.total_seconds(), 0
    for path in [*folder.glob('storage-user-*.json'), *folder.glob('storage-*.json.tmp')]:
        with suppress(FileNotFoundError):  # gone meanwhile
            if path.stat().st_mtime < before:
                path.unlink()
                number += 1
    return number

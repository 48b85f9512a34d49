"""The disk is full, the database locked, read-only or gone: people are told, can read on, and lose nothing."""

import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from data.database import faults
from tests.support.served import PASSWORD, Served, let_in
from tests.support.steps import card, name_box, save, settings

Open = Callable[..., Page]
Start = Callable[..., Served]

LOCKED = 30
"""Seconds for which somebody else holds the database."""

SOON = 4
"""Seconds within which a screen that only reads is there, whatever is wrong: less than a writer waits."""

SMALL = 256 * 1024 * 1024


def healthy(server: Served) -> bool:
    """Whether the server says that it is well."""
    try:
        with urllib.request.urlopen(f'{server.url}/healthz', timeout=5) as answer:
            return bool(answer.status == 200)
    except urllib.error.HTTPError as error:
        assert error.code == 503
        return False


def rename(page: Page, name: str) -> Locator:
    """Type another name and send it; the card."""
    it = card(page, 'Organization name')
    name_box(page).fill(name)
    it.get_by_role('button', name='Save').click()
    return it


def expect_told(page: Page, name: str, sentence: str) -> None:
    """Sending a name ends with a sentence, and what was typed is still there."""
    expect(rename(page, name)).to_contain_text(f'{sentence} What you typed is still here.', timeout=20_000)
    expect(name_box(page)).to_have_value(name)


def expect_saved(page: Page, name: str) -> None:
    """Sending a name works."""
    it = card(page, 'Organization name')
    name_box(page).fill(name)
    save(it, 'Save')


def expect_readable(page: Page, server: Served, organization_id: str, name: str) -> None:
    """Every screen can be opened, at once."""
    for path, shows in (
        (f'/organizations/{organization_id}', 'Overview'),
        (f'/organizations/{organization_id}/settings', 'Organization settings'),
        (f'/organizations/{organization_id}/activity', 'Activity'),
        ('/organizations', name),
    ):
        began = time.monotonic()
        page.goto(server.url + path)
        expect(page.get_by_text(shows).first).to_be_visible()
        assert time.monotonic() - began < SOON, path


def expect_stored(server: Served, organization_id: str, name: str) -> None:
    """The database is whole, and says what people were shown."""
    with closing(sqlite3.connect(server.database_url.removeprefix('sqlite:///'))) as connection:
        assert connection.execute('PRAGMA integrity_check').fetchall() == [('ok',)]
        query = 'SELECT name FROM organizations WHERE id = ?'
        assert connection.execute(query, (organization_id,)).fetchall() == [(name,)]


# the disk is full ----------------------------------------------------------------------------------------------------


@pytest.fixture
def small_disk() -> Iterator[Path]:
    """A folder on a disk of a few megabytes: one that may be mounted here, or a container's own memory."""
    folder = Path(tempfile.mkdtemp(prefix='botcadence-full-'))
    mounted = subprocess.run(['mount', '-t', 'tmpfs', '-o', 'size=8m', 'tmpfs', folder], capture_output=True)
    if mounted.returncode == 0:
        yield folder
        subprocess.run(['umount', '--lazy', folder], check=True)
        folder.rmdir()
        return
    folder.rmdir()
    memory = Path('/dev/shm')
    if not memory.is_dir() or shutil.disk_usage(memory).total > SMALL:
        pytest.skip('No small disk can be made here: it takes the right to mount one.')
    with tempfile.TemporaryDirectory(prefix='botcadence-full-', dir=memory) as name:
        yield Path(name)


def fill(folder: Path) -> Path:
    """Leave no room on a disk; the file that takes it all."""
    ballast = folder / 'ballast'
    with open(ballast, 'wb', buffering=0) as file:
        for size in (1 << 16, 1 << 12, 1):
            with suppress(OSError):
                while file.write(bytes(size)):
                    pass
    return ballast


def test_the_disk_is_full(serve: Start, small_disk: Path, browser_page: Open) -> None:
    place = {'BOTCADENCE_DATA_DIR': str(small_disk), 'BOTCADENCE_DATABASE_URL': f'sqlite:///{small_disk}/full.db'}
    server = serve(**place)
    page = browser_page()
    organization_id = let_in(page, server.url, 'john@acme.com')
    settings(page, server, organization_id)
    expect_saved(page, 'Before')
    assert healthy(server)

    ballast = fill(small_disk)
    expect_told(page, 'Lost?', faults.FULL)
    expect_readable(page, server, organization_id, 'Before')
    assert not healthy(server)
    newcomer = browser_page()
    newcomer.goto(f'{server.url}/sign-in')
    newcomer.get_by_label('Email').fill('john@acme.com')
    newcomer.get_by_label('Password', exact=True).fill(PASSWORD)
    newcomer.get_by_role('button', name='Sign in').click()
    expect(newcomer.get_by_text(faults.FULL)).to_be_visible()
    settings(page, server, organization_id)
    expect_told(page, 'Not lost', faults.FULL)

    ballast.unlink()
    card(page, 'Organization name').get_by_role('button', name='Save').click()
    expect(card(page, 'Organization name').locator('form')).not_to_have_attribute('data-unsaved', 'true')
    assert healthy(server)
    expect_stored(server, organization_id, 'Not lost')
    newcomer.get_by_label('Password', exact=True).fill(PASSWORD)
    newcomer.get_by_role('button', name='Sign in').click()
    newcomer.wait_for_url(re.compile(f'/organizations/{organization_id}$'))
    assert server.stop() == 0


# somebody else has the database --------------------------------------------------------------------------------------


@pytest.mark.slow
def test_the_database_is_locked(serve: Start, browser_page: Open) -> None:
    server = serve()
    savers = [browser_page() for _ in range(4)]
    ids = [let_in(page, server.url, f'saver{number}@acme.com') for number, page in enumerate(savers)]
    for page, organization_id in zip(savers, ids, strict=True):
        settings(page, server, organization_id)
        expect_saved(page, 'Before')
    reader = browser_page()
    other = let_in(reader, server.url, 'reader@acme.com')

    with closing(sqlite3.connect(server.database_url.removeprefix('sqlite:///'), isolation_level=None)) as foreign:
        foreign.execute('BEGIN IMMEDIATE')
        end = time.monotonic() + LOCKED
        while time.monotonic() < end:
            for page in savers:
                rename(page, 'Later')
            expect_readable(reader, server, other, 'reader')
            for page in savers:
                told = card(page, 'Organization name')
                expect(told.get_by_role('button', name='Save name')).to_be_enabled(timeout=20_000)
                expect(told).to_contain_text(f'{faults.BUSY} What you typed is still here.')
                expect(name_box(page)).to_have_value('Later')
        foreign.execute('ROLLBACK')

    for page, organization_id in zip(savers, ids, strict=True):
        save(card(page, 'Organization name'), 'Save')
        expect_stored(server, organization_id, 'Later')


# the file cannot be written, or is not there ------------------------------------------------------------------------


def test_the_database_is_read_only(serve: Start, browser_page: Open) -> None:
    server = serve(command=[sys.executable, '-m', 'tests.support.unprivileged', 'main.py'])
    file = Path(server.database_url.removeprefix('sqlite:///'))
    page = browser_page()
    organization_id = let_in(page, server.url, 'john@acme.com')
    settings(page, server, organization_id)
    expect_saved(page, 'Before')
    file.chmod(0o400)
    expect_told(page, 'Later', faults.READ_ONLY)
    expect_readable(page, server, organization_id, 'Before')
    assert not healthy(server)
    settings(page, server, organization_id)
    expect_told(page, 'Later', faults.READ_ONLY)
    file.chmod(0o600)
    save(card(page, 'Organization name'), 'Save')
    assert healthy(server)
    expect_stored(server, organization_id, 'Later')


def test_the_database_is_gone_and_comes_back(serve: Start, browser_page: Open) -> None:
    server = serve()
    file = Path(server.database_url.removeprefix('sqlite:///'))
    page = browser_page()
    organization_id = let_in(page, server.url, 'john@acme.com')
    settings(page, server, organization_id)
    expect_saved(page, 'Before')
    file.rename(file.with_name('elsewhere'))
    expect_told(page, 'Later', faults.GONE)
    assert not healthy(server)
    assert not file.exists(), 'an empty database took the place of the one that is gone'
    file.with_name('elsewhere').rename(file)
    save(card(page, 'Organization name'), 'Save')
    assert healthy(server)
    expect_stored(server, organization_id, 'Later')

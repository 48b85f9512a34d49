"""Botcadence as a process of its own, and the first steps in it."""

import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Sequence
from pathlib import Path

from playwright.sync_api import Page

from tests.support.ports import free_port

PATIENCE = 30
"""Seconds within which a server answers or ends."""

PASSWORD = 'violet harbor cactus 71'
ROOT = Path(__file__).parents[2]
MAIN = (sys.executable, 'main.py')


class Served:
    """Botcadence as `make run` starts it."""

    def __init__(self, folder: Path, command: Sequence[str] = MAIN, *, port: int = 0, **settings: str) -> None:
        self.command = command
        self.folder = self.data_dir = folder
        self.port = port or free_port()
        self.url = f'http://127.0.0.1:{self.port}'
        self.database_url = settings.get('BOTCADENCE_DATABASE_URL') or f'sqlite:///{folder}/botcadence.db'
        kept = {key: value for key, value in os.environ.items() if not key.startswith(('BOTCADENCE_', 'NICEGUI_'))}
        self.environment = {
            **{key: value for key, value in kept.items() if 'PYTEST' not in key},
            'BOTCADENCE_DATA_DIR': str(folder),
            'BOTCADENCE_PORT': str(self.port),
            **{name: text.replace('{port}', str(self.port)) for name, text in settings.items()},
        }
        self.start()

    def start(self) -> None:
        """Start it and wait until it answers."""
        with open(self.folder / 'log', 'ab') as log:
            self.process = subprocess.Popen(self.command, env=self.environment, stdout=log, stderr=log, cwd=ROOT)
        end = time.monotonic() + PATIENCE
        while not self.answers():
            assert self.process.poll() is None and time.monotonic() < end, self.log
            time.sleep(0.05)  # between two questions, not instead of one

    def answers(self) -> bool:
        """Whether it says that it is well."""
        here = f'http://127.0.0.1:{self.port}/healthz'
        asked = urllib.request.Request(here, headers={'Host': self.url.partition('//')[2]})
        try:
            with urllib.request.urlopen(asked, timeout=2) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    def stop(self, how: signal.Signals = signal.SIGTERM) -> int:
        """End it; its exit code."""
        if self.process.poll() is None:
            self.process.send_signal(how)
        return self.process.wait(PATIENCE)

    def restart(self) -> None:
        """End it and start it again."""
        self.stop()
        self.start()

    @property
    def log(self) -> str:
        """Everything it has written."""
        return (self.folder / 'log').read_text(encoding='utf-8', errors='replace')


def sign_up(page: Page, url: str, email: str) -> str:
    """Fill in the form as a newcomer; the id of the organization they land in."""
    page.goto(f'{url}/sign-up')
    page.get_by_label('Email').fill(email)
    page.get_by_label('Password', exact=True).fill(PASSWORD)
    page.get_by_label('Confirm password').fill(PASSWORD)
    page.get_by_role('button', name='Sign up').click()
    page.wait_for_url('**/organizations/*')
    return page.url.rsplit('/', 1)[-1]


def let_in(page: Page, url: str, email: str) -> str:
    """Make this browser that of somebody new, and draw no page for it; the id of the organization they have.

    For tests that are about something else: two pages less, which are a third of what such a beginning costs.
    """
    form = {'email': email, 'password': PASSWORD, 'confirmation': PASSWORD}
    answer = page.request.post(f'{url}/auth/sign-up', form=form, headers={'Origin': url}, max_redirects=0)
    assert answer.status == 303, answer.text()
    return page.request.get(url, max_redirects=0).headers['location'].rsplit('/', 1)[-1]

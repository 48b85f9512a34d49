"""`python -m tests.load.enumeration`: whether the time of an answer tells who has an account.

Signing in with a wrong password and asking for a new one, with addresses that have an account, that have one without a
password, and that have none, in turns. Others may use the machine: what counts is the median of the differences between
answers that came one after the other. The exit code is 1 where one is larger than APART.
"""

import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

import httpx

from tests.support.ports import free_port
from tests.support.post_office import Box, running
from tests.support.raw import sql
from tests.support.served import PASSWORD, Served

TRIES = 30
"""Of each kind."""

APART = 5.0
"""Milliseconds at most (ASVS 6.3.8)."""

KINDS = ('known', 'without a password', 'unknown')
FORMS = {'/auth/sign-in': {'password': 'not the right one'}, '/forgot-password': {}}


@contextmanager
def server(folder: Path) -> Iterator[Served]:
    """Botcadence, with a mail server that takes what it sends meanwhile."""
    port = free_port()
    settings = {'BOTCADENCE_SMTP_URL': f'smtp://127.0.0.1:{port}', 'BOTCADENCE_MAIL_FROM': 'Bots <bots@example.com>'}
    with running(Box(), port):
        served = Served(folder, **settings)
        try:
            yield served
        finally:
            served.stop()


def address(kind: str, number: int) -> str:
    """One address of a kind; each is tried once with each form, since tries with one are counted."""
    return f'{kind.replace(" ", "-")}{number}@acme.test'


def people(served: Served, http: httpx.Client) -> None:
    """Accounts for those who have one."""
    for kind in KINDS[:2]:
        for number in range(TRIES):
            form = {'email': address(kind, number), 'password': PASSWORD, 'confirmation': PASSWORD}
            assert http.post('/auth/sign-up', data=form).status_code == 303
            http.cookies.clear()
    sql(served, "UPDATE users SET password_hash = NULL WHERE email_key LIKE 'without%'")


def times(http: httpx.Client, path: str) -> dict[str, list[float]]:
    """Milliseconds of each answer, by kind, taken in turns."""
    found: dict[str, list[float]] = {kind: [] for kind in KINDS}
    for number in range(TRIES):
        for kind in KINDS:
            began = time.perf_counter()
            answer = http.post(path, data={'email': address(kind, number), **FORMS[path]})
            found[kind].append((time.perf_counter() - began) * 1000)
            assert answer.status_code == 303, answer.text
            http.cookies.clear()
    return found


def differences(some: list[float], others: list[float]) -> float:
    """The median of what each of some took longer than the other of its turn."""
    return median(one - other for one, other in zip(some, others, strict=True))


def main() -> None:
    """Measure and print."""
    furthest = 0.0
    with tempfile.TemporaryDirectory() as folder, server(Path(folder)) as served:
        headers = {'Origin': served.url, 'Sec-Fetch-Site': 'same-origin'}
        with httpx.Client(base_url=served.url, headers=headers, timeout=30) as http:
            people(served, http)
            for path in FORMS:
                found = times(http, path)
                words = ', '.join(f'{kind} {median(each):.1f} ms' for kind, each in found.items())
                apart = [differences(found['unknown'], found[kind]) for kind in KINDS[:2]]
                furthest = max(furthest, *map(abs, apart))
                print(f'{path}: {words}; apart {" and ".join(f"{each:+.1f}" for each in apart)} ms')
    sys.exit(furthest > APART)


if __name__ == '__main__':
    main()

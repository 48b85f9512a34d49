"""What coming back from a provider costs beside the provider's own answers, in a server of its own."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import psutil
import pytest

from tests.support.hostile_issuer import CLIENT, SECRET, HostileIssuer, hostile_issuer
from tests.support.served import Served

TIMES = 20
MOST = 0.03
"""Seconds of the processor: other tests run beside this one, and the provider is another process."""


@pytest.fixture
def issuer() -> Iterator[HostileIssuer]:
    with hostile_issuer() as running:
        yield running


@pytest.fixture
def server(tmp_path: Path, issuer: HostileIssuer) -> Iterator[Served]:
    named = {'ISSUER': issuer.url, 'CLIENT_ID': CLIENT, 'CLIENT_SECRET': SECRET}
    served = Served(tmp_path, **{f'BOTCADENCE_OIDC_ACME_{name}': text for name, text in named.items()})
    yield served
    served.stop()


def test_coming_back_costs_little_beside_the_provider(server: Served, issuer: HostileIssuer) -> None:
    process = psutil.Process(server.process.pid)

    def spent_by(come: list[str]) -> float:
        """What the server spends on each of these people, from their coming back to the answer."""
        spent = 0.0
        for subject in come:
            issuer.claims.update(sub=subject, email=f'{subject}@new.test')
            with httpx.Client(base_url=server.url) as browser:
                back = issuer.agree(browser.get('/auth/oidc/acme').headers['location'])
                before = sum(process.cpu_times()[:2])
                answer = browser.get('/auth/oidc/acme/callback', params=back)
                spent += sum(process.cpu_times()[:2]) - before
                assert (answer.status_code, answer.headers['location']) == (303, '/')
        return spent / len(come)

    spent_by(['first'])
    assert spent_by([f'new-{number}' for number in range(TIMES)]) < MOST
    assert spent_by(['first'] * TIMES) < MOST

"""How long a provider is waited for, how long what it said is kept, and what one costs."""

import asyncio
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta

import pytest

from data import clock
from data.integrations import oidc
from data.integrations.oidc import ProviderDown, discovery
from tests.support.hostile_issuer import SUBJECT, Answer, HostileIssuer, hostile_issuer, key
from tests.support.oidc_flow import BACK, DISCOVERY, DOWN, FLOW, LATE, ago, come_in, refused
from tests.support.ports import free_port
from tests.support.served import ROOT


@pytest.fixture
def issuer() -> Iterator[HostileIssuer]:
    with hostile_issuer() as running:
        yield running


# how long it takes ---------------------------------------------------------------------------------------------------


async def test_nobody_there_is_a_sentence(issuer: HostileIssuer) -> None:
    provider = issuer.provider(issuer=f'http://127.0.0.1:{free_port()}')
    with pytest.raises(ProviderDown) as caught:
        await oidc.begin(provider, FLOW, BACK)
    assert str(caught.value) == DOWN


@pytest.mark.parametrize('path', [DISCOVERY, '/token', '/jwks'])
async def test_a_server_in_trouble_is_a_sentence(issuer: HostileIssuer, path: str) -> None:
    issuer.answers[path] = Answer(b'{}', 503)
    assert '503' in await refused(issuer, ProviderDown)


async def test_a_slow_provider_is_waited_for_so_long(issuer: HostileIssuer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also one that sends a byte now and then."""
    monkeypatch.setattr('data.integrations.oidc.asking.PROVIDER_TOTAL', 0.5)
    issuer.waits = 0.1
    began = time.monotonic()
    with pytest.raises(ProviderDown) as caught:
        await oidc.begin(issuer.provider(), FLOW, BACK)
    assert str(caught.value) == LATE
    assert time.monotonic() - began < 10  # the whole would take a minute


async def test_a_crowd_does_not_wait_for_ever_more(issuer: HostileIssuer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr('data.integrations.oidc.asking.PROVIDER_AT_ONCE', 2)
    issuer.waits = 0.002
    tries = [oidc.begin(issuer.provider(), FLOW, BACK) for _ in range(5)]
    answers = await asyncio.gather(*tries, return_exceptions=True)
    assert [str(each) for each in answers if isinstance(each, ProviderDown)] == [LATE] * 3
    issuer.waits = 0
    assert await oidc.begin(issuer.provider(), FLOW, BACK)


async def test_a_sign_in_costs_us_little_beside_the_provider(issuer: HostileIssuer) -> None:
    """Time of the processor, which the provider here takes as well: the whole is an upper bound."""
    await come_in(issuer)
    provider, spent = issuer.provider(), []
    for _ in range(15):
        back = issuer.agree(await oidc.begin(provider, FLOW, BACK))
        began = time.thread_time()
        await oidc.finish(provider, FLOW, back, BACK)
        spent.append(time.thread_time() - began)
    assert statistics.median(spent) < 0.03


# what is kept --------------------------------------------------------------------------------------------------------


async def test_metadata_and_keys_are_asked_for_once_an_hour(issuer: HostileIssuer) -> None:
    for _ in range(3):
        await come_in(issuer)
    assert (issuer.asked.count(DISCOVERY), issuer.asked.count('/jwks')) == (1, 1)
    issuer.claims.update(exp=ago(-9999), iat=ago(0))
    now = clock.now()
    clock.source = lambda: now + timedelta(minutes=61)
    await come_in(issuer)
    assert (issuer.asked.count(DISCOVERY), issuer.asked.count('/jwks')) == (2, 2)


async def test_a_new_key_is_found_and_an_unknown_one_not_looked_for_in_a_flood(issuer: HostileIssuer) -> None:
    await come_in(issuer)
    issuer.key = key('second')
    issuer.keys = [key('second').as_dict(private=False)]
    assert 'No key for kid' in await refused(issuer)
    now = clock.now()
    clock.source = lambda: now + discovery.RETRY
    assert (await come_in(issuer)).subject == SUBJECT
    issuer.header = {'kid': 'unknown'}
    for _ in range(5):
        assert 'No key for kid' in await refused(issuer)
    assert issuer.asked.count('/jwks') == 2


async def test_what_cant_be_trusted_is_not_kept(issuer: HostileIssuer) -> None:
    issuer.metadata['issuer'] = 'https://evil.example'
    await refused(issuer)
    issuer.metadata.clear()
    assert (await come_in(issuer)).subject == SUBJECT


def test_where_there_are_no_providers_nothing_is_loaded_for_them() -> None:
    """7 MB, and a fifth of a second of each start."""
    loaded = "import sys, pages; print({'authlib', 'joserfc', 'httpx2'} & {name.split('.')[0] for name in sys.modules})"
    done = subprocess.run([sys.executable, '-c', loaded], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout == 'set()\n'

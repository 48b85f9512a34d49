"""The way to a provider that may lie, and back: what tests of it share."""

import time
from collections.abc import Callable

import pytest

from data.integrations import oidc
from data.integrations.oidc import Claims, Flow, ProviderWrong
from tests.support.hostile_issuer import Answer, HostileIssuer

BACK = 'http://127.0.0.1:8080/auth/oidc/hostile/callback'
FLOW = Flow('state-of-this-browser', 'nonce-of-this-browser', 'v' * 43)
WRONG = (
    'What Acme ID sent can’t be trusted, so nobody was signed in. Try again; if this stays, tell whoever runs '
    'Botcadence.'
)
DOWN = 'Acme ID does not answer. Try again in a moment, or sign in another way.'
LATE = 'Acme ID takes too long to answer. Try again in a moment, or sign in another way.'
DISCOVERY = '/.well-known/openid-configuration'

Change = Callable[[HostileIssuer], None]


async def come_in(issuer: HostileIssuer, flow: Flow = FLOW, **more: str) -> Claims:
    """Go to the provider, agree, and come back."""
    provider = issuer.provider()
    url = await oidc.begin(provider, flow, BACK)
    return await oidc.finish(provider, flow, {**issuer.agree(url), **more}, BACK)


async def refused(issuer: HostileIssuer, kind: type[oidc.ProviderProblem] = ProviderWrong, **more: str) -> str:
    """Why nobody came in; the sentence is the one for all that can't be trusted."""
    with pytest.raises(kind) as caught:
        await come_in(issuer, **more)
    if kind is ProviderWrong:
        assert str(caught.value) == WRONG
    return caught.value.cause


def ago(seconds: int) -> int:
    """A moment, as tokens write it."""
    return int(time.time()) - seconds


def answer(path: str, body: bytes, status: int = 200, **headers: str) -> Change:
    """Another answer to whoever asks for this path."""
    return lambda issuer: issuer.answers.update({path: Answer(body, status, tuple(headers.items()))})

"""The OpenID Connect provider of oidc-provider-mock, and somebody who is sent there and comes back."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from data.integrations.oidc import discovery
from data.runtime import account_rules, providers
from data.runtime.account_rules import AccountRules
from tests.support.visitors import ORIGIN, Visitor

with warnings.catch_warnings():
    warnings.simplefilter('ignore')  # what it takes of Authlib is on its way out there
    import oidc_provider_mock
    from oidc_provider_mock import User as Person

IDA = {'email': 'ida@new.test', 'email_verified': True, 'name': 'Ida Newman'}


DEPRECATED = 'ignore:get_jwt_config:DeprecationWarning'
"""What it uses of Authlib."""


class MockProvider:
    """The provider; `people` are by their number what it says of them, and `url` is what it calls itself."""

    def __init__(self, port: int) -> None:
        self.url = f'http://localhost:{port}'

    def say(self, subject: str, **claims: object) -> None:
        """Say this of somebody from now on."""
        answer = httpx.put(f'{self.url}/users/{subject}', json=claims)
        assert answer.status_code == 204, answer.text

    def agree(self, url: str, subject: str) -> str:
        """The path to which the provider sends somebody back who agrees to be this person."""
        return self._answered(url, {'sub': subject})

    def deny(self, url: str) -> str:
        """Likewise for who does not."""
        [state] = parse_qs(urlsplit(url).query)['state']  # which it should send back (RFC 6749 4.1.2.1), and forgets
        return f'{self._answered(url, {"action": "deny"})}&state={state}'

    def _answered(self, url: str, form: dict[str, str]) -> str:
        assert url.startswith(f'{self.url}/oauth2/authorize?'), url
        answer = httpx.post(url, data=form)
        assert answer.status_code in (302, 303), answer.text
        back = answer.headers['location']
        assert back.startswith(f'{ORIGIN}/auth/oidc/acme/callback?'), back
        return back.removeprefix(ORIGIN)


@contextmanager
def mock_provider() -> Iterator[MockProvider]:
    """One that runs, with a person in it."""
    discovery.forget()
    with oidc_provider_mock.run_server_in_thread(user_claims=[Person(sub='ida', claims=IDA)]) as server:
        yield MockProvider(server.server_port)
    discovery.forget()


@contextmanager
def acme_id(monkeypatch: pytest.MonkeyPatch) -> Iterator[MockProvider]:
    """One that runs, and the settings that name it Acme ID."""
    with mock_provider() as running:
        monkeypatch.setenv('BOTCADENCE_OIDC_ACME_ISSUER', running.url)
        monkeypatch.setenv('BOTCADENCE_OIDC_ACME_CLIENT_ID', 'botcadence')
        monkeypatch.setenv('BOTCADENCE_OIDC_ACME_CLIENT_SECRET', 'provider-secret-4711')
        monkeypatch.setenv('BOTCADENCE_OIDC_ACME_LABEL', 'Acme ID')
        yield running
    providers.configure([])
    account_rules.configure(AccountRules())


async def set_out(visitor: Visitor, query: str = '') -> str:
    """Follow the link to the provider; the address there."""
    answer = await visitor.get(f'/auth/oidc/acme{query}')
    assert answer.status_code == 303, answer.text
    return answer.headers['location']


async def through(visitor: Visitor, provider: MockProvider, query: str = '', subject: str = 'ida') -> httpx.Response:
    """Go there, agree to be this person, and come back: what one is answered then."""
    return await visitor.get(provider.agree(await set_out(visitor, query), subject))


def path_of(answer: httpx.Response) -> str:
    """Where an answer leads."""
    assert answer.status_code == 303, answer.text
    return urlsplit(answer.headers['location'])._replace(scheme='', netloc='').geturl()


async def is_signed_in(visitor: Visitor) -> bool:
    """Whether a browser is somebody’s."""
    return path_of(await visitor.get('/')) != '/sign-in'


async def is_refused(visitor: Visitor, path: str, sentence: str, at: str = '/sign-in') -> None:
    """Whoever comes back like this reads the sentence above the other ways in, and is nobody."""
    assert path_of(await visitor.get(path)).partition('?')[0] == at
    await visitor.open(at)
    assert sentence in visitor.shown
    assert 'Continue with Acme ID' in visitor.shown
    assert not await is_signed_in(visitor)
    await visitor.open(at)
    assert sentence not in visitor.shown

"""Sign-in through GitHub, which knows no ID token."""

from collections.abc import Iterator
from typing import Any

import pytest

from data.integrations import oidc
from data.integrations.oidc import Claims, ProviderRefused, ProviderWrong
from tests.support.hostile_issuer import EMAIL, HostileIssuer, hostile_issuer
from tests.support.oidc_flow import BACK, FLOW, Change, answer


@pytest.fixture
def issuer() -> Iterator[HostileIssuer]:
    with hostile_issuer() as running:
        yield running


async def through_github(issuer: HostileIssuer, **more: str) -> Claims:
    provider = issuer.provider('github', scopes='read:user user:email')
    url = await oidc.begin(provider, FLOW, BACK)
    assert url.startswith(f'{issuer.url}/login/oauth/authorize?')
    assert 'code_challenge_method=S256' in url
    return await oidc.finish(provider, FLOW, {**issuer.agree(url), **more}, BACK)


async def test_github_says_who_somebody_is(issuer: HostileIssuer) -> None:
    assert await through_github(issuer) == Claims(issuer.url, '4711', EMAIL, True, 'Nina Newman')
    assert issuer.asked == ['/login/oauth/access_token', '/api/v3/user', '/api/v3/user/emails']


@pytest.mark.parametrize(
    ('rows', 'email', 'verified'),
    [
        ([{'email': EMAIL, 'primary': True, 'verified': False}], EMAIL, False),
        ([{'email': EMAIL, 'primary': True, 'verified': 'true'}], EMAIL, False),
        ([{'email': EMAIL, 'primary': False, 'verified': True}], '', False),
        ([{'email': EMAIL, 'primary': 1, 'verified': True}], '', False),
        ([], '', False),
        ([17, None, 'x'], '', False),
        ([{'email': [EMAIL], 'primary': True, 'verified': True}], '', False),
    ],
    ids=str,
)
async def test_of_github_the_verified_primary_address_counts(
    issuer: HostileIssuer, rows: Any, email: str, verified: bool
) -> None:
    issuer.emails = rows
    found = await through_github(issuer)
    assert (found.email, found.email_verified) == (email, verified)


@pytest.mark.parametrize('number', [None, '4711', 0, -1, True, 4.5, [4711]])
async def test_a_github_account_has_a_number(issuer: HostileIssuer, number: object) -> None:
    issuer.person['id'] = number
    with pytest.raises(ProviderWrong) as caught:
        await through_github(issuer)
    assert 'no number' in caught.value.cause


@pytest.mark.parametrize(
    'change',
    [
        answer('/login/oauth/access_token', b'{"error": "incorrect_client_credentials"}'),
        answer('/login/oauth/access_token', b'{"token_type": "bearer"}'),
        answer('/api/v3/user', b'[]'),
        answer('/api/v3/user', b'{}', 401),
        answer('/api/v3/user/emails', b'{"message": "Not Found"}', 404),
        answer('/api/v3/user/emails', b'{}'),
    ],
)
async def test_what_github_should_not_say(issuer: HostileIssuer, change: Change) -> None:
    change(issuer)
    with pytest.raises(ProviderWrong):
        await through_github(issuer)


async def test_a_code_of_github_that_is_over(issuer: HostileIssuer) -> None:
    answer('/login/oauth/access_token', b'{"error": "bad_verification_code"}')(issuer)
    with pytest.raises(ProviderRefused):
        await through_github(issuer)


async def test_github_answers_for_itself(issuer: HostileIssuer) -> None:
    assert (await through_github(issuer, iss=f'{issuer.url}/login/oauth')).subject == '4711'
    with pytest.raises(ProviderWrong):
        await through_github(issuer, iss='https://evil.example')

"""Sign-in through a provider: what an honest one says is taken, and bound to who asked for it."""

from collections.abc import Iterator
from typing import Any

import pytest

from data import clock
from data.integrations import oidc
from data.integrations.oidc import Claims, Flow, ProviderDown, ProviderRefused, ProviderWrong, code_flow, discovery
from tests.support.hostile_issuer import CLIENT, EMAIL, SECRET, SUBJECT, HostileIssuer, hostile_issuer, key
from tests.support.oidc_flow import BACK, DISCOVERY, DOWN, FLOW, ago, come_in, refused


@pytest.fixture
def issuer() -> Iterator[HostileIssuer]:
    with hostile_issuer() as running:
        yield running


@pytest.mark.parametrize(
    ('iss', 'taken'), [(None, True), ('own', True), ('https://evil.example', False), ('', False)], ids=str
)
async def test_the_answer_comes_from_the_provider_that_was_asked(
    issuer: HostileIssuer, iss: str | None, taken: bool
) -> None:
    """RFC 9207: one provider must not hand on what another one gave."""
    more = {} if iss is None else {'iss': issuer.url if iss == 'own' else iss}
    if taken:
        assert (await come_in(issuer, **more)).subject == SUBJECT
    else:
        assert 'another provider (iss)' in await refused(issuer, **more)


async def test_who_says_that_it_names_itself_has_to(issuer: HostileIssuer) -> None:
    issuer.metadata['authorization_response_iss_parameter_supported'] = True
    assert 'another provider (iss)' in await refused(issuer)
    assert (await come_in(issuer, iss=issuer.url)).subject == SUBJECT


@pytest.mark.parametrize(
    ('changes', 'email'),
    [
        ({'email_verified': 'false'}, EMAIL),
        ({'email_verified': 'true'}, EMAIL),
        ({'email_verified': 1}, EMAIL),
        ({'email_verified': [True]}, EMAIL),
        ({'email_verified': False}, EMAIL),
        ({'email_verified': None}, EMAIL),
        ({'email': [EMAIL]}, ''),
        ({'email': {'value': EMAIL}}, ''),
        ({'email': ''}, ''),
        ({'email': 17}, ''),
        ({'email': 'nobody'}, ''),
        ({'email': f'{EMAIL}, evil@evil.example'}, ''),
        ({'email': f'{EMAIL}\r\nBcc: evil@evil.example'}, ''),
        ({'email': f'Nina <{EMAIL}>'}, ''),
        ({'email': f' {EMAIL}'}, ''),
        ({'email': f'mailto:{EMAIL}'}, ''),
        ({'email': f'{EMAIL}\u200b'}, ''),
        ({'email': '\u212aate@new.test'}, ''),
        ({'email': f'{"x" * 300}@new.test'}, ''),
    ],
    ids=str,
)
async def test_an_address_is_verified_by_true_alone(issuer: HostileIssuer, changes: dict[str, Any], email: str) -> None:
    issuer.claims.update(changes)
    found = await come_in(issuer)
    assert (found.email, found.email_verified, found.subject) == (email, False, SUBJECT)


async def test_an_honest_provider_says_who_somebody_is(issuer: HostileIssuer) -> None:
    assert await come_in(issuer) == Claims(issuer.url, SUBJECT, EMAIL, True, 'Nina Newman')
    assert issuer.asked == [DISCOVERY, '/token', '/jwks']


@pytest.mark.parametrize(('algorithm', 'kind'), [('RS256', 'RSA'), ('PS256', 'RSA'), ('ES256', 'EC'), ('EdDSA', 'OKP')])
async def test_four_ways_to_sign_count(issuer: HostileIssuer, algorithm: str, kind: str) -> None:
    issuer.key, issuer.algorithm = key(f'a-{kind}', kind), algorithm
    issuer.keys = [{'kty': 'AKP', 'kid': 'later'}, key('first').as_dict(private=False)]
    issuer.keys.append(issuer.key.as_dict(private=False))
    assert (await come_in(issuer)).subject == SUBJECT


@pytest.mark.parametrize(('claim', 'seconds'), [('exp', 20), ('iat', -20), ('nbf', -20)])
async def test_clocks_may_be_half_a_minute_off(issuer: HostileIssuer, claim: str, seconds: int) -> None:
    issuer.claims[claim] = ago(seconds)
    assert (await come_in(issuer)).subject == SUBJECT


async def test_we_may_be_one_of_an_audience_of_one(issuer: HostileIssuer) -> None:
    issuer.claims['aud'] = [CLIENT]
    assert (await come_in(issuer)).subject == SUBJECT


async def test_what_is_sent_out_is_bound_to_the_browser(issuer: HostileIssuer) -> None:
    url = await oidc.begin(issuer.provider(), FLOW, BACK)
    sent = {name: value for name, value in (part.split('=', 1) for part in url.partition('?')[2].split('&'))}
    assert url.startswith(f'{issuer.url}/authorize?')
    assert sent['state'] == FLOW.state
    assert sent['nonce'] == FLOW.nonce
    assert sent['code_challenge_method'] == 'S256'
    assert sent['scope'] == 'openid+email+profile'
    assert FLOW.verifier not in url
    assert SECRET not in url
    assert not sent.keys() & {'max_age', 'prompt'}


async def test_a_secret_goes_the_way_that_the_provider_takes(issuer: HostileIssuer) -> None:
    await come_in(issuer)
    assert 'client_secret' not in issuer.posted[-1]
    discovery.forget()
    issuer.metadata['token_endpoint_auth_methods_supported'] = ['client_secret_post']
    await come_in(issuer)
    assert issuer.posted[-1]['client_secret'] == SECRET


async def test_an_answer_to_another_question_is_none(issuer: HostileIssuer) -> None:
    assert 'state' in await refused(issuer, state='of-another-browser')
    assert '/token' not in issuer.asked


async def test_a_code_is_worth_nothing_to_who_has_not_asked(issuer: HostileIssuer) -> None:
    provider = issuer.provider()
    back = issuer.agree(await oidc.begin(provider, FLOW, BACK))
    with pytest.raises(ProviderRefused) as caught:
        await oidc.finish(provider, Flow(FLOW.state, FLOW.nonce, 'w' * 43), back, BACK)
    assert str(caught.value) == (
        'This sign-in with Acme ID is over: it took too long, or was used before. Start again.'
    )


async def test_a_code_counts_once(issuer: HostileIssuer) -> None:
    provider = issuer.provider()
    back = issuer.agree(await oidc.begin(provider, FLOW, BACK))
    await oidc.finish(provider, FLOW, back, BACK)
    with pytest.raises(ProviderRefused):
        await oidc.finish(provider, FLOW, back, BACK)


@pytest.mark.parametrize(
    ('error', 'kind', 'says'),
    [
        ('access_denied', ProviderRefused, 'you declined, or it does not let you in here'),
        ('<script>alert(1)</script>', ProviderRefused, 'Acme ID ended the sign-in with an error.'),
        ('temporarily_unavailable', ProviderDown, DOWN),
        ('', ProviderRefused, 'Acme ID ended the sign-in with an error.'),
    ],
)
async def test_a_refusal_is_a_sentence_of_ours(
    issuer: HostileIssuer, error: str, kind: type[oidc.ProviderProblem], says: str
) -> None:
    described = {'error': error, 'error_description': '<img src=x>', 'state': FLOW.state}
    provider = issuer.provider()
    await oidc.begin(provider, FLOW, BACK)
    with pytest.raises(kind) as caught:
        await oidc.finish(provider, FLOW, described, BACK)
    assert says in str(caught.value)
    assert '<' not in str(caught.value)
    assert '/token' not in issuer.asked


@pytest.mark.parametrize('code', ['', 'x' * 5000])
async def test_there_is_no_answer_without_a_code(issuer: HostileIssuer, code: str) -> None:
    assert 'no code' in await refused(issuer, code=code)


@pytest.mark.parametrize(
    ('issuer_url', 'edov', 'verified'),
    [
        ('https://login.microsoftonline.com/1/v2.0', True, True),
        ('https://login.microsoftonline.com/1/v2.0', 'true', False),
        ('https://login.microsoftonline.com/1/v2.0', None, False),
        ('https://login.microsoftonline.com.evil.example/1/v2.0', True, False),
    ],
)
def test_microsoft_says_in_its_own_way_what_is_verified(
    issuer: HostileIssuer, issuer_url: str, edov: object, verified: bool
) -> None:
    provider = issuer.provider(issuer=issuer_url)
    said = {'email': EMAIL, 'xms_edov': edov}
    assert code_flow._is_verified_by_microsoft(provider, said) is verified
    assert not code_flow._is_verified_by_microsoft(provider, {'xms_edov': edov})


# userinfo ------------------------------------------------------------------------------------------------------------


async def test_an_address_that_is_not_in_the_token_is_asked_for(issuer: HostileIssuer) -> None:
    issuer.claims.update(email=None, email_verified=None, name=None)
    issuer.userinfo.update(email=EMAIL, email_verified=True, name='Nina')
    assert await come_in(issuer) == Claims(issuer.url, SUBJECT, EMAIL, True, 'Nina')


async def test_what_is_said_of_somebody_else_does_not_count(issuer: HostileIssuer) -> None:
    issuer.claims.update(email=None)
    issuer.userinfo.update(sub='somebody-else', email='victim@new.test', email_verified=True)
    assert 'somebody else (sub)' in await refused(issuer)


async def test_verified_is_the_address_it_is_said_of(issuer: HostileIssuer) -> None:
    """Not the one in the token by what userinfo says of another one."""
    issuer.claims.update(email_verified=None)
    issuer.userinfo.update(email='other@new.test', email_verified=True)
    assert not (await come_in(issuer)).email_verified
    assert '/userinfo' not in issuer.asked


@pytest.mark.parametrize('access', [None, 17, '', 'a\r\nX: y', 'ä'])
async def test_an_access_token_fits_into_a_header(issuer: HostileIssuer, access: object) -> None:
    issuer.claims.update(email=None)
    issuer.token['access_token'] = access
    assert 'no access token' in await refused(issuer)
    assert '/userinfo' not in issuer.asked


# proving anew --------------------------------------------------------------------------------------------------------


def asked_again() -> Flow:
    return Flow(FLOW.state, FLOW.nonce, FLOW.verifier, asked_at=clock.now())


async def test_who_proves_anew_is_asked_by_the_provider(issuer: HostileIssuer) -> None:
    url = await oidc.begin(issuer.provider(), asked_again(), BACK)
    assert 'max_age=0' in url
    assert 'prompt=login' in url
    issuer.claims['auth_time'] = ago(0)
    assert (await come_in(issuer, asked_again())).subject == SUBJECT


@pytest.mark.parametrize('auth_time', [0, 1_600_000_000, 'now'])
async def test_what_somebody_did_before_proves_nothing(issuer: HostileIssuer, auth_time: object) -> None:
    issuer.claims['auth_time'] = auth_time
    with pytest.raises(ProviderWrong) as caught:
        await come_in(issuer, asked_again())
    assert 'auth_time' in caught.value.cause


async def test_google_is_asked_in_its_own_way(issuer: HostileIssuer) -> None:
    provider = issuer.provider(issuer='https://accounts.google.com')
    found = discovery._read(
        provider,
        {
            'issuer': provider.issuer,
            'authorization_endpoint': 'https://accounts.google.com/o/oauth2/v2/auth',
            'token_endpoint': 'https://oauth2.googleapis.com/token',
            'jwks_uri': 'https://www.googleapis.com/oauth2/v3/certs',
        },
    )
    discovery._kept[provider.issuer] = found
    assert 'prompt=select_account' in await oidc.begin(provider, asked_again(), BACK)

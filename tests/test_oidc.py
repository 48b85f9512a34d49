"""Sign-in through a provider: what an honest one says is taken, and of a hostile one nothing that can't be trusted."""

import asyncio
import base64
import gzip
import io
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from joserfc.jwk import OctKey

from data import clock
from data.integrations import oidc
from data.integrations.oidc import Claims, Flow, ProviderDown, ProviderRefused, ProviderWrong, code_flow, discovery
from data.runtime import limits, logs
from tests.support import hostile_issuer as hostile
from tests.support import loggers
from tests.support.hostile_issuer import CLIENT, EMAIL, SECRET, SUBJECT, Answer, HostileIssuer, key
from tests.support.ports import free_port
from tests.support.served import ROOT

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


@pytest.fixture
def issuer() -> Iterator[HostileIssuer]:
    discovery.forget()
    with hostile.hostile_issuer() as running:
        yield running
    discovery.forget()


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


def claims(**changes: Any) -> Change:
    """Another ID token; None takes a claim out."""
    return lambda issuer: issuer.claims.update(changes)


def ago(seconds: int) -> int:
    return int(time.time()) - seconds


def wrong_key(issuer: HostileIssuer) -> None:
    issuer.keys = [{**key('other').as_dict(private=False), 'kid': 'first'}]


def key_in_header(issuer: HostileIssuer) -> None:
    issuer.key = key('evil')
    issuer.header = {'kid': 'first', 'jwk': key('evil').as_dict(private=False)}


def key_elsewhere(issuer: HostileIssuer) -> None:
    issuer.key = key('evil')
    issuer.header = {'kid': 'evil', 'jku': f'{issuer.url}/evil', 'x5u': f'{issuer.url}/evil'}


def unsigned(issuer: HostileIssuer) -> None:
    issuer.signs = issuer.unsigned


def unsigned_as_said(issuer: HostileIssuer) -> None:
    issuer.signs = issuer.unsigned
    issuer.metadata['id_token_signing_alg_values_supported'] = ['none']


def by_client_secret(issuer: HostileIssuer) -> None:
    issuer.signs = issuer.by_secret(SECRET.encode())
    issuer.metadata['id_token_signing_alg_values_supported'] = ['HS256', 'RS256']


def by_public_key(issuer: HostileIssuer) -> None:
    """The classic confusion: what everybody knows is the secret."""
    issuer.signs = issuer.by_secret(key('first').as_pem(private=False))


def by_shared_key(issuer: HostileIssuer) -> None:
    shared = OctKey.generate_key(256, {'kid': 'first'}).as_dict(private=True)
    issuer.keys = [shared]
    issuer.signs = issuer.by_secret(base64.urlsafe_b64decode(f'{shared["k"]}=='))


def by_other_algorithm(issuer: HostileIssuer) -> None:
    issuer.algorithm = 'RS384'
    issuer.metadata['id_token_signing_alg_values_supported'] = ['RS384']


def by_one_not_offered(issuer: HostileIssuer) -> None:
    issuer.algorithm = 'PS256'
    issuer.metadata['id_token_signing_alg_values_supported'] = ['RS256']


def by_short_key(issuer: HostileIssuer) -> None:
    issuer.keys = [{**SHORT_KEY, 'kid': 'first'}]


SHORT_KEY = {'kty': 'RSA', 'e': 'AQAB', 'n': 'u' * 170, 'use': 'sig'}


def by_encryption_key(issuer: HostileIssuer) -> None:
    issuer.keys = [{**key('first').as_dict(private=False), 'use': 'enc'}]


def token(encoded: object) -> Change:
    return lambda issuer: issuer.token.update(id_token=encoded)


def header(**changes: Any) -> Change:
    return lambda issuer: issuer.header.update(changes)


def metadata(**changes: Any) -> Change:
    return lambda issuer: issuer.metadata.update(changes)


def answer(path: str, body: bytes, status: int = 200, **headers: str) -> Change:
    return lambda issuer: issuer.answers.update({path: Answer(body, status, tuple(headers.items()))})


def keys(*given: Any) -> Change:
    return lambda issuer: setattr(issuer, 'keys', list(given))


def truncated(issuer: HostileIssuer) -> None:
    issuer.signs = lambda header, claims: issuer.signed(header, claims)[:-20]


def tampered(issuer: HostileIssuer) -> None:
    def sign(header: dict[str, Any], claims: dict[str, Any]) -> str:
        before, _, signature = issuer.signed(header, claims).split('.')
        return f'{before}.{hostile.encoded({**claims, "sub": "somebody-else"})}.{signature}'

    issuer.signs = sign


HOSTILE: dict[str, tuple[Change, str]] = {
    # whom it is for, who gave it, and for which question
    'aud of another': (claims(aud='other'), 'azp'),
    'aud of another, azp ours': (claims(aud='other', azp=CLIENT), 'somebody else as well (aud)'),
    'aud of others, azp ours': (claims(aud=['other'], azp=CLIENT), 'somebody else as well (aud)'),
    'aud of us and another': (claims(aud=[CLIENT, 'other'], azp=CLIENT), 'somebody else as well (aud)'),
    'aud of us twice': (claims(aud=[CLIENT, CLIENT], azp=CLIENT), 'somebody else as well (aud)'),
    'aud missing': (claims(aud=None), 'aud'),
    'aud empty': (claims(aud=[]), 'somebody else as well (aud)'),
    'aud no text': (claims(aud={'a': CLIENT}), 'aud'),
    'azp of another': (claims(azp='other'), 'azp'),
    'nonce missing': (claims(nonce=None), 'nonce'),
    'nonce of another': (claims(nonce='other'), 'nonce'),
    'nonce in a list': (claims(nonce=[FLOW.nonce]), 'nonce'),
    'iss of another': (claims(iss='https://evil.example'), 'iss'),
    'iss missing': (claims(iss=None), 'iss'),
    'iss with a slash': (lambda issuer: issuer.claims.update(iss=f'{issuer.url}/'), 'iss'),
    'iss in a list': (lambda issuer: issuer.claims.update(iss=[issuer.url]), 'iss'),
    # when
    'expired': (claims(exp=ago(3600)), 'expired'),
    'expired two minutes ago': (claims(exp=ago(120)), 'expired'),
    'expired 40 seconds ago': (claims(exp=ago(40)), 'expired'),
    'exp missing': (claims(exp=None), 'exp'),
    'exp as text': (claims(exp='9999999999'), 'exp'),
    'exp true': (claims(exp=True), 'exp'),
    'exp not a number': (claims(exp=float('nan')), 'exp'),
    'iat in the future': (claims(iat=ago(-3600)), 'issued in the future'),
    'iat missing': (claims(iat=None), 'iat'),
    'nbf in the future': (claims(nbf=ago(-3600)), 'not yet valid'),
    # who signed it
    'another key': (wrong_key, 'bad_signature'),
    'a key in the header': (key_in_header, 'bad_signature'),
    'a key elsewhere': (key_elsewhere, 'No key for kid'),
    'a key id that is a path': (header(kid='../../dev/null'), 'No key for kid'),
    'alg none': (unsigned, "'none' is not allowed"),
    'alg none, as it says itself': (unsigned_as_said, "'none' is not allowed"),
    'HS256 with the client secret': (by_client_secret, "'HS256' is not allowed"),
    'HS256 with the public key': (by_public_key, "'HS256' is not allowed"),
    'HS256 with a key it shows': (by_shared_key, 'no key that checks a signature'),
    'RS384': (by_other_algorithm, "'RS384' is not allowed"),
    'PS256, not offered': (by_one_not_offered, "'PS256' is not allowed"),
    'a key that is too short': (by_short_key, 'no key that checks a signature'),
    'a key for encryption': (by_encryption_key, 'no key that checks a signature'),
    'a header it must understand': (header(crit=['evil'], evil=True), 'evil'),
    'tampered with': (tampered, 'bad_signature'),
    'truncated': (truncated, 'bad_signature'),
    # who it is
    'sub missing': (claims(sub=None), 'sub'),
    'sub a number': (claims(sub=17), 'sub'),
    'sub empty': (claims(sub=''), 'sub'),
    'sub of spaces': (claims(sub='   '), 'sub'),
    'sub too long': (claims(sub='x' * 256), 'sub'),
    'sub with a line break': (claims(sub='a\nb'), 'sub'),
    'sub not ASCII': (claims(sub='nína'), 'sub'),
    'sub of half a letter': (claims(sub='\ud800'), 'sub'),
    'at_hash of another token': (claims(at_hash='AAAAAAAAAAAAAAAAAAAAAA'), 'at_hash'),
    # what is no ID token
    'no ID token': (token(None), 'no ID token'),
    'a number for an ID token': (token(17), 'no ID token'),
    'an encrypted ID token': (token('a.b.c.d.e'), ''),
    'an empty ID token': (token(''), ''),
    'an ID token of dots': (token('..'), ''),
    'an ID token of 200 kB': (token('e' * 200_000), 'exceeds'),
    # what it says of itself
    'another issuer': (metadata(issuer='https://evil.example'), 'It calls itself'),
    'no issuer': (metadata(issuer=None), 'It calls itself'),
    'people sent to a script': (metadata(authorization_endpoint='javascript:alert(1)'), 'none to send anything to'),
    'people sent in the open': (metadata(authorization_endpoint='http://evil.example'), 'none to send anything to'),
    'a secret sent in the open': (metadata(token_endpoint='http://169.254.169.254/'), 'none to send anything to'),
    'keys in a file': (metadata(jwks_uri='file:///etc/passwd'), 'none to send anything to'),
    'no keys at all': (metadata(jwks_uri=None), 'none to send anything to'),
    'userinfo in the open': (metadata(userinfo_endpoint='http://evil.example/'), 'none to send anything to'),
    'a name and a password': (metadata(token_endpoint='https://a:b@evil.example/'), 'none to send anything to'),
    'algorithms that are none': (metadata(id_token_signing_alg_values_supported=17), 'TypeError'),
    'metadata in a list': (answer(DISCOVERY, b'[]'), 'no JSON object'),
    'metadata that is a page': (answer(DISCOVERY, b'<html>'), 'JSONDecodeError'),
    'metadata in circles': (answer(DISCOVERY, b'[' * 200_000), 'RecursionError'),
    'metadata elsewhere': (answer(DISCOVERY, b'', 302, Location='https://evil.example/'), 'answered 302'),
    'metadata not found': (answer(DISCOVERY, b'', 404), 'answered 404'),
    'endless metadata': (answer(DISCOVERY, b' ' * (limits.PROVIDER_ANSWER + 1)), 'more than'),
    'compressed metadata': (
        answer(DISCOVERY, gzip.compress(b' ' * 10_000_000), **{'Content-Encoding': 'gzip'}),
        'compressed',
    ),
    # its keys
    'no key': (keys(), 'no key that checks a signature'),
    'keys that are none': (keys('first', None, 17, {}, {'kty': 'RSA'}, {'kty': ['RSA']}), 'no key that checks'),
    'keys that are no list': (answer('/jwks', b'{"keys": {"kty": "RSA"}}'), 'no key that checks a signature'),
    'keys elsewhere': (answer('/jwks', b'', 301, Location='https://evil.example/'), 'answered 301'),
    'endless keys': (answer('/jwks', b'{"keys": [' + b' ' * 300_000 + b']}'), 'more than'),
    # what it gives for a code
    'a list for a code': (answer('/token', b'[]'), 'not a JSON object'),
    'a page for a code': (answer('/token', b'<html>'), 'not a JSON object'),
    'elsewhere for a code': (answer('/token', b'', 307, Location='https://evil.example/'), ''),
    'an error for a code': (answer('/token', b'{"error": "invalid_client"}', 401), 'invalid_client'),
    'an error that is none': (answer('/token', b'{"error": {"a": 1}}', 400), 'It gave no token'),
    'a lifetime that is none': (lambda issuer: issuer.token.update(expires_in='soon'), 'ValueError'),
}


@pytest.mark.parametrize('name', HOSTILE)
async def test_it_trusts_no_provider_that_lies(issuer: HostileIssuer, name: str) -> None:
    change, cause = HOSTILE[name]
    change(issuer)
    assert cause in await refused(issuer)


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


async def test_a_secret_goes_the_way_that_the_provider_takes(issuer: HostileIssuer) -> None:
    await come_in(issuer)
    assert 'client_secret' not in issuer.posted[-1]
    discovery.forget()
    issuer.metadata['token_endpoint_auth_methods_supported'] = ['client_secret_post']
    await come_in(issuer)
    assert issuer.posted[-1]['client_secret'] == SECRET


async def said_to_the_log(issuer: HostileIssuer) -> None:
    await come_in(issuer)
    for name in ('nonce of another', 'alg none', 'an error for a code', 'tampered with', 'a page for a code'):
        HOSTILE[name][0](issuer)
        await refused(issuer)


async def test_the_log_says_why_and_nothing_secret(issuer: HostileIssuer) -> None:
    stream = io.StringIO()
    with loggers.kept():
        logs.configure('json', 'debug', stream=stream)
        await said_to_the_log(issuer)
    text = stream.getvalue()
    assert "'none' is not allowed" in text
    codes = [form['code'] for form in issuer.posted]
    for secret in (SECRET, FLOW.verifier, FLOW.nonce, FLOW.state, EMAIL, *codes):
        assert secret not in text


# GitHub --------------------------------------------------------------------------------------------------------------


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


def test_where_there_are_no_providers_nothing_is_loaded_for_them() -> None:
    """7 MB, and a fifth of a second of each start."""
    loaded = "import sys, pages; print({'authlib', 'joserfc', 'httpx2'} & {name.split('.')[0] for name in sys.modules})"
    done = subprocess.run([sys.executable, '-c', loaded], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout == 'set()\n'

"""Providers that lie: each lie, why nobody is signed in by it, and what the log says."""

import base64
import gzip
import io
from collections.abc import Iterator
from typing import Any

import pytest
from joserfc.jwk import OctKey

from data.runtime import limits, logs
from tests.support import hostile_issuer as hostile
from tests.support import loggers
from tests.support.hostile_issuer import CLIENT, EMAIL, SECRET, HostileIssuer, hostile_issuer, key
from tests.support.oidc_flow import DISCOVERY, FLOW, Change, ago, answer, come_in, refused


@pytest.fixture
def issuer() -> Iterator[HostileIssuer]:
    with hostile_issuer() as running:
        yield running


def claims(**changes: Any) -> Change:
    """Another ID token; None takes a claim out."""
    return lambda issuer: issuer.claims.update(changes)


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

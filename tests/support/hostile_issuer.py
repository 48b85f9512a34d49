"""An OpenID Connect provider on this machine that can be told to lie: one thing is wrong with what it says, the rest

is as it should be. It is GitHub as well, for those who come by that way.
"""

import base64
import hmac
import json
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from authlib.common.security import generate_token
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from joserfc.jwk import ECKey, Key, OKPKey, RSAKey
from joserfc.jws import JWSRegistry

from data.integrations.oidc import discovery
from data.runtime.providers import Provider

CLIENT, SECRET = 'botcadence-here', 'provider-secret-4711'
SUBJECT, EMAIL = 'person-17', 'nina@new.test'
GRACE = 60


@cache
def key(name: str, kind: str = 'RSA') -> Any:
    """A key pair with this name, made once: that takes a while."""
    makers: dict[str, Callable[..., Key]] = {
        'RSA': lambda p: RSAKey.generate_key(2048, p),
        'EC': lambda p: ECKey.generate_key('P-256', p),
        'OKP': lambda p: OKPKey.generate_key('Ed25519', p),
    }
    return makers[kind]({'kid': name, 'use': 'sig'})


def encoded(part: object) -> str:
    """A part of a token as it is written."""
    data = part if isinstance(part, bytes) else json.dumps(part).encode()
    return base64.urlsafe_b64encode(data).rstrip(b'=').decode()


def signed(header: dict[str, Any], claims: dict[str, Any], by: Any) -> str:
    """A token, put together by hand: what libraries refuse to write has to be refused by who reads it."""
    message = f'{encoded(header)}.{encoded(claims)}'
    return f'{message}.{encoded(JWSRegistry.algorithms[header["alg"]].sign(message.encode(), by))}'


@dataclass
class Answer:
    """What a path is answered."""

    body: bytes
    status: int = 200
    headers: tuple[tuple[str, str], ...] = (('Content-Type', 'application/json'),)


class HostileIssuer:
    """The provider. What a test changes of it is what is wrong: `claims`, `header`, `signs` the ID token, `metadata`,

    `keys`, `token` what is given for a code, `userinfo`, and whole `answers` by path; `waits` are seconds before each
    byte of a body. `asked` are the paths that were asked for, `posted` the forms.
    """

    def __init__(self) -> None:
        self.claims: dict[str, Any] = {}
        self.header: dict[str, Any] = {}
        self.signs: Callable[[dict[str, Any], dict[str, Any]], str] = self.signed
        self.key, self.algorithm = key('first'), 'RS256'
        self.keys: list[Any] = [key('first').as_dict(private=False)]
        self.metadata: dict[str, Any] = {}
        self.token: dict[str, Any] = {}
        self.userinfo: dict[str, Any] = {}
        self.answers: dict[str, Answer] = {}
        self.person: dict[str, Any] = {'id': 4711, 'login': 'nina', 'name': 'Nina Newman', 'email': None}
        self.emails: Any = [
            {'email': 'other@new.test', 'primary': False, 'verified': True},
            {'email': EMAIL, 'primary': True, 'verified': True},
        ]
        self.waits = 0.0
        self.asked: list[str] = []
        self.posted: list[dict[str, str]] = []
        self._codes: dict[str, dict[str, str]] = {}
        issuer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                issuer._answer(self)

            do_POST = do_GET

            def log_message(self, *_: object) -> None:
                """It says nothing."""

        self.server = ThreadingHTTPServer(('127.0.0.1', 0), Handler)
        self.server.daemon_threads = True
        self.url = f'http://127.0.0.1:{self.server.server_address[1]}'

    def provider(self, name: str = 'hostile', **changes: Any) -> Provider:
        """The same as the settings name it."""
        given = {
            'name': name,
            'kind': 'github' if name == 'github' else 'oidc',
            'issuer': self.url,
            'client_id': CLIENT,
            'client_secret': SECRET,
            'label': 'Acme ID',
            'scopes': 'openid email profile',
        }
        return Provider(**{**given, **changes})

    def agree(self, url: str) -> dict[str, str]:
        """What somebody comes back with who was sent to this address and agrees."""
        sent = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
        code = secrets.token_urlsafe(12)
        self._codes[code] = sent
        return {'code': code, 'state': sent['state']}

    def _answer(self, request: Any) -> None:
        path = urlsplit(request.path).path
        self.asked.append(path)
        form = request.rfile.read(int(request.headers.get('Content-Length') or 0)).decode()
        if form:
            self.posted.append({name: values[0] for name, values in parse_qs(form).items()})
        answer = self.answers.get(path) or self._usual(path, request)
        request.send_response(answer.status)
        for name, value in answer.headers:
            request.send_header(name, value)
        request.end_headers()
        try:
            for part in [answer.body] if not self.waits else [bytes([byte]) for byte in answer.body]:
                time.sleep(self.waits)  # a slow provider is what this is about
                request.wfile.write(part)
                request.wfile.flush()
        except OSError:
            pass  # whoever asked has had enough

    def _usual(self, path: str, request: Any) -> Answer:
        match path:
            case '/.well-known/openid-configuration':
                return _json({**self._metadata(), **self.metadata})
            case '/jwks':
                return _json({'keys': self.keys})
            case '/token' | '/login/oauth/access_token':
                return self._token()
            case '/userinfo':
                return _json({'sub': SUBJECT, **self.userinfo})
            case '/api/v3/user':
                return _json(self.person)
            case '/api/v3/user/emails':
                return _json(self.emails)
        return Answer(b'{}', 404)

    def _metadata(self) -> dict[str, Any]:
        return {
            'issuer': self.url,
            'authorization_endpoint': f'{self.url}/authorize',
            'token_endpoint': f'{self.url}/token',
            'jwks_uri': f'{self.url}/jwks',
            'userinfo_endpoint': f'{self.url}/userinfo',
            'response_types_supported': ['code'],
            'id_token_signing_alg_values_supported': ['RS256', 'PS256', 'ES256', 'EdDSA'],
        }

    def _token(self) -> Answer:
        form = self.posted[-1]
        sent = self._codes.pop(form.get('code', ''), None)
        challenge = create_s256_code_challenge(form.get('code_verifier', ''))
        if sent is None or sent['code_challenge'] != challenge or sent['redirect_uri'] != form.get('redirect_uri'):
            return _json({'error': 'invalid_grant'}, 400)
        now = int(time.time())
        claims = {
            'iss': self.url,
            'sub': SUBJECT,
            'aud': CLIENT,
            'iat': now,
            'exp': now + GRACE,
            'nonce': sent.get('nonce'),
            'email': EMAIL,
            'email_verified': True,
            'name': 'Nina Newman',
            **self.claims,
        }
        claims = {name: value for name, value in claims.items() if value is not None}
        header = {'alg': self.algorithm, 'kid': self.key.kid, **self.header}
        token = {'access_token': generate_token(), 'token_type': 'Bearer', 'id_token': self.signs(header, claims)}
        return _json({name: value for name, value in {**token, **self.token}.items() if value is not None})

    def signed(self, header: dict[str, Any], claims: dict[str, Any]) -> str:
        """An ID token with a signature that is right, whatever it is of."""
        return signed(header, claims, self.key)

    def unsigned(self, header: dict[str, Any], claims: dict[str, Any]) -> str:
        """One that nobody has signed."""
        return f'{encoded({**header, "alg": "none"})}.{encoded(claims)}.'

    def by_secret(self, secret: bytes) -> Callable[[dict[str, Any], dict[str, Any]], str]:
        """One that is signed with what is no secret between the two."""

        def sign(header: dict[str, Any], claims: dict[str, Any]) -> str:
            message = f'{encoded({**header, "alg": "HS256"})}.{encoded(claims)}'
            return f'{message}.{encoded(hmac.digest(secret, message.encode(), "sha256"))}'

        return sign


def _json(body: object, status: int = 200) -> Answer:
    return Answer(json.dumps(body).encode(), status)


@contextmanager
def hostile_issuer() -> Iterator[HostileIssuer]:
    """One that runs, of which nothing is known yet."""
    discovery.forget()
    issuer = HostileIssuer()
    thread = threading.Thread(target=issuer.server.serve_forever, kwargs={'poll_interval': 0.02})
    thread.start()
    try:
        yield issuer
    finally:
        issuer.server.shutdown()
        issuer.server.server_close()
        thread.join()
        discovery.forget()

"""Signed identities: the server of a site says who a visitor is, in a JSON Web Token with the secret of the agent.

It is signed by HS256 (RFC 7519, RFC 7518 3.2) and says `id`, `agent` (the public id), `exp` (at most ten minutes from
now), and perhaps `name` and `email`. What is not signed so is nobody's word.
"""

import hmac
import json
from base64 import urlsafe_b64decode
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from data import clock
from data.database import TenantSession
from data.inputs import emails, texts
from data.problems import Invalid, Problem
from data.services.agents import identity as agents_identity
from data.services.agents.serving import Serving

GOOD_FOR = timedelta(minutes=10)
"""How far ahead such a token may end."""

LEEWAY = timedelta(seconds=60)
"""How much the clock of a site may be ahead."""

LONGEST, ID = 4000, 200
"""Characters of such a token, and of the id in it."""


class Unsigned(Problem):
    """What a site says of a visitor is not signed by it, too old, or for another agent."""

    def __init__(self, why: str) -> None:
        super().__init__(f'This site could not say who you are: {why}.')


@dataclass(frozen=True)
class Signed:
    """Who a visitor is, as their site knows them."""

    id: str
    name: str
    email: str


def read(tx: TenantSession, serving: Serving, token: object, *, however_old: bool = False) -> Signed:
    """Who that is, or was where it may be `however_old`, checked with the secret of the agent.

    Raises Unsigned, seal.Unreadable.
    """
    if not isinstance(token, str) or len(token) > LONGEST or token.count('.') != 2 or not token.isascii():
        raise Unsigned('what it sent is no token')
    said, _, signature = token.rpartition('.')
    secret = agents_identity.secret_of(tx, serving.agent_id)
    expected = hmac.digest(secret.encode(), said.encode(), 'sha256')
    if not secret or not hmac.compare_digest(expected, _decoded(signature)):
        raise Unsigned('the signature is not its own')
    header, claims = (_object(part) for part in said.split('.'))
    if header.get('alg') != 'HS256':
        raise Unsigned('it is signed in another way')
    if claims.get('agent') != serving.agent_id:
        raise Unsigned('it is for another chat')
    if not however_old:
        _refuse_old(claims.get('exp'))
    return _signed(claims)


def _decoded(part: str) -> bytes:
    try:
        return urlsafe_b64decode(part + '=' * (-len(part) % 4))
    except ValueError:
        return b''


def _object(part: str) -> dict[str, Any]:
    try:
        found = json.loads(_decoded(part))
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise Unsigned('what it sent is no token')
    return found


def _refuse_old(ends: object) -> None:
    if not isinstance(ends, int | float) or isinstance(ends, bool):
        raise Unsigned('it does not say how long it is good')
    now = clock.now().timestamp()
    if not now < ends <= now + (GOOD_FOR + LEEWAY).total_seconds():
        raise Unsigned('it is too old, or good for more than ten minutes')


def _signed(claims: dict[str, Any]) -> Signed:
    who = claims.get('id')
    who = str(who) if isinstance(who, int) and not isinstance(who, bool) else who
    try:
        known_as = texts.clean(who, field='id', label='The id', limit=ID)
        name, email = claims.get('name') or '', claims.get('email') or ''
        name = texts.clean(name, field='name', label='The name', limit=texts.NAME_LIMIT, required=False)
        return Signed(known_as, name, emails.parse(email).shown if email else '')
    except Invalid as problem:
        raise Unsigned(str(problem).removesuffix('.')) from None

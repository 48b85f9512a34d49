"""The ID token: who signed it, whom it is for, and whether it answers what was asked (OpenID Connect Core §3.1.3.7).

Authlib checks most of it. What it leaves open is closed here: tokens that are for others as well, algorithms that a
provider should not offer, clocks that are two minutes off.
"""

from typing import Any

from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, UnsupportedAlgorithmError
from joserfc.jwk import KeySet
from joserfc.jws import JWSAlgModel, JWSRegistry

from data import clock
from data.integrations.oidc.discovery import keys_of, metadata_of
from data.integrations.oidc.identity import Flow
from data.runtime.providers import Provider

LEEWAY = 30
"""Seconds that the clock of a provider may be off."""


class _Registry(JWSRegistry):
    """The algorithms that count for one provider; its own list has EdDSA under a name that only warns."""

    max_header_length = 8 * 1024  # some put a chain of certificates into it

    def get_alg(self, name: str) -> JWSAlgModel:
        if name not in (self.allowed or ()):
            raise UnsupportedAlgorithmError(f'Algorithm {name[:20]!r} is not allowed.')
        return self.algorithms[name]


async def verified(provider: Provider, client: Any, token: dict[str, Any], flow: Flow) -> dict[str, Any]:
    """The claims of the ID token that came for a code. Raises what `client_of` makes sentences of."""
    encoded = token.get('id_token')
    if not isinstance(encoded, str):
        raise ValueError('There is no ID token.')
    algorithms = (await metadata_of(provider, client)).algorithms
    keys = await keys_of(provider, client)
    try:
        decoded = _decoded(encoded, keys, algorithms)
    except InvalidKeyIdError:
        if (keys := await keys_of(provider, client, anew=True)) is None:
            raise
        decoded = _decoded(encoded, keys, algorithms)
    options = {'iss': {'essential': True, 'value': provider.issuer}}
    asked = {'nonce': flow.nonce, 'client_id': provider.client_id, 'access_token': token.get('access_token')}
    claims = CodeIDToken(decoded.claims, decoded.header, options, asked)
    claims.validate(now=int(clock.now().timestamp()), leeway=LEEWAY)
    if claims['aud'] not in (provider.client_id, [provider.client_id]):
        raise ValueError('The ID token is for somebody else as well (aud).')
    _require_recent(claims, flow)
    return dict(claims)


def _decoded(encoded: str, keys: KeySet | None, algorithms: tuple[str, ...]) -> jwt.Token:
    if keys is None:
        raise ValueError('It has no keys.')
    return jwt.decode(encoded, keys, registry=_Registry(algorithms=algorithms, strict_check_header=False))


def _require_recent(claims: dict[str, Any], flow: Flow) -> None:
    """Where somebody should prove anew who they are: not with what they did before. Some providers never say when."""
    at = claims.get('auth_time')
    if flow.asked_at and at is not None and at < flow.asked_at.timestamp() - LEEWAY:
        raise ValueError('It has not asked again who it is (auth_time).')

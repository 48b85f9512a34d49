"""What a provider says of itself (OpenID Connect Discovery 1.0) and the keys it signs with, kept for an hour."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from authlib.oidc.discovery import get_well_known_url
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, Key, KeySet, OKPKey, RSAKey

from data import clock
from data.integrations.oidc.asking import object_of, require_safe
from data.runtime.providers import Provider

ALGORITHMS = 'RS256', 'PS256', 'ES256', 'EdDSA'
"""Signatures that count, whatever the provider says: those of key pairs."""

KEPT = timedelta(hours=1)
RETRY = timedelta(seconds=10)
"""How long a key that is not there is not looked for again."""

NEVER = datetime.min.replace(tzinfo=UTC)
MOST_KEYS, SHORTEST_RSA = 100, 2048
KINDS: dict[str, type[RSAKey | ECKey | OKPKey]] = {'RSA': RSAKey, 'EC': ECKey, 'OKP': OKPKey}


@dataclass
class Metadata:
    """What is needed to use a provider."""

    authorization: str
    token: str
    userinfo: str
    jwks: str
    algorithms: tuple[str, ...]
    secret_in_form: bool
    names_itself: bool
    read_at: datetime = field(default_factory=clock.now)
    keys: KeySet | None = None
    keys_read_at: datetime = NEVER


_kept: dict[str, Metadata] = {}


def forget() -> None:
    """Ask every provider anew."""
    _kept.clear()


async def metadata_of(provider: Provider, client: Any) -> Metadata:
    """What the provider says of itself, as of an hour ago at most. Raises what `client_of` makes sentences of."""
    found = _kept.get(provider.issuer)
    if found is None or not found.read_at <= clock.now() < found.read_at + KEPT:
        url = get_well_known_url(provider.issuer.rstrip('/'), external=True)
        found = _kept[provider.issuer] = _read(provider, await object_of(provider, client, url))
    return found


def _read(provider: Provider, document: dict[str, Any]) -> Metadata:
    if document.get('issuer') != provider.issuer:  # or another one could pose as it (Discovery §4.3)
        raise ValueError(f'It calls itself {document.get("issuer")!r}, and is set as {provider.issuer!r}.')
    urls = [document.get(name) for name in ('authorization_endpoint', 'token_endpoint', 'jwks_uri')]
    userinfo = document.get('userinfo_endpoint')
    for url in [*urls, *([userinfo] if userinfo else [])]:
        require_safe(provider, url)
    authorization, token, jwks = map(str, urls)
    offered = document.get('id_token_signing_alg_values_supported', ['RS256'])
    methods = document.get('token_endpoint_auth_methods_supported', ['client_secret_basic'])
    return Metadata(
        authorization=authorization,
        token=token,
        userinfo=str(userinfo or ''),
        jwks=jwks,
        algorithms=tuple(each for each in ALGORITHMS if each in offered) or ('RS256',),
        secret_in_form='client_secret_basic' not in methods and 'client_secret_post' in methods,
        names_itself=document.get('authorization_response_iss_parameter_supported') is True,
    )


async def keys_of(provider: Provider, client: Any, *, anew: bool = False) -> KeySet | None:
    """The keys that the provider signs with; `anew` asks for them, unless that was just done: then it is None."""
    metadata = await metadata_of(provider, client)
    age = clock.now() - metadata.keys_read_at
    if anew and abs(age) < RETRY:
        return None
    if metadata.keys is None or anew or not timedelta() <= age < KEPT:
        document = await object_of(provider, client, metadata.jwks)
        metadata.keys, metadata.keys_read_at = _usable(document.get('keys')), clock.now()
    return metadata.keys


def _usable(keys: object) -> KeySet:
    """Those among these keys that check signatures; others stand beside them. Raises ValueError where none is."""
    found: list[Key] = []
    for each in keys[:MOST_KEYS] if isinstance(keys, list) else []:
        kind = KINDS.get(str(each.get('kty'))) if isinstance(each, dict) else None
        if kind is None or each.get('use', 'sig') != 'sig' or _is_short(each):
            continue
        try:
            found.append(kind.import_key({name: each[name] for name in each.keys() - {'d'}}))
        except (JoseError, ValueError, TypeError, KeyError):
            continue
    if not found:
        raise ValueError('It has no key that checks a signature.')
    return KeySet(found)


def _is_short(key: dict[str, Any]) -> bool:
    """Whether it is an RSA key with less than 2,048 bits (NIST SP 800-131A), by the length of its Base64."""
    return key.get('kty') == 'RSA' and len(str(key.get('n', '')).rstrip('=')) * 6 < SHORTEST_RSA

"""GitHub, and GitHub Enterprise Server: OAuth 2 without discovery, and who somebody is from its REST API."""

from typing import Any
from urllib.parse import urlsplit

from data.integrations.oidc.asking import json_of, object_of
from data.integrations.oidc.identity import Claims, identified
from data.runtime.providers import Provider

TYPE = 'application/vnd.github+json'
VERSION = '2022-11-28'


def authorization(provider: Provider) -> str:
    """Where people are sent."""
    return f'{provider.issuer}/login/oauth/authorize'


def token(provider: Provider) -> str:
    """Where a code becomes a token."""
    return f'{provider.issuer}/login/oauth/access_token'


def names(provider: Provider) -> tuple[str, ...]:
    """What it may call itself when it sends people back."""
    return provider.issuer, f'{provider.issuer}/login/oauth'


async def claims_of(provider: Provider, client: Any, access_token: str) -> Claims:
    """Who somebody is: the number of their account, and its primary address if GitHub has verified it."""
    host = urlsplit(provider.issuer).hostname
    api = 'https://api.github.com' if host == 'github.com' else f'{provider.issuer}/api/v3'
    headers = {'Accept': TYPE, 'X-GitHub-Api-Version': VERSION, 'Authorization': f'Bearer {access_token}'}
    person = await object_of(provider, client, f'{api}/user', **headers)
    number = person.get('id')
    if not isinstance(number, int) or isinstance(number, bool) or number <= 0:
        raise ValueError('The account has no number.')
    rows = await json_of(provider, client, f'{api}/user/emails', **headers)
    if not isinstance(rows, list):
        raise ValueError('The addresses are no list.')
    primary = next((row for row in rows if isinstance(row, dict) and row.get('primary') is True), {})
    return identified(provider, str(number), primary.get('email'), primary.get('verified'), person.get('name'))

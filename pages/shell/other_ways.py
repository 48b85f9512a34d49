"""Other ways in than a password, as those who are signed out are offered them."""

from functools import cache
from urllib.parse import urlencode, urlsplit

from components.kit import theme
from components.kit.entry import other_ways
from components.kit.text import Text
from data.runtime import account_rules, providers
from data.runtime.providers import Provider

HOSTS = {'accounts.google.com': 'google', 'login.microsoftonline.com': 'microsoft', 'gitlab.com': 'gitlab'}
"""Whose mark a provider has that is called otherwise, by where it is."""


def offer_providers(*, then: str = '', invitation: str = '', back: str = '') -> None:
    """A link for each provider; where there are no passwords these are all there is."""
    said = {key: value for key, value in {'next': then, 'invitation': invitation, 'back': back}.items() if value}
    query = f'?{urlencode(said)}' if said else ''
    ways = [
        (f'Continue with {each.label}', f'/auth/oidc/{each.name}{query}', picture_of(each))
        for each in providers.known()
    ]
    if ways:
        other_ways(ways, are_all=not account_rules.current().passwords)


def offer_nothing_else(errors: dict[str, str]) -> None:
    """What was wrong, where there is no form that says it."""
    if said := ' '.join(errors.values()):
        Text('p', said, 'notice tone-danger').props('role=alert')


def picture_of(provider: Provider) -> str:
    """Where the mark of a provider is, '' for none that we have."""
    mark = provider.name if has_mark(provider.name) else HOSTS.get(urlsplit(provider.issuer).hostname or '', '')
    return f'{theme.PATH}/providers/{mark}.svg' if mark else ''


@cache
def has_mark(name: str) -> bool:
    """Whether there is a mark of this name; names of providers are letters and digits."""
    return (theme.ASSETS / 'providers' / f'{name}.svg').is_file()

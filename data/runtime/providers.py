"""Providers of sign-in as the settings name them: OpenID Connect, and GitHub, which speaks OAuth 2 alone."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import urlsplit

from data.inputs import emails, texts
from data.problems import Invalid
from data.runtime import environment
from data.runtime.data_dir import ConfigError

PREFIX = f'{environment.PREFIX}OIDC_'
VARIABLES = {
    'ISSUER': 'Address of the provider, exactly as it writes it itself; `https://github.com` for GitHub.',
    'CLIENT_ID': 'What the provider calls this installation.',
    'CLIENT_SECRET': 'How it knows this installation again.',
    'LABEL': 'What people read after “Continue with”, at most 40 characters.',
    'SCOPES': 'What is asked of the provider; `openid email profile`, or `read:user user:email` for GitHub.',
    'ALLOWED_DOMAINS': 'Domains of mail, separated by commas: only whose verified address is there comes in this way.',
}
"""What may be set for each provider, behind its name."""

NEEDED = 'ISSUER', 'CLIENT_ID', 'CLIENT_SECRET'
GITHUB = 'GITHUB'
"""The provider with this name is GitHub, or a GitHub Enterprise Server of one's own."""

LABELS = {'github': 'GitHub', 'gitlab': 'GitLab', 'authentik': 'authentik'}
LONGEST_NAME, LONGEST_LABEL, LONGEST_ISSUER = 32, 40, 255

_NAME = re.compile(rf'[A-Z0-9]{{1,{LONGEST_NAME}}}')
_VARIABLE = re.compile(rf'{PREFIX}(.+?)_({"|".join(VARIABLES)})(_FILE)?')
_BEGINNING = re.compile(rf'{PREFIX}([A-Z0-9]+)_')
_SCOPES = re.compile(r'[\x21\x23-\x5b\x5d-\x7e]+( [\x21\x23-\x5b\x5d-\x7e]+)*')  # RFC 6749 3.3
_LOOPBACK = re.compile(r'(.+\.)?localhost|127(\.\d+){3}|::1')


@dataclass(frozen=True)
class Provider:
    """Somebody who says who people are. `name` is in our addresses, `label` on our screens."""

    name: str
    kind: Literal['oidc', 'github']
    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    label: str
    scopes: str
    allowed_domains: tuple[str, ...] = ()

    def takes(self, email_key: str) -> bool:
        """Whether people with this address may come in this way."""
        return not self.allowed_domains or email_key.rpartition('@')[2] in self.allowed_domains


def variables() -> list[str]:
    """All that may be set for those providers of which something is set. Raises ConfigError for an unusable name."""
    names = []
    for variable in environment.beginning_with(PREFIX):
        match = _VARIABLE.fullmatch(variable)
        if match and not _NAME.fullmatch(match[1]):
            raise ConfigError(
                f'{variable}: between OIDC_ and _{match[2]} stands the name of a provider, of at most {LONGEST_NAME} '
                'capital letters and digits.'
            )
        if begins := match or _BEGINNING.match(variable):  # the latter is misspelled, and near to one of these
            names.append(begins[1])
    return [f'{PREFIX}{name}_{variable}' for name in dict.fromkeys(names) for variable in VARIABLES]


def of(given: Mapping[str, str]) -> tuple[Provider, ...]:
    """The providers among these variables, by name. Raises ConfigError."""
    names = sorted({match[1] for variable in given if (match := _VARIABLE.fullmatch(variable))})
    return tuple(_provider(name, given) for name in names)


def is_loopback(url: str) -> bool:
    """Whether an address is on this machine, where nobody is in between."""
    return bool(_LOOPBACK.fullmatch(urlsplit(url).hostname or ''))


def is_safe(url: object) -> bool:
    """Whether what is sent to this address can be read by nobody on the way."""
    if not isinstance(url, str) or not url.isascii() or not url.isprintable() or ' ' in url or '\\' in url:
        return False
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return False
    is_private = parts.scheme == 'https' or (parts.scheme == 'http' and is_loopback(url))
    return is_private and bool(parts.hostname) and '@' not in parts.netloc and not parts.fragment


def _provider(name: str, given: Mapping[str, str]) -> Provider:
    own = {variable: given.get(f'{PREFIX}{name}_{variable}', '') for variable in VARIABLES}
    for variable in NEEDED:
        if not own[variable]:
            there = next(each for each in VARIABLES if own[each])
            raise ConfigError(f'{PREFIX}{name}_{variable} is needed with {PREFIX}{name}_{there}.')
        if not (own[variable].isascii() and own[variable].isprintable()):
            raise ConfigError(f'{PREFIX}{name}_{variable} has signs in it that no provider has. Copy it again.')
    return Provider(
        name=name.lower(),
        kind='github' if name == GITHUB else 'oidc',
        issuer=_issuer(f'{PREFIX}{name}_ISSUER', own['ISSUER'], name),
        client_id=own['CLIENT_ID'],
        client_secret=own['CLIENT_SECRET'],
        label=_label(f'{PREFIX}{name}_LABEL', own['LABEL'] or LABELS.get(name.lower(), name.title())),
        scopes=_scopes(f'{PREFIX}{name}_SCOPES', own['SCOPES'], name),
        allowed_domains=domains(f'{PREFIX}{name}_ALLOWED_DOMAINS', own['ALLOWED_DOMAINS']),
    )


def _issuer(variable: str, issuer: str, name: str) -> str:
    if not is_safe(issuer):
        raise ConfigError(f'{variable} must be https://, a host and perhaps a path; http:// only on this machine.')
    if urlsplit(issuer).query or '?' in issuer or len(issuer) > LONGEST_ISSUER:
        raise ConfigError(f'{variable} must be at most {LONGEST_ISSUER} characters long and have no ? in it.')
    if name != GITHUB:
        if urlsplit(issuer).hostname == 'github.com':
            raise ConfigError(f'{variable}: GitHub is no OpenID Connect provider. Call it {PREFIX}{GITHUB}_ISSUER.')
        return issuer
    return issuer.rstrip('/')


def _label(variable: str, label: str) -> str:
    try:
        return texts.clean(label, field='label', label=variable, limit=LONGEST_LABEL)
    except Invalid as problem:
        raise ConfigError(str(problem)) from None


def _scopes(variable: str, scopes: str, name: str) -> str:
    if not scopes:
        return 'read:user user:email' if name == GITHUB else 'openid email profile'
    scopes = ' '.join(scopes.split())
    if not _SCOPES.fullmatch(scopes):
        raise ConfigError(f'{variable} must be words separated by spaces.')
    if name != GITHUB and 'openid' not in scopes.split():
        raise ConfigError(f'{variable} must have openid in it.')
    return scopes


def domains(variable: str, text: str) -> tuple[str, ...]:
    """The domains of a setting, separated by commas, as addresses are compared. Raises ConfigError."""
    parts = [part.strip().removeprefix('@') for part in text.split(',') if part.strip()]
    try:
        return tuple(dict.fromkeys(emails.parse(f'a@{part}').key.rpartition('@')[2] for part in parts))
    except Invalid:
        raise ConfigError(f'{variable} must be domains such as example.com, separated by commas.') from None


def table() -> str:
    """Give the README's table of what may be set for a provider, in Markdown."""
    needed = {variable: 'needed' for variable in NEEDED}
    rows = [f'| `{PREFIX}<NAME>_{name}` | {needed.get(name, "")} | {meaning} |' for name, meaning in VARIABLES.items()]
    return '\n'.join(['| Setting | | Meaning |', '|---|---|---|', *rows])


_known: dict[str, Provider] = {}


def configure(providers: Iterable[Provider]) -> None:
    """Let people sign in through these from now on."""
    _known.clear()
    _known.update({provider.name: provider for provider in providers})


def known() -> tuple[Provider, ...]:
    """All providers, in the order of their names."""
    return tuple(_known.values())


def at(issuer: str) -> Provider | None:
    """The provider that calls itself so, None where there is none: its name is ours to choose, and may change."""
    return next((provider for provider in _known.values() if provider.issuer == issuer), None)


def named(name: str) -> Provider | None:
    """The provider of this name, None where there is none."""
    return _known.get(name)

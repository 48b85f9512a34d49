"""Sites as people type them: the origin that a browser names, such as https://shop.example."""

import re
from ipaddress import AddressValueError, IPv4Address
from urllib.parse import urlsplit

from data.inputs import emails, texts
from data.problems import Invalid

LONGEST = 260
"""Characters of an origin: a scheme, a host name (RFC 1035 2.3.4), a port."""

LIKE = 'Enter a site like https://shop.example.'

_TYPED_LIMIT = 2000
_SCHEME = re.compile('(?i)([a-z][a-z0-9+.-]*):(?=//)')
_HERE = re.compile('(.+\\.)?localhost')
_ORIGIN = re.compile(r'https?://(\*\.)?[a-z0-9._-]+(:[1-9]\d{0,4})?')
_STANDARD = {'http': 80, 'https': 443}


def site(value: object, field: str = 'site') -> str:
    """The origin of what was typed or copied from the address bar: scheme, host in ASCII, perhaps a port.

    What follows the host is left out, and without a scheme it is https, on the own machine http. `*.` before a name of
    at least two parts is every host below it. Raises Invalid(field) for what no browser names so, and for everybody.
    """
    if not isinstance(value, str):
        raise Invalid(**{field: LIKE})
    typed = texts.without_invisible(texts.half_width(value[: _TYPED_LIMIT + 1])).strip()
    if len(typed) > _TYPED_LIMIT:
        raise Invalid(**{field: f'This site is too long. {LIKE}'})
    scheme = _SCHEME.match(typed)
    if scheme and scheme[1].lower() not in _STANDARD:
        raise Invalid(**{field: f'Sites begin with https:// or http://. {LIKE}'})
    try:
        origin = _origin(scheme[1].lower() if scheme else '', typed[scheme.end() :] if scheme else f'//{typed}')
    except ValueError:
        raise Invalid(**{field: f'“{_cut(typed)}” is no site. {LIKE}' if typed else LIKE}) from None
    return origin


def matches(origin: object, allowed: str) -> bool:
    """Whether an origin, as a browser names it, is this site, or below it where it begins with `*.`."""
    if not isinstance(origin, str) or len(origin) > LONGEST or not _ORIGIN.fullmatch(origin) or '*' in origin:
        return False
    scheme, _, host = allowed.partition('://')
    if not host.startswith('*.'):
        return origin == allowed
    return origin.startswith(f'{scheme}://') and origin.endswith(host[1:]) and origin != f'{scheme}://{host[1:]}'


def _origin(scheme: str, rest: str) -> str:
    """The origin; raises ValueError for what is none."""
    parts = urlsplit(rest)
    host, port = (parts.hostname or '').rstrip('.'), parts.port  # a port that is none raises
    if '@' in parts.netloc or '\\' in rest or any(map(str.isspace, parts.netloc)) or port == 0:
        raise ValueError
    wild, host = ('*.', host[2:]) if host.startswith('*.') else ('', host)
    is_here = bool(_HERE.fullmatch(host)) or _is_address(host)
    if wild and (is_here or '.' not in host):
        raise ValueError
    scheme = scheme or ('http' if is_here else 'https')
    end = f':{port}' if port and port != _STANDARD[scheme] else ''
    origin = f'{scheme}://{wild}{host if is_here else emails.domain(host)}{end}'
    if len(origin) > LONGEST or not _ORIGIN.fullmatch(origin):
        raise ValueError
    return origin


def _is_address(host: str) -> bool:
    try:
        IPv4Address(host)
    except AddressValueError:
        return False
    return True


def _cut(text: str) -> str:
    return text if len(text) <= 60 else f'{text[:60]}…'

"""The site that passkeys are for: they are bound to a name (WebAuthn Level 3, 5.1.2), and need https or localhost."""

from contextlib import suppress
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address
from urllib.parse import urlsplit

from data.problems import Problem


@dataclass(frozen=True)
class Site:
    """The site that passkeys are for: the `origin` that people type, and its host as `rp_id`."""

    origin: str
    rp_id: str


_sites: list[Site] = []


def configure(public_url: str) -> None:
    """Make passkeys for this address, scheme, host and perhaps port, from now on; none where browsers have none.

    Where it is this machine by its number, they are for `localhost`, which is this machine as well, and has a name.
    """
    parts = urlsplit(public_url)
    host, port = parts.hostname or '', f':{parts.port}' if parts.port else ''
    number = _number(host)
    if number and number.is_loopback:
        host, number = 'localhost', None
    is_safe = parts.scheme == 'https' or host == 'localhost' or host.endswith('.localhost')
    _sites[:] = [Site(f'{parts.scheme}://{host}{port}', host)] if is_safe and not number else []


def site() -> Site | None:
    """The site that passkeys are for; None where the address is a number or comes without https: browsers have none."""
    return _sites[0] if _sites else None


def site_at(host: str) -> Site | None:
    """The same for whoever is at this host: this machine has other names, at which its passkeys don't work."""
    here = site()
    return here if here and (here.rp_id == host or not here.rp_id.endswith('localhost')) else None


def required() -> Site:
    """The same. Raises Problem where there is none."""
    if here := site():
        return here
    raise Problem('Passkeys don’t work at this address.')


def _number(host: str) -> IPv4Address | IPv6Address | None:
    with suppress(ValueError):
        return ip_address(host)
    return None

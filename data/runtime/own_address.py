"""Addresses of this installation: the one that people type, and the one under which its machine reaches itself."""

import re

from pydantic import HttpUrl

from data.runtime.data_dir import ConfigError
from data.runtime.setting_words import INSECURE

LOOPBACK = re.compile(r'(.+\.)?localhost|127(\.\d+){3}|\[::1\]')
ORIGIN = re.compile(r'https?://(\[[0-9a-f:.]+\]|[0-9a-z._-]+)(:[1-9]\d*)?')


def public_url(text: str, *, allow_insecure: bool) -> str:
    """The address that people type as an origin: scheme, host and perhaps a port.

    Raises ValueError where it is none, ConfigError where nobody could type it or passwords would travel readable.
    """
    url = HttpUrl(text)
    origin = re.sub(r'\.(?=(:\d+)?$)', '', str(url).removesuffix('/'))
    if not ORIGIN.fullmatch(origin):
        raise ValueError
    if url.host in ('0.0.0.0', '[::]'):  # noqa: S104  # recognized, not listened on
        raise ConfigError(f'BOTCADENCE_PUBLIC_URL: {url.host} is every network, and no address that people can type.')
    if url.scheme == 'http' and not LOOPBACK.fullmatch(str(url.host)) and not allow_insecure:
        raise ConfigError(f'BOTCADENCE_PUBLIC_URL: {origin} {INSECURE}')
    return origin


def own_address(host: str, port: int) -> str:
    """Give the address under which this machine reaches itself when it listens on that host."""
    host = {'0.0.0.0': '127.0.0.1', '::': '::1'}.get(host, host)  # noqa: S104  # recognized, not listened on
    return f'http://[{host}]:{port}' if ':' in host else f'http://{host}:{port}'

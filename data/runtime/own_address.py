"""Addresses of this installation: the one that people type, and the one under which its machine reaches itself."""

import re
from urllib.parse import urlsplit

from pydantic import HttpUrl

from data.runtime.data_dir import ConfigError
from data.runtime.setting_words import INSECURE

LOOPBACK = re.compile(r'(.+\.)?localhost|127(\.\d+){3}|\[::1\]')
ORIGIN = re.compile(r'https?://(\[[0-9a-f:.]+\]|[0-9a-z._-]+)(:[1-9]\d*)?')


def public_url(text: str, *, allow_insecure: bool, name: str = 'BOTCADENCE_PUBLIC_URL') -> str:
    """The address that people type as an origin: scheme, host and perhaps a port.

    Raises ValueError where it is none, ConfigError where nobody could type it or passwords would travel readable.
    """
    url = HttpUrl(text)
    origin = re.sub(r'\.(?=(:\d+)?$)', '', str(url).removesuffix('/'))
    if not ORIGIN.fullmatch(origin):
        raise ValueError
    if url.host in ('0.0.0.0', '[::]'):  # noqa: S104  # recognized, not listened on
        raise ConfigError(f'{name}: {url.host} is every network, and no address that people can type.')
    if url.scheme == 'http' and not LOOPBACK.fullmatch(str(url.host)) and not allow_insecure:
        raise ConfigError(f'{name}: {origin} {INSECURE}')
    return origin


def widget_url(text: str, public: str, *, allow_insecure: bool) -> str:
    """The address of the chats as an origin, '' where they have none of their own. Raises as `public_url` does.

    It has a host name of its own: cookies know no ports, and those of the dashboard are not to come along.
    """
    if not text:
        return ''
    origin = public_url(text, allow_insecure=allow_insecure, name='BOTCADENCE_WIDGET_URL')
    if urlsplit(origin).hostname == urlsplit(public).hostname:
        raise ConfigError('BOTCADENCE_WIDGET_URL needs another host name than BOTCADENCE_PUBLIC_URL.')
    return origin


def own_address(host: str, port: int) -> str:
    """Give the address under which this machine reaches itself when it listens on that host."""
    host = {'0.0.0.0': '127.0.0.1', '::': '::1'}.get(host, host)  # noqa: S104  # recognized, not listened on
    return f'http://[{host}]:{port}' if ':' in host else f'http://{host}:{port}'

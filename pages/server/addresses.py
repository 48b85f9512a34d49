"""Addresses: the names under which this application is reached, and what a request says of where it wants to go."""

import re
from urllib.parse import quote, urlsplit

from starlette.types import Scope

from data.runtime import limits
from data.runtime.own_address import LOOPBACK

LOOPBACK_NAMES = ('localhost', '127.0.0.1', '[::1]')
"""Three names of this machine."""

PORTS = {'http': 80, 'https': 443}
HOST = re.compile(r'(\[[0-9a-f:.]+\]|[0-9a-z._-]+)(:\d{1,5})?')


def origins_of(public_url: str) -> set[str]:
    """Every origin that is this application: the public one, and the other names of this machine where it is one."""
    url = urlsplit(public_url)
    host = url.netloc.removesuffix(f':{url.port}') if url.port else url.netloc
    if not LOOPBACK.fullmatch(host):
        return {public_url}
    port = f':{url.port}' if url.port else ''
    return {public_url, *(f'{url.scheme}://{name}{port}' for name in LOOPBACK_NAMES)}


def port_of(public_url: str) -> int:
    """The port of an address, where none is written that of its scheme."""
    url = urlsplit(public_url)
    return url.port or PORTS[url.scheme]


def host_in(text: bytes) -> str:
    """The host of what was written as one, without its port; '' where it is none."""
    host = HOST.fullmatch(text.decode('latin-1').lower())
    return host[1] if host else ''


def target_of(scope: Scope, less: str = '') -> str:
    """Path and query as they are written in an address, without these signs at the end; '' for another site's."""
    path = quote(scope['path'].rstrip(less), safe="/:@!$&'()*+,;=~-._")
    query = f'?{scope["query_string"].decode("latin-1")}' if scope.get('query_string') else ''
    return f'{path}{query}' if path.startswith('/') and not path.startswith('//') else ''


UPLOAD = re.compile(r'/organizations/[a-z0-9]{16}/projects/[a-z0-9]{16}/files')
"""Where files are put: there alone a body may be as large as a file."""


def longest_body(method: str, path: str) -> int:
    """How many bytes may be sent there."""
    return limits.FILE if method == 'PUT' and UPLOAD.fullmatch(path) else limits.BODY

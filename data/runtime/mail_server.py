"""The mail server as the settings name it, and whether there is one."""

import re
from contextlib import suppress
from dataclasses import dataclass, field
from email.headerregistry import Address
from email.utils import parseaddr
from ipaddress import ip_address
from urllib.parse import unquote, urlsplit

from data.inputs import emails
from data.problems import Invalid

_NAMED = re.compile(r'\s*"?(.*?)"?\s*<([^<>]*)>\s*')


@dataclass(frozen=True)
class MailServer:
    """Where mails are handed in, and whom they are from."""

    host: str
    port: int
    secure: bool
    user: str
    password: str = field(repr=False)
    sender: Address
    home: str

    @classmethod
    def of(cls, url: str, sender: str, home: str) -> 'MailServer':
        """The server at an address like smtp://user:password@host:587; `home` is our own. Raises ValueError."""
        parts = urlsplit(url)
        more = parts.path not in ('', '/') or parts.query or parts.fragment
        if parts.scheme not in ('smtp', 'smtps') or not parts.hostname or parts.port == 0 or more:
            raise ValueError(url)
        secure = parts.scheme == 'smtps'
        user, password = unquote(parts.username or ''), unquote(parts.password or '')
        if not f'{user}{password}'.isascii():  # smtplib can't say anything else
            raise ValueError(url)
        return cls(
            parts.hostname, parts.port or (465 if secure else 587), secure, user, password, sender_of(sender), home
        )

    @property
    def our_name(self) -> str:
        """What this machine calls itself to mail servers: its name, or its address in brackets (RFC 5321, 4.1.3)."""
        name = urlsplit(self.home).hostname or 'localhost'
        with suppress(ValueError):
            return f'[IPv6:{name}]' if ip_address(name).version == 6 else f'[{name}]'
        return name


def sender_of(sender: str) -> Address:
    """The sender from `Name <address>` or an address. Raises ValueError."""
    if not sender.isprintable() or sender.count('<') > 1:
        raise ValueError(sender)
    if named := _NAMED.fullmatch(sender):  # also with signs that the standard (RFC 5322 3.4) has in quotes only
        name, address = named[1].replace('\\"', '"'), named[2]
    else:
        name, address = parseaddr(sender) if sender.count('@') == 1 else ('', sender)
    try:
        return Address(name, addr_spec=emails.parse(address).key)
    except Invalid as problem:
        raise ValueError(sender) from problem


_servers: list[MailServer] = []


def configure(server: MailServer | None) -> None:
    """Send mails by this server from now on, or none at all."""
    _servers[:] = [server] if server else []


def is_configured() -> bool:
    """Whether mails are sent at all."""
    return bool(_servers)

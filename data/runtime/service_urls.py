"""Addresses with a password in them: whether what an address says to a program is what its writer meant.

In an address, signs such as / and @ end the password that they were meant to be a part of (RFC 3986 3.2). The rest of
it then passes for a host or a name, and would be asked for in the network and shown in messages.
"""

import os
import re
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote, unquote

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from data.runtime.data_dir import ConfigError

CODES = {sign: quote(sign, safe='') for sign in '/@:#?%[]\\ '}
"""The signs that mean something in an address, and how they are written as a part of a name or a password."""

CURE = 'In the user name and the password write ' + ', '.join(
    f'{"a space" if sign == " " else sign} as {code}' for sign, code in CODES.items()
)
"""Names all of them: which ones are meant would be a part of the secret."""

_STRAY = re.compile('%(?![0-9A-Fa-f]{2})')
_ESCAPE = re.compile('%[0-9A-Fa-f]{2}')
_UNUSABLE = re.compile('[\x00-\x1f\x7f\ufffd\ud800-\udfff]')
_PLACE_AND_OPTIONS = re.compile(r'/[^?]*\?[^=]*=')  # host/name?password=: the @ comes later than where one ends
_ENDS_USER_INFO = re.compile(r'[/?#\[\]\\]')


def refuse_other_meaning_of_database(name: str, url: str) -> None:
    """Raise ConfigError, without a part of the address, where the setting `name` is not read as it was meant."""
    meant = _user_info(url)
    try:
        read = make_url(url)
    except (ArgumentError, ValueError):
        if '@' in meant or _ENDS_USER_INFO.search(meant):
            raise _unclear(name) from None
        return  # whoever reads the setting says what it should be
    if read.drivername == 'sqlite':
        return  # a path may have an @
    as_meant = tuple(map(unquote, meant.partition(':')[::2]))
    is_other = as_meant != (read.username or '', read.password or '') or bool(_PLACE_AND_OPTIONS.search(meant))
    if is_other or _is_half_escaped(meant):
        raise _unclear(name)


def refuse_other_meaning_of_mail_server(name: str, url: str) -> None:
    """The same for the address of a mail server, which the standard library reads more strictly."""
    meant = _user_info(url)
    if _ENDS_USER_INFO.search(meant) or _is_half_escaped(meant):
        raise _unclear(name)
    if not unquote(meant).isascii():  # smtplib can't say anything else
        raise ConfigError(f'{name}: a user name or a password for mail has letters and signs of ASCII only.')


def _user_info(url: str) -> str:
    """What was meant as user and password: all between :// and the last @, which no host has."""
    return url.partition('://')[2].rpartition('@')[0]


def _is_half_escaped(user_info: str) -> bool:
    """Whether some of it was written as codes and some not, or codes come out that nobody would have meant."""
    is_mixed = bool(_STRAY.search(user_info) and _ESCAPE.search(user_info))
    return is_mixed or bool(_UNUSABLE.search(user_info + unquote(user_info)))


def _unclear(name: str) -> ConfigError:
    return ConfigError(f'{name} is read otherwise than it was meant: a sign ends the password too early. {CURE}.')


def foreign_options(url: URL) -> list[str]:
    """What stands in the options of PostgreSQL's address and is none: where a password has an &, the rest of it."""
    if not url.query or url.get_backend_name() != 'postgresql':
        return []
    from psycopg.pq import Conninfo  # who has a SQLite database does not pay for this import

    known = {option.keyword.decode() for option in Conninfo.get_defaults()}
    return [text for name, value in url.query.items() if name not in known for text in (name, str(value))]


def database_address(text: str, data_dir: Path | None) -> str:
    """The address of a database in the one form that SQLAlchemy takes, a file of SQLite with its whole path.

    Raises ValueError where it is none, ConfigError where it means something else than it seems.
    """
    address = re.sub(r'^[\w+.-]+(?=://)', lambda scheme: scheme[0].lower(), text)
    refuse_other_meaning_of_database('BOTCADENCE_DATABASE_URL', address)
    with suppress(ArgumentError):
        url = make_url(address)
        if url.drivername in {'postgres', 'postgresql', 'postgresql+psycopg'} and url.database:
            return url.set(drivername='postgresql+psycopg').render_as_string(hide_password=False)
        file = url.database or ':memory:'
        if url.drivername == 'sqlite' and file != ':memory:' and not (url.host or url.query):
            path = Path(os.path.abspath(os.path.expanduser(file)))
            if path.parent != data_dir and not path.parent.is_dir():
                raise ConfigError('BOTCADENCE_DATABASE_URL names a file in a folder that does not exist.')
            return f'sqlite:///{path}'
    raise ValueError

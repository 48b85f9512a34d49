"""Redaction of logs: takes out passwords, tokens, cookies and ids of pages, known by name and by look."""

import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import quote

from data.runtime.plain_structlog import EventDict

SECRET_KEYS = re.compile(r'passw|secret|token|cookie|authorization|client.?id|session|confirmation|dsn', re.IGNORECASE)
"""Names under which a value is never shown."""

HIDDEN = '***'
_WORD = r'[\w.~%+/=-]+'
_NAMED = r"""(?i)([\w-]*(?:passw|secret|token|client.?id|confirmation)[\w-]*["']?\s*[=:]\s*)"""
PATTERNS = (
    (re.compile(r'(?<=://)\S+@'), f'{HIDDEN}@'),  # user and password in an address, which may have a / or an @
    (re.compile(r'(?i)\b(bearer|basic|digest)\s+' + _WORD), rf'\1 {HIDDEN}'),
    (re.compile(r'(?i)\b((?:set-)?cookie)\s*:[^\r\n]*'), rf'\1: {HIDDEN}'),
    (re.compile(_NAMED + r"""(?:"[^"]*"|'[^']*'|[^\s"'&;,)}\]]+)"""), rf'\1{HIDDEN}'),
    (re.compile(r"""\?[^\s"'?]*=[^\s"']*"""), f'?{HIDDEN}'),  # the query of a request
    (re.compile(r'(?i)/(invitations?|reset-password|verify-email|confirm-contact|recover)/' + _WORD), rf'/\1/{HIDDEN}'),
    (re.compile(r'\beyJ' + _WORD), HIDDEN),  # a signed cookie: Base64 of JSON
    (re.compile(r'\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b'), HIDDEN),  # a client id of NiceGUI
    (re.compile(r'(?<![\w-])(?=[\w-]*[A-Z])(?=[\w-]*[a-z])(?=[\w-]*\d)[\w-]{32,}'), HIDDEN),  # a token
)
"""What is taken out of any text, wherever it came from."""

_known: list[str] = []


def configure(known: Iterable[str]) -> None:
    """Know the secrets of this process itself, whatever they look like."""
    plain = [secret for secret in known if secret]
    written = {form for secret in plain for form in (secret, quote(secret), quote(secret, safe=''))}
    _known[:] = sorted(written, key=len, reverse=True)


def redact(_: Any, __: str, event: EventDict) -> EventDict:
    """Take secrets out of an event, by name and by look."""
    return {key: _redacted(value, key) for key, value in event.items()}


def _redacted(value: Any, key: str = '') -> Any:
    if SECRET_KEYS.search(key):
        return HIDDEN
    if isinstance(value, dict):
        return {str(name): _redacted(item, str(name)) for name, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_redacted(item) for item in value]
    return value if value is None or isinstance(value, bool | int | float) else redacted(str(value))


def redacted(text: str) -> str:
    """The text without anything that looks like a secret."""
    for secret in _known:
        text = text.replace(secret, HIDDEN)
    for pattern, instead in PATTERNS:
        text = pattern.sub(instead, text)
    return text

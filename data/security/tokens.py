"""Tokens in links: made from the installation's key whenever they are needed, kept nowhere.

So a link can be sent again or copied for as long as it is good, and a stolen database opens nothing.
"""

import hashlib
import hmac
from base64 import urlsafe_b64encode

_keys: list[bytes] = []


def configure(key: str) -> None:
    """Make every token from this key from now on."""
    _keys[:] = [key.encode()]


def key() -> bytes:
    """The installation's key, for what derives others from it."""
    if not _keys:
        raise RuntimeError('configure() comes first')
    return _keys[0]


def make(purpose: str, *parts: str) -> str:
    """The token for this purpose and these parts: 256 bits as 43 letters that are safe in a URL."""
    message = '\0'.join((purpose, *parts)).encode()
    return urlsafe_b64encode(hmac.digest(key(), message, 'sha256')).rstrip(b'=').decode()


def hashed(token: str) -> str:
    """The SHA-256 of a token in hexadecimal: what the database keeps of it (ASVS 7.2.2)."""
    return hashlib.sha256(token.encode('utf-8', 'replace')).hexdigest()

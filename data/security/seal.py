"""Sealed secrets: what the database keeps and somebody has to read again, encrypted with the installation's key.

A stolen database alone opens nothing, and what is sealed for one person can't be put in the place of another's.
"""

import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import TYPE_CHECKING

from data.problems import Problem
from data.security import tokens

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_NONCE = 12  # bytes (NIST SP 800-38D 5.2.1.1)


class Unreadable(Problem):
    """What is sealed was sealed with another key, for somebody or something else, or is not whole."""

    def __init__(self) -> None:
        super().__init__(
            'This was kept with a key that Botcadence no longer has. Use another way, and set this one up anew.'
        )


def seal(secret: str, purpose: str, user_id: str) -> str:
    """Encrypt and authenticate a short secret (AES-256-GCM); what comes out is safe in a URL, a third longer + 38.

    It opens for this purpose and this person only.
    """
    nonce = os.urandom(_NONCE)
    return urlsafe_b64encode(nonce + _cipher().encrypt(nonce, secret.encode(), _about(purpose, user_id))).decode()


def unseal(sealed: str, purpose: str, user_id: str) -> str:
    """What was sealed for this purpose and this person. Raises Unreadable."""
    from cryptography.exceptions import InvalidTag

    try:
        raw = urlsafe_b64decode(sealed)
        return _cipher().decrypt(raw[:_NONCE], raw[_NONCE:], _about(purpose, user_id)).decode()
    except (InvalidTag, ValueError):
        raise Unreadable from None


def _about(purpose: str, user_id: str) -> bytes:
    return f'{purpose}\0{user_id}'.encode()


def _cipher() -> 'AESGCM':
    """The cipher, with a key that is for this alone (RFC 5869): nothing else that is made of the same key tells it."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    return AESGCM(HKDF(SHA256(), 32, salt=None, info=b'botcadence: sealed secrets').derive(tokens.key()))

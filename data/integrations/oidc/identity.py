"""Who somebody is, as a provider says, and what a provider's answer is held against."""

from dataclasses import dataclass, field
from datetime import datetime

from data.inputs import emails
from data.problems import Invalid
from data.runtime.providers import Provider

LONGEST_SUBJECT = 255
"""ASCII characters (OpenID Connect Core 1.0 §2)."""


@dataclass(frozen=True)
class Flow:
    """What was sent along with somebody to a provider: `state` comes back with them, the others are known to us only.

    `nonce` comes back inside the ID token, `verifier` proves that it is us who ask for it (RFC 7636). `asked_at` is set
    where they shall prove anew who they are.
    """

    state: str
    nonce: str = field(repr=False)
    verifier: str = field(repr=False)
    asked_at: datetime | None = None


@dataclass(frozen=True)
class Claims:
    """What a provider says of somebody. `email` is '' where it gives no usable address, `name` where it gives none."""

    issuer: str
    subject: str
    email: str
    email_verified: bool
    name: str


def identified(provider: Provider, subject: object, email: object, email_verified: object, name: object) -> Claims:
    """The same from what came over the network: an address is verified if that is said with `true`, and by no other.

    Raises ValueError for a subject that can be none.
    """
    if not isinstance(subject, str) or not 0 < len(subject) <= LONGEST_SUBJECT:
        raise ValueError('The subject (sub) is missing, empty, too long or no text.')
    if not (subject.isascii() and subject.isprintable() and subject.strip()):
        raise ValueError('The subject (sub) has signs in it that none may have.')
    address = _address(email)
    return Claims(
        issuer=provider.issuer,
        subject=subject,
        email=address,
        email_verified=bool(address) and email_verified is True,
        name=name if isinstance(name, str) else '',
    )


def _address(email: object) -> str:
    """The address if it is one as it stands: what people paste is mended, what a provider writes is not."""
    try:
        shown = emails.parse(email).shown
    except Invalid:
        return ''
    return shown if shown == email else ''

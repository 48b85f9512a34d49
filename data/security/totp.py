"""Codes of authenticator apps: six digits, new every thirty seconds (RFC 6238); the only place that knows pyotp."""

import unicodedata
from datetime import datetime
from hmac import compare_digest
from typing import TYPE_CHECKING

from data.problems import Invalid

if TYPE_CHECKING:
    from pyotp import TOTP

ISSUER = 'Botcadence'
DIGITS, SECONDS = 6, 30
_SKEW = 1  # steps that a phone's clock may be early or late (RFC 6238 5.2)
_LONGEST = 40  # characters of what may be meant as a code, spaces and all

_NO_CODE = f'Enter the {DIGITS} digits that your app shows.'
_WRONG = 'This code is not right. Take the one that your app shows now; its phone must have the right time.'
_USED = f'This code was used already. Wait up to {SECONDS} seconds for the next one.'


def new_secret() -> str:
    """A secret of 160 random bits as 32 letters and digits (RFC 4226 4, R6), as apps take it."""
    from pyotp import random_base32

    return random_base32()


def uri(secret: str, account: str) -> str:
    """What an app reads out of the QR code: the secret, and how the app lists it."""
    return _codes(secret).provisioning_uri(name=account, issuer_name=ISSUER)


def step_of(secret: str, code: object, now: datetime, last_step: int) -> int:
    """The time step that this code belongs to, for a clock that is a step early or late at most.

    `last_step` is the newest that was taken; neither it nor an older one is taken again (RFC 6238 5.2, ASVS 6.5.1).
    Spaces don't count, and digits of any script do. Raises Invalid('code').
    """
    digits = _digits(code)
    if len(digits) != DIGITS:
        raise Invalid(code=_NO_CODE)
    codes = _codes(secret)
    current = codes.timecode(now)
    near = range(max(0, current - _SKEW), current + _SKEW + 1)
    matching = [step for step in near if compare_digest(codes.generate_otp(step), digits)]
    if not matching:
        raise Invalid(code=_WRONG)
    if matching[-1] <= last_step:
        raise Invalid(code=_USED)
    return matching[-1]


def is_like(code: object) -> bool:
    """Whether somebody who typed this may have meant a code of an app."""
    return len(_digits(code)) == DIGITS


def _digits(code: object) -> str:
    """The digits of a code as ASCII; '' for what has anything else in it than digits, spaces and hyphens."""
    if not isinstance(code, str) or len(code) > _LONGEST:
        return ''
    signs = [sign for sign in code if not (sign.isspace() or unicodedata.category(sign) == 'Pd')]  # Pd: hyphens, dashes
    values = [unicodedata.decimal(sign, None) for sign in signs]
    return '' if None in values else ''.join(map(str, values))


def _codes(secret: str) -> 'TOTP':
    from pyotp import TOTP

    return TOTP(secret, digits=DIGITS, interval=SECONDS)

"""Challenges: what a browser, or a provider, is asked, and may answer once, within five minutes.

The nonce goes out, and its hash stays. It is gone with the first answer, whether that is right or not: what was said
once is of no use to whoever has heard it.
"""

import secrets
from datetime import timedelta

from sqlmodel import col, delete, select

from data import clock
from data.database import accounts
from data.models import Challenge
from data.problems import Problem
from data.security.tokens import hashed

LIFE = timedelta(minutes=5)
"""How long an answer is waited for; it is as long as a browser has (`passkeys.TIMEOUT`)."""

CLEARED = 5
"""How many that are over go with each that is asked."""


def ask(purpose: str, user_id: str | None = None, *, life: timedelta = LIFE) -> str:
    """A nonce of 256 random bits, base64url without padding, for this purpose, and for this person where one is known.

    A few are cleared away with each that is asked, so that they never pile up.
    """
    nonce, now = secrets.token_urlsafe(32), clock.now()
    over = select(Challenge.challenge_hash).where(col(Challenge.expires_at) <= now).order_by(col(Challenge.expires_at))
    with accounts() as tx:
        tx.exec(delete(Challenge).where(col(Challenge.challenge_hash).in_(over.limit(CLEARED))))
        asked = Challenge(challenge_hash=hashed(nonce), purpose=purpose, user_id=user_id, expires_at=now + life)
        tx.add(asked)
    return nonce


def answer(nonce: str, purpose: str, user_id: str | None = None) -> bool:
    """Whether this was asked, for this purpose and person, a short while ago, and not answered before.

    It is a transaction of its own: what fails afterwards does not bring the question back.
    """
    asked = col(Challenge.challenge_hash) == hashed(nonce), col(Challenge.purpose) == purpose
    whose = col(Challenge.user_id) == user_id if user_id else col(Challenge.user_id).is_(None)
    with accounts() as tx:
        taken = tx.exec(delete(Challenge).where(*asked, whose, col(Challenge.expires_at) > clock.now()))
        return int(taken.rowcount) == 1


def make_sure(nonce: str, purpose: str, user_id: str | None = None) -> None:
    """The same, where anything else is a Problem."""
    if not answer(nonce, purpose, user_id):
        raise Problem('That took too long, or was answered already. Try again.')

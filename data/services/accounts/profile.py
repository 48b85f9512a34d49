"""The profile of a person: what they are called, and how they want dates."""

from dataclasses import dataclass

from data import changes
from data.database import Actor, TenantSession, accounts
from data.inputs import dates
from data.inputs.names import name_key, person_name
from data.models import User
from data.permissions import held, identify
from data.problems import Stale, TooMany
from data.runtime import limits, rate_limiter
from data.services.accounts.acts import AccountAct
from data.services.accounts.events import note_event
from data.services.accounts.everywhere import note_everywhere


@dataclass(frozen=True)
class Profile:
    """What somebody has said of themselves, None for what they have not; `language` and `time_zone` are for dates."""

    email: str
    name: str | None
    language: str | None
    time_zone: str | None


def profile(actor: Actor) -> Profile:
    """The actor's own. Raises SignedOut."""
    with accounts(writes=False) as tx:
        identify(tx, actor)
        user = tx.find(User, actor.user_id)
        return Profile(user.email, user.name, user.language, user.time_zone)


def rename(actor: Actor, name: object, *, expected: str | None) -> str | None:
    """Give the actor another name, None for none, if they are still called as `expected`; returns what was kept.

    Every open screen of all their organizations shows it. The record goes on saying what they were called before.
    Raises Invalid('name'), Stale, TooMany, SignedOut.
    """
    kept = person_name(name)
    with accounts() as tx:
        user = _held(tx, actor)
        if user.name not in (expected, kept):
            raise Stale
        if user.name != kept:
            _count(user)
            user.name, user.name_key = kept, name_key(kept)
            note_event(tx, AccountAct.RENAME, 'done', user.email_key, actor.network, user.id)
            note_everywhere(tx, user)
    return kept


def choose_dates(
    actor: Actor, language: object, time_zone: object, *, expected: tuple[str | None, str | None]
) -> tuple[str | None, str | None]:
    """Let the actor read dates in this language and time zone, None for none chosen; returns what was kept.

    `expected` is what was chosen so far. Every open screen of theirs shows them so, mails and files say them so.
    Raises Invalid('language' | 'time_zone'), Stale, TooMany, SignedOut.
    """
    kept = dates.language(language), dates.time_zone(time_zone)
    with accounts() as tx:
        user = _held(tx, actor)
        before = user.language, user.time_zone
        if before not in (expected, kept):
            raise Stale
        if before != kept:
            _count(user)
            user.language, user.time_zone = kept
            changes.note_own(tx, user.id)
            note_everywhere(tx, user)
    return kept


def _held(tx: TenantSession, actor: Actor) -> User:
    """Whoever acts, held until the end of the transaction. Raises SignedOut."""
    user = held(tx, actor)
    identify(tx, actor)
    return user


def _count(user: User) -> None:
    if seconds := rate_limiter.wait(limits.PROFILES, user.id):
        raise TooMany('You have changed your profile many times in the last hour.', seconds)

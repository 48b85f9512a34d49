"""Journeys: somebody is sent to a provider and comes back, in the same browser, once, within ten minutes.

What is secret about it is made from its state whenever it is needed, and neither kept nor sent along.
"""

from datetime import datetime, timedelta
from enum import StrEnum

from data import clock
from data.database import Actor
from data.integrations.oidc import Flow
from data.problems import Problem, TooMany
from data.runtime import rate_limiter
from data.runtime.limits import TRIES_NETWORK
from data.runtime.providers import Provider
from data.runtime.rate_limiter import network_of
from data.security import tokens
from data.services.accounts import challenges

LIFE = timedelta(minutes=10)
"""How long somebody may be away: they may have to sign in at the provider first, with a second factor."""


class Purpose(StrEnum):
    """What a journey is for."""

    SIGN_IN = 'sign-in'
    LINK = 'link'
    CONFIRM = 'confirm'


class JourneyOver(Problem):
    """Nobody is on this journey any more, or it began in another browser."""

    def __init__(self, label: str) -> None:
        super().__init__(
            f'This sign-in with {label} is over: it was finished before, took too long, or began in another browser. '
            'Start again.'
        )


def begin(provider: Provider, purpose: Purpose, actor: Actor | None, network: str) -> Flow:
    """Set out to a provider; `actor` is whoever is signed in and links or confirms. Raises TooMany."""
    here = network_of(network)
    if here and (seconds := rate_limiter.wait(TRIES_NETWORK, here)):
        raise TooMany('Too many attempts from your network.', seconds)
    state = challenges.ask(f'oidc:{purpose}', _whose(purpose, actor), life=LIFE)
    return _flow(provider, state, clock.now() if purpose is Purpose.CONFIRM else None)


def end(provider: Provider, purpose: Purpose, actor: Actor | None, state: str, began_at: datetime) -> Flow:
    """Come back with this state, as whoever set out. It is a transaction of its own. Raises JourneyOver."""
    if (purpose is not Purpose.SIGN_IN and actor is None) or not challenges.answer(
        state, f'oidc:{purpose}', _whose(purpose, actor)
    ):
        raise JourneyOver(provider.label)
    return _flow(provider, state, began_at if purpose is Purpose.CONFIRM else None)


def _whose(purpose: Purpose, actor: Actor | None) -> str | None:
    return actor.user_id if actor and purpose is not Purpose.SIGN_IN else None


def _flow(provider: Provider, state: str, asked_at: datetime | None) -> Flow:
    nonce, verifier = (tokens.make(part, provider.name, state) for part in ('oidc-nonce', 'oidc-verifier'))
    return Flow(state, nonce, verifier, asked_at)

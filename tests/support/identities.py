"""Two providers, what one of them says of people, and what came of it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from sqlalchemy import Engine

from data.database import Actor
from data.integrations.oidc import Claims
from data.runtime import account_rules, providers
from data.runtime.account_rules import AccountRules
from data.runtime.providers import Provider
from data.services.accounts import identities
from tests.support.probes import rows
from tests.support.world import NETWORK, at_home

ACME = Provider('acme', 'oidc', 'https://id.acme.test', 'us', 'secret', 'Acme ID', 'openid email profile')
BETA = replace(ACME, name='beta', issuer='https://id.beta.test', label='Beta')


@contextmanager
def two_providers() -> Iterator[None]:
    """They are set up."""
    providers.configure([ACME, BETA])
    yield
    providers.configure([])
    account_rules.configure(AccountRules())


def said(email: str = 'ida@new.test', *, subject: str = 'ida', verified: bool = True, name: str = '') -> Claims:
    """What Acme says of somebody."""
    return Claims(ACME.issuer, subject, email, verified and bool(email), name)


def come(claims: Claims, provider: Provider = ACME, invitation: object = None) -> Actor:
    """Come in through a provider; whoever that is, at home."""
    arrival = identities.come_in(provider, claims, invitation=invitation, network=NETWORK, agent='pytest')
    return at_home(arrival.entry.token)


def events(db: Engine, user_id: str) -> list[tuple[str, str, str]]:
    """What is on the record of an account."""
    found = rows(db, 'SELECT action, outcome, detail FROM account_events WHERE user_id = :id ORDER BY id', id=user_id)
    return [(action, outcome, detail or '') for action, outcome, detail in found]


def mails(db: Engine) -> list[tuple[str, str]]:
    """Which were written, and to whom, oldest first."""
    return [(kind, to) for kind, to in rows(db, 'SELECT kind, recipient FROM personal_mails ORDER BY created_at')]

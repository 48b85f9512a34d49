"""Rate limits of signing in and signing up, and of second factors.

Three things are counted for every try (ASVS 6.3.1):

- the address together with the network, tightly. This is what stops guessing, and it locks out nobody else: the right
  person, anywhere else, is not in that count.
- the network, loosely: one machine that tries a few passwords on many addresses.
- the address alone: many machines that try one address. This count could be used to lock somebody out, so it does not
  hold for a network from which this very address has signed in before.

Codes of six digits are counted for each person apart from that, from wherever they come: who types one has shown
another way in already, and a right password must not forget wrong codes.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlmodel import col, select

from data import database
from data.inputs import emails
from data.models import AccountEvent, User
from data.problems import Invalid, TooMany
from data.runtime import rate_limiter
from data.runtime.limits import CODES, CODES_A_DAY, NOTED, SIGN_UPS, TRIES_ADDRESS, TRIES_HERE, TRIES_NETWORK
from data.runtime.rate_limiter import network_of
from data.services.accounts.acts import AccountAct
from data.services.accounts.entering import SecondStep
from data.services.accounts.events import note_event


@contextmanager
def throttled(act: AccountAct, email: object, network: str) -> Iterator[None]:
    """Count a try; when it goes well, the wrong ones before it are forgotten. Raises TooMany, put on the record."""
    key, here = _key(email), network_of(network)
    try:
        _count(act, key, here)
    except TooMany:
        _note(act, key, network)
        raise
    try:
        yield
    except SecondStep:  # the password was right
        rate_limiter.forget(TRIES_HERE, key, here)
        raise
    rate_limiter.forget(TRIES_HERE, key, here)


@contextmanager
def codes_counted(user_id: str) -> Iterator[None]:
    """Count a try of a code; a right one forgets the wrong ones before it. Raises TooMany (ASVS 6.5.5, 6.6.3)."""
    for rule in (CODES, CODES_A_DAY):
        if seconds := rate_limiter.wait(rule, user_id):
            raise TooMany('Too many wrong codes.', seconds)
    yield
    for rule in (CODES, CODES_A_DAY):
        rate_limiter.forget(rule, user_id)


def count_network(network: str) -> None:
    """Count a try that names nobody, such as a passkey. Raises TooMany."""
    here = network_of(network)
    if here and (seconds := rate_limiter.wait(TRIES_NETWORK, here)):
        raise TooMany('Too many attempts from your network.', seconds)


def _key(email: object) -> str:
    """What an address is counted as; nonsense is counted, too."""
    try:
        return emails.parse(email).key
    except Invalid:
        return email.strip().lower()[: emails.LONGEST] if isinstance(email, str) else ''


def _count(act: AccountAct, key: str, here: str) -> None:
    if here and act is AccountAct.SIGN_UP and (seconds := rate_limiter.wait(SIGN_UPS, here)):
        raise TooMany('Too many sign-ups from your network.', seconds)
    if here and (seconds := rate_limiter.wait(TRIES_NETWORK, here)):
        raise TooMany('Too many attempts from your network.', seconds)
    if seconds := rate_limiter.wait(TRIES_HERE, key, here):
        raise TooMany('Too many attempts with this address.', seconds)
    if (seconds := rate_limiter.wait(TRIES_ADDRESS, key)) and not _is_at_home(key, here):
        raise TooMany('Too many attempts with this address.', seconds)


def _is_at_home(key: str, here: str) -> bool:
    """Whether somebody with this address has signed in from this network before."""
    person = select(User.id).where(User.email_key == key).scalar_subquery()
    came_in = select(AccountEvent.network).where(
        AccountEvent.user_id == person,
        AccountEvent.outcome == 'done',
        col(AccountEvent.action).in_([AccountAct.SIGN_IN, AccountAct.SIGN_UP]),
    )
    with database.accounts(writes=False) as tx:
        return here in {network_of(known) for known in tx.exec(came_in.distinct())}


def _note(act: AccountAct, key: str, network: str) -> None:
    """Put it on the record, once a minute: a flood of tries must not become a flood of rows."""
    if rate_limiter.wait(NOTED, key, network_of(network)) == 0:
        with database.accounts() as tx:
            user_id = tx.exec(select(User.id).where(User.email_key == key)).first()
            note_event(tx, act, 'limited', key, network, user_id)

"""A sign-in from a browser that an account was never seen on is told by mail (ASVS 6.3.5)."""

from sqlmodel import col, select

from data import clock
from data.database import TenantSession
from data.inputs import devices, moments
from data.models import AccountEvent, User, UserSession
from data.runtime import limits, rate_limiter
from data.services.accounts.acts import AccountAct
from data.services.mail import outbox


def tell_of_new_device(tx: TenantSession, user: User, network: str, agent: str) -> None:
    """Write to a user who is about to be let in from a browser, or a system, that is new to their account.

    Inside the transaction of the sign-in, before it is noted. What is new is told by the words for it: a browser that
    has become a newer one is the same. Nothing is written to whoever was never seen on any, and no flood of mails.
    """
    known = {devices.in_words(known) for known in _agents(tx, user.id)}
    device = devices.in_words(agent)
    if known and device not in known and rate_limiter.wait(limits.NEW_DEVICES, user.id) == 0:
        at = moments.in_words(clock.now(), language=user.language, zone=user.time_zone)
        facts = {'device': device, 'network': network or 'an unknown network', 'at': at}
        outbox.write_to_person(tx, user, 'new-device', **facts)


def _agents(tx: TenantSession, user_id: str) -> set[str]:
    """What the browsers called themselves that this account was seen on."""
    came_in = select(AccountEvent.agent).where(
        col(AccountEvent.user_id) == user_id,
        col(AccountEvent.outcome) == 'done',
        col(AccountEvent.action).in_([AccountAct.SIGN_IN.value, AccountAct.SIGN_UP.value]),
        col(AccountEvent.agent).is_not(None),
    )
    open_ones = select(UserSession.agent).where(col(UserSession.user_id) == user_id, col(UserSession.agent) != '')
    return {agent for agent in (*tx.exec(came_in.distinct()), *tx.exec(open_ones.distinct())) if agent}

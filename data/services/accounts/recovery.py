"""A forgotten password: who reads the mail of an account may set another one by a link.

What is asked for is written down for every address alike, and looked at by a job: so neither what is answered nor when
depends on whether anybody has an account, and nothing is lost where the process dies right after the answer.
"""

from dataclasses import dataclass
from datetime import timedelta

from sqlmodel import col, delete, select

from data import clock
from data.database import accounts
from data.inputs import emails
from data.models import RecoveryRequest, TokenPurpose, User
from data.problems import Problem, TooMany, Unavailable
from data.runtime import account_rules, limits, mail_server, rate_limiter
from data.runtime.logs import log
from data.runtime.rate_limiter import network_of
from data.security import passwords
from data.services.accounts import links, policy, reauthentication
from data.services.accounts.acts import AccountAct
from data.services.accounts.events import note_event
from data.services.accounts.reauthentication import WaysIn
from data.services.accounts.resetting import clear_ways_in, put_password
from data.services.accounts.ways import label_of
from data.services.mail import outbox

BATCH = 50
"""Requests that are looked at at a time."""

LATER = timedelta(seconds=1)
"""How long a request waits: by then its answer is out, and what there is to do for an account slows down none."""

NO_MAIL = 'Email is not set up here. Ask whoever runs Botcadence for a link: python -m data reset-link makes one.'


class NoMail(Problem):
    """There is no mail server, so nobody gets a link by mail."""

    def __init__(self) -> None:
        super().__init__(NO_MAIL)


@dataclass(frozen=True)
class Reset:
    """What became of a reset: the address of the account, and the sessions that have ended."""

    email: str
    ended: list[str]


def is_offered() -> bool:
    """Whether there are passwords, and mail to get another one by."""
    return account_rules.current().passwords and mail_server.is_configured()


def ask(email: object, network: str = '') -> str:
    """Have a link sent to this address if there is an account with it; the address. Nobody is looked for here.

    Raises Invalid('email'), TooMany, NoMail, NoSignUp where there are no passwords.
    """
    policy.needs_passwords()
    if not mail_server.is_configured():
        raise NoMail
    address, here = emails.parse(email), network_of(network)
    if here and (seconds := rate_limiter.wait(limits.RECOVERIES, here)):
        raise TooMany('Too many links were asked for from your network.', seconds)
    with accounts() as tx:
        tx.add(RecoveryRequest(email_key=address.key, network=network[:64]))
        outbox.expect(tx)
    return address.shown


def answer() -> float | None:
    """Write the mails that were asked for; the seconds until there are more to write, None for none.

    Raises Unavailable.
    """
    with accounts(writes=False) as tx:
        asked = tx.exec(select(RecoveryRequest).order_by(col(RecoveryRequest.created_at)).limit(BATCH)).all()
    for request in asked:
        if (wait := request.created_at + LATER - clock.now()) > timedelta():
            return wait.total_seconds()
        try:
            _answer(request)
        except Unavailable:
            raise
        except Exception as error:  # a defect of ours: the others must not wait for it
            log.exception('a request for a new password cannot be answered', error=type(error).__name__)
            with accounts() as tx:
                tx.exec(delete(RecoveryRequest).where(col(RecoveryRequest.id) == request.id))
    return 0.0 if len(asked) == BATCH else None


def _answer(request: RecoveryRequest) -> None:
    with accounts() as tx:
        taken = tx.exec(delete(RecoveryRequest).where(col(RecoveryRequest.id) == request.id))
        user = tx.exec(select(User).where(User.email_key == request.email_key).with_for_update()).first()
        is_old = request.created_at + links.LIFE[TokenPurpose.RESET] <= clock.now()  # nobody waits for it any more
        if int(taken.rowcount) != 1 or user is None or is_old:
            return
        if rate_limiter.wait(limits.RESETS, user.id):  # they have some already
            return
        note_event(tx, AccountAct.ASK_RESET, 'done', user.email_key, request.network, user.id)
        if user.password_hash is None:
            outbox.write_to_person(tx, user, 'no-password', ways=_in_words(reauthentication.ways_of(tx, user)))
        else:
            link = links.renew(tx, user, TokenPurpose.RESET, user.email)
            outbox.write_to_person(tx, user, 'reset', row=link.id)


def _in_words(ways: WaysIn) -> str:
    """What somebody without a password signs in with."""
    usable = ['a passkey'] * bool(ways.passkeys) + [label_of(name) for name in ways.providers]
    return ' or '.join(usable) or 'what is not set up here any more'


def look(token: object) -> str:
    """The address of the account that this link is for; changes nothing. Raises NotFound, NoSignUp."""
    policy.needs_passwords()
    with accounts(writes=False) as tx:
        link = links.find(tx, token, TokenPurpose.RESET)
        return tx.find(User, link.user_id).email


def reset(token: object, password: object, confirmation: object, *, network: str = '', agent: str = '') -> Reset:
    """Set another password by a link, once. Nobody is signed in by it, and everybody who was is signed out.

    Second factors stay as they are and are asked for at the next sign-in (ASVS 6.4.3). Whoever comes by a mail has
    proved the address; where nobody had before, passkeys and providers may be somebody else's, and go.
    Raises NotFound, NoSignUp, Invalid('password' | 'confirmation').
    """
    email = look(token)
    hashed = passwords.hash(passwords.check_pair(password, confirmation, email=email))
    with accounts() as tx:
        link = links.use(tx, token, TokenPurpose.RESET)
        user = tx.exec(select(User).where(col(User.id) == link.user_id).with_for_update()).one()
        ended = put_password(tx, user, hashed)
        if link.email == user.email and user.verified_at is None:
            clear_ways_in(tx, user, network, agent)
            user.verified_at = clock.now()
        note_event(tx, AccountAct.RESET_PASSWORD, 'done', user.email_key, network, user.id, agent=agent)
        outbox.write_to_person(tx, user, 'password-reset')
    return Reset(user.email, ended)

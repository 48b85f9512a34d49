"""The second step of signing in: a code of an app or on paper, or a passkey, after a password or a provider.

`entering.enter` has given a token for it, which is good for ten minutes and one session. The same proofs confirm who
somebody is in a session that has begun.
"""

from dataclasses import dataclass

from sqlmodel import col, delete, select

from data import clock
from data.database import Actor, TenantSession, accounts
from data.models import AccountToken, TokenPurpose, User, UserSession
from data.permissions import held, identify
from data.problems import Invalid, Problem
from data.security import totp as codes_of_apps
from data.security.passkeys import Options
from data.security.tokens import hashed
from data.services.accounts import entering, passkey_sign_in, recovery_codes, second_factor, totp
from data.services.accounts.acts import AccountAct
from data.services.accounts.events import note_event
from data.services.accounts.everywhere import note_everywhere
from data.services.accounts.reauthentication import confirmed
from data.services.accounts.throttling import codes_counted, count_network

STEPPING, CONFIRMING = 'passkey:step', 'passkey:confirm'

OVER = 'That took too long. Sign in again.'
NO_CODE = 'Enter the code that your app shows, or one of your recovery codes.'
NO_RECOVERY_CODE = 'This is none of your unused recovery codes.'


class StepOver(Problem):
    """There is no such step to be gone any more: it took too long, was gone already, or never was."""

    def __init__(self) -> None:
        super().__init__(OVER)


@dataclass(frozen=True)
class Step:
    """What somebody may prove who they are with: codes of an app, passkeys, codes on paper."""

    user_id: str
    method: str
    app: bool
    passkeys: bool
    codes: bool


def step_of(token: object) -> Step:
    """What the step asks for that this token is for. Raises StepOver."""
    with accounts(writes=False) as tx:
        row = _row(tx, token)
        has = second_factor.of_user(tx, row.user_id)
        return Step(row.user_id, row.method, has.app_at is not None, has.passkeys > 0, has.codes > 0)


def with_code(token: object, code: object, *, network: str = '', agent: str = '') -> str:
    """Go the step by a code of an app or on paper; the token of the session that begins.

    Raises Invalid('code'), StepOver, seal.Unreadable, and TooMany.
    """
    user_id = step_of(token).user_id
    with codes_counted(user_id):
        wrong = None
        with accounts() as tx:
            user = _held(tx, user_id)
            row = _row(tx, token)
            wrong = _wrong_with(tx, user, code, network, agent)
            if wrong is None:
                return _end(tx, row, user, network, agent)
            note_event(tx, AccountAct.SECOND_STEP, 'refused', user.email_key, network, user.id, agent=agent)
        raise wrong


def ask_passkey(token: object) -> Options:
    """What a browser is asked that is to go the step by a passkey. Raises StepOver, Problem."""
    return passkey_sign_in.ask_one(step_of(token).user_id, STEPPING)


def with_passkey(token: object, said: object, *, network: str = '', agent: str = '') -> str:
    """Go the step by a passkey; the token of the session that begins. Raises StepOver, Problem, TooMany."""
    count_network(network)
    user_id = step_of(token).user_id
    answer = passkey_sign_in.answer_of(said, STEPPING, user_id)
    return passkey_sign_in.used(
        answer, user_id, network, agent, lambda tx, user: _end(tx, _row(tx, token), user, network, agent)
    )


def confirm_with_code(actor: Actor, code: object) -> str:
    """Confirm that it is the actor by a code; the new token of their session. Raises as `with_code` does, SignedOut."""
    with codes_counted(actor.user_id):
        with accounts() as tx:
            user, session = held(tx, actor), identify(tx, actor)
            wrong = _wrong_with(tx, user, code, actor.network, session.agent)
            if wrong is None:
                return _confirmed(tx, session, user, 'code', actor.network)
            note_event(tx, AccountAct.CONFIRM, 'refused', user.email_key, actor.network, user.id, agent=session.agent)
        raise wrong


def ask_to_confirm(actor: Actor) -> Options:
    """What a browser is asked that is to confirm who somebody is by a passkey. Raises Problem, SignedOut."""
    with accounts(writes=False) as tx:
        identify(tx, actor)
    return passkey_sign_in.ask_one(actor.user_id, CONFIRMING)


def confirm_with_passkey(actor: Actor, said: object) -> str:
    """Confirm that it is the actor by a passkey; the new token of their session. Raises Problem, SignedOut, TooMany."""
    count_network(actor.network)
    with accounts(writes=False) as tx:
        agent = identify(tx, actor).agent
    answer = passkey_sign_in.answer_of(said, CONFIRMING, actor.user_id)
    return passkey_sign_in.used(
        answer,
        actor.user_id,
        actor.network,
        agent,
        lambda tx, user: _confirmed(tx, identify(tx, actor), user, entering.PASSKEY, actor.network),
    )


def _confirmed(tx: TenantSession, session: UserSession, user: User, method: str, network: str) -> str:
    """Note that the user has proved a second factor in this session: organizations that require one let it in."""
    note_everywhere(tx, user)
    return confirmed(tx, session, user, method, network, proved=True)


def _wrong_with(tx: TenantSession, user: User, code: object, network: str, agent: str) -> Problem | None:
    """Take a code of the user's app, or one on paper; what is wrong with it, None where it was right."""
    try:
        if codes_of_apps.is_like(code) and second_factor.of_user(tx, user.id).app_at:
            totp.use(tx, user, code)
        elif not recovery_codes.use(tx, user, code, network, agent):
            is_code = isinstance(code, str) and len(code) > codes_of_apps.DIGITS
            raise Invalid(code=NO_RECOVERY_CODE if is_code else NO_CODE)
    except Problem as problem:
        return problem
    return None


def _row(tx: TenantSession, token: object) -> AccountToken:
    """The row of a token, as long as the step can be gone. Raises StepOver."""
    if not isinstance(token, str):
        raise StepOver
    meant = AccountToken.token_hash == hashed(token), AccountToken.purpose == TokenPurpose.SECOND
    row = tx.exec(select(AccountToken).where(*meant, col(AccountToken.expires_at) > clock.now())).first()
    if row is None:
        raise StepOver
    return row


def _held(tx: TenantSession, user_id: str) -> User:
    """Whoever goes the step, held. Raises StepOver for an account that was closed in this moment."""
    user = tx.exec(select(User).where(User.id == user_id).with_for_update()).first()
    if user is None:
        raise StepOver
    return user


def _end(tx: TenantSession, row: AccountToken, user: User, network: str, agent: str) -> str:
    """Go the step once: whoever comes second finds no row of it."""
    gone = tx.exec(delete(AccountToken).where(col(AccountToken.id) == row.id))
    if int(gone.rowcount) != 1:
        raise StepOver
    return entering.enter(tx, user, row.method, network, agent, proved=True).token

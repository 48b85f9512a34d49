"""Coming in: what it leads to that somebody has shown one way into an account, whichever it is.

Every way in ends here, so that none is weaker than the others (ASVS 6.3.4): a session begins, or where the person has
a second factor, the step to it.
"""

import secrets
from datetime import timedelta

from sqlmodel import col, delete

from data import clock
from data.database import TenantSession
from data.models import AccountToken, TokenPurpose, User
from data.problems import Problem
from data.security.tokens import hashed
from data.services.accounts import sessions
from data.services.accounts.acts import AccountAct
from data.services.accounts.events import note_event
from data.services.accounts.new_devices import tell_of_new_device

STEP_FOR = timedelta(minutes=10)
"""How long somebody has for the second step."""

PASSWORD, PASSKEY = 'password', 'passkey'  # names of ways in
"""Two ways in; that of a provider is called by its name, `oidc:google`."""


class SecondStep(Problem):
    """One way in is shown, and a second factor is to be proved: `token` is good for that, once."""

    def __init__(self, token: str) -> None:
        super().__init__('Prove your second factor to go on.')
        self.token = token


def enter(tx: TenantSession, user: User, method: str, network: str, agent: str, *, proved: bool = False) -> 'Entry':
    """Let a user in who has shown this way in, in a transaction of `accounts()`.

    `proved` is whether it was two factors at once, as a passkey is. What has come of it is told by `Entry.token`, once
    that transaction is committed.
    """
    if user.second_factor_at is None or proved:
        return Entry(let_in(tx, user, method, network, agent, proved=proved))
    token = secrets.token_urlsafe(32)
    before = col(AccountToken.user_id) == user.id, col(AccountToken.expires_at) <= clock.now()
    tx.exec(delete(AccountToken).where(*before))
    step = AccountToken(
        user_id=user.id,
        purpose=TokenPurpose.SECOND,
        token_hash=hashed(token),
        method=method,
        expires_at=clock.now() + STEP_FOR,
    )
    tx.add(step)
    return Entry(token, is_step=True)


def let_in(tx: TenantSession, user: User, method: str, network: str, agent: str, *, proved: bool) -> str:
    """Begin a session of a user who has shown all that they have to, in a transaction; its token.

    It is on the record of the account, and told by mail where the browser is new.
    """
    tell_of_new_device(tx, user, network, agent)
    note_event(tx, AccountAct.SIGN_IN, 'done', user.email_key, network, user.id, agent=agent, detail=method)
    return sessions.start(tx, user, network, agent, method=method, proved=proved)


class Entry:
    """What somebody gets who has shown a way in."""

    def __init__(self, token: str, *, is_step: bool = False) -> None:
        self._token, self._is_step = token, is_step

    @property
    def token(self) -> str:
        """The token of the session that has begun. Raises SecondStep where there is none yet."""
        if self._is_step:
            raise SecondStep(self._token)
        return self._token

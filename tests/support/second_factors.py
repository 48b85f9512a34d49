"""Second factors for the tests: an app and a device that people have, set up through the services."""

import json
from datetime import timedelta
from typing import Any

import pyotp
from sqlalchemy import Engine

from data import clock
from data.database import Actor
from data.services import accounts
from data.services.accounts import passkey_sign_in, passkeys, second_step, totp
from tests.support.authenticator import SoftAuthenticator
from tests.support.probes import refused, rows, value
from tests.support.world import NETWORK, PASSWORD, at_home

SITE = 'https://bots.example.com'


def wait(seconds: float) -> None:
    """Set the clock forward, and stop it."""
    now = clock.now() + timedelta(seconds=seconds)
    clock.source = lambda: now


class App:
    """An authenticator app; `skew` is how many seconds its clock is early."""

    def __init__(self, secret: str, skew: float = 0) -> None:
        self.secret, self.skew = secret, skew

    def code(self) -> str:
        """What it shows now."""
        return pyotp.TOTP(self.secret).at(clock.now() + timedelta(seconds=self.skew))

    def next_code(self) -> str:
        """What it shows once that was used."""
        wait(30)
        return self.code()


def with_app(person: Actor) -> tuple[App, list[str]]:
    """Let somebody set up an app; it, and the recovery codes that they have written down."""
    app = App(totp.begin(person).secret)
    return app, totp.confirm(person, app.code())


def with_passkey(person: Actor, device: SoftAuthenticator | None = None, name: str = 'Laptop') -> SoftAuthenticator:
    """Let somebody add a passkey; the device that it is in."""
    device = device or SoftAuthenticator(SITE)
    passkeys.add(person, name, json.dumps(device.create(passkeys.ask_for_new(person))))
    return device


def signed_in(device: SoftAuthenticator, **overrides: Any) -> Actor:
    """Whoever signs in with the passkey of this device."""
    said = json.dumps(device.get(passkey_sign_in.ask(), **overrides))
    return at_home(passkey_sign_in.sign_in(said, network=NETWORK, agent='pytest'))


def step_after_password(email: str) -> str:
    """The token of the second step that somebody comes to with their password."""
    problem = refused(accounts.SecondStep, accounts.sign_in, email, PASSWORD, network=NETWORK, agent='pytest')
    return str(problem.token)


def stepped(token: str, device: SoftAuthenticator) -> str:
    """Go the second step by a passkey; the token of the session."""
    said = json.dumps(device.get(second_step.ask_passkey(token)))
    return second_step.with_passkey(token, said, network=NETWORK, agent='pytest')


def mails(db: Engine) -> list[str]:
    """Which were written, by the alphabet."""
    return sorted(kind for (kind,) in rows(db, 'SELECT kind FROM personal_mails'))


def proved(db: Engine, session_id: str) -> bool:
    """Whether a second factor was proved in this session."""
    return value(db, 'SELECT proved_at FROM sessions WHERE id = :id', id=session_id) is not None


def has_second_factor(db: Engine, user_id: str) -> bool:
    """Whether it is on record that somebody has one."""
    return value(db, 'SELECT second_factor_at FROM users WHERE id = :id', id=user_id) is not None


def events(db: Engine, user_id: str) -> list[tuple[str, str]]:
    """What is on the record of an account after its sign-up."""
    found = rows(db, 'SELECT action, outcome FROM account_events WHERE user_id = :id ORDER BY id', id=user_id)
    return [(str(action).removeprefix('account:'), str(outcome)) for action, outcome in found[1:]]

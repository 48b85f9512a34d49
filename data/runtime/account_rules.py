"""The rules for accounts that whoever runs the installation has set: who may sign up, with what, for how long."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

IDLE, ABSOLUTE = timedelta(days=7), timedelta(days=30)
"""How long a session lives unused and at most, where nobody says otherwise (NIST SP 800-63B-4 2.1.3, AAL1)."""


class SignUp(StrEnum):
    """Who may make an account for themselves."""

    OPEN = 'open'
    INVITED = 'invited'
    CLOSED = 'closed'


@dataclass(frozen=True)
class AccountRules:
    """What holds for all accounts.

    `domains` are those in whose addresses one may sign up, in ASCII and small letters; none is all of them. `passwords`
    is whether there are any.
    """

    sign_up: SignUp = SignUp.OPEN
    domains: frozenset[str] = frozenset()
    passwords: bool = True
    idle: timedelta = IDLE
    absolute: timedelta = ABSOLUTE

    def takes(self, email_key: str) -> bool:
        """Whether this address is in one of the domains."""
        return not self.domains or email_key.rpartition('@')[2] in self.domains


_rules = [AccountRules()]


def configure(rules: AccountRules) -> None:
    """Let these rules hold from now on."""
    _rules[:] = [rules]


def current() -> AccountRules:
    """The rules that hold now."""
    return _rules[0]

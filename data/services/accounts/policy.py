"""Who may make an account for themselves: one rule for passwords, invitations and providers."""

from sqlmodel import select

from data.database import TenantSession, accounts, lock_first
from data.inputs import emails
from data.models import User
from data.problems import Invalid, Problem
from data.runtime import account_rules
from data.runtime.account_rules import SignUp

NOBODY = 'Nobody can sign up here. Ask whoever runs this installation for an account.'
ONLY_INVITED = 'You can sign up here with an invitation. Ask somebody who works here to invite you.'
NO_PASSWORDS = 'There are no passwords here. Continue with one of the other ways to sign in.'


class NoSignUp(Problem):
    """Nobody can sign up, or only who is invited."""


def outlook() -> str:
    """Why somebody without an invitation can't sign up now, '' where they can. Raises Unavailable."""
    if account_rules.current().sign_up is SignUp.OPEN:
        return ''
    with accounts(writes=False) as tx:
        return _closed(tx, invited=False)


def why_not(email: str, *, invited: bool) -> str:
    """Why nobody can sign up with this address now, '' where one can. Raises Unavailable."""
    key = emails.parse(email).key
    with accounts(writes=False) as tx:
        try:
            may_sign_up(tx, key, invited=invited)
        except Invalid as problem:
            return problem.fields['email']
        except NoSignUp as problem:
            return str(problem)
    return ''


def domains_in_words() -> str:
    """In which domains one may sign up, as a sentence; '' for all of them."""
    domains = sorted(account_rules.current().domains)
    return f'Use your address in {" or ".join(domains)}.' if domains else ''


def may_sign_up(tx: TenantSession, email_key: str, *, invited: bool) -> None:
    """Make sure that whoever has this address may make an account, in the transaction that makes it.

    Raises NoSignUp, Invalid('email') where it is in none of the domains.
    """
    if why := _closed(tx, invited=invited):
        raise NoSignUp(why)
    in_domains(email_key, 'You can’t sign up with this address.')


def in_domains(email_key: str, sentence: str = 'You can’t use this address.') -> None:
    """Make sure that an address is in one of the domains, where these are named. Raises Invalid('email')."""
    if not account_rules.current().takes(email_key):
        raise Invalid(email=f'{sentence} {domains_in_words()}')


def has_passwords() -> bool:
    """Whether there are passwords."""
    return account_rules.current().passwords


def needs_passwords() -> None:
    """Make sure that there are passwords. Raises NoSignUp."""
    if not has_passwords():
        raise NoSignUp(NO_PASSWORDS)


def _closed(tx: TenantSession, *, invited: bool) -> str:
    """Why there is no signing up; the very first account is let in where one is invited otherwise."""
    rule = account_rules.current().sign_up
    if rule is SignUp.OPEN or (rule is SignUp.INVITED and invited):
        return ''
    if rule is SignUp.CLOSED:
        return NOBODY
    anybody = select(User.id).limit(1)
    if tx.exec(anybody).first() is None:
        lock_first(tx)  # of several who come at once one is the first
    return ONLY_INVITED if tx.exec(anybody).first() else ''

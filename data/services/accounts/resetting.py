"""Another password for somebody: what it means for the account, and how whoever runs the installation helps."""

from datetime import datetime

from sqlmodel import col, delete, select

from data.database import TenantSession, accounts
from data.inputs import emails
from data.inputs.emails import Email
from data.models import Authenticator, Identity, Passkey, TokenPurpose, User, UserSession
from data.problems import NotFound
from data.security import passwords
from data.services.accounts import links, policy, second_factor
from data.services.accounts.acts import AccountAct
from data.services.accounts.events import note_event
from data.services.accounts.letters import path_of
from data.services.accounts.ways import label_of, method_of
from data.services.mail import outbox


def put_password(tx: TenantSession, user: User, hashed: str | None, *, but: str = '') -> list[str]:
    """Let this be the hash of the user's password, None for having none; the ids of the sessions that end with it.

    In a transaction of `accounts()`. All sessions end, save that with the id `but`; links to another password or
    address are void, and so is a second step that somebody has come to by the password of before (ASVS 7.4.3).
    """
    user.password_hash = hashed
    links.void(tx, user.id, TokenPurpose.RESET, TokenPurpose.CHANGE, TokenPurpose.SECOND)
    others = col(UserSession.user_id) == user.id, col(UserSession.id) != but
    ended = list(tx.exec(select(UserSession.id).where(*others)))
    tx.exec(delete(UserSession).where(*others))
    return ended


def clear_ways_in(tx: TenantSession, user: User, network: str, agent: str) -> None:
    """Take passkeys and providers from an account whose address is proved for the first time, by somebody who resets.

    In a transaction of `accounts()`. Whoever had signed up with an address that is not theirs could come in by them
    for ever (pre-hijacking, arXiv 2205.10174). An app stays: it is no way in by itself.
    """
    facts = {'network': network, 'agent': agent}
    for passkey in tx.exec(select(Passkey).where(Passkey.user_id == user.id)).all():
        tx.delete(passkey)
        note_event(tx, AccountAct.REMOVE_PASSKEY, 'done', user.email_key, user_id=user.id, detail=passkey.name, **facts)
        outbox.write_to_person(tx, user, 'passkey-removed', name=passkey.name)
    for identity in tx.exec(select(Identity).where(Identity.user_id == user.id)).all():
        tx.delete(identity)
        way = method_of(identity.provider)
        note_event(tx, AccountAct.UNLINK, 'done', user.email_key, user_id=user.id, detail=way, **facts)
        outbox.write_to_person(tx, user, 'unlinked', way=label_of(identity.provider))
    if user.second_factor_at is not None:
        second_factor.lost(tx, user)


def set_password(email: object, password: object, confirmation: object) -> int:
    """Give the account with this address another password, end its sessions, and return how many there were.

    It is on the record of the account, and the person is told by mail where mail is set up.
    Raises Invalid('email' | 'password' | 'confirmation'), NotFound.
    """
    address = emails.parse(email)
    hashed = passwords.hash(passwords.check_pair(password, confirmation, email=address.shown))
    with accounts() as tx:
        user = _with(tx, address)
        ended = put_password(tx, user, hashed)
        note_event(tx, AccountAct.SET_PASSWORD, 'done', user.email_key, '', user.id)
        outbox.write_to_person(tx, user, 'password')
    return len(ended)


def reset_link(email: object) -> tuple[str, datetime]:
    """The path of a link by which whoever has it sets another password for this account, and until when it is good.

    It is on the record of the account; links of before no longer work. Raises Invalid('email'), NotFound, NoSignUp
    where there are no passwords.
    """
    policy.needs_passwords()
    address = emails.parse(email)
    with accounts() as tx:
        user = _with(tx, address)
        link = links.renew(tx, user, TokenPurpose.RESET)
        note_event(tx, AccountAct.RESET_LINK, 'done', user.email_key, '', user.id)
        return path_of(link), link.expires_at


def remove_second_factor(email: object) -> str:
    """Take passkeys, app and codes from the account with this address, whose owner has lost them; the address.

    It is on the record of the account, and the person is told by mail where mail is set up. Who came in by a passkey
    alone needs a link to a password, too. Raises Invalid('email'), NotFound where there is no account or no factor.
    """
    address = emails.parse(email)
    with accounts() as tx:
        user = _with(tx, address)
        if user.second_factor_at is None:
            raise NotFound(f'{address.shown} has no second factor.')
        tx.exec(delete(Passkey).where(col(Passkey.user_id) == user.id))
        tx.exec(delete(Authenticator).where(col(Authenticator.user_id) == user.id))
        second_factor.lost(tx, user)
        note_event(tx, AccountAct.LOSE_FACTOR, 'done', user.email_key, '', user.id)
        outbox.write_to_person(tx, user, 'factor-removed')
    return address.shown


def _with(tx: TenantSession, address: Email) -> User:
    user = tx.exec(select(User).where(User.email_key == address.key).with_for_update()).first()
    if user is None:
        raise NotFound(f'Nobody has an account with the address {address.shown}.')
    return user

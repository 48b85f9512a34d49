"""An address is proved by a link that goes there, and only then one may have mails sent to others."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import Engine

from data import clock
from data.changes import ACCOUNT, Change
from data.models import Role, TokenPurpose
from data.permissions import NOT_VERIFIED
from data.problems import Forbidden, NotFound, SignedOut, TooMany
from data.runtime import limits, mail_server
from data.security import tokens
from data.services import accounts, invitations, organizations
from data.services.accounts import links, sessions, verifying
from data.services.accounts.proof import MissingProof, missing_proof
from data.services.accounts.verifying import OtherAccount
from tests.support.inbox import PostOffice, post_office
from tests.support.probes import everything, rows, value
from tests.support.world import NETWORK, PASSWORD, World, at_home, offered, pending, sign_up

IVY = 'Ivy@New.test'
VERIFIED = 'SELECT verified_at IS NOT NULL FROM users WHERE email_key = :key'


@pytest.fixture
def mail() -> Iterator[PostOffice]:
    with post_office() as office:
        yield office


def is_verified(db: Engine, address: str = IVY) -> bool:
    return bool(value(db, VERIFIED, key=address.lower()))


def test_who_signs_up_gets_a_link_that_shows_before_it_proves(db: Engine, mail: PostOffice) -> None:
    ivy = sign_up(IVY)
    assert mail.to(IVY) == ['Confirm your email address for Botcadence']
    assert mail.link(IVY).startswith('/verify-email/')
    token, before = mail.token(IVY), everything(db)
    for viewer in (ivy, None):
        claim = verifying.look(token, viewer)
        assert (claim.email, claim.change, claim.is_right) == (IVY, False, viewer is ivy)
    assert everything(db) == before
    assert missing_proof(ivy) == MissingProof(IVY, is_sent=True)

    verifying.confirm(ivy, token)
    assert is_verified(db)
    assert missing_proof(ivy) is None
    acts = [action for [action] in rows(db, 'SELECT action FROM account_events ORDER BY id')]
    assert acts == ['account:sign_up', 'account:verify']


def test_without_mail_nobody_is_asked_to_prove_anything(db: Engine) -> None:
    ivy = sign_up(IVY)
    assert missing_proof(ivy) is None
    verifying.resend(ivy)
    assert rows(db, 'SELECT * FROM account_tokens') == rows(db, 'SELECT * FROM personal_mails') == []
    invitations.invite(ivy, 'noah@new.test', Role.MEMBER)


def test_only_the_newest_link_works_and_only_once(db: Engine, mail: PostOffice) -> None:
    ivy = sign_up(IVY)
    first = mail.token(IVY)
    verifying.resend(ivy)
    second = mail.token(IVY)
    assert first != second
    for _ in range(2):
        with pytest.raises(NotFound):
            verifying.confirm(ivy, first)
    assert not is_verified(db)
    verifying.confirm(ivy, second)
    with pytest.raises(NotFound):
        verifying.confirm(ivy, second)


@pytest.mark.parametrize('change', [lambda it: it[:-1], lambda it: it + 'A', lambda it: it[:-1] + '!', str.swapcase])
def test_what_is_no_link_of_ours_proves_nothing(db: Engine, mail: PostOffice, change: object) -> None:
    ivy = sign_up(IVY)
    assert callable(change)
    for token in (change(mail.token(IVY)), None, 7, '', 'x' * 43, 'ü' * 43, 'x' * 100_000):
        with pytest.raises(NotFound):
            verifying.look(token, ivy)
        with pytest.raises(NotFound):
            verifying.confirm(ivy, token)
    assert not is_verified(db)


def test_a_link_is_over_after_its_time(db: Engine, mail: PostOffice) -> None:
    ivy = sign_up(IVY)
    token, now = mail.token(IVY), clock.now()
    clock.source = lambda: now + links.LIFE[TokenPurpose.VERIFY]
    with pytest.raises(NotFound):
        verifying.confirm(ivy, token)
    assert missing_proof(ivy) == MissingProof(IVY, is_sent=False)
    assert links.prune() == 1
    assert rows(db, 'SELECT * FROM account_tokens') == []


def test_a_mail_that_waits_too_long_or_has_a_newer_one_is_not_sent(db: Engine, mail: PostOffice) -> None:
    ivy = sign_up(IVY)
    verifying.resend(ivy)
    assert len(mail.to(IVY)) == 1
    states = 'SELECT state, problem FROM personal_mails ORDER BY created_at'
    assert rows(db, states)[0] == ('failed', 'A newer link has taken its place, or it is not needed any more.')
    verifying.resend(ivy)
    now = clock.now()
    clock.source = lambda: now + timedelta(days=2)
    assert len(mail.to(IVY)) == 1
    assert rows(db, states)[-1] == ('failed', 'The time of its link was over.')


def test_a_link_is_for_the_account_that_it_is_about(db: Engine, mail: PostOffice) -> None:
    sign_up(IVY)
    token, eve = mail.token(IVY), sign_up('eve@new.test')
    claim = verifying.look(token, eve)
    assert (claim.viewer, claim.is_right) == ('eve@new.test', False)
    with pytest.raises(OtherAccount, match=r'You are signed in as eve@new\.test'):
        verifying.confirm(eve, token)
    assert not is_verified(db) and not is_verified(db, 'eve@new.test')
    assert verifying.look(token, None).email == IVY, 'it stays good for whom it is'


def test_who_signed_out_proves_nothing(db: Engine, mail: PostOffice) -> None:
    token = accounts.sign_up(IVY, PASSWORD, PASSWORD, network=NETWORK)
    ivy = at_home(token)
    sessions.end(token)
    with pytest.raises(SignedOut):
        verifying.confirm(ivy, mail.token(IVY))
    with pytest.raises(SignedOut):
        verifying.resend(ivy)
    assert not is_verified(db)


def test_links_are_sent_a_few_times_an_hour(db: Engine, mail: PostOffice) -> None:
    ivy = sign_up(IVY)
    for _ in range(limits.ADDRESS_LINKS.amount):
        verifying.resend(ivy)
    with pytest.raises(TooMany):
        verifying.resend(ivy)


def test_neither_the_database_nor_what_waits_has_the_secret(db: Engine, mail: PostOffice) -> None:
    sign_up(IVY)
    stored = repr(everything(db))
    token = mail.token(IVY)
    assert token not in stored + repr(everything(db))
    assert tokens.hashed(token) in stored


def test_a_link_of_before_the_key_was_changed_is_not_sent(db: Engine, mail: PostOffice) -> None:
    sign_up(IVY)
    tokens.configure('another key that is long enough too')
    assert mail.to(IVY) == []
    assert rows(db, 'SELECT problem FROM personal_mails') == [('This link is from before the secret key was changed.',)]


# what is closed ------------------------------------------------------------------------------------------------------


def test_who_is_not_verified_works_at_home_and_invites_nobody(db: Engine, mail: PostOffice) -> None:
    ivy = sign_up(IVY)
    organizations.rename(ivy, 'Ivy & Co', version=1)
    with pytest.raises(Forbidden, match=NOT_VERIFIED):
        invitations.invite(ivy, 'noah@new.test', Role.MEMBER)
    assert pending(ivy) == []
    refused = "SELECT action, rule FROM audit_events WHERE outcome = 'refused'"
    assert rows(db, refused) == [('member:invite', 'unverified')]
    verifying.confirm(ivy, mail.token(IVY))
    invitations.invite(ivy, 'noah@new.test', Role.MEMBER)
    assert mail.to('noah@new.test') == ['You are invited to Ivy & Co']


def test_what_was_invited_before_there_was_mail_is_sent_again_by_the_verified_only(
    db: Engine, mail: PostOffice
) -> None:
    server = mail_server._servers[:]
    mail_server.configure(None)
    ivy = sign_up(IVY)
    invitations.invite(ivy, 'noah@new.test', Role.MEMBER)
    mail_server.configure(server[0])
    [invitation] = pending(ivy)
    with pytest.raises(Forbidden, match=NOT_VERIFIED):
        invitations.resend(ivy, invitation.id)
    invitations.revoke(ivy, invitation.id)


# invitations ---------------------------------------------------------------------------------------------------------


def test_the_link_in_the_mail_of_an_invitation_proves_the_address(world: World, db: Engine, mail: PostOffice) -> None:
    invitations.invite(world.owner, IVY, Role.MEMBER)
    token = mail.token(IVY)
    accounts.sign_up(IVY, PASSWORD, PASSWORD, invitation=token, network=NETWORK)
    assert is_verified(db)
    assert mail.to(IVY) == ['You are invited to Acme'], 'there is nothing left to prove'


def test_it_proves_that_of_an_account_that_is_there(
    world: World, db: Engine, mail: PostOffice, published: list[Change]
) -> None:
    ivy = sign_up(IVY)
    invitations.invite(world.owner, IVY, Role.MEMBER)
    invitations.accept(ivy, mail.token(IVY))
    assert is_verified(db)
    assert frozenset({ivy.user_id}) in [change.users for change in published if change.topic == ACCOUNT]


def test_the_link_that_those_who_invite_can_copy_proves_nothing(world: World, db: Engine, mail: PostOffice) -> None:
    copied = offered(world.owner, IVY)
    assert copied != mail.token(IVY)
    accounts.sign_up(IVY, PASSWORD, PASSWORD, invitation=copied, network=NETWORK)
    assert not is_verified(db)
    assert mail.to(IVY) == ['You are invited to Acme', 'Confirm your email address for Botcadence']


def test_without_mail_an_invitation_proves_nothing(world: World, db: Engine) -> None:
    accounts.sign_up(IVY, PASSWORD, PASSWORD, invitation=offered(world.owner, IVY), network=NETWORK)
    assert not is_verified(db)


def test_both_links_of_an_invitation_die_when_it_is_sent_again(world: World, mail: PostOffice) -> None:
    copied = offered(world.owner, IVY)
    mailed = mail.token(IVY)
    invitations.resend(world.owner, pending(world.owner)[0].id)
    for token in (copied, mailed):
        with pytest.raises(NotFound):
            invitations.look(token)
    assert invitations.look(mail.token(IVY)).email == IVY

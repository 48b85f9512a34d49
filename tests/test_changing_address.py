"""Another address for an account: confirmed by a link that goes there, told to the one of before, and followed."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import Engine

from data import clock
from data.changes import Change
from data.models import Role, TokenPurpose
from data.permissions import RECENT
from data.problems import Invalid, NotFound, Reauthenticate, SignedOut, TooMany
from data.runtime import account_rules, limits
from data.runtime.account_rules import AccountRules
from data.services import accounts, invitations, members, organizations
from data.services.accounts import WrongCredentials, links, moving, recovery, resetting, sessions, verifying
from data.services.accounts.moving import Taken
from data.services.accounts.verifying import OtherAccount
from data.services.audit import Topic
from tests.support.inbox import PostOffice, post_office
from tests.support.probes import everything, rows, run, value
from tests.support.world import NETWORK, PASSWORD, World, email_of, pending, sign_up

OLGA, NEW = 'olga@acme.test', 'Olga@Elsewhere.test'
KEY = NEW.lower()


@pytest.fixture
def mail() -> Iterator[PostOffice]:
    with post_office() as office:
        yield office


def asked(world: World, mail: PostOffice, email: str = NEW) -> str:
    """The secret that went to the new address."""
    assert moving.change(world.owner, email) is False
    return mail.token(email)


def test_an_address_changes_once_its_link_is_confirmed(world: World, db: Engine, mail: PostOffice) -> None:
    token = asked(world, mail)
    assert email_of(world.owner) == OLGA
    assert mail.to(NEW) == ['Confirm your new email address for Botcadence']
    assert mail.to(OLGA) == ['Your Botcadence account is about to have another address']
    assert NEW in mail.text(OLGA)
    assert OLGA not in mail.text(NEW), 'who is written to by mistake learns nothing of anybody'
    before = everything(db)
    claim = verifying.look(token, world.owner)
    assert (claim.email, claim.change, claim.is_right) == (NEW, True, True)
    assert everything(db) == before

    verifying.confirm(world.owner, token)
    assert email_of(world.owner) == NEW
    assert mail.to(OLGA)[1:] == ['Your Botcadence account has another address now']
    assert 'If it was not you' in mail.text(OLGA)
    assert accounts.sign_in(KEY, PASSWORD, network=NETWORK)
    with pytest.raises(WrongCredentials):
        accounts.sign_in(OLGA, PASSWORD, network=NETWORK)
    events = "SELECT action, detail FROM account_events WHERE user_id = :user AND action LIKE '%move' ORDER BY id"
    assert rows(db, events, user=world.owner.user_id) == [('account:ask_move', NEW), ('account:move', OLGA)]


def test_memberships_follow_in_every_organization(
    world: World, db: Engine, mail: PostOffice, published: list[Change]
) -> None:
    home = organizations.create(world.owner, 'Second').id
    verifying.confirm(world.owner, asked(world, mail))
    keys = rows(
        db, 'SELECT organization_id, email_key FROM memberships WHERE user_id = :user', user=world.owner.user_id
    )
    assert len(keys) == 2
    assert {key for _, key in keys} == {KEY}
    told = {it.organization_id for it in published if it.topic == Topic.MEMBER and world.owner.user_id in it.users}
    assert {world.organization_id, home} <= told
    found = [person.email for person in members.portion(world.admin, 'elsewhere', limit=10).rows]
    assert found == [NEW]


def test_the_new_address_is_verified_and_the_link_to_the_old_one_void(db: Engine, mail: PostOffice) -> None:
    ivy = sign_up('ivy@new.test')
    old = mail.token('ivy@new.test')
    moving.change(ivy, 'ivy@elsewhere.test')
    verifying.confirm(ivy, mail.token('ivy@elsewhere.test'))
    assert value(db, 'SELECT verified_at IS NOT NULL FROM users WHERE id = :user', user=ivy.user_id)
    with pytest.raises(NotFound):
        verifying.confirm(ivy, old)


def test_what_waits_is_seen_and_can_be_withdrawn(world: World, db: Engine, mail: PostOffice) -> None:
    token = asked(world, mail)
    move = moving.address_of(world.owner).move
    assert move and move.email == NEW
    assert timedelta(hours=23) < move.expires_at - clock.now() <= links.LIFE[TokenPurpose.CHANGE]
    assert moving.address_of(world.admin).move is None
    moving.withdraw(world.owner)
    moving.withdraw(world.owner)
    assert moving.address_of(world.owner).move is None
    with pytest.raises(NotFound):
        verifying.confirm(world.owner, token)
    assert email_of(world.owner) == OLGA
    withdrawn = "SELECT detail FROM account_events WHERE action = 'account:withdraw_move'"
    assert rows(db, withdrawn) == [(NEW,)]


def test_only_the_newest_address_waits(world: World, mail: PostOffice) -> None:
    first = asked(world, mail)
    second = asked(world, mail, 'olga@third.test')
    with pytest.raises(NotFound):
        verifying.confirm(world.owner, first)
    verifying.confirm(world.owner, second)
    assert email_of(world.owner) == 'olga@third.test'
    with pytest.raises(NotFound):
        verifying.confirm(world.owner, second)


def test_it_is_over_after_a_day(world: World, mail: PostOffice) -> None:
    token, now = asked(world, mail), clock.now()
    clock.source = lambda: now + links.LIFE[TokenPurpose.CHANGE]
    assert moving.address_of(world.owner).move is None
    with pytest.raises(NotFound):
        verifying.confirm(world.owner, token)


def test_the_link_is_for_who_asked_for_it(world: World, mail: PostOffice) -> None:
    token = asked(world, mail)
    with pytest.raises(OtherAccount):
        verifying.confirm(world.admin, token)
    assert verifying.look(token, None).viewer == ''
    assert (email_of(world.owner), email_of(world.admin)) == (OLGA, 'adam@acme.test')


# whose address it is -------------------------------------------------------------------------------------------------


def test_an_address_that_somebody_has_looks_like_any_other_until_it_is_confirmed(
    world: World, db: Engine, mail: PostOffice
) -> None:
    token = asked(world, mail, 'mia@acme.test')
    with pytest.raises(Taken):
        verifying.confirm(world.owner, token)
    assert email_of(world.owner) == OLGA
    assert value(db, "SELECT count(*) FROM account_events WHERE action = 'account:move'") == 0
    assert moving.address_of(world.owner).move, 'it may be free by and by'


def test_an_address_that_was_taken_meanwhile_is_not_taken_away(world: World, mail: PostOffice) -> None:
    token = asked(world, mail)
    sign_up(NEW)
    with pytest.raises(Taken):
        verifying.confirm(world.owner, token)
    assert email_of(world.owner) == OLGA


def test_invitations_to_the_address_of_before_stay_with_it(world: World, mail: PostOffice) -> None:
    invitations.invite(world.owner, 'nina@new.test', Role.MEMBER)
    nina = world.newcomers[0]
    moving.change(nina, 'nina@elsewhere.test')
    verifying.confirm(nina, mail.token('nina@elsewhere.test'))
    [invitation] = pending(world.owner)
    assert invitation.email == 'nina@new.test'
    with pytest.raises(invitations.SomebodyElse):
        invitations.accept(nina, invitations.link(world.owner, invitation.id))


# what it takes -------------------------------------------------------------------------------------------------------


def test_who_has_not_shown_who_they_are_for_a_while_is_asked(world: World, db: Engine, mail: PostOffice) -> None:
    now = clock.now()
    clock.source = lambda: now + RECENT
    with pytest.raises(Reauthenticate):
        moving.change(world.owner, NEW)
    assert rows(db, 'SELECT * FROM account_tokens') == []
    moving.withdraw(world.owner)


def test_who_is_signed_out_changes_nothing(world: World, db: Engine, mail: PostOffice) -> None:
    token = asked(world, mail)
    run(db, 'DELETE FROM sessions WHERE user_id = :user', user=world.owner.user_id)
    for act in (
        lambda: moving.change(world.owner, NEW),
        lambda: moving.withdraw(world.owner),
        lambda: moving.address_of(world.owner).move,
        lambda: verifying.confirm(world.owner, token),
    ):
        with pytest.raises(SignedOut):
            act()


@pytest.mark.parametrize(
    'email', ['', 'nonsense', None, 7, 'a@b', f'{OLGA}\r\nBcc: eve@evil.test', OLGA, 'a@x.test, b@x.test']
)
def test_what_will_not_do_is_told_at_its_field(world: World, mail: PostOffice, email: object) -> None:
    with pytest.raises(Invalid) as problem:
        moving.change(world.owner, email)
    assert list(problem.value.fields) == ['email']


def test_capitals_of_the_same_address_need_no_link(world: World, db: Engine, mail: PostOffice) -> None:
    assert moving.change(world.owner, 'Olga@Acme.test') is True
    assert email_of(world.owner) == 'Olga@Acme.test'
    assert value(db, 'SELECT email_key FROM users WHERE id = :user', user=world.owner.user_id) == OLGA


def test_addresses_are_those_in_which_one_may_sign_up(world: World, mail: PostOffice) -> None:
    account_rules.configure(AccountRules(domains=frozenset({'acme.test'})))
    try:
        with pytest.raises(Invalid, match=r'Use your address in acme\.test'):
            moving.change(world.owner, NEW)
        assert moving.change(world.owner, 'olga.two@acme.test') is False
    finally:
        account_rules.configure(AccountRules())


def test_nobody_has_mails_sent_to_strangers_without_end(world: World, mail: PostOffice) -> None:
    for number in range(limits.ADDRESS_LINKS.amount):
        moving.change(world.owner, f'stranger{number}@else.test')
    with pytest.raises(TooMany):
        moving.change(world.owner, NEW)
    assert mail.to(NEW) == []


def test_nobody_is_written_to_by_many_without_end(
    world: World, mail: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits.ADDRESS_MAILS, 'amount', 2)
    for person in (world.owner, world.admin):
        moving.change(person, NEW)
    with pytest.raises(TooMany):
        moving.change(world.member, NEW)


# what is void --------------------------------------------------------------------------------------------------------


def test_another_password_makes_what_waits_void(world: World, mail: PostOffice) -> None:
    token = asked(world, mail)
    resetting.set_password(OLGA, 'violet 9 lamps of tin', 'violet 9 lamps of tin')
    again = sessions.of_token(accounts.sign_in(OLGA, 'violet 9 lamps of tin', network=NETWORK))
    assert again
    with pytest.raises(NotFound):
        verifying.confirm(again, token)


def test_another_address_makes_links_to_a_password_void(world: World, db: Engine, mail: PostOffice) -> None:
    recovery.ask(OLGA, NETWORK)
    reset = mail.token(OLGA)
    verifying.confirm(world.owner, asked(world, mail))
    with pytest.raises(NotFound):
        recovery.look(reset)
    assert rows(db, 'SELECT * FROM account_tokens') == []


# without mail --------------------------------------------------------------------------------------------------------


def test_without_mail_it_changes_at_once(world: World, db: Engine, published: list[Change]) -> None:
    assert moving.change(world.owner, NEW) is True
    assert email_of(world.owner) == NEW
    assert world.organization_id in {it.organization_id for it in published if it.topic == Topic.MEMBER}
    keys = rows(db, 'SELECT DISTINCT email_key FROM memberships WHERE user_id = :user', user=world.owner.user_id)
    assert keys == [(KEY,)]


def test_without_mail_the_new_one_is_not_proved(world: World, db: Engine) -> None:
    run(db, 'UPDATE users SET verified_at = created_at')
    moving.change(world.owner, OLGA.upper())
    proved = 'SELECT count(*) FROM users WHERE id = :user AND verified_at IS NOT NULL'
    assert value(db, proved, user=world.owner.user_id) == 1, 'capitals of the same address'
    moving.change(world.owner, NEW)
    assert value(db, proved, user=world.owner.user_id) == 0


def test_without_mail_one_that_is_taken_is_told_at_once(world: World, db: Engine) -> None:
    with pytest.raises(Invalid) as problem:
        moving.change(world.owner, 'MIA@acme.test')
    assert list(problem.value.fields) == ['email']
    assert re.search('another account', str(problem.value))
    assert email_of(world.owner) == OLGA

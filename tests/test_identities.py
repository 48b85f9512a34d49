"""Identities: whom a provider lets in, whom it makes an account for, and what it never opens."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Engine

from data import clock
from data.integrations.oidc import Claims
from data.models import Role
from data.problems import Invalid, NotFound, Reauthenticate, TooMany
from data.runtime import account_rules, limits
from data.runtime.account_rules import AccountRules, SignUp
from data.services import accounts, invitations, organizations
from data.services.accounts import NoSignUp, SecondStep, identities, linking
from data.services.accounts.identities import NotLetIn
from data.services.invitations import Closed
from tests.support.identities import ACME, BETA, come, events, mails, said, two_providers
from tests.support.mailing import mail_set_up
from tests.support.probes import rows, run, value
from tests.support.world import NETWORK, PASSWORD, World, at_home, email_of, inside, offered, sign_up


@pytest.fixture(autouse=True)
def set_up() -> Iterator[None]:
    """Two providers."""
    with two_providers():
        yield


@pytest.fixture
def with_mail(world: World) -> Iterator[None]:
    """Mail is set up, once there are people."""
    with mail_set_up():
        yield


# signing up and in ---------------------------------------------------------------------------------------------------


def test_whoever_is_new_gets_an_account_named_after_the_verified_address(db: Engine) -> None:
    ida = come(said('Ida.N@New.Test', name='Ida Newman'))
    home = organizations.membership(ida)
    assert (home.email, home.role, home.organization.name) == ('Ida.N@New.Test', Role.OWNER, 'Ida.N')
    assert rows(db, 'SELECT name, password_hash, verified_at IS NOT NULL FROM users') == [('Ida Newman', None, True)]
    [[method]] = rows(db, 'SELECT method FROM sessions')
    assert method == 'oidc:acme'
    assert events(db, ida.user_id) == [('account:sign_up', 'done', 'oidc:acme')]
    [linked] = linking.of_actor(ida)
    assert (linked.label, linked.email, linked.is_usable) == ('Acme ID', 'Ida.N@New.Test', True)


@pytest.mark.parametrize('name', ['', 'x' * 100, 'a\nb', 'ida@new.test', '\u202eevil', '   '])
def test_what_a_provider_calls_somebody_need_not_be_a_name(db: Engine, name: str) -> None:
    come(said(name=name))
    assert value(db, 'SELECT name FROM users') is None


def test_nobody_is_asked_to_prove_what_the_provider_has_verified(db: Engine, with_mail: None) -> None:
    ida = come(said())
    assert mails(db) == []
    assert invitations.invite(ida, 'friend@new.test', Role.MEMBER)


def test_the_second_time_it_is_the_same_person(db: Engine) -> None:
    ida = come(said())
    again = come(said())
    assert again.user_id == ida.user_id
    assert again.session_id != ida.session_id
    assert value(db, 'SELECT count(*) FROM users') == 1
    assert events(db, ida.user_id)[-1] == ('account:sign_in', 'done', 'oidc:acme')


def test_who_somebody_is_does_not_depend_on_the_address(db: Engine) -> None:
    ida = come(said())
    for changed in (said('other@new.test'), said('', verified=False), said('ida@evil.test', verified=False)):
        assert come(changed).user_id == ida.user_id
        assert linking.of_actor(ida)[0].email == changed.email
    assert email_of(ida) == 'ida@new.test'


def test_the_address_of_somebody_who_moved_on_opens_nothing(db: Engine) -> None:
    """An address goes to somebody else, as it does in companies: their subject is another one."""
    ida = come(said())
    with pytest.raises(NotLetIn):
        come(said(subject='the-next-ida'))
    assert len(linking.of_actor(ida)) == 1


def test_the_same_number_at_another_provider_is_somebody_else(db: Engine) -> None:
    ida = come(said())
    other = come(Claims(BETA.issuer, 'ida', 'ivo@new.test', True, ''), BETA)
    assert other.user_id != ida.user_id


@pytest.mark.parametrize(
    ('claims', 'says'),
    [
        (said(''), 'Acme ID gives no email address of yours, and an account needs one.'),
        (said(verified=False), 'Acme ID does not say that ida@new.test is verified, so it may not be yours.'),
    ],
)
def test_without_a_verified_address_there_is_no_account(db: Engine, claims: Claims, says: str) -> None:
    with pytest.raises(NotLetIn, match=says):
        come(claims)
    assert value(db, 'SELECT count(*) FROM users') == 0


@pytest.mark.parametrize('verified', [True, False])
def test_an_account_with_the_same_address_is_never_opened_by_it(db: Engine, world: World, verified: bool) -> None:
    """Whether its own address is verified or not: its password would be somebody else's way in."""
    run(db, 'UPDATE users SET verified_at = :at', at=clock.now() if verified else None)
    with pytest.raises(NotLetIn) as caught:
        come(said('OLGA@acme.test'))
    assert str(caught.value) == (
        'There is an account with OLGA@acme.test already. Sign in the way you always do; in your account you can then '
        'add Acme ID.'
    )
    assert value(db, 'SELECT count(*) FROM identities') == 0
    assert events(db, world.owner.user_id)[-1] == ('account:sign_in', 'refused', 'oidc:acme')


def test_who_has_a_second_factor_proves_it_as_well(db: Engine) -> None:
    ida = come(said())
    run(db, 'UPDATE users SET second_factor_at = :at', at=clock.now())
    with pytest.raises(SecondStep):
        come(said())
    assert value(db, "SELECT method FROM account_tokens WHERE user_id = :id AND purpose = 'second'", id=ida.user_id)


def test_two_tabs_at_once_are_one_account(db: Engine) -> None:
    found: list[object] = []

    def enter() -> None:
        try:
            found.append(come(said()).user_id)
        except Exception as error:
            found.append(error)

    threads = [threading.Thread(target=enter) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(found)) == 1 and isinstance(found[0], str), found
    assert value(db, 'SELECT count(*) FROM identities') == 1


def test_tries_are_counted(db: Engine, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits.TRIES_HERE, 'amount', 2)
    for _ in range(2):
        with pytest.raises(NotLetIn):
            come(said('olga@acme.test'))
    with pytest.raises(TooMany):
        come(said('olga@acme.test'))


# who may -------------------------------------------------------------------------------------------------------------


def test_the_rules_for_signing_up_hold_for_providers(db: Engine, world: World) -> None:
    token = offered(world.owner, 'ida@new.test')
    account_rules.configure(AccountRules(sign_up=SignUp.CLOSED))
    with pytest.raises(NoSignUp):
        come(said(), invitation=token)
    account_rules.configure(AccountRules(sign_up=SignUp.INVITED))
    with pytest.raises(NoSignUp, match='with an invitation'):
        come(said())
    account_rules.configure(AccountRules(domains=frozenset({'acme.test'})))
    with pytest.raises(Invalid, match=r'Use your address in acme\.test'):
        come(said())
    account_rules.configure(AccountRules(sign_up=SignUp.INVITED))
    ida = come(said(), invitation=token)
    account_rules.configure(AccountRules(sign_up=SignUp.CLOSED))
    assert come(said()).user_id == ida.user_id


def test_the_very_first_account_is_let_in(db: Engine) -> None:
    account_rules.configure(AccountRules(sign_up=SignUp.INVITED))
    assert come(said()).user_id


def test_without_passwords_providers_are_the_way_in(db: Engine) -> None:
    account_rules.configure(AccountRules(passwords=False))
    assert come(said()).user_id == come(said()).user_id


def test_a_provider_for_some_domains_lets_in_nobody_else(db: Engine) -> None:
    only = replace(ACME, allowed_domains=('new.test',))
    ida = come(said(), only)
    for other in (said('ida@evil.test'), said('ida@new.test', verified=False), said('')):
        with pytest.raises(NotLetIn, match=r'With Acme ID, only people with a verified address in new\.test come in'):
            come(other, only)
        with pytest.raises(NotLetIn):
            linking.link(ida, only, replace(other, subject='other'))


# invitations ---------------------------------------------------------------------------------------------------------


def test_who_is_invited_joins_with_the_new_account(db: Engine, world: World) -> None:
    ida = come(said(), invitation=offered(world.owner, 'ida@new.test', Role.VIEWER))
    assert organizations.membership(inside(ida, world.owner.organization_id)).role is Role.VIEWER
    assert value(db, 'SELECT count(*) FROM memberships WHERE user_id = :id', id=ida.user_id) == 2


def test_somebody_elses_invitation_makes_no_account(db: Engine, world: World) -> None:
    token = offered(world.owner, 'ida@new.test')
    with pytest.raises(NotLetIn) as caught:
        come(said('ivo@new.test', subject='ivo'), invitation=token)
    assert str(caught.value) == 'This invitation is for ida@new.test. Acme ID says that you are ivo@new.test.'
    assert value(db, "SELECT count(*) FROM users WHERE email_key = 'ivo@new.test'") == 0
    assert value(db, 'SELECT count(*) FROM identities') == 0


def test_an_invitation_that_is_over_makes_no_account(db: Engine, world: World) -> None:
    token = offered(world.owner, 'ida@new.test')
    invitations.decline(token)
    with pytest.raises(Closed):
        come(said(), invitation=token)
    with pytest.raises(NotFound):
        come(said(), invitation='x' * 43)
    assert value(db, "SELECT count(*) FROM users WHERE email_key = 'ida@new.test'") == 0


# confirming ----------------------------------------------------------------------------------------------------------


def test_a_provider_confirms_that_it_is_somebody(db: Engine) -> None:
    ida = come(said())
    now = clock.now()
    clock.source = lambda: now + timedelta(hours=1)
    with pytest.raises(Reauthenticate):
        linking.require_recent(ida)
    token = identities.confirm(ida, ACME, said())
    linking.require_recent(ida)
    assert at_home(token).session_id == ida.session_id
    assert events(db, ida.user_id)[-1][:2] == ('account:confirm', 'done')


def test_another_account_at_the_provider_confirms_nothing(db: Engine, world: World) -> None:
    ida = come(said())
    linking.link(world.owner, ACME, said(subject='olga'))
    for other in (said(subject='olga'), said(subject='nobody')):
        with pytest.raises(NotLetIn, match='This is not the account at Acme ID'):
            identities.confirm(ida, ACME, other)
        assert events(db, ida.user_id)[-1][:2] == ('account:confirm', 'refused')


def test_who_is_gone_has_no_identity(db: Engine) -> None:
    """It goes with its person, and may be another person's from then on."""
    ida = sign_up('ida@new.test')
    linking.link(ida, ACME, said())
    assert accounts.sign_in('ida@new.test', PASSWORD, network=NETWORK)
    assert identities.is_of(ida, said())
    assert not identities.is_of(ida, said(subject='other'))

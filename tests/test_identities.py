"""Identities: whom a provider lets in, whom it makes an account for, and what it never opens."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Engine

from data import clock
from data.database import Actor
from data.integrations.oidc import Claims
from data.models import Role
from data.problems import Invalid, NotFound, Reauthenticate, SignedOut, TooMany
from data.runtime import account_rules, limits, mail_server, providers
from data.runtime.account_rules import AccountRules, SignUp
from data.runtime.mail_server import MailServer
from data.runtime.providers import Provider
from data.services import accounts, invitations, organizations
from data.services.accounts import NoSignUp, SecondStep, identities, linking, reauthentication
from data.services.accounts.identities import NotLetIn
from data.services.accounts.linking import LastWayIn
from data.services.invitations import Closed
from tests.support.probes import rows, run, value
from tests.support.world import NETWORK, PASSWORD, World, at_home, email_of, inside, offered, sign_up

ACME = Provider('acme', 'oidc', 'https://id.acme.test', 'us', 'secret', 'Acme ID', 'openid email profile')
BETA = replace(ACME, name='beta', issuer='https://id.beta.test', label='Beta')


@pytest.fixture(autouse=True)
def set_up() -> Iterator[None]:
    """Two providers."""
    providers.configure([ACME, BETA])
    yield
    providers.configure([])
    account_rules.configure(AccountRules())


@pytest.fixture
def with_mail(world: World) -> Iterator[None]:
    """Mail is set up, once there are people."""
    mail_server.configure(MailServer.of('smtp://127.0.0.1:25', 'bots@example.com', 'https://bots.example.com'))
    yield
    mail_server.configure(None)


def said(email: str = 'ida@new.test', *, subject: str = 'ida', verified: bool = True, name: str = '') -> Claims:
    """What Acme says of somebody."""
    return Claims(ACME.issuer, subject, email, verified and bool(email), name)


def come(claims: Claims, provider: Provider = ACME, invitation: object = None) -> Actor:
    """Come in through a provider; whoever that is, at home."""
    arrival = identities.come_in(provider, claims, invitation=invitation, network=NETWORK, agent='pytest')
    return at_home(arrival.entry.token)


def events(db: Engine, user_id: str) -> list[tuple[str, str, str]]:
    found = rows(db, 'SELECT action, outcome, detail FROM account_events WHERE user_id = :id ORDER BY id', id=user_id)
    return [(action, outcome, detail or '') for action, outcome, detail in found]


def mails(db: Engine) -> list[tuple[str, str]]:
    return [(kind, to) for kind, to in rows(db, 'SELECT kind, recipient FROM personal_mails ORDER BY created_at')]


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


# linking -------------------------------------------------------------------------------------------------------------


def test_who_is_signed_in_may_add_a_provider(db: Engine, world: World, with_mail: None) -> None:
    olga = world.owner
    linking.link(olga, ACME, said('private@new.test', verified=False, subject='olga'))
    assert events(db, olga.user_id)[-1] == ('account:link', 'done', 'oidc:acme')
    assert mails(db) == [('linked', 'olga@acme.test')]
    assert come(said('private@new.test', subject='olga')).user_id == olga.user_id
    assert email_of(olga) == 'olga@acme.test'
    linking.link(olga, ACME, said('private@new.test', subject='olga'))  # once more changes nothing
    assert len(linking.of_actor(olga)) == 1
    assert len(mails(db)) == 1


def test_an_identity_belongs_to_one_account(db: Engine, world: World) -> None:
    ida = come(said())
    with pytest.raises(NotLetIn, match='is a way into another account here'):
        linking.link(world.owner, ACME, said())
    assert linking.of_actor(world.owner) == []
    assert come(said()).user_id == ida.user_id


def test_linking_asks_who_it_is_first(db: Engine, world: World) -> None:
    linking.link(world.owner, ACME, said(subject='olga'))
    [linked] = linking.of_actor(world.owner)
    now = clock.now()
    clock.source = lambda: now + timedelta(minutes=11)
    with pytest.raises(Reauthenticate):
        linking.require_recent(world.owner)
    with pytest.raises(Reauthenticate):
        linking.link(world.owner, BETA, Claims(BETA.issuer, 'olga', '', False, ''))
    with pytest.raises(Reauthenticate):
        linking.unlink(world.owner, linked.id)
    assert len(linking.of_actor(world.owner)) == 1


def test_a_provider_can_be_removed_again(db: Engine, world: World, with_mail: None) -> None:
    linking.link(world.owner, ACME, said('olga@acme.test', subject='olga'))
    [linked] = linking.of_actor(world.owner)
    linking.unlink(world.owner, linked.id)
    assert linking.of_actor(world.owner) == []
    assert events(db, world.owner.user_id)[-1] == ('account:unlink', 'done', 'oidc:acme')
    assert [kind for kind, _ in mails(db)] == ['linked', 'unlinked']
    with pytest.raises(NotLetIn):
        come(said('olga@acme.test', subject='olga'))
    with pytest.raises(NotFound):
        linking.unlink(world.owner, linked.id)


def test_nobody_removes_what_is_somebody_elses(db: Engine, world: World) -> None:
    ida = come(said())
    [linked] = linking.of_actor(ida)
    for identity_id in (linked.id, 'nonsense', '', 'x' * 16):
        with pytest.raises(NotFound):
            linking.unlink(world.owner, identity_id)
    assert len(linking.of_actor(ida)) == 1


def test_the_last_way_in_stays(db: Engine) -> None:
    ida = come(said())
    [linked] = linking.of_actor(ida)
    with pytest.raises(LastWayIn):
        linking.unlink(ida, linked.id)
    linking.link(ida, BETA, Claims(BETA.issuer, 'n', '', False, ''))
    linking.unlink(ida, linked.id)
    [last] = linking.of_actor(ida)
    with pytest.raises(LastWayIn):
        linking.unlink(ida, last.id)
    assert come(Claims(BETA.issuer, 'n', '', False, ''), BETA).user_id == ida.user_id


def test_a_password_is_a_way_in_where_there_are_passwords(db: Engine, world: World) -> None:
    linking.link(world.owner, ACME, said(subject='olga'))
    [linked] = linking.of_actor(world.owner)
    account_rules.configure(AccountRules(passwords=False))
    with pytest.raises(LastWayIn):
        linking.unlink(world.owner, linked.id)
    account_rules.configure(AccountRules())
    linking.unlink(world.owner, linked.id)


def test_a_provider_that_is_set_no_more_is_no_way_in(db: Engine) -> None:
    ida = come(said())
    linking.link(ida, BETA, Claims(BETA.issuer, 'n', '', False, ''))
    acme, beta = linking.of_actor(ida)
    providers.configure([ACME])
    assert reauthentication.ways_in(ida).providers == ('acme',)
    assert [each.is_usable for each in linking.of_actor(ida)] == [True, False]
    with pytest.raises(LastWayIn):
        linking.unlink(ida, acme.id)
    linking.unlink(ida, beta.id)


def test_what_a_provider_is_called_here_may_change_and_where_it_is_may_not(db: Engine) -> None:
    ida = come(said())
    providers.configure([replace(ACME, name='renamed', label='Renamed')])
    assert reauthentication.ways_in(ida).providers == ('renamed',)
    assert [(each.provider, each.label, each.is_usable) for each in linking.of_actor(ida)] == [
        ('renamed', 'Renamed', True)
    ]
    providers.configure([replace(ACME, issuer='https://elsewhere.acme.test')])
    assert reauthentication.ways_in(ida).providers == ()
    assert [(each.label, each.is_usable) for each in linking.of_actor(ida)] == [('Acme ID', False)]


def test_two_last_ways_are_not_removed_at_once(db: Engine) -> None:
    ida = come(said())
    linking.link(ida, BETA, Claims(BETA.issuer, 'n', '', False, ''))
    outcomes: list[object] = []

    def remove(identity_id: str) -> None:
        try:
            outcomes.append(linking.unlink(ida, identity_id))
        except LastWayIn:
            outcomes.append('stays')

    threads = [threading.Thread(target=remove, args=(each.id,)) for each in linking.of_actor(ida)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes, key=str) == [None, 'stays']
    assert len(linking.of_actor(ida)) == 1


def test_nobody_who_is_signed_out_links(db: Engine, world: World) -> None:
    run(db, 'DELETE FROM sessions')
    with pytest.raises(SignedOut):
        linking.link(world.owner, ACME, said())
    with pytest.raises(SignedOut):
        linking.of_actor(world.owner)


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

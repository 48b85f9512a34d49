"""Providers added to an account and removed from it: by whom, and never the last way in."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Engine

from data import clock
from data.integrations.oidc import Claims
from data.problems import NotFound, Reauthenticate, SignedOut
from data.runtime import account_rules, providers
from data.runtime.account_rules import AccountRules
from data.services.accounts import linking, reauthentication
from data.services.accounts.identities import NotLetIn
from data.services.accounts.linking import LastWayIn
from tests.support.identities import ACME, BETA, come, events, mails, said, two_providers
from tests.support.mailing import mail_set_up
from tests.support.probes import run
from tests.support.world import World, email_of


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

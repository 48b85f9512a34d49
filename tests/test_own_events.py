"""What has happened to somebody's account: in words, the newest first, theirs alone."""

import re
from dataclasses import replace

import pytest
from sqlalchemy import Engine

from data import database
from data.models import AccountEvent, User
from data.problems import Invalid, Problem, SignedOut
from data.services import accounts
from data.services.accounts import WrongCredentials, own_events, reauthentication, sessions
from data.services.accounts.acts import AccountAct, account_act
from data.services.accounts.events import note_event
from data.services.accounts.own_events import OwnEvent
from data.services.accounts.words import names_in, sentence_of, way_in_words
from tests.support.probes import refused, run
from tests.support.world import NETWORK, PASSWORD, World, at_home

OLGA = 'olga@acme.test'
CHROME = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36'


def test_what_happened_is_told_in_words_the_newest_first(world: World) -> None:
    refused(WrongCredentials, lambda: accounts.sign_in(OLGA, 'wrong', network='198.51.100.4', agent=CHROME))
    token = accounts.sign_in(OLGA, PASSWORD, network=NETWORK, agent=CHROME)
    sessions.end(token, NETWORK)
    out, come, tried, made = own_events.events_of(world.owner).rows
    assert [event.sentence for event in (out, come, tried, made)] == [
        'You signed out',
        'You signed in with your password',
        'Somebody tried to sign in',
        'You created this account',
    ]
    assert (come.device, come.network, come.names, come.refused) == ('Chrome on Linux', NETWORK, ('your password',), '')
    assert (tried.network, tried.refused) == ('198.51.100.4', 'It did not work.')
    assert out.device == 'Chrome on Linux'


def test_too_many_tries_are_told_to_whom_they_were_about(world: World) -> None:
    for _ in range(12):
        refused(Problem, lambda: accounts.sign_in(OLGA, 'wrong', network='198.51.100.4'))
    newest = own_events.events_of(world.owner).rows[0]
    assert (newest.sentence, newest.refused[:21]) == ('Somebody tried to sign in', 'There were too many t')


def test_everybody_sees_their_own_only(world: World, db: Engine) -> None:
    refused(WrongCredentials, lambda: accounts.sign_in('nobody@acme.test', 'wrong', network=NETWORK))
    run(db, 'UPDATE account_events SET email_key = :olga', olga=OLGA)  # of whose address it was is not asked
    assert [event.sentence for event in own_events.events_of(world.stranger).rows] == ['You created this account']
    ended = at_home(accounts.sign_in(OLGA, PASSWORD))
    run(db, 'DELETE FROM sessions WHERE id = :id', id=ended.session_id)
    refused(SignedOut, own_events.events_of, ended)


@pytest.mark.usefixtures('unthrottled')
def test_they_come_in_portions(world: World) -> None:
    for _ in range(24):
        accounts.sign_in(OLGA, PASSWORD)
    seen: list[OwnEvent] = []
    before = None
    sizes = []
    while not seen or before is not None:
        portion = own_events.events_of(world.owner, before=before)
        seen += portion.rows
        sizes.append(len(portion.rows))
        before = portion.before
        assert portion.more is (before is not None)
    assert sizes == [10, 10, 5]
    assert [event.id for event in seen] == sorted({event.id for event in seen}, reverse=True)
    for wrong in ('x', -1, True, 2**40, 1.5):
        refused(Invalid, lambda wrong=wrong: own_events.events_of(world.owner, before=wrong))


@pytest.mark.parametrize('act', AccountAct)
def test_every_act_has_its_sentences(act: AccountAct) -> None:
    for sentence in filter(None, (act.sentence, act.tried)):
        assert sentence[0].isupper()
        assert sentence[-1] not in '.!'
        assert set(re.findall(r'\{(\w+)\}', sentence)) <= {'way', 'detail'}
    assert '{' not in sentence_of(AccountEvent(email_key='', action=act.value, outcome='done'))
    assert account_act(act.value) is act


def test_an_act_without_a_sentence_can_not_be_written(db: Engine) -> None:
    with pytest.raises(ValueError, match='sentence'):
        AccountAct._new_member_(AccountAct, 'account:unheard', '')
    with database.accounts() as tx:
        user = User(email=OLGA, email_key=OLGA)
        for act, outcome in (('account:unheard', 'done'), (AccountAct.CLOSE, 'refused')):
            with pytest.raises(ValueError, match='no sentence'):
                note_event(tx, act, outcome, user.email_key, '')


def test_what_another_version_wrote_is_told_by_its_name() -> None:
    event = AccountEvent(email_key='', action='account:levitate', outcome='done', detail='x')
    assert (sentence_of(event), names_in(event)) == ('account:levitate', ())


@pytest.mark.parametrize(
    ('method', 'words'),
    [
        ('password', 'your password'),
        ('passkey', 'a passkey'),
        ('oidc:google', 'Google'),
        ('oidc:github', 'GitHub'),
        ('oidc:keycloak2', 'Keycloak2'),
        (None, ''),
    ],
)
def test_a_way_in_has_a_name(method: str | None, words: str) -> None:
    assert way_in_words(method) == words


def test_what_is_named_is_never_a_format(world: World) -> None:
    evil = '{way} {0.__class__} <b>'
    event = AccountEvent(email_key='', action=AccountAct.END_SESSION.value, outcome='done', detail=evil)
    assert sentence_of(event) == f'You signed out {evil}'
    assert names_in(event) == (evil,)


def test_confirming_says_by_which_way_and_where_one_is_now(world: World) -> None:
    elsewhere = replace(world.owner, network='203.0.113.5')
    reauthentication.confirm_with_password(elsewhere, PASSWORD)
    newest = own_events.events_of(world.owner).rows[0]
    assert newest.sentence == 'You confirmed that it is you with your password'
    assert newest.network == '203.0.113.5'

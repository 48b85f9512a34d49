"""What people are called: checked, kept, told to every screen that shows it, and never without the address."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine

from data.changes import ACCOUNT, Change
from data.database import Actor
from data.inputs import emails, texts
from data.inputs.names import NO_ADDRESS, NOTHING_TO_SEE, called, name_key, person_name
from data.models import Role
from data.problems import Invalid, SignedOut, Stale, TooMany
from data.runtime import limits
from data.services import invitations, members, organizations
from data.services.accounts.profile import rename
from data.services.audit import Topic
from data.services.members import Order
from tests.support.probes import refused, rows, run, statements
from tests.support.world import World, inside, introduce, join

ANYTHING = st.text(st.characters(exclude_categories=()))


# what a name may be --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ('typed', 'kept'),
    [
        ('Olga Berg', 'Olga Berg'),
        ('  Olga\u00a0Berg \n', 'Olga\u00a0Berg'),
        ('Zoe\u0308', 'Zoë'),
        ('x' * 80, 'x' * 80),
        ('מרים כהן', 'מרים כהן'),
        ('نورا', 'نورا'),
        ('山田 太郎', '山田 太郎'),
        ('<b>Olga</b>{0}%s${1}', '<b>Olga</b>{0}%s${1}'),
        ('\u200fOlga\u200e', 'Olga'),
        ('The administrator', 'The administrator'),
        ('', None),
        (None, None),
    ],
)
def test_it_keeps_what_somebody_means(typed: str | None, kept: str | None) -> None:
    assert person_name(typed) == kept


@pytest.mark.parametrize(
    ('name', 'why'),
    [
        ('x' * 81, 'Your name is too long. Use at most 80 characters.'),
        ('x' * 200, 'Your name is too long. Use at most 80 characters.'),
        ('é' * 100_000, 'Your name is too long. Use at most 80 characters.'),
        ('   ', NOTHING_TO_SEE),
        ('\u200b', NOTHING_TO_SEE),
        ('\u3164', NOTHING_TO_SEE),
        ('\u200e\u200f \u2060', NOTHING_TO_SEE),
        ('Olga\u202egreB', 'Your name contains a hidden control character. Type it instead of pasting it.'),
        ('Olga\u2066Berg', 'Your name contains a hidden control character. Type it instead of pasting it.'),
        ('Olga\0', 'Your name contains a hidden control character. Type it instead of pasting it.'),
        ('\ud800', 'Your name contains a hidden control character. Type it instead of pasting it.'),
        ('Olga\nBcc: all', 'Your name must fit on one line.'),
        ('O' + '\u0317' * 9 + 'lga', 'Your name has too many accents on one letter.'),
        ('olga@acme.test', NO_ADDRESS),
        ('Olga (olga\uff20acme.test)', NO_ADDRESS),
        ('olga\ufe6bacme.test', NO_ADDRESS),
        (7, 'Your name must be text.'),
        (['Olga'], 'Your name must be text.'),
    ],
)
def test_it_refuses_in_a_sentence_what_no_name_is(name: object, why: str) -> None:
    with pytest.raises(Invalid) as error:
        person_name(name)
    assert error.value.fields == {'name': why}


@given(ANYTHING)
def test_whatever_is_kept_can_be_shown_and_stays_as_it_is(text: str) -> None:
    try:
        name = person_name(text)
    except Invalid:
        return
    assert name is None or (0 < len(name) <= texts.NAME_LIMIT and '@' not in name and person_name(name) == name)
    assert not name or name.encode()


@pytest.mark.parametrize('name', ['Olga Berg', 'Łucja Zoë', 'İpek', 'مُحَمَّد', 'STRASSE'])
def test_every_word_of_a_name_finds_it(name: str) -> None:
    assert all(word in (name_key(name) or '') for word in emails.search_words(name))


def test_it_stands_before_the_address() -> None:
    assert called('Olga Berg', 'olga@acme.test') == 'Olga Berg (olga@acme.test)'
    assert called(None, 'olga@acme.test') == 'olga@acme.test'


# saying it -----------------------------------------------------------------------------------------------------------


def test_a_name_is_kept_and_told_to_all_of_ones_organizations_and_to_no_others(
    world: World, db: Engine, published: list[Change]
) -> None:
    own = organizations.create(world.owner, 'Own').id
    published.clear()
    assert rename(world.owner, ' Olga Berg ', expected=None) == 'Olga Berg'
    stored = 'SELECT name, name_key FROM users WHERE id = :id'
    assert rows(db, stored, id=world.owner.user_id) == [('Olga Berg', 'olga berg')]
    assert rows(db, 'SELECT count(*) FROM users WHERE name IS NOT NULL') == [(1,)]
    hers = {
        row[0]
        for row in rows(db, 'SELECT organization_id FROM memberships WHERE user_id = :id', id=world.owner.user_id)
    }
    assert {world.organization_id, own} <= hers
    told = [change for change in published if change.topic != ACCOUNT]
    assert {change.organization_id for change in told} == hers
    assert {(it.topic, it.by, it.by_name, it.users) for it in told} == {
        (Topic.MEMBER, 'olga@acme.test', 'Olga Berg', frozenset({world.owner.user_id}))
    }
    [own_change] = [change for change in published if change.topic == ACCOUNT]
    assert own_change.users == {world.owner.user_id}
    [event] = rows(db, "SELECT action, outcome, network FROM account_events WHERE action = 'account:rename'")
    assert event == ('account:rename', 'done', world.owner.network)
    assert organizations.membership(world.owner).called == 'Olga Berg (olga@acme.test)'


def test_saying_the_same_again_changes_nothing(world: World, db: Engine, published: list[Change]) -> None:
    introduce(world.owner, 'Olga')
    published.clear()
    assert rename(world.owner, 'Olga', expected='Olga') == 'Olga'
    assert published == []
    assert rows(db, "SELECT count(*) FROM account_events WHERE action = 'account:rename'") == [(1,)]


def test_a_name_can_be_taken_away(world: World, db: Engine) -> None:
    introduce(world.owner, 'Olga')
    assert rename(world.owner, '', expected='Olga') is None
    assert rows(db, 'SELECT name, name_key FROM users WHERE id = :id', id=world.owner.user_id) == [(None, None)]


def test_who_saves_second_is_told_first(world: World) -> None:
    introduce(world.owner, 'Olga')
    refused(Stale, lambda: rename(world.owner, 'Olga B.', expected=None))
    assert rename(world.owner, 'Olga', expected=None) == 'Olga', 'both say the same'


def test_nobody_names_anybody_else_or_while_signed_out(world: World, db: Engine) -> None:
    owner, member = world.owner, world.member
    forged = Actor(owner.session_id, member.user_id, owner.organization_id, owner.network)
    for actor in (forged, Actor('', owner.user_id, '', ''), Actor('x' * 16, owner.user_id, '', '')):
        refused(SignedOut, lambda actor=actor: rename(actor, 'Mallory', expected=None))
    run(db, 'DELETE FROM sessions WHERE id = :id', id=owner.session_id)
    refused(SignedOut, lambda: rename(owner, 'Olga', expected=None))
    assert rows(db, 'SELECT count(*) FROM users WHERE name IS NOT NULL') == [(0,)]


def test_nobody_keeps_all_the_others_busy_by_calling_themselves_something_else(world: World) -> None:
    for number in range(limits.PROFILES.amount):
        introduce(world.owner, f'Olga {number}')
        introduce(world.owner, f'Olga {number}')  # the same again is no change
    refused(TooMany, lambda: introduce(world.owner, 'Olga'))
    assert introduce(world.member, 'Mia') == 'Mia', 'each has their own'


def test_what_is_refused_leaves_the_name_as_it_was(world: World) -> None:
    introduce(world.owner, 'Olga')
    for name in ('x' * 200, ' ', '\u3164', 'a@b', '\ud800'):
        refused(Invalid, lambda name=name: rename(world.owner, name, expected='Olga'))
    assert organizations.membership(world.owner).name == 'Olga'


# lists ---------------------------------------------------------------------------------------------------------------


def found(actor: Actor, search: str = '', order: Order = Order.EMAIL) -> list[tuple[str, str | None]]:
    return [(person.email.partition('@')[0], person.name) for person in members.portion(actor, search, order).rows]


def test_two_of_one_name_are_two_lines_with_their_addresses(world: World) -> None:
    introduce(world.admin, 'Mia Novak')
    introduce(world.member, 'Mia Novak')
    assert found(world.viewer, 'mia novak') == [('adam', 'Mia Novak'), ('mia', 'Mia Novak')]
    assert found(world.viewer, 'novak adam') == [('adam', 'Mia Novak')]


@pytest.mark.parametrize(
    ('search', 'expected'),
    [
        ('zoë', ['vera']),
        ('ZOE', ['vera']),
        ('berg', ['olga', 'vera']),
        ('zoe viewer', ['vera']),
        ('berg owner', ['olga']),
        ('olga', ['olga']),
        ('%', []),
        ('_', []),
        ('zoebergz', []),
    ],
)
def test_people_are_found_by_their_names(world: World, search: str, expected: list[str]) -> None:
    introduce(world.viewer, 'Zoë Ångberg')
    introduce(world.owner, 'O. Berg')
    assert [who for who, _ in found(world.member, search)] == expected
    assert members.portion(world.member, search).total == len(expected)


def test_by_name_means_by_the_address_of_who_has_none(world: World) -> None:
    introduce(world.viewer, 'Bea')
    introduce(world.admin, 'Ömer')
    assert [who for who, _ in found(world.member, '', Order.NAME)] == ['vera', 'mia', 'olga', 'adam']
    assert [who for who, _ in found(world.member)] == ['adam', 'mia', 'olga', 'vera']
    page = members.portion(world.member, '', Order.NAME, offset=1, limit=2)
    assert ([it.email[:4] for it in page.rows], page.total) == (['mia@', 'olga'], 4)


def test_a_strangers_name_is_nowhere(world: World) -> None:
    introduce(world.stranger, 'Sam Stranger')
    assert found(world.owner, 'stranger') == []
    assert found(world.stranger, 'sam stranger') == [('sam', 'Sam Stranger')]
    assert world.intruder.organization_id == world.organization_id
    invitations.invite(world.owner, 'sam@other.test', Role.MEMBER)
    [waiting] = invitations.portion(world.owner).rows
    assert 'Stranger' not in repr(waiting), 'an invitation says nothing of whether there is such an account'
    assert invitations.portion(world.owner, 'stranger').rows == []


def test_who_invited_is_named_and_found_by_name(world: World) -> None:
    introduce(world.admin, 'Adam Ek')
    invitations.invite(world.admin, 'ivy@new.test', Role.VIEWER)
    invitations.invite(world.owner, 'una@new.test', Role.VIEWER)
    seen = {it.email: it.inviter_name for it in invitations.portion(world.owner).rows}
    assert seen == {'ivy@new.test': 'Adam Ek', 'una@new.test': None}
    assert [it.email for it in invitations.portion(world.owner, 'ek').rows] == ['ivy@new.test']
    offer = invitations.look(invitations.link(world.owner, invitations.portion(world.owner, 'ivy').rows[0].id))
    assert offer.invited_by == 'Adam Ek (adam@acme.test)'


def test_a_list_asks_no_more_because_people_have_names(world: World, db: Engine) -> None:
    with statements(db) as before:
        members.portion(world.owner)
    for actor in (world.owner, world.admin, world.member, world.viewer):
        introduce(actor, 'Somebody')
    with statements(db) as after:
        members.portion(world.owner)
    assert len(after) == len(before)


def test_a_name_goes_along_into_another_organization(world: World) -> None:
    introduce(world.stranger, 'Sam')
    sam = join(world.owner, world.stranger, Role.MEMBER)
    assert ('sam', 'Sam') in found(inside(sam, world.organization_id))

"""Searches do not care for accents, whichever side has them, and know what is no accent but another letter."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine

from data.database import Actor
from data.inputs import texts
from data.inputs.recipients import MOST
from data.models import Role
from data.operations import directory
from data.runtime import rate_limiter
from data.services import audit, invitations, members, organizations
from data.services.audit.words import search_words
from tests.support.probes import rows, statements
from tests.support.world import World, inside, join, sign_up

ALIKE = [
    ('Müller', 'muller'),
    ('İstanbul', 'istanbul'),
    ('İSTANBUL', 'ıstanbul'),
    ('ISPARTA', 'ısparta'),
    ('São', 'sao'),
    ('Straße', 'STRASSE'),
    ('STRAẞE', 'strasse'),
    ('Ｍｕ\u0308ｌｌｅｒ', 'Muller'),
    ('Żółć', 'zolc'),
    ('Łódź', 'Lodz'),
    ('Søren Ærø', 'soren aero'),
    ('Đặng Thị Ngọc', 'dang thi ngoc'),
    ('Þór', 'thor'),
    ('Ħal Għargħur', 'hal ghargħur'),
    ('Ruoŧŧa Sáŋ', 'ruotta san'),
    ('Șerban Țăruș', 'serban tarus'),
    ('Crème Brûlée', 'creme brulee'),
    ('Ñandú', 'nandu'),
    ('Œuvre', 'oeuvre'),
    ('Αθήνα', 'ΑΘΗΝΑ'),
    ('Σίσυφος', 'σισυφοσ'),
    ('ᾳσμα', 'άσμα'.replace('ά', 'αι')),
    ('Ёлка', 'елка'),
    ('Київ', 'киів'),
    ('x\u0301y', 'xy'),
    ('Ann’s Café', "ann's cafe"),
    ('Hawai\u02bbi', "hawai'i"),
    ('O\u02bcBrien', 'o‘brien'),
    ('Müller–Schmidt', 'muller-schmidt'),
    ('e\u2011mail', 'e−mail'),
    ('שָׁלוֹם', 'שלום'),
    ('בְּרֵאשִׁ֖ית', 'בראשית'),
    ('\ufb2a\ufb35\ufb4b', 'שוו'),
    ('מָׇר׆ׄ', 'מר׆'),
    ('مُحَمَّد', 'محمد'),
    ('رَحْمٰن', 'رحمن'),
    ('مكتبةٌ', 'مكتبة'),
    ('ســلام', 'سلام'),
    ('أُسْرَة', 'أسرة'),
]

APART = [
    ('Йод', 'иод'),
    ('край', 'краи'),
    ('ガ', 'カ'),
    ('が', 'か'),
    ('ぱ', 'は'),
    ('हिन्दी', 'हनद'),
    ('কি', 'ক'),
    ('กำ', 'ก'),
    ('น้ำ', 'นำ'),
    ('أحمد', 'احمد'),
    ('آمنة', 'امنة'),
    ('رؤى', 'روى'),
    ('مدرسة', 'مدرسه'),
    ('ட்', 'ட'),
    ('ไม่', 'ไม'),
    ('한', '하'),
    ('≠', '='),
]


@pytest.mark.parametrize(('one', 'other'), ALIKE)
def test_an_accent_is_no_difference(one: str, other: str) -> None:
    """Primary strength in the root collation of CLDR (UTS #10, #35), and unaccent.rules of PostgreSQL for four more."""
    assert texts.plain_key(one) == texts.plain_key(other) != ''


@pytest.mark.parametrize(('one', 'other'), APART)
def test_what_is_no_accent_is_a_difference(one: str, other: str) -> None:
    """Marks that make another letter: й and أ in CLDR's root collation; all marks of Indian and eastern scripts."""
    assert texts.plain_key(one) == texts.search_key(one) != texts.plain_key(other)


PIECES = st.sampled_from(
    [*'aeiouİıßæØłđйЙиИёїάςΣが한กำहिשָمُ ≠1', '\u0301', '\u0306', '\u0308', '\u0345', '\u3099', 'ﬁ', 'Ａ']
)
TEXTS = st.lists(PIECES | st.characters(exclude_categories=('Cs',)), max_size=12).map(''.join)


@given(TEXTS, st.integers(0, 12), st.integers(0, 12))
def test_what_found_a_text_before_still_finds_it(text: str, begin: int, end: int) -> None:
    wanted, kept = texts.search_key(text[begin:end]), texts.search_key(text)
    if wanted in kept:
        assert texts.without_accents(wanted) in texts.without_accents(kept)
    for start in range(len(kept)):
        assert texts.without_accents(kept[start : start + 3]) in texts.without_accents(kept)


@given(TEXTS)
def test_taking_accents_away_goes_letter_by_letter_and_once(text: str) -> None:
    key = texts.search_key(text)
    plain = texts.without_accents(key)
    assert plain == ''.join(map(texts.without_accents, key)) == texts.without_accents(plain)


def test_no_letter_of_unicode_is_forgotten() -> None:
    for point in range(0x110000):
        letter = chr(point)
        if unicodedata.is_normalized('NFKC', letter):
            assert texts.without_accents(letter) == texts._bare(letter), hex(point)


# the places ----------------------------------------------------------------------------------------------------------

NAMES = [
    ('Müller', 'muller'),
    ('Muller', 'MÜLLER'),
    ('İstanbul', 'istanbul'),
    ('Istanbul', 'İSTAN'),
    ('Isparta', 'ısparta'),
    ('São', 'sao'),
    ('Sao', 'são'),
    ('Straße', 'strasse'),
    ('Łódź', 'ｌｏｄｚ'),
    ('Ёлка', 'елка'),
    ('Ann’s Bakery', "ann's"),
    ("Ann's Bakery", 'ANN’S'),
    ('Müller–Schmidt', 'muller-s'),
    ('שָׁלוֹם', 'שלום'),
    ('שלום', 'שָׁלוֹם'),
    ('مُحَمَّد', 'محمد'),
    ('محمد', 'مُحَمَّد'),
]
"""What an organization is called, and what is typed to find it."""


def renamed(world: World, name: str) -> Actor:
    organizations.rename(world.owner, name, version=2)
    return world.owner


@pytest.mark.parametrize(('name', 'typed'), NAMES)
def test_an_organization_is_found(world: World, name: str, typed: str) -> None:
    assert [it.name for it in organizations.portion(renamed(world, name), typed).rows] == [name]
    assert [it.name for it in directory.portion(typed).rows] == [name]
    assert directory.portion(typed).total == 1


@pytest.mark.parametrize('typed', ['Йод', 'が', 'कि', 'กำ', 'أمل'])
def test_an_organization_whose_letters_are_others_is_not(world: World, typed: str) -> None:
    for name in ('Иод', 'か', 'क', 'ก', 'امل'):
        organizations.create(world.owner, name)
    assert organizations.portion(world.owner, typed).rows == directory.portion(typed).rows == []


@pytest.mark.parametrize(('name', 'typed'), NAMES)
def test_what_is_on_the_record_is_found(world: World, name: str, typed: str) -> None:
    found = audit.portion(renamed(world, name), search=typed).rows
    assert [entry.target for entry in found] == [name]


def test_two_names_that_differ_in_accents_stay_two(world: World, db: Engine) -> None:
    """What orders and what is unique is the name with its accents."""
    ids = {name: organizations.create(world.owner, name).id for name in ('Müller', 'Muller', 'Mullerz')}
    assert [directory.id_of(name) for name in ('Müller', 'muller')] == [ids['Müller'], ids['Muller']]
    found = organizations.portion(world.owner, 'müller')
    assert [it.name for it in found.rows] == ['Muller', 'Mullerz', 'Müller']
    assert {key for (key,) in rows(db, "SELECT name_key FROM organizations WHERE name LIKE 'M%ller'")} == {
        'müller',
        'muller',
    }


def test_what_is_found_comes_in_portions(world: World) -> None:
    for number in range(5):
        organizations.create(world.owner, f'Müller {number}')
    found = organizations.portion(world.owner, 'muller', offset=2, limit=2)
    assert ([it.name for it in found.rows], found.total, found.more) == (['Müller 2', 'Müller 3'], 5, True)
    beyond = organizations.portion(world.owner, 'muller', offset=5, limit=2)
    assert (beyond.rows, beyond.total, beyond.more) == ([], 5, False)
    few = directory.portion('muller', 2)
    assert ([it.name for it in few.rows], few.total, few.more) == (['Müller 0', 'Müller 1'], 5, True)


def test_searching_organizations_costs_no_more_statements_than_listing_them(world: World, db: Engine) -> None:
    with statements(db) as listing:
        organizations.portion(world.owner)
    with statements(db) as searching:
        organizations.portion(world.owner, 'acme')
    assert len(searching) == len(listing)


ADDRESSES = [
    ('nina@müller.example', 'muller'),
    ('nina@müller.example', 'MÜLLER.example'),
    ('nina@müller.example', 'nina@mu'),
    ('nina@müller.example', 'ina@muller.example'),
    ('nina@müller.example', '<Nina@Muller.example>'),
    ('nina@łódź.example', 'lodz'),
    ('nina@muller.example', 'müller'),
    ('nina@strasse.example', 'straße'),
    ('nina@istanbul.example', 'İstanbul'),
    ('nina@sao.example', 'são'),
]


@pytest.mark.parametrize(('address', 'typed'), ADDRESSES)
def test_a_person_is_found_by_their_address(world: World, address: str, typed: str) -> None:
    nina = join(world.owner, sign_up(address), Role.MEMBER)
    assert [it.email for it in members.portion(world.owner, typed).rows] == [address]
    assert members.portion(world.owner, typed).total == 1
    assert list(audit.people(world.owner, typed).found) == [address]
    assert organizations.portion(nina).total == 2
    assert [it.owners for it in directory.portion(typed).rows] == [[address]]


@pytest.mark.parametrize(('address', 'typed'), ADDRESSES)
def test_who_is_invited_is_found_by_the_address(world: World, address: str, typed: str) -> None:
    invitations.invite(world.owner, f'bo@new.example {address}', Role.VIEWER)
    found = invitations.portion(world.owner, typed)
    assert ([it.email for it in found.rows], found.total) == ([address], 1)


@pytest.mark.parametrize(('address', 'typed'), ADDRESSES)
def test_an_invitation_is_found_by_the_address_of_who_sent_it(world: World, address: str, typed: str) -> None:
    invitations.invite(join(world.owner, sign_up(address), Role.ADMIN), 'bo@new.example', Role.VIEWER)
    invitations.invite(world.owner, 'cleo@new.example', Role.VIEWER)
    assert [it.email for it in invitations.portion(world.owner, typed).rows] == ['bo@new.example']


@pytest.mark.parametrize('typed', ['mia@mu', 'ol@muller', 'muller.test', 'nina@uller'])
def test_nobody_else_is_found(world: World, typed: str) -> None:
    join(world.owner, sign_up('nina@müller.example'), Role.MEMBER)
    assert members.portion(world.owner, typed).rows == []
    assert audit.people(world.owner, typed).found == {}


def test_nobody_of_another_organization_is_found(world: World) -> None:
    join(world.stranger, sign_up('nina@müller.example'), Role.MEMBER)
    invitations.invite(world.stranger, 'bo@müller.example', Role.MEMBER)
    home = inside(world.owner, world.organization_id)
    assert members.portion(home, 'muller').rows == invitations.portion(home, 'muller').rows == []
    assert audit.people(home, 'muller').found == {}


def test_the_words_of_a_search_are_folded_as_the_record_is() -> None:
    assert search_words('MÜLLER İstanbul São') == search_words('muller istanbul sao')


def test_more_domains_than_a_database_takes_conditions_are_looked_through(world: World) -> None:
    """SQLITE_MAX_EXPR_DEPTH is 1,000: one condition for each of these domains was too much."""
    many = [f'nina@müller{number}.example' for number in range(1100)]
    for start in range(0, len(many), MOST):
        rate_limiter.reset()
        invitations.invite(world.owner, '\n'.join(many[start : start + MOST]), Role.VIEWER)
    assert invitations.portion(world.owner, 'muller').total == len(many)
    assert invitations.portion(world.owner, 'nina@muller1099 muller1099').total == 1
    parts = (' nina@muller'[place:end] for place in range(1, 11) for end in range(place + 1, 12))
    assert invitations.portion(world.owner, ' '.join(parts)).total == len(many), 'PostgreSQL takes 65,535 parameters'

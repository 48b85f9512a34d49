"""Files that people take with them: what a spreadsheet would run is text, and nothing else changes."""

import csv
import io
import json

import pytest

from data.services import exports

FORMULAS = [
    '=1+1',
    '+1',
    '-1',
    '@x',
    '\tx',
    '\0x',
    '\rx',
    '\nx',
    '＝1',
    '＋1',
    '－1',
    '＠x',
    ' =1',
    '\u00a0=1',
    "=cmd|'/c calc'!A0",
]
HARMLESS = [
    '',
    'x',
    'x=1',
    'a-b',
    'a@b.test',
    "'",
    "'=1",
    '"',
    '1',
    'a, b',
    'Ä 💶',
    ' x',
    'a\nb',
    '2026-01-01T00:00:00+00:00',
]


def read(file: exports.Csv) -> list[list[str]]:
    return list(csv.reader(io.StringIO(file.content().decode('utf-8-sig'), newline=''), strict=True))


@pytest.mark.parametrize('text', FORMULAS)
def test_a_formula_becomes_text(text: str) -> None:
    assert exports.neutral(text)[0] == "'"
    assert exports.neutral(text).replace("'", '') == text.replace("'", '')


@pytest.mark.parametrize('text', HARMLESS)
def test_everything_else_stays_as_it_is(text: str) -> None:
    assert exports.neutral(text) == text


@pytest.mark.parametrize('mark', [';', '|', '\t', '\r', '\n'])
def test_a_formula_behind_what_another_program_splits_at_becomes_text(mark: str) -> None:
    assert f"{mark}'=1+1" in exports.neutral(f'a{mark}=1+1')


def test_a_table_comes_back_as_it_was_written() -> None:
    file = exports.Csv(['a', 'b'])
    for text in [*FORMULAS, *HARMLESS]:
        file.add({'a': text, 'b': {'in': text}, 'c': 'not asked for'})
    header, *table = read(file)
    assert header == ['a', 'b']
    assert [row[0] for row in table] == [exports.neutral(text) for text in [*FORMULAS, *HARMLESS]]
    assert [json.loads(row[1]) for row in table][-1] == {'in': HARMLESS[-1]}
    assert file.rows == len(table)


def test_lines_end_as_the_standard_says() -> None:
    file = exports.Csv(['a'])
    file.add({'a': None})
    file.add({'a': 5})
    assert file.content() == b'\xef\xbb\xbf"a"\r\n""\r\n"5"\r\n'


def test_json_is_one_object_a_line() -> None:
    file = exports.Json(['a'])
    assert exports.Json(['a']).content() == b'[]\n'
    for value in ('=1+1', None, {'ä': [1]}):
        file.add({'a': value, 'b': 0})
    assert file.content().decode() == '[\n{"a": "=1+1"},\n{"a": null},\n{"a": {"ä": [1]}}\n]\n'


@pytest.mark.parametrize(
    ('name', 'safe'),
    [
        ('Acme', 'activity-Acme-2026.csv'),
        ('"; a\r\nX: y', 'activity-a-X-y-2026.csv'),
        ('../../etc/passwd', 'activity-etc-passwd-2026.csv'),
        ('Müller & Söhne', 'activity-Muller-Sohne-2026.csv'),
        ('株式会社', 'activity-2026.csv'),
        ('\u202egnp.exe', 'activity-gnp-exe-2026.csv'),
        ('x' * 80, f'activity-{"x" * 40}-2026.csv'),
        ('a' * 39 + ' b', f'activity-{"a" * 39}-2026.csv'),
        ('', 'activity-2026.csv'),
    ],
)
def test_a_file_name_is_safe_everywhere(name: str, safe: str) -> None:
    assert exports.file_name('activity', name, '2026', kind='csv') == safe


# whose spreadsheet it is ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ('languages', 'separator'),
    [  # the sign in decimal numbers: Unicode CLDR, numbers/symbols; CH and LI as Windows has them
        ('de-DE,de;q=0.9,en;q=0.8', ';'),
        ('fr', ';'),
        ('pt-BR', ';'),
        ('es-ES', ';'),
        ('ru', ';'),
        ('id', ';'),
        ('nl-BE', ';'),
        ('de-XX', ';'),
        ('de-CH', ';'),
        ('it-ch,it;q=0.9', ';'),
        ('en-LI', ';'),
        ('en-US;q=0.3, fr-FR;q=0.8', ';'),
        ('tlh, sv', ';'),
        ('en-US,en;q=0.9,de;q=0.8', ','),
        ('en-GB', ','),
        ('es-MX', ','),
        ('ja', ','),
        ('he-IL', ','),
        ('de;q=0, en', ','),
        ('', ','),
        ('*', ','),
        ('x' * 5000, ','),
        ('../../etc/passwd', ','),
        (';;;,,,', ','),
    ],
)
def test_a_semicolon_stands_where_spreadsheets_expect_one(languages: str, separator: str) -> None:
    assert exports.habits(languages, 'UTC').separator == separator


@pytest.mark.parametrize(
    ('zone', 'expected'),
    [
        ('Europe/Berlin', 'Europe/Berlin'),
        ('America/Argentina/Buenos_Aires', 'America/Argentina/Buenos_Aires'),
        ('UTC', 'UTC'),
        *(
            (wrong, 'UTC')
            for wrong in ('Mars/Base', '../../etc/passwd', '/etc/localtime', 'Europe', '', None, 5, 'x' * 99)
        ),
    ],
)
def test_a_zone_that_is_none_is_utc(zone: object, expected: str) -> None:
    assert exports.habits('', zone).zone == expected


def written(habits: exports.Habits, at: str, text: str = 'x') -> list[list[str]]:
    file = exports.Csv(['at', 'text'], habits, moment='at')
    file.add({'at': at, 'text': text})
    content = file.content()
    assert content.startswith(b'\xef\xbb\xbf')
    return list(csv.reader(io.StringIO(content.decode('utf-8-sig'), newline=''), delimiter=habits.separator))


@pytest.mark.parametrize(
    ('zone', 'at', 'shown'),
    [
        ('UTC', '2026-11-26T19:16:56.123456+00:00', '2026-11-26 19:16:56'),
        ('Europe/Berlin', '2026-11-26T19:16:56.123456+00:00', '2026-11-26 20:16:56'),
        ('Europe/Berlin', '2026-07-01T22:30:00.000000+00:00', '2026-07-02 00:30:00'),
        ('Asia/Kathmandu', '2026-11-26T19:16:56.000000+00:00', '2026-11-27 01:01:56'),
        ('America/New_York', '2026-11-26T01:00:00.000000+00:00', '2026-11-25 20:00:00'),
    ],
)
def test_a_moment_is_exact_and_as_a_spreadsheet_understands_it(zone: str, at: str, shown: str) -> None:
    """Date and time with a space between them: with a T, or a zone behind it, spreadsheets leave it as text."""
    head, row = written(exports.Habits(zone=zone), at)
    assert head == ['at', f'date and time ({zone})', 'text']
    assert row == [at, shown, 'x']


@pytest.mark.parametrize('text', [*FORMULAS, 'a;=1', 'a,=1', 'a, @x', 'a\t-1', 'a|+1'])
def test_with_semicolons_nothing_is_a_formula_either(text: str) -> None:
    """Also not in a program that splits at commas all the same."""
    _, row = written(exports.Habits(';'), '2026-11-26T19:16:56+00:00', text)
    for cell in [row[2], *row[2].split(','), *row[2].split(';'), *row[2].split('|')]:
        assert not cell.lstrip(' \u00a0').startswith(('=', '+', '-', '@', '＝', '＋', '－', '＠')), cell

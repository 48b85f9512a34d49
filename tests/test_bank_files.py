"""Files of banks: whatever a bank makes of a CSV, its payments are read right, or the file is refused."""

from datetime import date

import pytest

from data.inputs.bank_files import LARGEST, BankFormat, BankRow, read
from data.problems import Invalid

DAY = date(2027, 4, 2)
GERMAN = """"Konto";"DE02 1203 0000 0000 2020 51"

"Buchungstag";"Valutadatum";"Verwendungszweck";"Betrag (€)";"Währung"
"02.04.2027";"03.04.2027";"RE INV-2027-000042
Danke";"1.049,00";"EUR"
"02.04.27";"02.04.27";"Miete";"-800,00";"EUR"
"""
ENGLISH = 'Date,Description,Amount\n2027-04-02,"Invoice INV-2027-42","1,049.00"\n2027-04-02,Rent,-800.00\n'


def paid(content: bytes | str, currency: str = 'EUR', **written: object) -> list[tuple[date, int, str]]:
    raw = content.encode() if isinstance(content, str) else content
    rows = read(raw, currency, BankFormat(**written))  # type: ignore[arg-type]
    assert [row.problem for row in rows if row.problem] == []
    return [(row.day, row.amount, row.text) for row in rows]


@pytest.mark.parametrize('encoding', ['utf-8', 'utf-8-sig', 'cp1252', 'utf-16'])
def test_a_german_file_is_read_in_whatever_letters(encoding: str) -> None:
    assert paid(GERMAN.encode(encoding)) == [(DAY, 104_900, 'RE INV-2027-000042 Danke'), (DAY, -80_000, 'Miete')]
    assert [row.currency for row in read(GERMAN.encode(encoding), 'EUR', BankFormat())] == ['EUR', 'EUR']


@pytest.mark.parametrize('separator', [',', ';', '\t', '|'], ids=['comma', 'semicolon', 'tab', 'bar'])
def test_an_english_file_is_read_between_whatever_signs(separator: str) -> None:
    rows = [line.replace('"', '') for line in ENGLISH.splitlines()] if separator != ',' else ENGLISH.splitlines()
    if separator != ',':
        rows = [separator.join([*it.split(',', 2)]) for it in rows]
    text = '\r\n'.join(rows)
    assert paid(text) == [(DAY, 104_900, 'Invoice INV-2027-42'), (DAY, -80_000, 'Rent')]


@pytest.mark.parametrize(
    ('cells', 'currency', 'amounts'),
    [
        (['49,00', '1.049,5'], 'EUR', [4900, 104_950]),
        (["1'049.00", '49'], 'CHF', [104_900, 4900]),
        (['1 049,00', '−3,00'], 'EUR', [104_900, -300]),
        (['1.049'], 'EUR', [104_900]),
        (['1,049'], 'EUR', [104_900]),
        (['1.234.567'], 'EUR', [123_456_700]),
        (
            ['49.00 EUR', 'EUR 1.00', '€2.00', '3.00-', '(4.00)', '+5.00', ''],
            'EUR',
            [4900, 100, 200, -300, -400, 500, 0],
        ),
        (['12,34,567.00'], 'INR', [123_456_700]),
        (['4,900', '4900', '100.00'], 'JPY', [4900, 4900, 100]),
        (['1.234', '1,234.500'], 'KWD', [1234, 1_234_500]),
    ],
    ids=lambda it: it if isinstance(it, str) else str(len(it)),
)
def test_amounts_are_read_by_all_rows_together(cells: list[str], currency: str, amounts: list[int]) -> None:
    text = 'Date\tAmount\tReference\n' + ''.join(f'2027-04-02\t{cell}\tx\n' for cell in cells)
    assert [row.problem or row.amount for row in read(text.encode(), currency, BankFormat())] == amounts


@pytest.mark.parametrize('cell', ['abc', '4a9', '49,00,1', '1.04,00', '--1', '99999999999999', '1,049.001', '.'])
def test_what_is_no_amount_is_said_of_its_row(cell: str) -> None:
    text = f'Date\tAmount\tReference\n2027-04-02\t{cell}\tx\n2027-04-02\t1.00\ty\n'
    bad, good = read(text.encode(), 'EUR', BankFormat(decimal='.'))
    assert (bad.line, bad.problem, good.amount) == (2, bad.problem, 100)
    assert cell in bad.problem


@pytest.mark.parametrize(
    ('cells', 'days'),
    [
        (['02/04/2027', '13/04/2027'], [(4, 2), (4, 13)]),
        (['04/02/2027', '04/13/2027'], [(4, 2), (4, 13)]),
        (['2.4.27'], [(4, 2)]),
        (['20270402', '2027-04-02 10:15:00', '2027-04-02T10:15Z'], [(4, 2)] * 3),
    ],
    ids=['day-first', 'month-first', 'points', 'iso'],
)
def test_days_are_read_by_all_rows_together(cells: list[str], days: list[tuple[int, int]]) -> None:
    text = 'Date,Amount,Reference\n' + ''.join(f'{cell},1.00,x\n' for cell in cells)
    assert [day for day, *_ in paid(text)] == [date(2027, *it) for it in days]


def test_a_day_that_is_none_is_said_of_its_row() -> None:
    rows = read(b'Date,Amount,Reference\n2027-02-29,1.00,x\n31.04.2027,1.00,x\nsoon,1.00,x\n', 'EUR', BankFormat())
    assert [row.problem for row in rows] == [f'“{it}” is no date.' for it in ('2027-02-29', '31.04.2027', 'soon')]


@pytest.mark.parametrize(
    ('text', 'sentence'),
    [
        ('Date,Amount,Reference\n04/05/2027,1.00,x\n', '--day-first'),
        ('Date,Amount,Reference\n04/15/2027,1.00,x\n15/04/2027,1.00,x\n', 'others with the month'),
        ('Date\tAmount\tReference\n2027-04-02\t1,50\tx\n2027-04-02\t1.50\tx\n', 'decimal comma'),
        ('When,How much,Why\n2027-04-02,1.00,x\n', 'names of the columns'),
        ('', 'names of the columns'),
        ('Date,Amount,Reference\n"2027', 'no date'),
        ('Date,Amount,Reference\n\0', 'letters that can be read'),
        ('Date,Amount,Reference\n2027-04-02,1.00,' + 'x' * 200_000, 'is no CSV'),
    ],
    ids=['two-ways', 'both-ways', 'decimals', 'columns', 'empty', 'quote', 'nul', 'cell'],
)
def test_what_cannot_be_settled_is_refused_with_what_to_do(text: str, sentence: str) -> None:
    try:
        problems = [row.problem for row in read(text.encode(), 'EUR', BankFormat())]
    except Invalid as problem:
        problems = [problem.fields['file']]
    assert any(sentence in problem for problem in problems), problems


def test_three_decimals_are_not_guessed() -> None:
    text = 'Date\tAmount\tReference\n2027-04-02\t1.234\tx\n'
    with pytest.raises(Invalid, match='--decimal'):
        read(text.encode(), 'KWD', BankFormat())
    assert [it.amount for it in read(text.encode(), 'KWD', BankFormat(decimal='.'))] == [1234]
    assert [it.amount for it in read(text.encode(), 'KWD', BankFormat(decimal=','))] == [1_234_000]


def test_columns_may_be_called_anything_and_signs_stand_in_a_column_of_their_own() -> None:
    text = 'When;How much;Why\n2027-04-02;1,50;x\n'
    assert paid(text, date='when', amount='HOW MUCH', reference='Why') == [(DAY, 150, 'x')]
    sides = 'Buchungstag;Umsatz;S/H;Verwendungszweck\n02.04.2027;1,50;S;x\n02.04.2027;2,50;H;y\n'
    assert paid(sides) == [(DAY, -150, 'x'), (DAY, 250, 'y')]
    assert paid('Date,Paid out,Paid in,Details\n2027-04-02,3.00,,x\n2027-04-02,,4.00,y\n') == [
        (DAY, 0, 'x'),
        (DAY, 400, 'y'),
    ]


def test_too_large_a_file_is_refused() -> None:
    with pytest.raises(Invalid, match='larger than 10 MB'):
        read(b'x' * (LARGEST + 1), 'EUR', BankFormat())


def test_a_row_may_be_short_and_its_text_is_cut() -> None:
    rows = read(b'Date,Amount,Reference\n2027-04-02,1.00\n2027-04-02,2.00,' + b'x' * 5_000 + b'\n', 'EUR', BankFormat())
    assert rows[0] == BankRow(2, DAY, 100, '', '')
    assert len(rows[1].text) == 2_000

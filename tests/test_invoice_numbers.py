"""Numbers of invoices as people and banks write them."""

import pytest

from data.inputs.invoice_numbers import is_written, mentions, sequences

NUMBER = 'INV-2027-000042'


@pytest.mark.parametrize(
    'text',
    [
        'INV-2027-000042',
        'inv-2027-42',
        'Rechnung INV 2027 000042 vom 2. April',
        'INV2027000042',
        'SVWZ+INV-2027-0000 42 DATUM',
        'INV-20\n27-000042',
        'INV/2027/0042.',
        'ＩＮＶ－２０２７－０００４２',
        'EREF+123 INV-2027-000042,KD 7',
        'INV–2027–42',
    ],
)
def test_a_number_is_found_however_it_is_written(text: str) -> None:
    assert mentions(text, NUMBER)
    assert 42 in set(sequences(text))


@pytest.mark.parametrize(
    'text',
    [
        '',
        'INV-2027-000043',
        'INV-2027-0000421',
        'INV-2026-000042',
        'XINV-2027-000042',
        'CN-2027-000042',
        '2027-000042',
        'INV-2027-4 2 Euro 000',
        '42',
    ],
)
def test_another_one_is_not(text: str) -> None:
    assert not mentions(text, NUMBER)


def test_it_is_the_number_and_nothing_else() -> None:
    assert is_written(' inv 2027/42 ', NUMBER) and is_written('inv2027000042', NUMBER)
    assert not is_written('INV-2027-42 thanks', NUMBER) and not is_written('INV-2027-420', NUMBER)


def test_a_number_that_begins_with_digits_is_found_whole() -> None:
    assert mentions('Zahlung 00042/2027', '42/2027')
    assert not mentions('Zahlung 142/2027', '42/2027')

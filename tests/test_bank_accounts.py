"""Bank accounts: IBAN and BIC, however they are typed, and what is none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.inputs import bank_accounts
from data.problems import Invalid

IBAN = 'DE89370400440532013000'


@pytest.mark.parametrize(
    ('typed', 'kept'),
    [
        ('DE89 3704 0044 0532 0130 00', IBAN),
        ('de89370400440532013000', IBAN),
        ('DE89-3704-0044-0532-0130-00', IBAN),
        ('ＤＥ８９ 3704 0044 0532 0130 00', IBAN),
        ('\u200eDE89 3704 0044 0532 0130 00\u200e', IBAN),
        ('NO93 8601 1117 947', 'NO9386011117947'),
        ('MT84 MALT 0110 0001 2345 MTLC AST0 01S', 'MT84MALT011000012345MTLCAST001S'),
    ],
)
def test_a_number_is_kept_without_what_is_typed_around_it(typed: str, kept: str) -> None:
    assert bank_accounts.iban(typed) == kept
    assert bank_accounts.iban(bank_accounts.grouped(kept)) == kept


def test_a_number_is_printed_in_groups_of_four() -> None:
    assert bank_accounts.grouped(IBAN) == 'DE89 3704 0044 0532 0130 00'


@pytest.mark.parametrize('place', range(2, len(IBAN)))
def test_any_digit_that_is_mistyped_is_noticed(place: int) -> None:
    other = IBAN[:place] + str((int(IBAN[place]) + 1) % 10) + IBAN[place + 1 :]
    with pytest.raises(Invalid, match='The check digits of this IBAN are wrong'):
        bank_accounts.iban(other)


@pytest.mark.parametrize(
    'typed', ['', 'DE', 'account 5', 'XX89370400440532013000', IBAN + '0', IBAN[:-1], 89, None, 'A' * 10_000]
)
def test_what_is_no_number_is_refused(typed: object) -> None:
    with pytest.raises(Invalid) as problem:
        bank_accounts.iban(typed, field='transfer.iban')
    assert list(problem.value.fields) == ['transfer.iban']


@pytest.mark.parametrize('typed', ['', 'COBA', 'COBADEFFXX', '12345678', 7, None, 'A' * 10_000])
def test_what_is_no_code_of_a_bank_is_refused(typed: object) -> None:
    assert bank_accounts.bic('cobadeffxxx') == 'COBADEFFXXX'
    with pytest.raises(Invalid, match='This is not a BIC'):
        bank_accounts.bic(typed)


@given(st.text(max_size=60))
def test_any_text_is_a_number_or_refused(text: str) -> None:
    for check in (bank_accounts.iban, bank_accounts.bic):
        try:
            assert check(text).isascii()
        except Invalid as problem:
            assert problem.fields

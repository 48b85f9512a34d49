"""Whatever way people write a number, it becomes one E.164 number or a sentence."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.inputs import countries, phones
from data.inputs.phones import Phone
from data.problems import Invalid

LETTERS = 'Write the number in digits, without letters or other signs.'
EXTENSION = 'Leave the extension out.'


@pytest.mark.parametrize(
    ('typed', 'country', 'e164', 'found'),
    [
        ('030 12 34 56', 'DE', '+4930123456', 'DE'),
        ('+49 (0)30 12-34', 'DE', '+49301234', 'DE'),
        ('+49 (0)30 123456', 'US', '+4930123456', 'DE'),
        ('0049 30 123456', 'DE', '+4930123456', 'DE'),
        ('0049 30 123456', 'FR', '+4930123456', 'DE'),
        ('030/123456', 'DE', '+4930123456', 'DE'),
        ('030–123 456', 'DE', '+4930123456', 'DE'),
        ('0151 23456789', 'DE', '+4915123456789', 'DE'),
        ('(415) 555-2671', 'US', '+14155552671', 'US'),
        ('415.555.2671', 'US', '+14155552671', 'US'),
        ('1 415 555 2671', 'US', '+14155552671', 'US'),
        ('011 49 30 123456', 'US', '+4930123456', 'DE'),
        ('+1 415 555 2671', 'CA', '+14155552671', 'US'),
        ('+1 800 356 9377', 'CA', '+18003569377', 'CA'),
        ('01 42 68 53 00', 'FR', '+33142685300', 'FR'),
        ('+33 1 42 68 53 00', 'DE', '+33142685300', 'FR'),
        ('06 12345678', 'IT', '+390612345678', 'IT'),
        ('+44 1481 960194', 'GB', '+441481960194', 'GG'),
        ('03-1234-5678', 'JP', '+81312345678', 'JP'),
        ('０３－１２３４－５６７８', 'JP', '+81312345678', 'JP'),
        ('+٤٩ ٣٠ ١٢٣٤٥٦', 'EG', '+4930123456', 'DE'),
        ('\u202a+49 30 123456\u202c', 'US', '+4930123456', 'DE'),
        ('tel:+49-30-123456', 'FR', '+4930123456', 'DE'),
        ('+800 1234 5678', 'DE', '+80012345678', 'DE'),
        ('030 12 34 56', 'Deutschland', '+4930123456', 'DE'),
        # with what is copied along
        ('202 555 0143;', 'US', '+12025550143', 'US'),
        ('202 555 0143,', 'US', '+12025550143', 'US'),
        ('(202) 555-0143.', 'US', '+12025550143', 'US'),
        ('202 555 0143 #', 'US', '+12025550143', 'US'),
        ('Tel.: 030 901820', 'DE', '+4930901820', 'DE'),
        ('Tel 030 901820', 'DE', '+4930901820', 'DE'),
        ('T: +49 30 901820', 'US', '+4930901820', 'DE'),
        ('Telefon (Büro): 030 901820', 'DE', '+4930901820', 'DE'),
        ('Tél. : 01 42 68 53 00', 'FR', '+33142685300', 'FR'),
        ('電話：０３－１２３４－５６７８', 'JP', '+81312345678', 'JP'),
        ('☎ 030 901820', 'DE', '+4930901820', 'DE'),
        ('Mobile: 0151 23456789 (Ann)', 'DE', '+4915123456789', 'DE'),
        ('TEL:+1-202-555-0143;', 'DE', '+12025550143', 'US'),
        ('callto:+12025550143', 'DE', '+12025550143', 'US'),
        ('\u200b202\u00a0555\u20110143\u200b', 'US', '+12025550143', 'US'),
        ('0044 20 7946 0958', 'US', '+442079460958', 'GB'),
    ],
)
def test_every_way_of_writing_leads_to_e164(typed: str, country: str, e164: str, found: str) -> None:
    assert phones.parse(typed, country) == Phone(e164, found)


@pytest.mark.parametrize('country', [None, ''])
@pytest.mark.parametrize(
    ('typed', 'e164', 'found'),
    [
        ('+49 30 901820', '+4930901820', 'DE'),
        ('0049 30 901820', '+4930901820', 'DE'),
        ('(+49) 30 901820', '+4930901820', 'DE'),
        ('(0049) 30 901820', '+4930901820', 'DE'),
        ('+49 (0)30 901820', '+4930901820', 'DE'),
        ('+ 49 (0) 30 / 90 18 20', '+4930901820', 'DE'),
        ('＋４９ ３０ ９０１８２０', '+4930901820', 'DE'),
        ('tel:+49-30-901820', '+4930901820', 'DE'),
        ('Tel.: +49 30 901820', '+4930901820', 'DE'),
        ('001 202 555 0143', '+12025550143', 'US'),
        ('+1 (202) 555-0143;', '+12025550143', 'US'),
        ('+1 416 555 0143', '+14165550143', 'CA'),
        ('+39 06 6982', '+39066982', 'VA'),
        ('+7 727 258 5555', '+77272585555', 'KZ'),
        ('+44 1481 960194', '+441481960194', 'GG'),
    ],
)
def test_an_international_number_needs_no_country(typed: str, e164: str, found: str, country: str | None) -> None:
    assert phones.parse(typed, country) == Phone(e164, found)


@pytest.mark.parametrize(
    ('typed', 'field'),
    [
        ('030 901820', 'country'),
        ('011 49 30 901820', 'country'),
        ('+800 1234 5678', 'country'),
        ('', 'country'),
        (None, 'country'),
        ('+49', 'number'),
        ('+49 30 1', 'number'),
        ('+999 30 901820', 'number'),
    ],
)
def test_without_a_country_a_number_must_say_it_itself(typed: object, field: str) -> None:
    with pytest.raises(Invalid) as problem:
        phones.parse(typed, None)
    assert list(problem.value.fields) == [field]


@pytest.mark.parametrize(
    ('typed', 'country', 'words'),
    [
        ('', 'DE', 'Phone number is required.'),
        ('+', 'DE', 'not a valid number in Germany'),
        ('110', 'DE', 'not a valid number in Germany'),
        ('555 2671', 'US', 'not a valid number in the United States'),
        ('١٢٣', 'EG', 'not a valid number in Egypt'),
        ('+49 30 1234567 +49 30 123456', 'DE', 'too long'),
        ('9' * 40, 'DE', 'too long'),
        ('9' * 20, 'DE', 'not a valid number'),
        ('1 800 FLOWERS', 'US', f'{LETTERS} On a keypad that is 1 800 3569377.'),
        ('030 1234 Anna', 'DE', LETTERS),
        ('call me', 'DE', LETTERS),
        ('030 123456<b>', 'DE', LETTERS),
        ('030 123456 x5', 'DE', EXTENSION),
        ('030 123456 ext. 5', 'DE', EXTENSION),
        ('030 123456#5', 'DE', EXTENSION),
        ('Tel.: 030 123456, 5', 'DE', EXTENSION),
        ('030 123456 доб. 5', 'DE', EXTENSION),
        ('03-1234-5678 内線 12', 'JP', EXTENSION),
        ('030 123456 Dw 5', 'DE', EXTENSION),
        ('tel:1;ext=<x>', 'DE', EXTENSION),
        ('tel:+49-30-123456;ext=5', 'DE', EXTENSION),
        ('030 123456;phone-context=+1', 'DE', EXTENSION),
        ('030\n123456', 'DE', 'one line'),
        ('\ud800030 123456', 'DE', 'hidden control character'),
    ],
)
def test_everything_else_is_refused_with_a_sentence(typed: str, country: str, words: str) -> None:
    with pytest.raises(Invalid) as problem:
        phones.parse(typed, country, field='phone')
    assert list(problem.value.fields) == ['phone']
    assert words in problem.value.fields['phone']


@settings(deadline=None)
@given(st.text(st.characters(exclude_categories=())), st.sampled_from(phones.country_codes()))
def test_any_text_is_a_number_or_a_sentence(value: str, country: str) -> None:
    try:
        phones.parse(value, country)
    except Invalid as problem:
        assert list(problem.fields) == ['number']


@settings(deadline=None)
@given(st.from_regex(r'(0|00|\+)?[0-9 ]{5,14}', fullmatch=True), st.sampled_from(('DE', 'US', 'FR', 'JP', 'GB', 'IT')))
def test_what_is_shown_is_read_as_the_same_number(value: str, country: str) -> None:
    try:
        found = phones.parse(value, country)
    except Invalid:
        return
    assert phones.parse(phones.shown(found.e164), found.country) == found


@pytest.mark.parametrize('country', phones.country_codes())
def test_each_country_has_a_name_a_prefix_and_an_example_that_works(country: str) -> None:
    assert countries.name(country)
    code = phones.calling_code(country)
    found = phones.parse(phones.example(country), country)
    assert found.e164.startswith(code)
    assert len(code) > 1
    assert phones.parse(phones.shown(found.e164), found.country) == found


@pytest.mark.parametrize(
    ('e164', 'shown'),
    [
        ('+4930123456', '+49 30 123456'),
        ('+14155552671', '+1 415-555-2671'),
        ('+33142685300', '+33 1 42 68 53 00'),
        ('not a number', 'not a number'),
        ('', ''),
    ],
)
def test_a_number_is_shown_in_groups(e164: str, shown: str) -> None:
    assert phones.shown(e164) == shown


def test_prefixes() -> None:
    assert [phones.calling_code(country) for country in ('DE', 'US', 'CA', 'JP', 'GG')] == [
        '+49',
        '+1',
        '+1',
        '+81',
        '+44',
    ]

"""Whatever way people write a number, it becomes one E.164 number or a sentence."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.inputs import countries, phones
from data.inputs.phones import Phone
from data.problems import Doubtful, Invalid

LETTERS = 'Write the number in digits, without letters or other signs.'
EXTENSION = 'Leave the extension out.'
SEVERAL = 'These are several numbers. Add one at a time.'


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
        # words, pictures and notes around it, without a colon
        ('Büro 030 901820', 'DE', '+4930901820', 'DE'),
        ('Portable 06 12 34 56 78', 'FR', '+33612345678', 'FR'),
        ('Tfno. 912 345 678', 'ES', '+34912345678', 'ES'),
        ('тел. +7 495 123-45-67', 'RU', '+74951234567', 'RU'),
        ('τηλ. 210 1234567', 'GR', '+302101234567', 'GR'),
        ('電話番号 03-1234-5678', 'JP', '+81312345678', 'JP'),
        ('(o) 202-555-0143', 'US', '+12025550143', 'US'),
        ('Cell # 202-555-0143', 'US', '+12025550143', 'US'),
        ('📞 +1 202 555 0143 📞', 'DE', '+12025550143', 'US'),
        ('https://wa.me/12025550143', 'US', '+12025550143', 'US'),
        # signs between the groups
        ('202 • 555 • 0143', 'US', '+12025550143', 'US'),
        ('202*555*0143', 'US', '+12025550143', 'US'),
        ('202_555_0143', 'US', '+12025550143', 'US'),
        ('０９０ー１２３４ー５６７８', 'JP', '+819012345678', 'JP'),
        ('0049(0)30/901820', 'DE', '+4930901820', 'DE'),
        # as a country wrote its numbers before (IFT, 3 August 2019), and with a place for a carrier (Anatel)
        ('+52 1 55 1234 5678', 'DE', '+525512345678', 'MX'),
        ('044 55 1234 5678', 'MX', '+525512345678', 'MX'),
        ('01 55 1234 5678', 'MX', '+525512345678', 'MX'),
        ('(0xx11) 91234-5678', 'BR', '+5511912345678', 'BR'),
        ('(0**11) 91234-5678', 'BR', '+5511912345678', 'BR'),
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
        ('555 0143 x12', 'country'),
        ('+1 202 555 0143 x12', 'number'),
        ('tel:+49-30-901820;ext=12', 'number'),
        ('+49 30 901820 / +49 171 1234567', 'number'),
        ('0049 30 9O1820', 'number'),
        ('sip:+4930901820@example.com', 'number'),
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
        ('030 901820, 030 901821', 'DE', SEVERAL),
        ('030 901820 oder 030 901821', 'DE', SEVERAL),
        ('030 901820 | 030 901821', 'DE', SEVERAL),
        ('+49 30 901820 / +49 30 901821', 'DE', SEVERAL),
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


@pytest.mark.parametrize(
    ('typed', 'country', 'e164', 'found'),
    [
        # Ofcom keeps these for drama; any new range looks the same to rules that are older than it
        ('07700 900123', 'GB', '+447700900123', 'GB'),
        ('+44 7700 900123', 'DE', '+447700900123', 'GB'),
        ('+44 7700 900123', None, '+447700900123', 'GB'),
        ('9 1234 5678', 'CL', '+56912345678', 'CL'),
        ('+1 555 555 0143', 'CA', '+15555550143', 'CA'),
    ],
)
def test_what_is_as_long_as_a_number_may_be_right(typed: str, country: str | None, e164: str, found: str) -> None:
    phone, doubt = phones.read(typed, country)
    assert phone == Phone(e164, found)
    assert doubt.startswith('This is not a valid number')
    with pytest.raises(Doubtful):
        phones.parse(typed, country)
    assert phones.read(phones.shown(e164), found)[0] == phone


@pytest.mark.parametrize(
    ('typed', 'country'), [('110', 'DE'), ('555 2671', 'US'), ('9' * 20, 'DE'), ('+999 30 901820', 'DE')]
)
def test_what_is_too_short_too_long_or_of_no_country_is_wrong_whatever_the_rules_say(typed: str, country: str) -> None:
    with pytest.raises(Invalid) as problem:
        phones.read(typed, country)
    assert not isinstance(problem.value, Doubtful)


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

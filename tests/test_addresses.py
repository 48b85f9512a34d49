"""Addresses as hasty people and hostile fingers fill them in, and what is kept of them."""

import time
from dataclasses import asdict

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.inputs import addresses, countries
from data.inputs.addresses import Address
from data.problems import Invalid

WRONG_TYPES = [True, 0, 1.5, b'Berlin', [], ['Berlin'], {}, {'Berlin': 1}]
ANYTHING = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.binary(max_size=5),
    st.lists(st.text(max_size=3), max_size=2),
    st.dictionaries(st.text(max_size=3), st.none(), max_size=2),
    st.text(st.characters(exclude_categories=()), max_size=20),
)

BERLIN = {
    'kind': 'company',
    'country': 'DE',
    'company_name': 'Müller & Söhne GmbH',
    'name': 'Anna Schmidt',
    'street_address': 'Hauptstraße 5\r\nHinterhaus',
    'postal_code': '10115',
    'city': 'Berlin',
    'tax_id': '136 695 976',
}
TOKYO = {
    'kind': 'company',
    'country': 'JP',
    'company_name': '株式会社ボット',
    'street_address': '千代田区丸の内１丁目９番１号\nパシフィックビル5階',
    'country_area': '東京都',
    'postal_code': '〒１００ー０００５',
}
CUPERTINO = {
    'kind': 'person',
    'country': 'US',
    'name': 'Jo Doe',
    'street_address': '1 Main Street',
    'city': 'Cupertino',
    'country_area': 'California',
    'postal_code': '95014',
}


def fields(values: dict[str, object]) -> dict[str, str]:
    with pytest.raises(Invalid) as problem:
        addresses.check(values)
    return problem.value.fields


def test_a_german_company() -> None:
    address = addresses.check(BERLIN)
    assert address == Address(
        kind='company',
        country='DE',
        name='Anna Schmidt',
        company_name='Müller & Söhne GmbH',
        street_address='Hauptstraße 5\nHinterhaus',
        city='Berlin',
        postal_code='10115',
        tax_id='DE136695976',
    )
    assert addresses.printed(address) == [
        'Anna Schmidt',
        'Müller & Söhne GmbH',
        'Hauptstraße 5',
        'Hinterhaus',
        '10115 BERLIN',
        'GERMANY',
    ]


def test_a_japanese_company_in_japanese() -> None:
    address = addresses.check(TOKYO)
    assert (address.country_area, address.postal_code) == ('東京都', '100-0005')
    assert addresses.printed(address) == [
        '〒100-0005',
        '東京都',
        '千代田区丸の内１丁目９番１号',
        'パシフィックビル5階',
        '株式会社ボット',
        'JAPAN',
    ]


@pytest.mark.parametrize('state', ['CA', 'ca', 'California', ' CALIFORNIA '])
def test_an_american_state_by_code_or_name(state: str) -> None:
    address = addresses.check(CUPERTINO | {'country_area': state})
    assert address.country_area == 'CA'
    assert addresses.printed(address) == ['Jo Doe', '1 Main Street', 'CUPERTINO, CA 95014', 'UNITED STATES']


def test_all_that_is_wrong_is_said_at_once() -> None:
    assert fields({'kind': 'company', 'country': 'US', 'tax_id': '1', 'city': 'x' * 201}) == {
        'company_name': 'Enter a company name.',
        'street_address': 'Enter a street address.',
        'city': 'City is too long. Use at most 200 characters.',
        'country_area': 'Choose a state.',
        'postal_code': 'Enter a ZIP code.',
        'tax_id': 'This is not a valid EIN for the United States. Write it like 91-1144442.',
    }


@pytest.mark.parametrize(
    ('values', 'wrong'),
    [
        (BERLIN | {'postal_code': '1011'}, {'postal_code': 'Enter a postal code like 26133.'}),
        (BERLIN | {'postal_code': '10115\n2'}, {'postal_code': 'Postal code must fit on one line.'}),
        (CUPERTINO | {'postal_code': 'nope'}, {'postal_code': 'Enter a ZIP code like 95014.'}),
        (CUPERTINO | {'postal_code': '10001'}, {'postal_code': 'This ZIP code is not in California.'}),
        (
            CUPERTINO | {'country_area': 'Bavaria'},
            {'country_area': 'This state is not in our list for the United States.'},
        ),
        (TOKYO | {'postal_code': '060-0001'}, {'postal_code': 'This postal code is not in Tokyo (東京都).'}),
        (BERLIN | {'street_address': '1\n2\n3\n4'}, {'street_address': 'Use at most 3 lines.'}),
        (
            BERLIN | {'street_address': 'x' * 301},
            {'street_address': 'Street address is too long. Use at most 300 characters.'},
        ),
        (
            BERLIN | {'street_address': 'x' * 200 + '\n' + 'x' * 100},
            {'street_address': 'Street address is too long. Use at most 300 characters.'},
        ),
        (
            BERLIN | {'city': 'Ber\u202elin'},
            {'city': 'City contains a hidden control character. Type it instead of pasting it.'},
        ),
        (BERLIN | {'city': '\u3164'}, {'city': 'Enter a city.'}),
        (BERLIN | {'kind': 'robot'}, {'kind': 'Choose company or person.'}),
        (BERLIN | {'country': 'ZZ'}, {'country': 'Choose a country.'}),
        ({}, {'country': 'Choose a country.', 'kind': 'Choose company or person.'}),
    ],
)
def test_the_sentence_says_what_to_do(values: dict[str, object], wrong: dict[str, str]) -> None:
    assert fields(values) == wrong


def test_what_a_country_does_not_use_is_dropped() -> None:
    address = addresses.check(
        BERLIN | {'country_area': 'Berlin', 'sorting_code': 'X', 'city_area': 5, 'id': 1, 'surprise': object()}
    )
    assert (address.country_area, address.sorting_code, address.city_area) == ('', '', '')
    assert addresses.check(BERLIN | {'kind': 'person'}).company_name == ''


def test_nothing_chosen_counts_as_empty() -> None:
    assert addresses.check(BERLIN | {'name': None, 'tax_id': None, 'country_area': None}).name == ''


@pytest.mark.parametrize('name', ['country', 'kind', 'company_name', 'street_address', 'city', 'postal_code', 'tax_id'])
@pytest.mark.parametrize('value', WRONG_TYPES)
def test_anything_but_text_is_refused_at_its_field(name: str, value: object) -> None:
    assert list(fields(BERLIN | {name: value})) == [name]


@pytest.mark.parametrize('values', [None, 'DE', 5, []])
def test_what_is_no_address_at_all_is_refused(values: object) -> None:
    with pytest.raises(Invalid):
        addresses.check(values)


@pytest.mark.parametrize('country', [None, *WRONG_TYPES, '', 'd', 'ZZ', 'EU', 'ALL', '../x', 'D' * 10**6])
def test_the_country_must_be_one(country: object) -> None:
    with pytest.raises(Invalid) as problem:
        addresses.form(country, 'company')
    assert problem.value.fields == {'country': 'Choose a country.'}
    assert countries.name(country) == countries.phrase(country) == ''


@pytest.mark.parametrize('name', ['country', 'kind', 'company_name', 'street_address', 'city', 'postal_code', 'tax_id'])
@pytest.mark.parametrize('value', ['x' * 10**6, 'x\n' * 10**6, '9' * 10**6])
def test_a_megabyte_is_turned_away_at_once(name: str, value: str) -> None:
    addresses.check(BERLIN)
    start = time.thread_time()
    assert list(fields(BERLIN | {name: value})) == [name]
    assert time.thread_time() - start < 0.05


@settings(deadline=None)
@given(
    st.sampled_from(list(countries.names())),
    st.sampled_from(addresses.KINDS),
    st.dictionaries(st.sampled_from((*addresses.FIELDS, 'tax_id')), ANYTHING),
)
def test_any_values_are_an_address_or_sentences(country: str, kind: str, values: dict[str, object]) -> None:
    try:
        address = addresses.check(values | {'country': country, 'kind': kind})
    except Invalid as problem:
        assert set(problem.fields) <= {*addresses.FIELDS, 'tax_id'}
        assert all(sentence.endswith('.') for sentence in problem.fields.values())
    else:
        assert addresses.check(asdict(address)) == address
        assert all(addresses.printed(address))


@pytest.mark.parametrize('country', ['de', 'Germany ', 'Deutschland', 'DEU'])
def test_a_country_that_comes_as_text_is_stored_as_its_code(country: str) -> None:
    assert addresses.check(BERLIN | {'country': country}) == addresses.check(BERLIN)

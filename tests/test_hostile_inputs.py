"""What no form of ours sends, anything but text and megabytes of it: whatever reads what people type refuses it."""

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import pytest

from data.inputs import emails, phones, tax_ids, texts
from data.problems import Invalid

WRONG_TYPES = [
    *(None, True, 0, 1.5, 30123456, 136695976),
    *(b'text', b'a@example.com', b'030 123456', b'DE136695976'),
    *([], ['text'], ['a@example.com'], ['030 123456'], ['DE136695976']),
    *({}, {'text': 1}, {'a@example.com': 1}),
    object(),
]
MEGABYTES = [
    *('x' * 10**6, '1' * 10**6, '9' * 10**6, '@' * 10**6, '+' * 10**6, '\u0301' * 10**6, '\u202a' * 10**6),
    *(' ' * 10**6 + 'a' * 300, ' ' * 10**6 + 'x' * 100, ' ' * 10**6 + 'x\n' * 10**6),
    *('"' + '\\"' * 10**6, 'a@' + 'ü.' * 10**6),
]
NO_COUNTRIES = ['D', 'ZZ', '001', 'DE 1', '../DX', 'EU', 'zz', 'os', '../x', 'util', 'D' * 10**6]
AT_ONCE = 0.05
"""Seconds of the processor: what others do on this machine is not this function's fault."""


@dataclass(frozen=True)
class Reader:
    """What reads a value, what it says to anything but text, and to a megabyte; `bears` answers without refusing."""

    read: Callable[[Any], object]
    problem: dict[str, str]
    too_long: str = '.'
    bears: dict[Callable[[Any], str], str] = field(default_factory=dict)


READERS = {
    'email': Reader(emails.parse, {'email': 'Enter an email address.'}),
    'number': Reader(
        partial(phones.parse, country='DE'),
        {'number': 'Phone number must be text.'},
        bears={phones.shown: ''},
    ),
    'tax id': Reader(
        partial(tax_ids.check, country='DE'),
        {'tax_id': 'VAT ID must be text.'},
        too_long='at most 40 characters',
    ),
    'name': Reader(
        partial(texts.organization_name, field='organization'),
        {'organization': 'Organization name must be text.'},
        too_long='at most 80 characters',
        bears={texts.search_key: '', texts.name_from_email: 'My organization'},
    ),
}


@pytest.mark.parametrize('name', READERS)
@pytest.mark.parametrize('value', WRONG_TYPES, ids=lambda value: f'{type(value).__name__} {value!r:.20}')
def test_anything_but_text_is_refused_at_its_field(value: object, name: str) -> None:
    reader = READERS[name]
    with pytest.raises(Invalid) as problem:
        reader.read(value)
    assert problem.value.fields == reader.problem
    assert [bear(value) for bear in reader.bears] == list(reader.bears.values())


@pytest.mark.parametrize('name', READERS)
@pytest.mark.parametrize('value', MEGABYTES, ids=lambda value: f'{len(value)} {value[-2:]!a}')
def test_a_megabyte_is_turned_away_at_once(value: str, name: str) -> None:
    reader = READERS[name]
    with suppress(Invalid):
        reader.read('1')  # loads what it reads with
    start = time.thread_time()
    with pytest.raises(Invalid, match=reader.too_long):
        reader.read(value)
    for bear in reader.bears:
        bear(value)
    assert time.thread_time() - start < AT_ONCE


@pytest.mark.parametrize(
    'country', [*(it for it in WRONG_TYPES if it is not None), *NO_COUNTRIES], ids=lambda value: f'{value!r:.20}'
)
def test_what_is_no_country_has_no_numbers_and_no_rules(country: Any) -> None:
    with pytest.raises(Invalid) as problem:
        phones.parse('+4930123456', country)
    assert problem.value.fields == {'country': 'Choose a country.'}
    assert phones.calling_code(country) == phones.example(country) == ''
    assert tax_ids.check('136695976', country) == '136695976'
    assert tax_ids.label(country) == 'Tax ID'

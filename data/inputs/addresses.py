"""Billing addresses: the form each country asks for, the check of what was filled in, and the lines on the envelope."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from data.inputs import countries, postal, tax_ids, texts
from data.problems import Invalid, collect

KINDS = ('company', 'person')
FIELDS = (
    'name',
    'company_name',
    'street_address',
    'city_area',
    'city',
    'country_area',
    'postal_code',
    'sorting_code',
)
LIMIT = 200
STREET_LIMIT = 300
STREET_LINES = 3
_BREAK = re.compile(r'\r\n?|\n')


@dataclass(frozen=True)
class Line:
    """One field of the form; where it has `options`, (code, name) pairs, only these are possible."""

    name: str
    label: str
    required: bool
    options: tuple[tuple[str, str], ...] = ()
    hint: str = ''


@dataclass(frozen=True)
class Address:
    """A checked address; '' stands for what the country does not use or the person left out."""

    kind: str
    country: str
    name: str = ''
    company_name: str = ''
    street_address: str = ''
    city_area: str = ''
    city: str = ''
    country_area: str = ''
    postal_code: str = ''
    sorting_code: str = ''
    tax_id: str = ''


def form(country: object, kind: object) -> list[Line]:
    """The fields to fill in, in the order in which the country writes them on an envelope.

    Raises Invalid(country=…, kind=…) for what is neither a country nor a kind.
    """
    code, who = _known(country, kind)
    return [_line(field, code, who) for field in postal.order(code) if (field, who) != ('company_name', 'person')]


def check(values: Mapping[str, object]) -> Address:
    """The address in the country's own spelling of codes, once everything about it is right.

    `values` holds kind, country, FIELDS and tax_id; what is missing or None counts as empty, anything else in it is
    ignored, and so is a field that the country does not use. Raises one Invalid with a sentence for each wrong field.
    """
    values = values if isinstance(values, Mapping) else {}
    country, kind = _known(values.get('country'), values.get('kind'))
    with collect() as checks:
        parts = {
            line.name: checks.of(_read, line, _or_empty(values.get(line.name)), country, kind)
            for line in form(country, kind)
        }
        tax_id = checks.of(tax_ids.check, _or_empty(values.get('tax_id')), country)
        checks.of(_refuse_stray, country, parts)
    return Address(kind=kind, country=country, tax_id=tax_id, **parts)


def printed(address: Address) -> list[str]:
    """The lines of the envelope, the country in English capitals last; none of them is empty."""
    return postal.envelope(address.country, {field: getattr(address, field) for field in FIELDS})


def _known(country: object, kind: object) -> tuple[str, str]:
    wrong: dict[str, str] = {}
    code = countries.code_of(country)
    if not code:
        wrong['country'] = 'Choose a country.'
    if kind not in KINDS:
        wrong['kind'] = 'Choose company or person.'
    if wrong:
        raise Invalid(**wrong)
    return code, str(kind)


def _line(field: str, country: str, kind: str) -> Line:
    word = _word(field, country, kind)
    required = postal.is_required(country, field) or field == ('company_name' if kind == 'company' else 'name')
    options = (
        tuple((code, area.label) for code, area in postal.areas(country).items()) if field == 'country_area' else ()
    )
    example = postal.example_code(country) if field == 'postal_code' else ''
    return Line(field, word[0].upper() + word[1:], required, options, f'For example {example}.' if example else '')


def _word(field: str, country: str, kind: str) -> str:
    if field == 'name':
        return 'contact name' if kind == 'company' else 'full name'
    return postal.word(country, field)


def _or_empty(value: object) -> object:
    """A select with nothing chosen sends None."""
    return '' if value is None else value


def _read(line: Line, value: object, country: str, kind: str) -> str:
    text = _street(line, value) if line.name == 'street_address' else _text(line, value, LIMIT)
    word = texts.with_article(_word(line.name, country, kind))
    if not text and line.required:
        raise Invalid(**{line.name: f'{"Choose" if line.options else "Enter"} {word}.'})
    if text and line.options and not (text := postal.area_code(country, text)):
        raise Invalid(**{line.name: f'Choose {word} from the list.'})
    if text and line.name == 'postal_code' and not (text := postal.postal_code(country, text)):
        raise Invalid(postal_code=f'Enter {word} like {postal.example_code(country)}.')
    return text


def _text(line: Line, value: object, limit: int) -> str:
    return texts.clean(value, field=line.name, label=line.label, limit=limit, required=False)


def _street(line: Line, value: object) -> str:
    if not isinstance(value, str) or len(value) > 4 * STREET_LIMIT:
        return _text(line, value, STREET_LIMIT)
    rows = [row for part in _BREAK.split(value) if (row := _text(line, part, STREET_LIMIT))]
    if len(rows) > STREET_LINES:
        raise Invalid(**{line.name: f'Use at most {STREET_LINES} lines.'})
    text = '\n'.join(rows)
    if len(text) > STREET_LIMIT:
        raise Invalid(**{line.name: f'{line.label} is too long. Use at most {STREET_LIMIT} characters.'})
    return text


def _refuse_stray(country: str, parts: Mapping[str, str]) -> None:
    """A postal code that is right by itself may belong to another part of the country. Raises Invalid."""
    code, area = parts.get('postal_code'), postal.areas(country).get(parts.get('country_area', ''))
    if code and area and not postal.lies_in(country, area.code, code):
        raise Invalid(postal_code=f'This {postal.word(country, "postal_code")} is not in {area.label}.')

"""Billing addresses: the form each country asks for, the check of what was filled in, and the lines on the envelope."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from data.inputs import countries, postal, tax_ids, texts
from data.problems import Doubtful, Invalid, collect

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
_ABOUT = {
    'country_area': ('country', 'country_area'),
    'postal_code': ('country', 'country_area', 'postal_code'),
    'tax_id': ('country', 'tax_id'),
}
_BREAK = re.compile(r'\r\n?|\n')


@dataclass(frozen=True)
class Line:
    """One field of the form; where it has `options`, (code, name) pairs, another text may be right, too."""

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

    Raises as `read` does, and Doubtful with a sentence for each field that may be wrong.
    """
    address, doubts = read(values)
    if doubts:
        raise Doubtful(**doubts)
    return address


def read(values: Mapping[str, object]) -> tuple[Address, dict[str, str]]:
    """The address, and the fields that may be wrong, by rules that may be out of date, each with its sentence.

    `values` holds kind, country, FIELDS and tax_id; what is missing or None counts as empty, anything else in it is
    ignored, and so is a field that the country does not use. Raises one Invalid with a sentence for each field that is
    wrong whatever the rules say, and for the doubtful ones beside it.
    """
    values = values if isinstance(values, Mapping) else {}
    country, kind = _known(values.get('country'), values.get('kind'))
    doubts: dict[str, str] = {}
    with collect() as checks:
        parts = {
            line.name: checks.of(_read, line, _or_empty(values.get(line.name)), country, kind)
            for line in form(country, kind)
        }
        tax_id, doubt = checks.of(tax_ids.read, _or_empty(values.get('tax_id')), country) or ('', '')
        doubts = {name: text for name, text in {**_doubts(country, parts), 'tax_id': doubt}.items() if text}
        if checks.wrong:
            checks.wrong = {**doubts, **checks.wrong}
    return Address(kind=kind, country=country, tax_id=tax_id, **parts), doubts


def new_doubts(address: Address, doubts: Mapping[str, str], stored: Mapping[str, object]) -> dict[str, str]:
    """The doubts without those about what is stored already."""
    old = {name for name, about in _ABOUT.items() if all(stored.get(it) == getattr(address, it) for it in about)}
    return {name: sentence for name, sentence in doubts.items() if name not in old}


def tax_line(address: Address) -> str:
    """The tax id as it stands on an invoice: what it is called, then the number as its country writes it; or ''."""
    return tax_ids.written(address.tax_id, address.country)


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
    if text and line.options:
        return postal.area_code(country, text) or text
    if line.name == 'postal_code':
        return postal.postal_code(country, text) or postal.plain_code(text)
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


def _doubts(country: str, parts: Mapping[str, str | None]) -> dict[str, str]:
    """What may be wrong: an area that is not in our list, a postal code in no known shape, or of another area."""
    code, named, areas = parts.get('postal_code'), parts.get('country_area') or '', postal.areas(country)
    area, word, doubts = areas.get(named), postal.word(country, 'postal_code'), {}
    if named and areas and not area:
        where = f'our list for {countries.phrase(country)}'
        doubts['country_area'] = f'This {postal.word(country, "country_area")} is not in {where}.'
    if code and not postal.postal_code(country, code):
        doubts['postal_code'] = f'Enter {texts.with_article(word)} like {postal.example_code(country)}.'
    elif code and area and not postal.lies_in(country, area.code, code):
        doubts['postal_code'] = f'This {word} is not in {area.label}.'
    return doubts

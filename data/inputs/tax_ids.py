"""Tax ids: what each country calls the number on an invoice, and whether one can be right (python-stdnum)."""

import re
import unicodedata
from collections.abc import Iterator
from contextlib import suppress
from typing import NamedTuple, Protocol

from data.inputs import countries, texts
from data.inputs.tax_kinds import CALLED, KINDS, OF_PERSONS, OTHERS, Kind
from data.problems import Doubtful

LIMIT = 40
_SEPARATORS = re.compile(r'[\s.,;:/()\-\u00b7\u2010-\u2015\u2212]')
_WORDS_AROUND = re.compile(r'^(?:\D*[:\uff1a]|(?:[^\d\s]+\s+)+)?(?P<number>.*?)(?:\s+[^\d\s]+)*[.,;\s]*$', re.DOTALL)
_WRITTEN = re.compile(r'[0-9A-Z\u00d1&+]+')  # Mexico's RFC has Ñ and &, Finland's personal code a sign
_FOREIGN = re.compile(r'([A-Z]{2})\W*')  # the prefix of another country is no word that stands before a number
_OF_RESIDENTS = {'US': re.compile(r'(?<!\d)\d{3}[- ]\d{2}[- ]\d{4}(?!\d)')}
"""How a number is written that identifies a person and must not pass for one of a business, which is as long."""


class Numbers(Protocol):
    """What knows one kind of number: a module of stdnum, or ours where that does not know today's law."""

    def validate(self, number: str) -> str:
        """The number as it is kept; raises ValueError."""


class Ubn:
    """Taiwan's number of businesses by the rule of April 2023: the sum is a multiple of 5, no longer of 10.

    Source: Ministry of Finance, Fiscal Information Agency, the check of 統一編號 as corrected in 2023 (year 112).
    """

    def validate(self, number: str) -> str:
        """The eight digits; raises ValueError."""
        if not re.fullmatch('[0-9]{8}', number):
            raise ValueError(number)
        products = (weight * int(digit) for weight, digit in zip((1, 2, 1, 2, 1, 2, 4, 1), number, strict=True))
        total = sum(product // 10 + product % 10 for product in products)
        if total % 5 and not (number[6] == '7' and (total + 1) % 5 == 0):
            raise ValueError(number)
        return number


class HungarianTaxNumber:
    """Eight digits as in the VAT number, the kind of taxpayer, the county: 12345678-1-42 (Act CL of 2017)."""

    def validate(self, number: str) -> str:
        """The eleven digits; raises ValueError."""
        from stdnum.hu import anum

        if not re.fullmatch('[0-9]{8}[1-5][0-9]{2}', number):
            raise ValueError(number)
        anum.validate(number[:8])
        return number

    def format(self, number: str) -> str:
        """With its hyphens."""
        return f'{number[:8]}-{number[8]}-{number[9:]}'


class InnKpp:
    """Russia's number of a company, then the reason for its registration: 7707083893/773601001."""

    def validate(self, number: str) -> str:
        """The nineteen characters; raises ValueError."""
        from stdnum.ru import inn

        if not re.fullmatch('[0-9]{14}[0-9A-Z]{2}[0-9]{3}', number):
            raise ValueError(number)
        inn.validate(number[:10])
        return number

    def format(self, number: str) -> str:
        """With its slash."""
        return f'{number[:10]}/{number[10:]}'


class Shape:
    """Numbers of which the shape is all there is to check."""

    def __init__(self, pattern: str) -> None:
        self._pattern = re.compile(pattern)

    def validate(self, number: str) -> str:
        """The number; raises ValueError."""
        if not self._pattern.fullmatch(number):
            raise ValueError(number)
        return number


_OURS: dict[tuple[str, str], Numbers] = {
    ('TW', 'ubn'): Ubn(),
    ('HU', 'anum'): HungarianTaxNumber(),
    ('RU', 'innkpp'): InnKpp(),
    ('ID', 'npwp16'): Shape('[0-9]{16}'),  # Regulation PMK 112/2022: persons' NIK, companies' with a 0 before it
    ('DE', 'widnr'): Shape('DE[0-9]{14}'),  # section 139c of the Fiscal Code, since 2024
    ('VN', 'pid'): Shape('[0-9]{12}'),  # Circular 86/2024/TT-BTC: what persons have for a tax code since July 2025
}


class Known(NamedTuple):
    """A number that is right: as it is kept, as it is written in its country, and what it is called there."""

    kept: str
    written: str
    called: str


def label(country: object, kind: object = 'company') -> str:
    """What the country calls the number of a company, or of a person, or 'Tax ID'."""
    person = OF_PERSONS.get(country) if kind == 'person' and isinstance(country, str) else None
    return person or _kind(country).label


def example(country: object) -> str:
    """A number of the right shape, or '' where we know none."""
    return _kind(country).example


def check(value: object, country: object, *, field: str = 'tax_id') -> str:
    """The number without separators, in the European Union with its prefix; '' for nothing.

    Raises Doubtful(field) where the country's own rules (length, letters, check digits) say that it is wrong, Invalid
    for what can't be kept at all. A country without known rules takes any text of up to 40 characters.
    """
    number, doubt = read(value, country, field=field)
    if doubt:
        raise Doubtful(**{field: doubt})
    return number


def read(value: object, country: object, *, field: str = 'tax_id') -> tuple[str, str]:
    """The number as it is kept and '', or as it was typed and the sentence why it may be wrong.

    Raises Invalid(field) for what can't be kept.
    """
    text = texts.clean(value, field=field, label=label(country), limit=LIMIT, required=False)
    if not text or not isinstance(country, str) or not countries.name(country) or not any(_modules(country)):
        return text, ''
    if known := _known(text, country):
        return known.kept, ''
    kind = _kind(country)
    hint = f' Write it like {kind.example}.' if kind.example else ''
    return text, f'This is not a valid {kind.label} for {countries.phrase(country)}.{hint}'


def written(number: str, country: str) -> str:
    """The number as people of its country write it on an invoice, what it is called before it; '' for none."""
    known = _known(number, country) if number and countries.name(country) else None
    if known:
        return f'{known.called} {known.written}'
    return f'{label(country)} {number}' if number else ''


def is_vat_number(number: str, country: str) -> bool:
    """Whether this is a VAT number of a country of the European Union, of that country, that can be right."""
    from stdnum.eu import vat

    prefix = 'EL' if country == 'GR' else country
    return number.startswith(prefix) and vat.is_valid(number)


def _kind(country: object) -> Kind:
    return KINDS.get(country, Kind()) if isinstance(country, str) else Kind()


def _modules(country: str) -> Iterator[tuple[str, str, Numbers]]:
    """Each kind of number that stands on invoices there: its prefix, what it is called, and what knows it."""
    from stdnum.util import get_cc_module

    kind = _kind(country)
    named = [(name, kind.prefix, CALLED.get((country, name), kind.label)) for name in kind.modules]
    named += [(name, '', called) for name, called in OTHERS.get(country, {}).items()]
    for name, prefix, called in named:
        if numbers := _OURS.get((country, name)) or get_cc_module(country, name):
            yield prefix, called, numbers


def _known(text: str, country: str) -> Known | None:
    """The number in the text, also where what it is called stands around it: “NIP: 856-734-62-15”."""
    plain = ''.join(str(unicodedata.decimal(sign, sign)) for sign in unicodedata.normalize('NFKC', text)).upper()
    if country in _OF_RESIDENTS and _OF_RESIDENTS[country].search(plain):
        return None
    words = _WORDS_AROUND.fullmatch(plain)
    bare = (words['number'] if words else plain, re.sub(r'^\D+', '', plain))
    cleared = (each for each in bare if not _is_foreign(plain[: plain.find(each)]))
    return next(filter(None, (_spelled(each, country) for each in dict.fromkeys((plain, *cleared)))), None)


def _is_foreign(before: str) -> bool:
    prefix = _FOREIGN.fullmatch(before)
    return bool(prefix and (countries.name(prefix[1]) or prefix[1] in ('EL', 'XI')))


def _spelled(plain: str, country: str) -> Known | None:
    number = _SEPARATORS.sub('', plain)
    if not _WRITTEN.fullmatch(number):
        return None
    for prefix, called, numbers in _modules(country):
        for form in (_as_filed(number, country), number.removeprefix(_kind(country).prefix or country), plain):
            with suppress(ValueError):  # the parent of all errors of stdnum
                bare = numbers.validate(form)
                kept = _on_invoices(bare, number, prefix)
                return Known(kept, _grouped(kept, bare, numbers), called)
    return None


def _grouped(kept: str, bare: str, numbers: Numbers) -> str:
    """With the spaces, dots and hyphens that stdnum has for it."""
    shape = getattr(numbers, 'format', None)
    if shape is None:
        return kept
    prefix = kept.removesuffix(bare) if bare and kept != bare else ''
    with suppress(ValueError, IndexError):
        grouped = str(shape(bare.removeprefix(prefix)))
        return f'{prefix} {grouped}'.strip()
    return kept


def _as_filed(number: str, country: str) -> str:
    """Japan's invoices write a T before the Corporate Number; the number itself has none."""
    return number.removeprefix('T') if country == 'JP' else number


def _on_invoices(number: str, typed: str, prefix: str) -> str:
    if prefix == 'GB' and typed.startswith('XI'):  # Northern Ireland trades under its own prefix
        prefix = 'XI'
    return prefix + number.removeprefix(prefix)

"""Phone numbers: anything a person writes becomes E.164, or a sentence that says what is missing."""

import re
import unicodedata
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from data.inputs import countries, texts
from data.problems import Doubtful, Invalid

if TYPE_CHECKING:
    from phonenumbers import PhoneNumber

_TYPED_LIMIT = 60
_SHORTEST = 6  # digits of a number that stands beside another
_DIGITS_LIMIT = 20  # E.164 has 15; an international prefix and a (0) may come on top
_EXTENSION = re.compile(
    r'ext|durchwahl|\bdw\b|poste|ramal|interno|anexo|toestel|wewn|\u0434\u043e\u0431|\u5185\u7ebf|\u5167\u7dda|\u5185\u7dda|\u5206\u673a|\ub0b4\uc120'
    r'|x\s*\d|[;#,]',
    re.IGNORECASE,
)
_BEFORE = re.compile(r'^(?:\([^\d()]*\)|[^\d+(])+')  # a label, a name, a picture of a telephone
_AFTERWARDS = re.compile(r'(?:\s*\([^()\d]*\)|[^\w)+]|_)+$')
_SIGNS = str.maketrans({**dict.fromkeys('*_|\u00b7\u2022', ' '), '\u30fc': '-'})  # the last by Japanese input methods
_SEVERAL = re.compile(r'\s*(?:[,;|&]|/(?=\s*[+(0])|\b(?:or|oder|and|und|ou|et|e|o|y)\b)\s*')
_CARRIER = re.compile(r'^\(?0(?:xx|\*\*)(?=\d\d)', re.IGNORECASE)  # Brazil: any carrier's code stands there
_OLD_PREFIX = re.compile(r'^(?:(?:\+|00)\s*52\s*1|044|045|01)(?=(?:\D*\d){10}\D*$)')
"""How Mexico's numbers began until August 2019 (IFT, Plan Nacional de Numeración), and still do in many lists."""
_INTERNATIONAL = re.compile(r'^[(\s]*(?:\+|00)\s*(?=[(\s]*[1-9])')
_VANITY = re.compile(r'[\d\s+()./-]*\d[\s./-]*[A-Z][A-Z\d\s./-]*')
_WRITTEN = re.compile(r'[\d\s+()\[\]./~\-\u00b7\u2010-\u2015\u2022\u2212]+')  # dashes and dots of every length


@dataclass(frozen=True)
class Phone:
    """A number in E.164 (ITU-T) with the ISO code of the country it belongs to."""

    e164: str
    country: str


def parse(value: object, country: object, *, field: str = 'number') -> Phone:
    """The number, written nationally for `country` or internationally with +, 00 or that country's own prefix (011).

    Raises as `read` does, and Doubtful(field) for a number that may be wrong.
    """
    phone, doubt = read(value, country, field=field)
    if doubt:
        raise Doubtful(**{field: doubt})
    return phone


def read(value: object, country: object, *, field: str = 'number') -> tuple[Phone, str]:
    """The number, and the sentence why it may be wrong: as long as numbers there are, but in no range that is known.

    An international number needs no country: None or '' will do. Raises Invalid(field) for anything that is not one
    number, Invalid(country=…) for an unknown country or where one is needed.
    """
    import phonenumbers

    home = countries.code_of(country)
    if home not in country_codes():
        if country not in (None, '') or not _is_international(value, field):
            raise Invalid(country='Choose a country.')
        home = ''
    found = list(_numbers(_written(value, field), home))
    number = next(filter(phonenumbers.is_valid_number, found), None)
    if number is None and not found:
        raise Invalid(**{field: _advice(home)})
    kept = number or found[0]
    phone = Phone(phonenumbers.format_number(kept, phonenumbers.PhoneNumberFormat.E164), _region(kept, home))
    return phone, '' if number else _advice(home)


def shown(e164: object) -> str:
    """The number with the international prefix, in the groups its country writes; what is no number stays as it is."""
    return _international(e164) if isinstance(e164, str) else ''


def at_home(e164: object) -> str:
    """The number as it is written within its country; what is no number stays as it is."""
    import phonenumbers

    try:
        number = phonenumbers.parse(str(e164), None)
    except phonenumbers.NumberParseException:
        return str(e164)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL)


@lru_cache(1024)  # the same few are on every screen
def _international(e164: str) -> str:
    import phonenumbers

    try:
        number = phonenumbers.parse(e164, None)
    except phonenumbers.NumberParseException:
        return e164
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


@cache
def country_codes() -> tuple[str, ...]:
    """The ISO codes of all countries with a numbering plan, sorted."""
    import phonenumbers

    return tuple(sorted(phonenumbers.SUPPORTED_REGIONS))


def calling_code(country: object) -> str:
    """The prefix of the country's numbers, like '+49', or '' where there is none."""
    return _calling_codes().get(country, '') if isinstance(country, str) else ''


def example(country: object) -> str:
    """A number as people of that country write it at home, or '' where there is none."""
    import phonenumbers

    number = phonenumbers.example_number(country) if country in country_codes() else None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL) if number else ''


def _is_international(value: object, field: str) -> bool:
    """Whether the number says its country itself; Invalid(field) where it does and something else is wrong with it."""
    try:
        return bool(_INTERNATIONAL.match(_written(value, field)))
    except Invalid:
        if isinstance(value, str) and _INTERNATIONAL.match(_BEFORE.sub('', texts.half_width(value[:_TYPED_LIMIT]))):
            raise
        return False


def _numbers(written: str, home: str) -> 'Iterator[PhoneNumber]':
    """What it may be: written as in that country, with the prefix that most countries have for abroad, or of old."""
    import phonenumbers

    forms = [(written, home or None), (_INTERNATIONAL.sub('+', written), None)]
    if home == 'MX' or _INTERNATIONAL.sub('+', written).startswith('+52'):
        forms.append((_OLD_PREFIX.sub('+52', written), None))
    for text, region in forms:
        with suppress(phonenumbers.NumberParseException):
            number = phonenumbers.parse(text, region)
            if phonenumbers.is_possible_number_with_reason(number) == phonenumbers.ValidationResult.IS_POSSIBLE:
                yield number


def _written(value: object, field: str) -> str:
    """The characters of a number, cleared of what is copied along: marks, labels, the end of a sentence."""
    if isinstance(value, str) and len(value) <= 2 * _TYPED_LIMIT:
        value = texts.without_invisible(value)
    text = unicodedata.normalize('NFKC', texts.clean(value, field=field, label='Phone number', limit=_TYPED_LIMIT))
    text = _AFTERWARDS.sub('', _CARRIER.sub('(', _BEFORE.sub('', text)))
    if reason := _unreadable(text, text.translate(_SIGNS)):
        raise Invalid(**{field: reason})
    return text.translate(_SIGNS)


def _unreadable(typed: str, text: str) -> str:
    if sum(sum(map(str.isdigit, part)) >= _SHORTEST for part in _SEVERAL.split(typed)) > 1:
        return 'These are several numbers. Add one at a time.'
    if _EXTENSION.search(text):
        return 'Leave the extension out.'
    if not _WRITTEN.fullmatch(text):
        return f'Write the number in digits, without letters or other signs.{_as_digits(text)}'
    if sum(map(str.isdigit, text)) > _DIGITS_LIMIT:
        return 'This is too long. A phone number has at most 15 digits.'
    return ''


def _as_digits(text: str) -> str:
    """What a number in words is on the keys of a telephone (ITU-T E.161), as a sentence, or ''."""
    import phonenumbers

    digits = phonenumbers.convert_alpha_characters_in_number(text) if _VANITY.fullmatch(text) else ''
    return f' On a keypad that is {digits}.' if digits else ''


def _advice(country: str) -> str:
    if not country:
        return 'This is not a valid number. Check the country code after the +, or choose the country.'
    return (
        f'This is not a valid number in {countries.phrase(country)}. '
        f'Write it like {example(country)}, or start with + and the country code.'
    )


def _region(number: 'PhoneNumber', home: str) -> str:
    """The chosen country where the number can be there, else its own; freephone numbers of the world have none."""
    import phonenumbers

    region = phonenumbers.region_code_for_number(number)
    is_of_home = calling_code(home) == f'+{number.country_code}'
    if phonenumbers.is_valid_number_for_region(number, home) or (region is None and is_of_home):
        return home
    region = region or phonenumbers.region_code_for_country_code(number.country_code or 0)
    if region not in country_codes() and not home:
        raise Invalid(country='Choose a country. This number itself belongs to none.')
    return region if region in country_codes() else home


@cache
def _calling_codes() -> dict[str, str]:
    import phonenumbers

    regions = phonenumbers.COUNTRY_CODE_TO_REGION_CODE
    return {region: f'+{code}' for code, those in regions.items() for region in those if region in country_codes()}

"""Phone numbers: anything a person writes becomes E.164, or a sentence that says what is missing."""

import re
import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from data.inputs import countries, texts
from data.problems import Invalid

if TYPE_CHECKING:
    from phonenumbers import PhoneNumber

_TYPED_LIMIT = 60
_DIGITS_LIMIT = 20  # E.164 has 15; an international prefix and a (0) may come on top
_EXTENSION = re.compile(r'ext|durchwahl|poste|x\s*\d|[;#,]', re.IGNORECASE)
_WRITTEN = re.compile(r'[\d\s+()\[\]./~\-\u00b7\u2010-\u2015\u2022\u2212]+')  # dashes and dots of every length


@dataclass(frozen=True)
class Phone:
    """A number in E.164 (ITU-T) with the ISO code of the country it belongs to."""

    e164: str
    country: str


def parse(value: object, country: object, *, field: str = 'number') -> Phone:
    """The number, written nationally for `country` or internationally with + or that country's prefix (00, 011).

    Raises Invalid(field) for anything that is not one valid number, Invalid(country=…) for an unknown country.
    """
    import phonenumbers

    home = countries.code_of(country)
    if home not in country_codes():
        raise Invalid(country='Choose a country.')
    written = _written(value, field)
    try:
        number = phonenumbers.parse(written, home)
    except phonenumbers.NumberParseException:
        raise Invalid(**{field: _advice(home)}) from None
    if not phonenumbers.is_valid_number(number):
        raise Invalid(**{field: _advice(home)})
    return Phone(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164), _region(number, home))


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


def _written(value: object, field: str) -> str:
    """The characters of a number, cleared of the marks that address books copy along."""
    if isinstance(value, str) and len(value) <= 2 * _TYPED_LIMIT:
        value = ''.join(character for character in value if unicodedata.category(character) != 'Cf')
    text = unicodedata.normalize('NFKC', texts.clean(value, field=field, label='Phone number', limit=_TYPED_LIMIT))
    text = re.sub(r'^tel:', '', text, flags=re.IGNORECASE)
    if reason := _unreadable(text):
        raise Invalid(**{field: reason})
    return text


def _unreadable(text: str) -> str:
    if _EXTENSION.search(text):
        return 'Leave the extension out.'
    if not _WRITTEN.fullmatch(text):
        return 'Write the number in digits, without letters or other signs.'
    if sum(map(str.isdigit, text)) > _DIGITS_LIMIT:
        return 'This is too long. A phone number has at most 15 digits.'
    return ''


def _advice(country: str) -> str:
    return (
        f'This is not a valid number in {countries.phrase(country)}. '
        f'Write it like {example(country)}, or start with + and the country code.'
    )


def _region(number: 'PhoneNumber', home: str) -> str:
    """The chosen country where the number can be there, else its own; freephone numbers of the world have none."""
    import phonenumbers

    if phonenumbers.is_valid_number_for_region(number, home):
        return home
    region = phonenumbers.region_code_for_number(number)
    return region if region in country_codes() else home


@cache
def _calling_codes() -> dict[str, str]:
    import phonenumbers

    regions = phonenumbers.COUNTRY_CODE_TO_REGION_CODE
    return {region: f'+{code}' for code, those in regions.items() for region in those if region in country_codes()}

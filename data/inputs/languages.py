"""Languages as browsers name them (`Accept-Language`, RFC 9110 12.5.4), and what is written differently in them."""

import re

_LONGEST = 200
_WEIGHED = re.compile(r'\s*([A-Za-z0-9-]+)\s*(?:;\s*q=([01](?:\.\d*)?))?\s*')


def has_semicolons(accepted: str) -> bool:
    """Whether spreadsheets expect semicolons between cells, in the first of these languages that is known.

    They do where a comma stands in decimal numbers (Unicode CLDR), and in Switzerland and Liechtenstein, where the list
    separator of Windows is one although numbers have a point.
    """
    from babel.core import UnknownLocaleError  # whoever takes no file does not pay for this import
    from babel.numbers import get_decimal_symbol

    for language in preferred(accepted):
        if language.upper().endswith(('-CH', '-LI')):
            return True
        for name in (language, language.partition('-')[0]):
            try:
                return get_decimal_symbol(name.replace('-', '_')) == ','
            except (UnknownLocaleError, ValueError):
                continue
    return False


def preferred(accepted: str) -> list[str]:
    """The languages that a browser asks for, the most wanted first."""
    weighed = [(float(it[2] or 1), it[1]) for it in map(_WEIGHED.fullmatch, accepted[:_LONGEST].split(',')) if it]
    return [language for weight, language in sorted(weighed, key=lambda it: -it[0]) if weight]

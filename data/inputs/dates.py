"""How somebody wants dates: in which language (BCP 47) and in which time zone (IANA); checked, and offered by name."""

import re
from functools import cache
from pathlib import Path

from data.inputs import countries, moments
from data.problems import Invalid

NO_LANGUAGE = 'Choose a language from the list.'
NO_ZONE = 'Choose a time zone from the list.'

_PLACES = re.compile('(Africa|America|Antarctica|Arctic|Asia|Atlantic|Australia|Europe|Indian|Pacific)/.+')
"""The names of zones that are places; the others are short for one of them, or are no zones of people."""


def language(value: object, field: str = 'language') -> str | None:
    """One of `languages`, None where the field was left empty. Raises Invalid(field)."""
    if value is None or value == '':
        return None
    if not isinstance(value, str) or value not in languages():
        raise Invalid(**{field: NO_LANGUAGE})
    return value


def time_zone(value: object, field: str = 'time_zone') -> str | None:
    """One of `time_zones`, None where the field was left empty. Raises Invalid(field)."""
    if value is None or value == '':
        return None
    if not isinstance(value, str) or value not in time_zones():
        raise Invalid(**{field: NO_ZONE})
    return value


@cache
def languages() -> dict[str, str]:
    """The languages that dates can be in, by their tags: 'German – Deutsch'."""
    lines = Path(__file__).with_name('language_names.txt').read_text('utf-8').splitlines()
    rows = (line.partition(' ')[::2] for line in lines if not line.startswith('#'))
    return {tag: ' – '.join(dict.fromkeys(names.split('|'))) for tag, names in rows}


@cache
def time_zones() -> dict[str, str]:
    """The time zones that this machine knows, by their names: 'America/New York'."""
    names = sorted(name for name in _countries_by_zone() if moments.is_zone(name))
    return {'UTC': 'UTC', **{name: name.replace('_', ' ') for name in names}}


@cache
def countries_of_zones() -> dict[str, tuple[str, ...]]:
    """What a time zone is found by beside its name: the country in which it lies."""
    named = ((zone, countries.folded(countries.name(code))) for zone, code in _countries_by_zone().items())
    return {zone: (country,) for zone, country in named if country}


def _countries_by_zone() -> dict[str, str]:
    """The code of the country of each zone, from the table that lies beside the zones (tz, zone.tab).

    Without that table all zones by all of their names, former ones, too.
    """
    import zoneinfo

    for table in (Path(folder, 'zone.tab') for folder in zoneinfo.TZPATH):
        if table.is_file():
            rows = (line.split('\t') for line in table.read_text('utf-8').splitlines() if not line.startswith('#'))
            return {row[2]: row[0] for row in rows if len(row) > 2}
    return {name: '' for name in zoneinfo.available_timezones() if _PLACES.fullmatch(name)}

"""The settings of an agent as people type them: each a text under its name, with what it is called and how it is read.

A list is a line for each; days have hours such as 9:00–17:00, or none.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from data.inputs import moments, opening_hours, texts
from data.inputs.opening_hours import DAYS
from data.inputs.sites import site
from data.problems import Checks, Invalid, collect
from data.services.agents.settings import AgentSettings, Hours

SENTENCE_LIMIT, SUGGESTION_LIMIT, LABEL_LIMIT = 500, 120, 24
"""Characters of a sentence, of a suggested question, of the launcher's label."""

SUGGESTIONS, SITES = 5, 50
"""How many of each there are at most."""

LABELS: dict[str, str] = {
    'name': 'Name',
    'greeting': 'Greeting',
    'suggestions': 'Suggested questions',
    'unknown': 'When nothing is found',
    'offers': 'What is offered then',
    'consent': 'When an address is left',
    'away': 'When nobody is there',
    'limit': 'When no more is answered',
    'color': 'Color',
    'side': 'Side',
    'label': 'Label',
    'theme': 'Light or dark',
    'sites': 'Sites',
    'in_apps': 'Inside of apps',
    'zone': 'Time zone',
    **{day: day.capitalize() for day in DAYS},
}
"""What each setting is called, in the order of the screen."""

CHOICES: dict[str, dict[str, str]] = {
    'offers': {
        'both': 'A person, or leaving an address',
        'person': 'A person',
        'email': 'Leaving an address',
        'nothing': 'Nothing',
    },
    'side': {'right': 'Right', 'left': 'Left'},
    'theme': {'auto': 'As the visitor’s device', 'light': 'Light', 'dark': 'Dark'},
    'in_apps': {'no': 'No, only on sites', 'yes': 'Yes, also inside of apps'},
}
"""What can be chosen, with the words for it."""

_OFFERS = {(True, True): 'both', (True, False): 'person', (False, True): 'email', (False, False): 'nothing'}
_BETWEEN_SITES = r'[,;]{0,3}(?:\s+|$)'
"""They are copied in a row as well, and no address has a space in it."""

_HEX = re.compile('#?([0-9a-fA-F]{3}|[0-9a-fA-F]{6})')


def as_form(settings: AgentSettings) -> dict[str, str]:
    """The settings as a form shows them."""
    hours = settings.hours
    days = hours.days if hours else ((),) * len(DAYS)
    return {
        **{name: getattr(settings, name) for name in (*_SENTENCES, 'name', 'color', 'side', 'label', 'theme')},
        'suggestions': '\n'.join(settings.suggestions),
        'offers': _OFFERS[settings.offers_person, settings.offers_email],
        'sites': '\n'.join(settings.sites),
        'in_apps': 'yes' if settings.in_apps else 'no',
        'zone': hours.zone if hours else '',
        **{name: opening_hours.in_words(day) for name, day in zip(DAYS, days, strict=True)},
    }


def changed(before: AgentSettings, values: Mapping[str, object]) -> AgentSettings:
    """The settings with these values of a form; what is not among them stays.

    Raises Invalid with a sentence for each that can't be used.
    """
    values = values if isinstance(values, Mapping) else {}
    now: dict[str, Any] = {}
    with collect() as checks:
        for name, read in _READ.items():
            if name in values:
                now[name] = checks.of(read, values[name])
        if 'offers' in values:
            offers = checks.of(_choice, values['offers'], 'offers')
            now['offers_person'], now['offers_email'] = offers in ('both', 'person'), offers in ('both', 'email')
        if 'in_apps' in values:
            now['in_apps'] = checks.of(_choice, values['in_apps'], 'in_apps') == 'yes'
        if values.keys() & {'zone', *DAYS}:
            now['hours'] = _hours({**as_form(before), **values}, checks)
    return replace(before, **now)


def _sentence(value: object, name: str, *, required: bool = True) -> str:
    text = texts.several_lines(value, field=name, label='This sentence', limit=SENTENCE_LIMIT)
    if required and not text:
        raise Invalid(**{name: 'This sentence is required.'})
    return text


def _name(value: object) -> str:
    return texts.clean(value, field='name', label='The name', limit=texts.NAME_LIMIT)


def _label(value: object) -> str:
    return texts.clean(value, field='label', label='The label', limit=LABEL_LIMIT)


def _choice(value: object, name: str) -> str:
    if not isinstance(value, str) or value not in CHOICES[name]:
        raise Invalid(**{name: 'Choose one of these.'})
    return value


def _color(value: object) -> str:
    typed = _HEX.fullmatch(value.strip()) if isinstance(value, str) else None
    if not typed:
        raise Invalid(color='Enter a color like #0F6B5C.')
    digits = typed[1] if len(typed[1]) == 6 else ''.join(2 * digit for digit in typed[1])
    return f'#{digits.upper()}'


def _lines(
    value: object, name: str, read: Callable[[str], str], most: int, of_each: int, between: str = '\n'
) -> tuple[str, ...]:
    """What stands in the lines of a text, each once. Raises Invalid(name) for the first that can't be used."""
    text = texts.several_lines(value, field=name, label='This list', limit=4 * most * of_each)
    found = tuple(dict.fromkeys(read(line) for line in re.split(between, text) if line.strip()))
    if len(found) > most:
        raise Invalid(**{name: f'There are at most {most}. Take some out.'})
    return found


def _suggestion(line: str) -> str:
    return texts.clean(line, field='suggestions', label='A suggested question', limit=SUGGESTION_LIMIT)


def _hours(values: Mapping[str, object], checks: Checks) -> Hours | None:
    """When people are there, None where no day says so."""
    days = tuple(checks.of(opening_hours.spans, values[day], day) or () for day in DAYS)
    zone = values['zone']
    if not any(days):
        return None
    if not moments.is_zone(zone):
        checks.wrong['zone'] = 'Choose the time zone of these hours.'
        return None
    return Hours(zone, days)


_SENTENCES = ('greeting', 'unknown', 'consent', 'away', 'limit')
_READ: dict[str, Callable[[object], Any]] = {
    **{name: partial(_sentence, name=name, required=name != 'greeting') for name in _SENTENCES},
    'name': _name,
    'label': _label,
    'color': _color,
    'side': partial(_choice, name='side'),
    'theme': partial(_choice, name='theme'),
    'suggestions': partial(_lines, name='suggestions', read=_suggestion, most=SUGGESTIONS, of_each=SUGGESTION_LIMIT),
    'sites': partial(
        _lines, name='sites', read=partial(site, field='sites'), most=SITES, of_each=60, between=_BETWEEN_SITES
    ),
}

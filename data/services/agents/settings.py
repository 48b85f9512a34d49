"""The settings of an agent: what it says, what it offers, how it looks, and where and when it is there.

They are kept as JSON, of which {} is all that an agent begins with. People type them into forms, where each is a text.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

SIDES, THEMES = ('right', 'left'), ('auto', 'light', 'dark')


@dataclass(frozen=True)
class Hours:
    """When people are there: for each day from Monday on spans of minutes after midnight, in a time zone (IANA)."""

    zone: str
    days: tuple[tuple[tuple[int, int], ...], ...]


@dataclass(frozen=True)
class AgentSettings:
    """All that a version of an agent is made of; sentences are the customer's own, in whatever language.

    `unknown` is said where nothing is found, and then a person is offered, or to leave an address, with the sentence
    `consent` to agree to. `away` is said to who wants a person while nobody is there, `limit` where no more questions
    are answered. `color` is that of the launcher, '#rrggbb', on this `side`, with this `label`; `theme` one of THEMES.
    `sites` are the origins that may embed it, none is none, `in_apps` whether apps may show it. `hours` are those of
    the people, None for always.
    """

    name: str = 'Assistant'
    greeting: str = 'Hello. Ask a question: the answer comes from our documents, and shows where it stands.'
    suggestions: tuple[str, ...] = ()
    unknown: str = 'Our documents say nothing about that.'
    offers_person: bool = True
    offers_email: bool = True
    consent: str = 'You may keep this address to answer me. It is used for nothing else.'
    away: str = 'Nobody is here right now. Leave your email address, and somebody answers you.'
    limit: str = 'No more questions can be answered right now. Please come back later.'
    color: str = '#0F6B5C'
    side: str = 'right'
    label: str = 'Chat'
    theme: str = 'auto'
    sites: tuple[str, ...] = ()
    in_apps: bool = False
    hours: Hours | None = None


FIRST = AgentSettings()
"""What an agent begins with."""


def of(kept: Mapping[str, Any]) -> AgentSettings:
    """The settings that are kept so; what is missing is as an agent begins, what another version kept is left out."""
    known: dict[str, Any] = {name: value for name, value in kept.items() if name in asdict(FIRST)}
    for name in ('suggestions', 'sites'):
        if name in known:
            known[name] = tuple(known[name])
    if hours := known.get('hours'):
        days = tuple(tuple((first, last) for first, last in day) for day in hours['days'])
        known['hours'] = Hours(hours['zone'], days)
    return replace(FIRST, **known)


def as_json(settings: AgentSettings) -> dict[str, Any]:
    """The settings as they are kept: all of them, so that what is published stays as it was."""
    return asdict(settings)

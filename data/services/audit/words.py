"""Events of the record in words: what screens say of an event, and so what a search finds it by."""

import re
import unicodedata
from collections.abc import Iterator
from datetime import date
from typing import Any

from data.database import ADMINISTRATOR
from data.inputs import phones, texts
from data.inputs.moments import day_in_words
from data.inputs.names import called
from data.models import AuditEvent, Role, Status
from data.permissions import STATUS_RULES, Permission
from data.services.audit.acts import Topic, act_named, topic_named
from data.services.audit.entries import Entry

Recorded = Entry | AuditEvent

THE_ADMINISTRATOR = ADMINISTRATOR.capitalize()
"""Whoever runs the installation, at the beginning of a sentence and in lists."""

REFUSED = 'Refused'
COMMAND_LINE = 'Command line'

_NAMES = {role.value: role.label for role in Role} | {status.value: STATUS_RULES[status].word for status in Status}
_DAYS = 'day', 'last'
"""The gaps that a day fills, which is on the record as ISO 8601 has it."""

_GAP = re.compile(r'\{(\w+)\}')
_NUMBER = re.compile(r'(?<!\S)[+(]?\d[\d().\-/]*(?:\s+[\d().\-/]+)*(?!\S)')
"""What may be a number of any kind that is written in groups: words of digits and of the signs between them."""

_SHORTEST = 4
"""Digits from which on a number is looked for in whatever groups it is written."""

_TRUNK = re.compile(r'(?<=\d)\s*\(0\)\s*')
"""The 0 that is only dialed at home: +49 (0)30 901820."""


def happened(event: Recorded) -> str:
    """A sentence for one event of the record."""
    if event.outcome == 'refused':
        return _filled('{who} tried to ' + _phrase(event.action), event)
    act = act_named(event.action)
    return _filled(act.sentence if act else '{who}: ' + event.action, event)


def named(event: Recorded) -> tuple[str, ...]:
    """The names in that sentence, in their order: whoever draws it keeps the direction they are written in apart."""
    act = act_named(event.action)
    template = act.sentence if act and event.outcome != 'refused' else '{who}'
    return tuple(_filling(gap[1], event) for gap in _GAP.finditer(template))


def who(event: Recorded) -> str:
    """Whoever acted, as they were called then."""
    return THE_ADMINISTRATOR if is_administrator(event) else called(event.actor_name, event.actor_email)


def known_as(address: str, name: str | None = None) -> str:
    """Whoever acted under this address, and perhaps was called so, as lists name them."""
    return THE_ADMINISTRATOR if address == ADMINISTRATOR else called(name, address)


def is_administrator(event: Recorded) -> bool:
    """Whether it was whoever runs the installation: from the command line, without an account."""
    return event.actor_id is None and event.actor_email == ADMINISTRATOR


def place(event: Recorded) -> str:
    """From where it was done."""
    return str(event.network or (COMMAND_LINE if is_administrator(event) else '–'))


def remark(event: Recorded) -> str:
    """What else is known of it, '' for nothing."""
    act = act_named(event.action) if event.outcome == 'done' else None
    words = _filled(act.note, event) if act else ''
    if inviter := event.details.get('inviter'):  # whoever acted has taken their place
        words = f'{words}. {called(event.details.get("inviter_name"), inviter)} had invited them before'
    if overruled := event.details.get('overruled'):
        words = f'Saved though it looked wrong: {overruled}'
    return ': '.join(part for part in (words, str(event.details.get('reason') or '')) if part)


_OTHER_RULES = {
    'second_factor': 'No second factor was proved',
    'unverified': 'Their email address was not confirmed',
}


def refused_by(event: Recorded) -> str:
    """The rule that said no, in words; '' where nothing was refused."""
    kind, _, what = event.rule.partition(':')
    if kind == 'role' and what in _NAMES:
        return f'{_NAMES[what]}s can’t do this'
    if kind == 'status' and what in _NAMES:
        return f'The organization was {_NAMES[what].lower()}'
    if kind == 'limit':
        return f'The limit of {what} was reached'
    return _OTHER_RULES.get(kind) or str(event.rule)


# searching -----------------------------------------------------------------------------------------------------------


def searchable(event: Recorded) -> str:
    """The text in which a search looks for an event, folded: all that its line says, and what that is made of.

    Every word of `search_words` must be part of it. Numbers stand in it in one piece, too, a phone number as it is
    written at home and abroad: who looks for one may write it in any groups.
    """
    return '\n'.join(dict.fromkeys(filter(None, _searchable(event))))


def _searchable(event: Recorded) -> Iterator[str]:
    topic = topic_named(event.action)
    is_refused = event.outcome == 'refused'
    for text in (
        happened(event),
        remark(event),
        *((REFUSED, refused_by(event)) if is_refused else ()),
        place(event),
        topic.label if topic else '',
        event.action,
        event.target,
    ):
        yield (folded := _folded(text))
        yield from map(_digits, _NUMBER.findall(folded))
    if topic is Topic.PHONE and not is_refused:
        yield _digits(f'00{event.target}')
        yield _digits(phones.at_home(event.target))


def search_words(text: str) -> list[str]:
    """The words of a search, folded as `searchable` is; a number is one word, however it is grouped."""
    folded = _TRUNK.sub(' ', _folded(text))
    words: list[str] = []
    end = 0
    for number in _NUMBER.finditer(folded):
        if len(_digits(number[0])) >= _SHORTEST:
            words += [*folded[end : number.start()].split(), _digits(number[0])]
            end = number.end()
    return [*words, *folded[end:].split()]


def _folded(text: str) -> str:
    if text.isascii():  # most are: all that follows would do the same, ten times slower
        return text.lower()
    seen = ''.join(letter for letter in text if unicodedata.category(letter) != 'Cf')
    return texts.without_accents(unicodedata.normalize('NFKC', unicodedata.normalize('NFKC', seen).casefold()))


def _digits(number: str) -> str:
    return ''.join(filter(str.isdigit, number))


def _phrase(action: str) -> str:
    return Permission(action).phrase if action in set(Permission) else action


def _filled(template: str, event: Recorded) -> str:
    """The template with its gaps filled, once: what fills them is people's text."""
    return _GAP.sub(lambda gap: _filling(gap[1], event), template)


def _filling(gap: str, event: Recorded) -> str:
    is_number = event.action.partition(':')[0] == Topic.PHONE
    target = phones.shown(event.target) if is_number else called(event.details.get('target_name'), event.target)
    value: Any = {'who': who(event), 'target': target}.get(gap, event.details.get(gap))
    if gap in _DAYS and isinstance(value, str):
        return day_in_words(date.fromisoformat(value))
    nothing = '' if gap == 'note' else '–'  # a note stands by itself
    return f'{value:,}' if isinstance(value, int) else _NAMES.get(value, value) or nothing

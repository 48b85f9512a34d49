"""What is on the record of an account in words, and what the ways into one are called."""

import re

from data.models import AccountEvent
from data.services.accounts.acts import account_act
from data.services.accounts.ways import label_of

LIMITED = 'There were too many tries; nobody was let in.'

_WAYS = {'password': 'your password', 'passkey': 'a passkey', 'code': 'a code'}
_GAP = re.compile(r'\{(\w+)\}')


def way_in_words(method: str | None) -> str:
    """The way in that a session began with, for the end of a sentence; '' for one that nobody wrote down."""
    if method is None or method in _WAYS:
        return _WAYS.get(method or '', '')
    return label_of(method.removeprefix('oidc:'))


def sentence_of(event: AccountEvent) -> str:
    """What happened, as the person themselves reads it."""
    template = _template(event)
    if not event.detail:
        template = re.sub(r' with \{way\}| \S?\{detail\}\S?', '', template)
    return _GAP.sub(lambda gap: _filling(gap[1], event), template)


def names_in(event: AccountEvent) -> tuple[str, ...]:
    """The names in that sentence, in their order: whoever draws it keeps the direction they are written in apart."""
    return tuple(_filling(gap[1], event) for gap in _GAP.finditer(_template(event))) if event.detail else ()


def _template(event: AccountEvent) -> str:
    act = account_act(event.action)
    if act is None:
        return event.action
    return act.sentence if event.outcome == 'done' else act.tried


def _filling(gap: str, event: AccountEvent) -> str:
    return way_in_words(event.detail) if gap == 'way' else event.detail or ''

"""What the application's own names read like on screens."""

import re
from typing import Any

from components.kit.status import Standing
from data import database
from data.inputs import phones
from data.models import Role, Status
from data.permissions import STATUS_RULES, Member, Permission
from data.services.audit import Act, Entry, Topic
from data.services.audit.acts import act_named

THE_ADMINISTRATOR = database.ADMINISTRATOR.capitalize()
"""Whoever runs the installation, at the beginning of a sentence and in lists."""

_NAMES = {role.value: role.label for role in Role} | {status.value: STATUS_RULES[status].word for status in Status}
_GAP = re.compile(r'\{(\w+)\}')


def happened(entry: Entry) -> str:
    """A sentence for one event of the record."""
    if entry.outcome == 'refused':
        return _filled('{who} tried to ' + _phrase(entry.action), entry)
    act = act_named(entry.action)
    return _filled(act.sentence if act else '{who}: ' + entry.action, entry)


def who(entry: Entry) -> str:
    """Whoever acted."""
    return THE_ADMINISTRATOR if is_administrator(entry) else entry.actor_email


def is_administrator(entry: Entry) -> bool:
    """Whether it was whoever runs the installation: from the command line, without an account."""
    return entry.actor_id is None and entry.actor_email == database.ADMINISTRATOR


def remark(entry: Entry) -> str:
    """What else is known of it, '' for nothing."""
    act = act_named(entry.action) if entry.outcome == 'done' else None
    words = _filled(act.note, entry) if act else ''
    return ': '.join(part for part in (words, str(entry.details.get('reason') or '')) if part)


def refused_by(entry: Entry) -> str:
    """The rule that said no, in words; '' where nothing was refused."""
    kind, _, what = entry.rule.partition(':')
    if kind == 'role' and what in _NAMES:
        return f'{_NAMES[what]}s can’t do this'
    if kind == 'status' and what in _NAMES:
        return f'The organization was {_NAMES[what].lower()}'
    return entry.rule


def said_of_acts() -> dict[str, str]:
    """Every action with the words that screens use for it, so that a search finds what people read."""
    done = {act.value: _GAP.sub('', f'{act.sentence} {act.note}') for act in Act}
    tried = {permission.value: f'tried to {permission.phrase}' for permission in Permission}
    return {action: f'{done.get(action, "")} {tried.get(action, "")}' for action in done | tried}


def show_standing(standing: Standing, member: Member) -> None:
    """Put an organization's status into words."""
    organization = member.organization
    rule = STATUS_RULES[organization.status]
    standing.show(rule.word, rule.tone, organization.status_since, rule.meaning, organization.status_reason)


def _phrase(action: str) -> str:
    return Permission(action).phrase if action in set(Permission) else action


def _filled(template: str, entry: Entry) -> str:
    """The template with its gaps filled, once: what fills them is people's text."""

    def fill(gap: re.Match[str]) -> str:
        is_number = entry.action.partition(':')[0] == Topic.PHONE
        target = phones.shown(entry.target) if is_number else entry.target
        value: Any = {'who': who(entry), 'target': target}.get(gap[1], entry.details.get(gap[1]))
        return f'{value:,}' if isinstance(value, int) else _NAMES.get(value, value) or '–'

    return _GAP.sub(fill, template)

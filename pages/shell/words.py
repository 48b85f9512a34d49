"""What the application's own names read like on screens."""

import re
from typing import Any

from components.kit.status import Standing
from data.inputs import phones
from data.models import Role, Status
from data.permissions import STATUS_RULES, Member, Permission
from data.services.audit import Entry

HAPPENED = {
    'organization:create': '{who} created the organization',
    'organization:rename': '{who} renamed the organization to “{target}”',
    'organization:status': '{who} changed the status',
    'billing:set_address': '{who} changed the billing address',
    'phone:add': '{who} added the number {target}',
    'phone:change': '{who} changed the number {target}',
    'phone:make_primary': '{who} made {target} the primary number',
    'phone:remove': '{who} removed the number {target}',
    'member:add': '{who} added {target}',
    'member:change_role': '{who} changed the role of {target}',
    'member:remove': '{who} removed {target}',
    'member:leave': '{who} left',
    'invitation:create': '{who} invited {target}',
    'invitation:resend': '{who} sent the invitation of {target} again',
    'invitation:revoke': '{who} took back the invitation of {target}',
    'invitation:change_role': '{who} changed the role {target} is invited to',
    'invitation:accept': '{who} accepted the invitation by {target}',
    'invitation:decline': '{who} declined the invitation by {target}',
    'audit:export': '{who} exported the activity log',
}
NOTES = {
    'organization:rename': 'It was “{before}”',
    'organization:status': 'From {before} to {after}',
    'member:add': 'As {role}',
    'member:change_role': 'From {before} to {after}',
    'invitation:create': 'As {role}',
    'invitation:resend': 'As {role}',
    'invitation:change_role': 'From {before} to {after}',
    'invitation:accept': 'As {role}',
    'audit:export': '{events} events as {target}',
}
"""What the details of an act add to its sentence."""

KINDS = {
    'organization': 'Organization',
    'member': 'People',
    'phone': 'Phone numbers',
    'billing': 'Billing',
    'audit': 'Activity log',
}
SUBJECTS = {'member': ('member', 'owner', 'invitation')}
"""Kinds of acts whose names begin with several words; the others begin with their own."""

ADMINISTRATOR = 'The administrator'
"""Whoever runs the installation, at the beginning of a sentence and in lists."""

_NAMES = {role.value: role.label for role in Role} | {status.value: STATUS_RULES[status].word for status in Status}
_GAP = re.compile(r'\{(\w+)\}')


def happened(entry: Entry) -> str:
    """A sentence for one event of the record."""
    if entry.outcome == 'refused':
        template = '{who} tried to ' + _act(entry.action)
    else:
        template = HAPPENED.get(entry.action, '{who}: ' + entry.action)
    return _filled(template, entry)


def who(entry: Entry) -> str:
    """Whoever acted."""
    return ADMINISTRATOR if entry.actor_id is None else entry.actor_email


def note(entry: Entry) -> str:
    """What else is known of it, '' for nothing."""
    words = [_filled(NOTES[entry.action], entry)] if entry.action in NOTES and entry.outcome == 'done' else []
    return ': '.join([*words, *([str(entry.details['reason'])] if entry.details.get('reason') else [])])


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
    done = {action: _GAP.sub('', f'{text} {NOTES.get(action, "")}') for action, text in HAPPENED.items()}
    tried = {permission.value: f'tried to {permission.phrase}' for permission in Permission}
    return {action: f'{done.get(action, "")} {tried.get(action, "")}' for action in done | tried}


def show_standing(standing: Standing, member: Member) -> None:
    """Put an organization's status into words."""
    organization = member.organization
    rule = STATUS_RULES[organization.status]
    standing.show(rule.word, rule.tone, organization.status_since, rule.meaning, organization.status_reason)


def _act(action: str) -> str:
    return Permission(action).phrase if action in set(Permission) else action


def _filled(template: str, entry: Entry) -> str:
    """The template with its gaps filled, once: what fills them is people's text."""

    def fill(gap: re.Match[str]) -> str:
        number = entry.action.startswith('phone:')
        target = phones.shown(entry.target) if number else entry.target
        value: Any = {'who': who(entry), 'target': target}.get(gap[1], entry.details.get(gap[1]))
        return f'{value:,}' if isinstance(value, int) else _NAMES.get(value, value) or '–'

    return _GAP.sub(fill, template)

"""What visitors are told of a conversation: what was said, by whom, and where it stands; nothing that names a row."""

from typing import Any

from data.services.conversations import SOMEBODY, Line
from data.services.visitors import Talk

SHOWN = {'visitor', 'agent', 'member', 'event'}
"""Roles of what visitors see; notes are for members."""

OF_SOURCE = 'name', 'kind', 'heading', 'page', 'text', 'gone'


def talk(found: Talk) -> dict[str, Any]:
    """A conversation, as JSON has it."""
    return {
        'state': found.state,
        'member': found.member,
        'read': found.team_seq,
        'owed': found.is_owed,
        'more': found.more,
        'lines': [line(each) for each in found.messages if each.role in SHOWN],
    }


def line(each: Line) -> dict[str, Any]:
    """One message; what is empty is left out."""
    content = {
        'seq': each.seq,
        'role': each.role,
        'text': each.text,
        'sources': [{name: it[name] for name in OF_SOURCE if it.get(name)} for it in each.sources],
        'outcome': each.outcome,
        'author': (each.author or SOMEBODY) if each.role == 'member' else None,
        'at': each.at.isoformat(),
        'vote': each.vote,
    }
    return {name: value for name, value in content.items() if value}

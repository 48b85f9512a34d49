"""What the screen of conversations says: rows of the list, lines of one, who it is with, what can be done."""

from typing import Any

from components.kit.grid import Row
from data.models import ConversationState, MessageRole
from data.permissions import Permission
from data.services.conversations import Answerer, ConversationRow, Conversations, ConversationView, Line, View

LONGEST = 80
"""Characters of what was said last, as a row shows it: a row stays below a kilobyte on its way, whatever the script."""

VIEWS = {
    View.NEEDS: ('Needs a person', 'Nobody waits for a person.'),
    View.AGENT: ('By the agent', 'The agent has no open conversation.'),
    View.MINE: ('Mine', 'You have no open conversation.'),
    View.RESOLVED: ('Resolved', 'Nothing is resolved yet.'),
    View.ALL: ('All', 'Nobody has written yet. What visitors write on your site comes in here.'),
}
"""What a view is called, and what is said where nothing is in it."""

COUNTED = View.NEEDS, View.AGENT, View.MINE
"""Of which it is said how many there are: somebody, or the agent, has to do something about them."""

NO_MATCH = 'No conversation matches this.'

SPEAKERS = {MessageRole.VISITOR: '', MessageRole.AGENT: 'Agent', MessageRole.MEMBER: 'Team'}
STATES = {
    ConversationState.ANSWERING: ('The agent answers', 'info'),
    ConversationState.WAITING: ('Waits for a person', 'warn'),
    ConversationState.HUMAN: ('Answered by {who}', 'ok'),
    ConversationState.RESOLVED: ('Resolved', 'quiet'),
}
NOBODY_HAS_IT = 'Waits for a person', 'warn'
ACTS = {
    'take': ('Take over', 'Answer instead of the agent'),
    'give_back': ('Give back', 'Let the agent answer the next message'),
    'resolve': ('Resolve', 'It is done'),
    'reopen': ('Reopen', 'Open it again, and answer'),
}
"""What can be done to a conversation: what the button says, and what follows."""

OFFERED = {
    ConversationState.ANSWERING: ('take', 'resolve'),
    ConversationState.WAITING: ('take', 'give_back', 'resolve'),
    ConversationState.HUMAN: ('resolve', 'give_back'),
    ConversationState.RESOLVED: ('reopen',),
}
"""What can be done while a conversation stands so, the likeliest first."""

OUTCOMES = {'nothing': 'Nothing found in the knowledge', 'limit': 'The limit of messages was reached'}
VOTES = {1: 'The visitor says this helped', -1: 'The visitor says this did not help'}


def called(row: ConversationRow) -> str:
    """What a visitor is called: as they say, else by something that tells them apart."""
    return row.visitor or f'Visitor {row.id[-4:].lower()}'


def standing(row: ConversationRow) -> tuple[str, str]:
    """Where a conversation stands, in words, with their tone."""
    if row.state is ConversationState.HUMAN and row.assignee is None:
        return NOBODY_HAS_IT
    word, tone = STATES[row.state]
    return word.format(who=row.assignee), tone


def list_row(row: ConversationRow) -> Row:
    """A conversation as the list shows it."""
    word, tone = standing(row)
    return {
        'id': row.id,
        'name': called(row)[:60],
        'from': SPEAKERS.get(row.last_role, ''),
        'text': row.last_text[:LONGEST],
        'at': moment(row.waiting_since or row.changed_at),
        'fresh': row.is_unread,
        'word': word[:60],
        'tone': tone,
        'tags': ', '.join(row.tags)[:60],
    }


def around(found: Conversations, view: View, search: str, tag: str) -> dict[str, Any]:
    """What stands above the rows: the views with how many there are in each, and the tags."""
    counts = tuple(found.counts[it] if it in COUNTED else None for it in VIEWS)
    nothing = NO_MATCH if search or tag else VIEWS[view][1]
    return {'counts': counts, 'view': view.value, 'tags': tuple(found.tags), 'tag': tag, 'nothing': nothing}


def talk(view: ConversationView) -> dict[str, Any]:
    """The conversation that is open, without its lines."""
    row, member = view.row, view.member
    refused = member.refused(Permission.CONVERSATION_ANSWER)
    word, tone = standing(row)
    return {
        'head': {
            'name': called(row),
            'word': word,
            'tone': tone,
            'since': moment(row.waiting_since) if row.waiting_since else '',
            'acts': () if refused else offered(row),
            'hint': '' if refused else hint(row, member.user_id),
            'note': held(row, member.user_id),
        },
        'may': not refused,
        'why': refused or '',
        'seen': seen(view),
        'person': person(view),
    }


def offered(row: ConversationRow) -> tuple[str, ...]:
    """What can be done to it; what somebody else has is not taken from them, but may be assigned."""
    is_nobodys = row.state is ConversationState.HUMAN and row.assignee is None
    return OFFERED[ConversationState.WAITING if is_nobodys else row.state]


def hint(row: ConversationRow, me: str) -> str:
    """What follows when somebody answers, in their empty reply."""
    if held(row, me):
        return 'Assign it to yourself first'
    if row.state is ConversationState.HUMAN and row.assignee_id:
        return 'Write to the visitor'
    return 'Write to the visitor: then it is yours, and the agent rests'


def held(row: ConversationRow, me: str) -> str:
    """Who else has it, '' where that is nobody."""
    if row.state is not ConversationState.HUMAN or row.assignee_id in (None, me):
        return ''
    return row.assignee or ''


def seen(view: ConversationView) -> int:
    """The last message of a member that the visitor has read, 0 for none that is here."""
    read = [it.seq for it in view.lines if it.role is MessageRole.MEMBER and it.seq <= view.visitor_seq]
    return read[-1] if read else 0


def line_row(line: Line) -> Row:
    """A message as the conversation shows it."""
    who = {MessageRole.VISITOR: 'Visitor', MessageRole.AGENT: 'Agent'}.get(line.role) or line.author or ''
    notes = [OUTCOMES.get(line.outcome, ''), VOTES.get(line.vote or 0, '')]
    row: Row = {'seq': line.seq, 'role': line.role.value, 'text': line.text, 'at': moment(line.at)}
    if line.role is MessageRole.EVENT:
        return row
    row['who'] = f'Note by {who}' if line.role is MessageRole.NOTE else who
    if note := ' · '.join(note for note in notes if note):
        row['note'] = note
    return {**row, 'sources': [source(it) for it in line.sources]} if line.sources else row


def source(said: dict[str, Any]) -> Row:
    """What an answer stands on: the file or the question, where in it, and what it says there."""
    page = f'page {said["page"]}' if said.get('page') else ''
    place = ' · '.join(part for part in (str(said.get('heading') or ''), page) if part)
    return {
        'name': str(said.get('name', '')),
        'place': place,
        'text': str(said.get('text', '')),
        'gone': bool(said.get('gone')),
    }


def person(view: ConversationView) -> dict[str, Any]:
    """Who a conversation is with, what is known of them, and what members have put on it."""
    who = view.visitor
    trust = 'Their site says so' if who.is_signed else 'They say so; nobody has checked it'
    facts = [
        ('Name', who.name),
        ('Email', who.email),
        ('Known as', who.known_as),
        ('Who says that', trust if who.name or who.email or who.known_as else ''),
        ('Site', who.site),
        ('Page', who.page),
        ('Browser', who.device),
    ]
    given = [(label, value, '') for label, value in facts if value]
    leads = [('Address left', f'{lead.email}: “{lead.consent}”', '') for lead in view.leads]
    return {
        'facts': (*given, ('First seen', '', moment(who.since)), *leads),
        'tags': view.row.tags,
        'assignee': view.row.assignee_id or '',
        'members': tuple(member(it) for it in view.people),
        'canDelete': view.member.may(Permission.CONVERSATION_DELETE),
    }


def member(one: Answerer) -> tuple[str, str]:
    """A member who may have a conversation, as a choice."""
    return one.id, one.called


def labels() -> dict[str, Any]:
    """What never changes: what the views are called, and what can be done."""
    return {'views': tuple((it.value, label) for it, (label, _) in VIEWS.items()), 'labels': ACTS}


def moment(at: Any) -> str:
    """A moment as browsers read it, to the second."""
    return str(at.isoformat(timespec='seconds'))

"""Messages: the one place that writes one into a conversation, counts it, and tells whoever looks at that."""

from typing import Any

from sqlalchemy import bindparam
from sqlmodel import col, select

from data import changes, clock
from data.changes import Change
from data.database import TenantSession, constant
from data.inputs import texts
from data.models import Conversation, Message, MessageRole
from data.problems import Invalid
from data.services.audit import Topic
from data.services.conversations.events import Event

TEXT = 2000
"""Characters of a message of a person."""

KEY = 36
"""Characters of what a browser calls a message: as many as a UUID has."""

_CUT = 200
_BY_KEY = constant(
    select(Message).where(
        col(Message.conversation_id) == bindparam('conversation'), col(Message.key) == bindparam('named')
    )
)


def checked_text(value: object) -> str:
    """What somebody wants to say, of some lines. Raises Invalid('text')."""
    text = texts.several_lines('' if value is None else value, field='text', label='The message', limit=TEXT)
    if not text:
        raise Invalid(text='Write something first.')
    return text


def checked_key(value: object) -> str:
    """What the browser of a sender calls a message, so that the same one sent again is one. Raises Invalid('key')."""
    is_usable = isinstance(value, str) and 0 < len(value) <= KEY and value.isascii() and value.isprintable()
    if not is_usable:
        raise Invalid(key=f'A message needs a key of 1 to {KEY} letters.')
    return str(value)


def by_key(tx: TenantSession, conversation: Conversation, key: str) -> Message | None:
    """The message of this key, if it was written already."""
    return tx.exec(_BY_KEY, params={'conversation': conversation.id, 'named': key}).first()


def add(
    tx: TenantSession,
    conversation: Conversation,
    role: MessageRole,
    text: str,
    *,
    key: str | None = None,
    outcome: str = '',
    author: str | None = None,
    **of_agent: Any,
) -> Message:
    """Write the next message of a conversation that the transaction holds; `of_agent`: sources, agent_version.

    Notes leave the conversation where it is in lists.
    """
    conversation.last_seq += 1
    message = Message(
        organization_id=conversation.organization_id,
        conversation_id=conversation.id,
        seq=conversation.last_seq,
        key=key,
        role=role,
        text=text,
        key_of_text='' if role is MessageRole.EVENT else texts.plain_key(text),
        outcome=outcome,
        turn=conversation.turn,
        author=author,
        **of_agent,
    )
    message.at = clock.now()
    tx.add(message)
    _place(conversation, message)
    note(tx, conversation.id)
    return message


def _place(conversation: Conversation, message: Message) -> None:
    """Let lists show what was said last."""
    if message.role is not MessageRole.NOTE:
        conversation.changed_at = message.at
        if message.role is not MessageRole.EVENT:
            conversation.last_text, conversation.last_role = cut(message.text), message.role


def happened(
    tx: TenantSession, conversation: Conversation, event: Event, *, name: str | None = None, author: str | None = None
) -> Message:
    """Write what has happened; `name` is what the visitor reads of the member who did it, None without one."""
    text = event.to_visitor(name)
    return add(tx, conversation, MessageRole.EVENT, text, outcome=event.value, author=author)


def note(tx: TenantSession, conversation_id: str) -> None:
    """Tell whoever looks at it that a conversation is not what it was, once this is committed."""
    changes.note(tx, Change(str(tx.scope.organization_id), Topic.CONVERSATION, subject=conversation_id))


def cut(text: str) -> str:
    """The beginning of a text, on one line, as a list shows it."""
    return ' '.join(text[: 4 * _CUT].split())[:_CUT]

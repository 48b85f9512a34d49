"""Erasing: a conversation goes with all that was said in it, and its visitor with the last one; what was used stays."""

from collections.abc import Sequence

from sqlalchemy import literal
from sqlmodel import col, select
from sqlmodel import delete as all_where

from data import changes
from data.changes import Change
from data.database import Actor, TenantSession, transaction
from data.models import Conversation, Mail, Visitor
from data.permissions import Permission, authorize
from data.services import audit, unanswered
from data.services.audit import Act, Topic
from data.services.conversations import messages
from data.services.conversations.standing import GONE
from data.services.projects.standing import find_project

TRANSCRIPT = 'transcript'
"""The kind of mail that a visitor asks for: it goes with the conversation."""


def delete(actor: Actor, conversation_id: object) -> None:
    """Delete a conversation for good, with its visitor, messages, notes and leads.

    Raises Forbidden, NotFound, SignedOut.
    """
    with transaction(actor) as tx:
        member = authorize(tx, actor, Permission.CONVERSATION_DELETE)
        conversation = tx.find(Conversation, conversation_id, GONE)
        project = find_project(tx, conversation.project_id)
        erase(tx, [conversation])
        audit.record(tx, member, Act.CONVERSATION_DELETE, project.name, subject=conversation.id)


def erase(tx: TenantSession, conversations: Sequence[Conversation]) -> None:
    """Delete conversations with all that hangs on them, the mails with a copy of one among them."""
    ids = [conversation.id for conversation in conversations]
    visitors = {conversation.visitor_id for conversation in conversations}
    unanswered.forget(tx, ids)
    is_copy = (col(Mail.kind) == TRANSCRIPT) & col(Mail.facts)['conversation'].as_string().in_(ids)
    tx.exec(all_where(Mail).where(is_copy))
    for conversation in conversations:
        tx.delete(conversation)
        messages.note(tx, conversation.id)
    tx.flush()
    others = select(literal(1)).where(col(Conversation.visitor_id) == col(Visitor.id))
    is_gone = col(Visitor.id).in_(sorted(visitors)) & ~others.correlate_except(Conversation).exists()
    tx.exec(all_where(Visitor).where(is_gone))
    changes.note(tx, Change(str(tx.scope.organization_id), Topic.LEAD))

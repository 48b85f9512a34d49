"""Conversations change hands: taken over, assigned, given back to the agent, resolved, reopened, each in one act."""

from data.database import Actor, TenantSession, transaction
from data.inputs.names import called
from data.models import Conversation, ConversationState, Project, is_id
from data.permissions import Member
from data.problems import Invalid
from data.services import audit
from data.services.audit import Act
from data.services.conversations import messages
from data.services.conversations.events import Event
from data.services.conversations.standing import (
    answerer,
    close,
    give_to,
    give_to_agent,
    holder_of,
    refuse_others,
    to_answer,
    wait_for_person,
)


def take(actor: Actor, conversation_id: object) -> Conversation:
    """Take a conversation over, whoever answers it now but another member: the agent says nothing more in it.

    Raises TakenBy where somebody else has it, OtherStatus, Forbidden, NotFound, SignedOut.
    """
    with transaction(actor) as tx:
        member, conversation, project = to_answer(tx, actor, conversation_id)
        take_over(tx, member, conversation, project)
    return conversation


def take_over(tx: TenantSession, member: Member, conversation: Conversation, project: Project) -> None:
    """The same in a transaction that writes more; nothing where they have it already. Raises TakenBy."""
    refuse_others(tx, conversation, member.user_id)
    if conversation.state is ConversationState.HUMAN and conversation.assignee == member.user_id:
        return
    was_resolved = conversation.state is ConversationState.RESOLVED
    give_to(conversation, member.user_id)
    event, act = (Event.JOINED, Act.CONVERSATION_TAKE)
    if was_resolved:
        event, act = (Event.REOPENED, Act.CONVERSATION_REOPEN)
    _done(tx, member, conversation, project, event, act)


def assign(actor: Actor, conversation_id: object, user_id: object) -> Conversation:
    """Give a conversation to a member who may answer, oneself among them; with None it waits for anybody again.

    What is resolved waits for nobody: with None it is only forgotten who had it last.

    Raises Invalid('user_id'), OtherStatus, Forbidden, NotFound, SignedOut.
    """
    with transaction(actor) as tx:
        member, conversation, project = to_answer(tx, actor, conversation_id)
        if user_id is None:
            _release(tx, member, conversation, project)
            return conversation
        to = answerer(tx, str(user_id)) if is_id(user_id) else None
        if to is None:
            raise Invalid(user_id='Choose somebody who may answer visitors here.')
        holder = holder_of(tx, conversation)
        if holder and holder[0] == to[0]:
            return conversation
        give_to(conversation, to[0])
        event = Event.JOINED if to[0] == member.user_id else Event.ASSIGNED
        messages.happened(tx, conversation, event, name=to[1], author=to[0])
        _record(tx, member, conversation, project, Act.CONVERSATION_ASSIGN, member=called(to[1], to[2]))
    return conversation


def _release(tx: TenantSession, member: Member, conversation: Conversation, project: Project) -> None:
    if conversation.state is ConversationState.RESOLVED and conversation.assignee:
        conversation.assignee = None
        messages.note(tx, conversation.id)
    elif conversation.state in (ConversationState.ANSWERING, ConversationState.HUMAN):
        wait_for_person(conversation)
        messages.happened(tx, conversation, Event.RELEASED, author=member.user_id)
    else:
        return
    _record(tx, member, conversation, project, Act.CONVERSATION_ASSIGN, member='nobody')


def give_back(actor: Actor, conversation_id: object) -> Conversation:
    """Let the agent answer again, from the visitor's next message on.

    Raises OtherStatus, Forbidden, NotFound, SignedOut.
    """
    with transaction(actor) as tx:
        member, conversation, project = to_answer(tx, actor, conversation_id)
        if conversation.state is not ConversationState.ANSWERING:
            give_to_agent(conversation)
            _done(tx, member, conversation, project, Event.RETURNED, Act.CONVERSATION_GIVE_BACK)
    return conversation


def resolve(actor: Actor, conversation_id: object) -> Conversation:
    """Mark a conversation as done; the visitor's next message opens it again, for the agent.

    Raises OtherStatus, Forbidden, NotFound, SignedOut.
    """
    with transaction(actor) as tx:
        member, conversation, project = to_answer(tx, actor, conversation_id)
        if conversation.state is not ConversationState.RESOLVED:
            close(conversation)
            _done(tx, member, conversation, project, Event.RESOLVED, Act.CONVERSATION_RESOLVE)
    return conversation


def reopen(actor: Actor, conversation_id: object) -> Conversation:
    """Open a conversation that was resolved, and have it. Raises TakenBy, OtherStatus, Forbidden, NotFound, SignedOut.

    Both in one act: where somebody has reopened it a moment ago, it is theirs.
    """
    return take(actor, conversation_id)


def _done(
    tx: TenantSession, member: Member, conversation: Conversation, project: Project, event: Event, act: Act
) -> None:
    messages.happened(tx, conversation, event, name=member.name, author=member.user_id)
    _record(tx, member, conversation, project, act)


def _record(
    tx: TenantSession, by: Member, conversation: Conversation, project: Project, act: Act, **details: str
) -> None:
    audit.record(tx, by, act, project.name, subject=conversation.id, **details)

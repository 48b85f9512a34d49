"""Where a conversation stands: who has it, who may, and how that changes; each change ends the turn of the agent."""

from typing import Any

from sqlalchemy import ColumnElement, bindparam, literal
from sqlmodel import col, select

from data import clock
from data.database import Actor, TenantSession, constant
from data.inputs.names import called
from data.models import Conversation, ConversationState, Membership, Project, ProjectStatus, Role, User
from data.permissions import GRANTS, Member, Permission, authorize
from data.problems import Problem
from data.services.projects.standing import expect_status, find_project

GONE = 'This conversation is no longer here.'

ANSWERERS = tuple(role for role in Role if Permission.CONVERSATION_ANSWER in GRANTS[role])
"""Roles whose members may answer visitors."""

_HOLDER = constant(
    select(User.id, User.name, User.email)
    .join(Membership, col(Membership.user_id) == col(User.id))
    .where(col(User.id) == bindparam('user_id'), col(Membership.role).in_(ANSWERERS))
)


class TakenBy(Problem):
    """Somebody else has the conversation; `who` as they are called, `seconds` since they took it."""

    def __init__(self, who: str, seconds: int) -> None:
        super().__init__(f'{who} took this {_ago(seconds)}.')
        self.who, self.seconds = who, seconds


def held_by_nobody() -> ColumnElement[bool]:
    """Whether a person had a conversation who is no member any more, or may answer no longer: it waits again."""
    holder = select(literal(1)).where(
        col(Membership.user_id) == col(Conversation.assignee), col(Membership.role).in_(ANSWERERS)
    )
    is_held = holder.correlate_except(Membership).exists()
    return (col(Conversation.state) == ConversationState.HUMAN) & ~is_held


def holder_of(tx: TenantSession, conversation: Conversation) -> Any:
    """Id, name and address of the member who has it and may answer; None where nobody does."""
    if conversation.state is not ConversationState.HUMAN or conversation.assignee is None:
        return None
    return answerer(tx, conversation.assignee)


def answerer(tx: TenantSession, user_id: str) -> Any:
    """Id, name and address of a member who may answer visitors; None where that is none."""
    return tx.exec(_HOLDER, params={'user_id': user_id}).first()


def refuse_others(tx: TenantSession, conversation: Conversation, user_id: str) -> None:
    """Make sure that nobody else has the conversation. Raises TakenBy."""
    holder = holder_of(tx, conversation)
    if holder and holder[0] != user_id:
        since = clock.now() - (conversation.taken_at or conversation.changed_at)
        raise TakenBy(called(holder[1], holder[2]), max(0, int(since.total_seconds())))


def to_answer(tx: TenantSession, actor: Actor, conversation_id: object) -> tuple[Member, Conversation, Project]:
    """A member who may answer visitors, and what they want to answer in a project that works, held until the end.

    Raises NotFound, OtherStatus, Forbidden, SignedOut.
    """
    member = authorize(tx, actor, Permission.CONVERSATION_ANSWER)
    conversation = tx.find(Conversation, conversation_id, GONE)
    project = find_project(tx, conversation.project_id)
    expect_status(project, ProjectStatus.ACTIVE)
    return member, conversation, project


def give_to(conversation: Conversation, user_id: str) -> None:
    """Let a person have it: no answer of the agent that is under way is written any more."""
    _end_turn(conversation, ConversationState.HUMAN)
    conversation.assignee, conversation.taken_at = user_id, clock.now()


def wait_for_person(conversation: Conversation) -> None:
    """Let it wait for a person, from now on."""
    _end_turn(conversation, ConversationState.WAITING)
    conversation.assignee = conversation.taken_at = None
    conversation.waiting_since = clock.now()


def give_to_agent(conversation: Conversation) -> None:
    """Let the agent answer the next message."""
    _end_turn(conversation, ConversationState.ANSWERING)
    conversation.assignee = conversation.taken_at = None


def close(conversation: Conversation) -> None:
    """Let it be resolved; who had it last stays known."""
    _end_turn(conversation, ConversationState.RESOLVED)


def _end_turn(conversation: Conversation, state: ConversationState) -> None:
    conversation.state = state
    conversation.turn += 1
    conversation.owed_turn = conversation.waiting_since = conversation.told_at = None


def _ago(seconds: int) -> str:
    if seconds < 60:
        return f'{seconds} s ago' if seconds else 'just now'
    return f'{seconds // 60} min ago' if seconds < 3600 else 'a while ago'

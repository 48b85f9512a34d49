"""Turns: the agent answers what a visitor said, once, and only while nobody has taken the conversation over.

The message and the answer are two transactions. An answer is written only where the turn that it is for is still owed
and the agent has the conversation, in the same transaction in which it is counted: whatever crashes, and whoever takes
over meanwhile, there is one answer to a turn, or none where a person has it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import bindparam
from sqlmodel import col, select

from data import clock
from data.database import System, TenantSession, administrator, constant, reading, transaction
from data.models import Conversation, ConversationState, Message, MessageRole, Project, Visitor
from data.services import unanswered, usage
from data.services.agents import answering, ceilings, serving
from data.services.agents.answering import Answer, Outcome
from data.services.agents.serving import Serving
from data.services.conversations import messages
from data.services.conversations.events import Event
from data.services.conversations.standing import wait_for_person
from data.services.usage import LimitReached, Metric

AGENT = 'the agent'
"""Who answers, as its transactions have it."""

OVERDUE = timedelta(seconds=10)
"""After this long an answer that is owed is nobody's business but the job's: whoever was at it has died."""

SAID = 10
"""How many messages of a visitor in a row are one question, at most."""

_ONE = constant(select(Conversation).where(col(Conversation.id) == bindparam('conversation')))
_AGENT_OF = constant(select(Visitor.agent_id).where(col(Visitor.id) == bindparam('visitor')))
_KNOWLEDGE = constant(select(Project.knowledge).where(col(Project.id) == bindparam('project')))
_IS_SAID = (col(Message.role) != MessageRole.NOTE) & (col(Message.outcome) != Event.LEFT_ADDRESS.value)
_LATELY = constant(
    select(Message)
    .where(col(Message.conversation_id) == bindparam('conversation'), _IS_SAID)
    .order_by(col(Message.seq).desc())
    .limit(SAID)
)
_OWED = constant(
    select(Conversation.organization_id, Conversation.id, Conversation.owed_turn)
    .where(col(Conversation.owed_turn).is_not(None), col(Conversation.changed_at) <= bindparam('before'))
    .order_by(col(Conversation.changed_at))
    .limit(bindparam('limit'))
)


@dataclass(frozen=True)
class _Draft:
    """An answer as it was found before anything was held: good for this version and this state of the knowledge."""

    number: int
    knowledge: int
    answer: Answer


def answer(organization_id: str, conversation_id: str, turn: int) -> bool:
    """Write the agent's answer to a turn; False, and nothing written, where it is not owed any more.

    What is found is looked for before anything is held, and again where the knowledge has changed meanwhile. Only what
    answers from the knowledge is counted, once; where the limit of messages or of the day is reached, the agent says
    its sentence for that. Where the agent serves no more, the conversation waits for a person. Raises Unavailable.
    """
    who = System(organization_id, email=AGENT)
    draft = _draft(who, conversation_id, turn)
    with transaction(who) as tx:
        conversation = _owed(tx, conversation_id, turn)
        if conversation is None:
            return False
        now = _serving(tx, conversation)
        if now is None:
            _interrupt(tx, conversation)
            return False
        question, seq = _question(tx, conversation)
        state = now.number, _knowledge(tx, conversation)
        is_good = draft is not None and (draft.number, draft.knowledge) == state
        found = draft.answer if draft and is_good else _find(tx, now, question)
        _write(tx, conversation, now, _counted(tx, conversation, now, found), question, seq)
    return True


def interrupt(organization_id: str, conversation_id: str, turn: int) -> bool:
    """Let a turn that can't be answered, by a defect of ours, wait for a person; whether it was still owed."""
    with transaction(System(organization_id, email=AGENT)) as tx:
        conversation = _owed(tx, conversation_id, turn)
        if conversation is not None:
            _interrupt(tx, conversation)
    return conversation is not None


def owed(limit: int = 100) -> Sequence[tuple[str, str, int]]:
    """Organization, conversation and turn of the answers that are owed for longer than OVERDUE, the oldest first."""
    with administrator() as tx:
        rows = tx.exec(_OWED, params={'before': clock.now() - OVERDUE, 'limit': limit}).all()
        return [(at, conversation_id, turn) for at, conversation_id, turn in rows if turn is not None]


def _draft(who: System, conversation_id: str, turn: int) -> _Draft | None:
    with reading(who) as tx:
        conversation = _owed(tx, conversation_id, turn)
        now = _serving(tx, conversation) if conversation else None
        if conversation is None or now is None:
            return None
        found = _find(tx, now, _question(tx, conversation)[0])
        return _Draft(now.number, _knowledge(tx, conversation), found)


def _owed(tx: TenantSession, conversation_id: str, turn: int) -> Conversation | None:
    """The conversation, if the agent has it and owes this very turn."""
    conversation = tx.exec(_ONE, params={'conversation': conversation_id}).first()
    if conversation is None or conversation.state is not ConversationState.ANSWERING:
        return None
    return conversation if conversation.turn == conversation.owed_turn == turn else None


def _serving(tx: TenantSession, conversation: Conversation) -> Serving | None:
    agent_id = tx.exec(_AGENT_OF, params={'visitor': conversation.visitor_id}).first()
    return serving.as_of(tx, agent_id) if agent_id else None


def _knowledge(tx: TenantSession, conversation: Conversation) -> int:
    return tx.exec(_KNOWLEDGE, params={'project': conversation.project_id}).one()


def _question(tx: TenantSession, conversation: Conversation) -> tuple[str, int]:
    """What the visitor has said since anybody else said something, and the number of the last message of it."""
    said: list[Message] = []
    for message in tx.exec(_LATELY, params={'conversation': conversation.id}):
        if message.role is not MessageRole.VISITOR:
            break
        said.append(message)
    words = '\n'.join(message.text for message in reversed(said))
    return words[-messages.TEXT :], said[0].seq if said else 0


def _find(tx: TenantSession, now: Serving, question: str) -> Answer:
    return answering.answer(tx, now.project_id, now.settings, question)


def _counted(tx: TenantSession, conversation: Conversation, now: Serving, found: Answer) -> Answer:
    """The answer, counted where it counts; the agent's sentence instead where no more may be given."""
    if found.outcome is not Outcome.ANSWERED:
        return found
    key = f'answer:{conversation.id}:{conversation.turn}'
    try:
        with tx.begin_nested():  # of both, or of neither
            if ceilings.count_answer(tx, now.agent_id):
                usage.record(tx, Metric.MESSAGES, 1, key, project_id=now.project_id)
                return found
            why = 'All answers of the day were given.'
    except LimitReached as problem:
        why = str(problem)
    return Answer(Outcome.LIMIT, now.settings.limit, [], why)


def _write(tx: TenantSession, conversation: Conversation, now: Serving, given: Answer, question: str, seq: int) -> None:
    outcome, key = given.outcome.value, f'a:{conversation.turn}'
    of_agent: dict[str, Any] = {'sources': given.sources, 'agent_version': now.number}
    messages.add(tx, conversation, MessageRole.AGENT, given.text, key=key, outcome=outcome, **of_agent)
    conversation.owed_turn = None
    if given.outcome is Outcome.NOTHING:
        unanswered.collect(tx, now.project_id, conversation.id, seq, question)
    elif given.outcome is Outcome.ANSWERED:
        unanswered.close(tx, now.project_id, question, given.sources)


def _interrupt(tx: TenantSession, conversation: Conversation) -> None:
    wait_for_person(conversation)
    messages.happened(tx, conversation, Event.INTERRUPTED)

"""What visitors say: a message makes them known, opens a conversation, and is owed an answer of the agent or a person.

The message and the answer are two transactions: `owed_turn` says that there is to be one, whatever happens in between.
"""

from dataclasses import dataclass

from data.database import TenantSession, transaction
from data.models import Conversation, ConversationState, Message, MessageRole, Visitor
from data.problems import Invalid
from data.services.agents.serving import Serving
from data.services.conversations import messages, waiting
from data.services.conversations.events import Event
from data.services.conversations.standing import give_to_agent, holder_of, wait_for_person
from data.services.visitors.arrivals import Arrival, enter, expect_serving, latest, plain, principal

OF_VISITOR = 'v:'
"""Before the keys of visitors: the messages of members have their own."""

PAGE = 500
"""Characters of the address of the page that a visitor writes from."""


@dataclass(frozen=True)
class Said:
    """What has come of a message, the `seq`th of its conversation.

    `token` is what the browser keeps from now on, None where it has it already. `turn` is the one that the agent owes
    an answer (`data.services.conversations.turns.answer`), None where a person has the conversation, or is to have it.
    """

    token: str | None
    conversation_id: str
    turn: int | None
    seq: int


def say(serving: Serving, arrival: Arrival, text: object, key: object) -> Said:
    """Take a message; the same `key` again is the same message. What was resolved is open again, for the agent.

    Raises Invalid('text' | 'key'), NotServing, Unavailable.
    """
    words, name = messages.checked_text(text), OF_VISITOR + messages.checked_key(key)
    with transaction(principal(serving, arrival.network)) as tx:
        expect_serving(tx, serving)
        visitor, token = enter(tx, serving, arrival)
        conversation = _conversation(tx, visitor, arrival)
        message = messages.by_key(tx, conversation, name)
        if message is None:
            message = _taken(tx, conversation, words, name)
        elif message.role is not MessageRole.VISITOR:
            raise Invalid(key='This key is that of another message.')
        is_owed = conversation.owed_turn is not None and message.turn == conversation.owed_turn
        return Said(token, conversation.id, message.turn if is_owed else None, message.seq)


def ask_person(serving: Serving, arrival: Arrival, *, is_here: bool) -> Said:
    """Let the visitor wait for a person, before or after anything is said; nothing changes where one has it, or is to.

    `is_here` is whether somebody who may answer is here and the agent's hours are open: else the sentence of the agent
    for that is said, and the team is mailed. Raises Invalid where this agent offers no person, NotServing, Unavailable.
    """
    with transaction(principal(serving, arrival.network)) as tx:
        now = expect_serving(tx, serving)
        if not now.settings.offers_person:
            raise Invalid(person='Nobody can be asked for here.')
        visitor, token = enter(tx, serving, arrival)
        conversation = _conversation(tx, visitor, arrival)
        if conversation.state is not ConversationState.WAITING and holder_of(tx, conversation) is None:
            wait_for_person(conversation)
            _say_who_comes(tx, conversation, now, is_here)
        return Said(token, conversation.id, None, conversation.last_seq)


def _say_who_comes(tx: TenantSession, conversation: Conversation, serving: Serving, is_here: bool) -> None:
    if is_here:
        messages.happened(tx, conversation, Event.ASKED)
        return
    away = serving.settings.away
    messages.add(tx, conversation, MessageRole.EVENT, away, outcome=Event.AWAY.value)
    tx.flush()
    waiting.tell(tx, conversation.project_id)


def _taken(tx: TenantSession, conversation: Conversation, words: str, name: str) -> Message:
    if conversation.state is ConversationState.RESOLVED:
        give_to_agent(conversation)
    elif conversation.state is ConversationState.HUMAN and holder_of(tx, conversation) is None:
        wait_for_person(conversation)  # who had it is no member any more, or may answer no longer
    conversation.turn += 1
    conversation.owed_turn = conversation.turn if conversation.state is ConversationState.ANSWERING else None
    if not conversation.opening:
        conversation.opening = messages.cut(words)
    message = messages.add(tx, conversation, MessageRole.VISITOR, words, key=name)
    conversation.visitor_seq = message.seq
    return message


def _conversation(tx: TenantSession, visitor: Visitor, arrival: Arrival) -> Conversation:
    """The conversation of a visitor, a new one where there is none, and the page where they are now."""
    conversation = latest(tx, visitor)
    if conversation is None:
        conversation = Conversation(
            organization_id=visitor.organization_id, project_id=visitor.project_id, visitor_id=visitor.id
        )
        tx.add(conversation)
        tx.flush()  # its messages refer to it
    conversation.page = plain(arrival.page, PAGE) or conversation.page
    return conversation

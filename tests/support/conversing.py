"""Conversations for tests: an agent that answers visitors, one who writes to it, and many of them at once."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from data import clock, database
from data.database import Actor, System
from data.models import Conversation, ConversationState, Message, MessageRole, Visitor, new_id
from data.services import agents, projects, visitors
from data.services.agents import serving as agents_serving
from data.services.agents.serving import Serving
from data.services.visitors import Arrival

WAITING, ANSWERING, HUMAN, RESOLVED = (ConversationState(it) for it in ('waiting', 'answering', 'human', 'resolved'))
PAGE = Arrival(page='https://shop.example/returns', site='https://shop.example', device='Firefox on Linux')


def serving_project(actor: Actor, name: str = 'Website') -> tuple[str, Serving]:
    """A project whose agent answers visitors: its id, and that agent."""
    project = projects.create(actor, {'name': name, 'description': ''})
    view = agents.view(actor, project.id)
    agents.publish(actor, project.id, '', version=view.version)
    found = agents_serving.find(view.id)
    assert found
    return project.id, found


class Guest:
    """Somebody who writes to an agent from a browser, which keeps the token."""

    def __init__(self, serving: Serving) -> None:
        self.serving, self.arrival, self.at = serving, PAGE, ''
        self._said = 0

    def say(self, text: str) -> int:
        """Write a message; its number."""
        self._said += 1
        said = visitors.say(self.serving, self.arrival, text, f'key-{self._said}')
        return self._keep(said)

    def ask_person(self, *, is_here: bool = True) -> int:
        """Ask for a person."""
        return self._keep(visitors.ask_person(self.serving, self.arrival, is_here=is_here))

    def type(self) -> None:
        """Type something."""
        visitors.typing(self.serving, self.arrival.token)

    @property
    def reads(self) -> list[str]:
        """What they read, whoever said it."""
        talk = visitors.look(self.serving, self.arrival.token)
        return [line.text for line in talk.messages] if talk else []

    def _keep(self, said: Any) -> int:
        self.at = said.conversation_id
        self.arrival = replace(self.arrival, token=said.token or self.arrival.token)
        return int(said.seq)


def crowd(
    serving: Serving, count: int, state: ConversationState = WAITING, text: str = 'Where is my parcel?', **more: object
) -> list[str]:
    """So many conversations of other visitors, put in at once, the first one the oldest; their ids."""
    at = {'organization_id': serving.organization_id, 'project_id': serving.project_id}
    begin = clock.now() - timedelta(days=2)
    people = [
        Visitor(**at, agent_id=serving.agent_id, token_hash=new_id(), name=f'Visitor {it:04}') for it in range(count)
    ]
    talks, said = list[Conversation](), list[Message]()
    for place, visitor in enumerate(people):
        when = begin + timedelta(seconds=place)
        facts = {'last_text': text[:200], 'opening': text[:200], 'last_seq': 1, 'changed_at': when, 'opened_at': when}
        waits = {'waiting_since': when} if state is WAITING else {}
        talk = Conversation(**at, visitor_id=visitor.id, state=state, turn=1, **facts, **waits, **more)
        talks.append(talk)
        said.append(spoken(talk, 1, text, when))
    with database.transaction(System(serving.organization_id)) as tx:
        for rows in (people, talks, said):
            tx.add_all(rows)
            tx.flush()  # the next ones refer to them
    return [talk.id for talk in talks]


def history(serving: Serving, conversation_id: str, count: int) -> None:
    """Let a conversation have so many messages more."""
    with database.transaction(System(serving.organization_id)) as tx:
        talk = tx.find(Conversation, conversation_id)
        first = talk.last_seq + 1
        talk.last_seq += count
        tx.add_all([spoken(talk, first + it, f'Message {first + it}', clock.now()) for it in range(count)])


def spoken(talk: Conversation, seq: int, text: str, when: Any) -> Message:
    """What a visitor said."""
    at = {'organization_id': talk.organization_id, 'conversation_id': talk.id}
    return Message(**at, seq=seq, role=MessageRole.VISITOR, text=text, key_of_text=text.lower(), at=when)

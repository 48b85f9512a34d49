"""Conversations in the machine of two organizations: visitors of two agents, whose tokens are tried at both.

Whatever a visitor reads carries the mark of the organization whose agent they write to; so does what its team reads.
"""

from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import rule
from sqlalchemy import Engine

from data.database import Actor
from data.models import new_id
from data.problems import Problem
from data.services import conversations, leads, replies, visitors
from data.services.agents import serving
from data.services.agents.serving import Serving
from data.services.conversations import turns
from data.services.passages import Piece
from data.services.visitors import Arrival, Stranger
from tests.support.probes import rows
from tests.support.talking import HANDBOOK, key, publish, teach

people = st.sampled_from(['olga', 'sam', 'bo', 'vera', 'vic'])
two, numbers = st.sampled_from([0, 1]), st.integers(0, 9)
ACTS = ['take', 'say', 'note', 'assign', 'give back', 'resolve', 'tag', 'get', 'read', 'type', 'delete']

MARK = ('alphamark', 'bravomark')
"""What everything carries that is written in one of the two."""


def settle(actor: Actor, project_id: str, mark: str) -> None:
    """Let the agent of a project answer, from what carries this mark."""
    teach(
        actor.organization_id, project_id, *HANDBOOK[1:], Piece('Delivery', 3, f'The {mark} delivery takes nine days.')
    )
    publish(actor, project_id, name=f'Agent {mark}', unknown=f'Unknown to {mark}.', away=f'Nobody of {mark} is here.')


class ConversationRules:
    """Rules of a machine that has two places, people, and `act` to try something at an address."""

    db: Engine
    stage: Any
    tokens_of_visitors: list[list[str]]
    act: Callable[[str, int, Callable[[Actor], object]], Any]
    mark: Callable[[str, int], str]
    check: Callable[..., None]
    look_around: Callable[[], None]

    def agent(self, place: int) -> Serving | None:
        """The agent that answers in one of the two, if it does now."""
        query = "SELECT id FROM agents WHERE organization_id = :at AND state = 'live' ORDER BY id"
        served = (serving.find(agent_id) for (agent_id,) in rows(self.db, query, at=self.stage.places[place]))
        return next((agent for agent in served if agent), None)

    @rule(place=two, made_in=two, number=numbers, text=st.sampled_from(['How long does the delivery take?', 'Why?']))
    def say_to_an_agent(self, place: int, made_in: int, number: int, text: str) -> None:
        """Somebody writes, with a token of either agent or none, and is answered from the knowledge of this one."""
        agent, known = self.agent(place), self.tokens_of_visitors[made_in]
        token = known[number % len(known)] if known and number else None
        if agent is None:
            return
        said = visitors.say(agent, Arrival(token=token), f'{text} {MARK[place]}', key())
        if token and said.token is None:
            assert made_in == place, 'a token of one agent is a stranger at another'
        if said.token:
            self.tokens_of_visitors[place].append(said.token)
        if said.turn is not None:
            other = self.stage.places[1 - place]
            assert not turns.answer(other, said.conversation_id, said.turn)
            turns.answer(agent.organization_id, said.conversation_id, said.turn)
        self.look_around()
        self.check(visitors.look(agent, said.token or token), [place])

    @rule(place=two, made_in=two, number=numbers, act=st.sampled_from(['look', 'read', 'vote', 'lead', 'ask', 'erase']))
    def come_back_to_an_agent(self, place: int, made_in: int, number: int, act: str) -> None:
        """Somebody comes back with a token of either agent: at the other one they find nothing, and change nothing."""
        agent, known = self.agent(place), self.tokens_of_visitors[made_in]
        if agent is None or not known:
            return
        token = known[number % len(known)]
        acts: dict[str, Callable[[], object]] = {
            'look': lambda: visitors.look(agent, token),
            'read': lambda: visitors.read(agent, token, 2),
            'vote': lambda: visitors.vote(agent, token, 2, 1),
            'lead': lambda: visitors.leave_address(agent, token, f'v@{MARK[place]}.test', MARK[place], True),
            'ask': lambda: visitors.ask_person(agent, Arrival(token=token), is_here=False),
            'erase': lambda: visitors.erase(agent, token),
        }
        before = self.said_in(1 - place)
        try:
            found = acts[act]()
        except Problem as problem:
            assert made_in == place or isinstance(problem, Stranger)
            found = (str(problem), vars(problem))
        else:
            assert made_in == place or act in ('look', 'ask'), 'a stranger there'
            assert made_in == place or act == 'ask' or found is None
        if isinstance(found, visitors.Said) and found.token:
            self.tokens_of_visitors[place].append(found.token)
        self.look_around()
        self.check(found, [place])
        assert self.said_in(1 - place) == before

    @rule(who=people, place=st.sampled_from([0, 1, 2]), number=numbers, act=st.sampled_from(ACTS))
    def handle_conversation(self, who: str, place: int, number: int, act: str) -> None:
        """Do something to any conversation of the two, at any address."""
        query = 'SELECT id, project_id FROM conversations ORDER BY id'
        found = [*rows(self.db, query), (new_id(), new_id())]
        at, project_id = found[number % len(found)]
        mark = self.mark(who, place)
        acts: dict[str, Callable[[Actor], object]] = {
            'take': lambda actor: conversations.take(actor, at),
            'say': lambda actor: conversations.say(actor, at, f'Said in {mark}', key()),
            'note': lambda actor: conversations.note(actor, at, f'Noted in {mark}', key()),
            'assign': lambda actor: conversations.assign(actor, at, actor.user_id),
            'give back': lambda actor: conversations.give_back(actor, at),
            'resolve': lambda actor: conversations.resolve(actor, at),
            'tag': lambda actor: conversations.tag(actor, at, mark),
            'get': lambda actor: conversations.get(actor, project_id, at),
            'read': lambda actor: conversations.read(actor, at, 1),
            'type': lambda actor: conversations.typing(actor, at),
            'delete': lambda actor: conversations.delete(actor, at),
        }
        self.act(who, place, acts[act])

    @rule(who=people, place=st.sampled_from([0, 1, 2]), number=numbers, search=st.sampled_from(['', 'mark', '%']))
    def look_at_conversations(self, who: str, place: int, number: int, search: str) -> None:
        """Look at the conversations, leads, replies and figures of any project, at any address."""
        found = [*(it for (it,) in rows(self.db, 'SELECT id FROM projects ORDER BY id')), new_id()]
        project_id, mark = found[number % len(found)], self.mark(who, place)
        reply = {'title': f'Reply {number} {mark}', 'text': mark}
        for look in (
            lambda actor: conversations.portion(actor, project_id, search=search),
            lambda actor: conversations.figures(actor, project_id),
            lambda actor: leads.portion(actor, project_id, search),
            lambda actor: leads.export(actor, project_id).content,
            lambda actor: replies.of_project(actor, project_id),
            lambda actor: replies.add(actor, project_id, reply),
        ):
            self.act(who, place, look)

    def said_in(self, place: int) -> list[tuple[Any, ...]]:
        """All that was said and left in one of the two, around everything that is tested."""
        at = self.stage.places[place]
        said = rows(self.db, 'SELECT conversation_id, seq, text, vote FROM messages WHERE organization_id = :at', at=at)
        left = rows(self.db, 'SELECT id, email FROM leads WHERE organization_id = :at', at=at)
        seen = rows(self.db, 'SELECT id, state, visitor_seq FROM conversations WHERE organization_id = :at', at=at)
        return sorted(map(repr, (*said, *left, *seen)))

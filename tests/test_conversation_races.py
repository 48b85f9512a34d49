"""Agent, visitor and members at once: one answer to a turn at most, none once a person has it, and none uncounted."""

from collections.abc import Callable, Sequence
from functools import partial
from random import Random

import pytest
from sqlalchemy import Engine
from test_races import at_once

from data.models import ConversationState
from data.services import conversations, visitors
from data.services.agents.serving import Serving
from data.services.conversations import TakenBy, turns
from data.services.visitors import Arrival, Said, Stranger
from tests.support.probes import rows, run, value
from tests.support.talking import OFF_TOPIC, QUESTION, agent_of, ask, key, texts_of
from tests.support.world import World

INTERLEAVINGS = 1000
SAME_VISITOR = 50
"""Interleavings that one conversation goes through: each begins where the one before has ended."""


class Scene:
    """One conversation, and what can happen to it in any order."""

    def __init__(self, world: World, agent: Serving, db: Engine, random: Random) -> None:
        self.world, self.agent, self.db, self.random = world, agent, db, random
        self.said: Said = ask(agent, answered=False)
        self.at = self.said.conversation_id

    def message(self) -> None:
        self.said = ask(self.agent, self.random.choice((QUESTION, OFF_TOPIC)), token=self.said.token, answered=False)

    def answer(self) -> None:
        """Answer the turn that was owed last, or one that is long over."""
        turn = value(self.db, 'SELECT turn FROM conversations WHERE id = :at', at=self.at)
        turns.answer(self.agent.organization_id, self.at, self.random.choice((turn, turn, turn, turn - 1, 1)))

    def take(self) -> None:
        try:
            conversations.take(self.random.choice((self.world.member, self.world.admin)), self.at)
        except TakenBy as problem:
            assert problem.who in ('mia@acme.test', 'adam@acme.test')

    def give_back(self) -> None:
        conversations.give_back(self.world.admin, self.at)

    def resolve(self) -> None:
        conversations.resolve(self.world.member, self.at)

    def anything(self) -> None:
        """One of what people do."""
        self.random.choice((self.message, self.message, self.take, self.give_back, self.resolve))()


def check(db: Engine) -> int:
    """Make sure of every answer that it stands right behind what it is for; how many there are."""
    said = rows(db, "SELECT conversation_id, role, turn, outcome FROM messages WHERE role <> 'note' ORDER BY 1, seq")
    answers = 0
    for before, message in zip([('', '', 0, ''), *said], said, strict=False):
        if message[1] == 'agent':
            assert (before[0], before[1], before[2]) == (message[0], 'visitor', message[2]), (before, message)
            answers += 1
    given = [(at, turn) for at, role, turn, _ in said if role == 'agent']
    assert len(given) == len(set(given)), 'two answers to a turn'
    of_those_here = "metric = 'messages' AND substr(key, 8, 16) IN (SELECT id FROM conversations)"
    counted = value(db, f'SELECT count(*) FROM usage_events WHERE {of_those_here}')  # what was erased stays counted
    assert counted == sum(outcome == 'answered' for *_, outcome in said), 'once each'
    return answers


def test_whatever_is_interleaved_the_agent_never_writes_over_a_person(
    world: World, db: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    agent, random = agent_of(world.member), Random(15)
    meanwhile: list[Callable[[], None]] = []
    draft = turns._draft

    def found_and_then(*args: object) -> object:
        """What is looked for before the answer is written, and what happens in between."""
        found = draft(*args)
        while meanwhile:
            meanwhile.pop()()
        return found

    monkeypatch.setattr(turns, '_draft', found_and_then)
    for number in range(INTERLEAVINGS):
        if number % SAME_VISITOR == 0:
            scene = Scene(world, agent, db, random)
        if random.random() < 0.7:
            scene.message()
        meanwhile += [scene.anything] * random.choice((0, 0, 1, 1, 2))
        scene.answer()
        meanwhile.clear()
        if random.random() < 0.3:
            scene.anything()
    answers = check(db)
    assert answers > INTERLEAVINGS / 10
    states = {state for (state,) in rows(db, 'SELECT DISTINCT state FROM conversations')}
    assert states <= {'answering', 'human', 'resolved'}


def test_in_the_very_same_moment_one_of_two_comes_first(world: World, db: Engine) -> None:
    agent, at = agent_of(world.member), world.organization_id
    with at_once(2) as run_both:
        for number in range(24):
            said = ask(agent, answered=False)
            answer = partial(turns.answer, at, said.conversation_id, said.turn or 0)
            others: Sequence[Callable[[], object]] = (
                answer,
                partial(conversations.take, world.member, said.conversation_id),
                partial(conversations.resolve, world.member, said.conversation_id),
                partial(ask, agent, token=said.token, answered=False),
                partial(visitors.ask_person, agent, Arrival(token=said.token), is_here=True),
                partial(visitors.erase, agent, said.token),
            )
            assert run_both([answer, others[number % len(others)]]) == [None, None]
    assert check(db) >= 4


def test_of_two_who_take_over_one_has_it_and_the_other_reads_who(world: World) -> None:
    agent = agent_of(world.member)
    with at_once(2) as run_both:
        for _ in range(6):
            said = ask(agent, answered=False)
            ends = run_both(
                [partial(conversations.take, who, said.conversation_id) for who in (world.member, world.admin)]
            )
            [problem] = [end for end in ends if end is not None]
            assert isinstance(problem, TakenBy)
            row = conversations.get(world.viewer, agent.project_id, said.conversation_id).row
            assert (row.state, row.assignee) == (ConversationState.HUMAN, problem.who)
            assert str(problem) == f'{problem.who} took this just now.'
            assert texts_of(agent, said.token)[1:] == ['Somebody of the team joined.'], 'once'


def test_parallel_answers_never_pass_the_ceiling_of_the_day(world: World, db: Engine) -> None:
    agent = agent_of(world.member, limit='Enough for today.')
    run(db, 'UPDATE agents SET daily_ceiling = 5')
    owed = [ask(agent, answered=False) for _ in range(16)]
    with at_once(8) as run_all:
        for part in (owed[:8], owed[8:]):
            run_all([partial(turns.answer, world.organization_id, said.conversation_id, 1) for said in part])
    outcomes = rows(db, "SELECT outcome, count(*) FROM messages WHERE role = 'agent' GROUP BY 1 ORDER BY 1")
    assert outcomes == [('answered', 5), ('limit', 11)]
    assert value(db, "SELECT count(*) FROM usage_events WHERE metric = 'messages'") == 5
    assert {texts_of(agent, said.token)[1] for said in owed} > {'Enough for today.'}
    assert check(db) == 16


def test_a_visitor_who_deletes_while_a_member_answers_is_gone(world: World, db: Engine) -> None:
    agent = agent_of(world.member)
    with at_once(2) as run_both:
        for _ in range(4):
            said = ask(agent)
            ends = run_both(
                [
                    partial(conversations.say, world.member, said.conversation_id, 'Hello', key()),
                    partial(visitors.erase, agent, said.token),
                ]
            )
            assert ends[1] is None and (ends[0] is None or str(ends[0]) == 'This conversation is no longer here.')
            assert isinstance(run_both([partial(visitors.erase, agent, said.token), lambda: None])[0], Stranger)
    assert value(db, 'SELECT count(*) FROM messages') == 0

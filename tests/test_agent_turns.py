"""Turns of the agent: answered once whatever crashes, counted once, from what is known and published at that moment."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine
from structlog.testing import capture_logs

from data import clock, database
from data.changes import Change
from data.database import System
from data.jobs import owed_answers
from data.models import Source
from data.services import conversations, passages, visitors
from data.services.agents import answering
from data.services.audit import Topic
from data.services.conversations import turns
from data.services.usage import Metric
from data.services.usage.limits import set_limit
from data.services.visitors import Arrival
from tests.support.probes import happens_whole_or_not_at_all, run, value
from tests.support.talking import ANSWER, HANDBOOK, OFF_TOPIC, QUESTION, agent_of, ask, key, publish, texts_of
from tests.support.world import World

LATER = turns.OVERDUE + timedelta(seconds=1)
COUNTED = "SELECT coalesce(sum(quantity), 0) FROM usage_events WHERE metric = 'messages'"


def test_what_a_crash_leaves_owed_is_answered_once_and_counted_once(world: World, db: Engine) -> None:
    agent, other = agent_of(world.member), agent_of(world.stranger)
    said, theirs = ask(agent, answered=False), ask(other, OFF_TOPIC, answered=False)
    owed_answers.answer()
    assert len(texts_of(agent, said.token)) == 1, 'whoever took the message may still be at it'
    now = clock.now()
    clock.source = lambda: now + LATER
    assert {(at, turn) for at, _, turn in turns.owed()} == {(agent.organization_id, 1), (other.organization_id, 1)}
    for _ in range(2):
        owed_answers.answer()
    assert not turns.answer(agent.organization_id, said.conversation_id, 1), 'late, but not again'
    assert len(texts_of(agent, said.token)) == len(texts_of(other, theirs.token)) == 2
    assert value(db, COUNTED) == 1
    assert turns.owed() == []


def test_an_answer_is_written_and_counted_whole_or_not_at_all(
    world: World, db: Engine, published: list[Change]
) -> None:
    agent = agent_of(world.member)
    run(db, 'UPDATE agents SET daily_ceiling = 100')
    for text in (QUESTION, OFF_TOPIC):
        said = ask(agent, text, answered=False)
        writes = happens_whole_or_not_at_all(
            db, lambda said=said: turns.answer(agent.organization_id, said.conversation_id, 1), published
        )
        assert writes >= 4
        assert len(texts_of(agent, said.token)) == 2
    assert value(db, COUNTED) == 1
    assert value(db, 'SELECT max(answered) FROM agents') == 1
    subjects = {change.subject for change in published if change.topic == Topic.CONVERSATION}
    assert len(subjects) == 2


def test_a_question_that_breaks_the_agent_waits_for_a_person_and_holds_nobody_up(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    agent = agent_of(world.member)
    bad, good = ask(agent, 'Divide by zero', answered=False), ask(agent, answered=False)
    answer = answering.answer

    def breaks(tx: object, project_id: str, settings: object, question: str) -> object:
        if question == 'Divide by zero':
            raise ZeroDivisionError
        return answer(tx, project_id, settings, question)

    monkeypatch.setattr(answering, 'answer', breaks)
    now = clock.now()
    clock.source = lambda: now + LATER
    with capture_logs() as logs:
        owed_answers.answer()
    assert [entry['error'] for entry in logs] == ['ZeroDivisionError']
    assert 'zero' not in str(logs).replace('ZeroDivisionError', ''), 'what somebody asked is in no log'
    assert texts_of(agent, bad.token)[1:] == ['The agent can’t answer right now. Somebody of the team will.']
    assert len(texts_of(agent, good.token)) == 2
    [row] = conversations.portion(world.member, agent.project_id, 'needs').rows
    assert row.id == bad.conversation_id


# limits --------------------------------------------------------------------------------------------------------------


def test_at_the_limit_of_messages_the_agent_says_its_sentence_and_nothing_is_counted(world: World, db: Engine) -> None:
    agent = agent_of(world.member, limit='Come back next month.')
    set_limit(world.organization_id, Metric.MESSAGES, 1)
    first, second, third = ask(agent), ask(agent), ask(agent, OFF_TOPIC)
    assert ANSWER in texts_of(agent, first.token)[1]
    assert texts_of(agent, second.token) == [QUESTION, 'Come back next month.']
    assert texts_of(agent, third.token)[1] == agent.settings.unknown, 'to have no answer costs nothing'
    assert value(db, COUNTED) == 1
    assert value(db, 'SELECT max(answered) FROM agents') == 1, 'the day counts what was given'
    set_limit(world.organization_id, Metric.MESSAGES, None)
    again = ask(agent, token=second.token)
    assert ANSWER in texts_of(agent, again.token)[-1]


def test_the_ceiling_of_a_day_holds_for_that_day(world: World, db: Engine) -> None:
    agent = agent_of(world.member, limit='Enough for today.')
    run(db, 'UPDATE agents SET daily_ceiling = 1')
    token = ask(agent).token
    ask(agent, token=token)
    assert texts_of(agent, token)[-1] == 'Enough for today.'
    now = clock.now()
    clock.source = lambda: now + timedelta(days=1)
    ask(agent, token=token)
    assert ANSWER in texts_of(agent, token)[-1]
    assert value(db, COUNTED) == 2


# what is known at that moment ----------------------------------------------------------------------------------------


def test_what_was_taken_away_while_it_was_found_is_not_said(
    world: World, db: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    agent = agent_of(world.member)
    said = ask(agent, answered=False)
    draft = turns._draft

    def found_and_then(*args: object) -> object:
        found = draft(*args)
        assert found is not None and ANSWER in found.answer.text
        with database.transaction(System(agent.organization_id)) as tx:
            source = tx.find(Source, value(db, 'SELECT id FROM sources'))
            passages.write(tx, source, HANDBOOK[1:])
        return found

    monkeypatch.setattr(turns, '_draft', found_and_then)
    turns.answer(agent.organization_id, said.conversation_id, 1)
    assert texts_of(agent, said.token)[1] == agent.settings.unknown


def test_what_is_deleted_stays_in_old_messages_marked_and_is_never_said_again(world: World, db: Engine) -> None:
    agent = agent_of(world.member)
    token = ask(agent).token
    with database.transaction(System(agent.organization_id)) as tx:
        source = tx.find(Source, value(db, 'SELECT id FROM sources'))
        source.is_off = True
        passages.changed(tx, agent.project_id)
    off = visitors.look(agent, token)
    assert off is not None and off.messages[1].sources[0]['gone']
    with database.transaction(System(agent.organization_id)) as tx:
        source = tx.find(Source, source.id)
        passages.forget(tx, source)
        tx.delete(source)
    ask(agent, token=token)
    talk = visitors.look(agent, token)
    assert talk is not None
    [old] = talk.messages[1].sources
    assert (old['gone'], old['text']) == (True, ANSWER)
    assert talk.messages[3].sources == []
    [_, shown, *_] = conversations.get(world.viewer, agent.project_id, ask(agent, token=token).conversation_id).lines
    assert shown.sources[0]['gone']


def test_a_version_that_is_published_meanwhile_answers_and_one_that_is_paused_does_not(
    world: World, db: Engine
) -> None:
    agent = agent_of(world.member, unknown='First words.')
    said = ask(agent, OFF_TOPIC, answered=False)
    publish(world.member, agent.project_id, unknown='Second words.')
    turns.answer(agent.organization_id, said.conversation_id, 1)
    assert texts_of(agent, said.token)[1] == 'Second words.'
    assert value(db, "SELECT agent_version FROM messages WHERE role = 'agent'") == 2
    late = visitors.say(agent, Arrival(token=said.token), QUESTION, key())
    run(db, "UPDATE agents SET state = 'paused'")
    assert not turns.answer(agent.organization_id, late.conversation_id, late.turn or 0)
    assert value(db, 'SELECT state FROM conversations') == 'waiting'


def test_an_address_that_is_left_before_the_answer_changes_no_question(world: World) -> None:
    agent = agent_of(world.member)
    said = ask(agent, answered=False)
    visitors.leave_address(agent, said.token, 'vi@home.test', '', agreed=True)
    assert turns.answer(agent.organization_id, said.conversation_id, 1)
    assert ANSWER in texts_of(agent, said.token)[-1]


def test_a_turn_of_another_organization_is_nobodys(world: World) -> None:
    agent, other = agent_of(world.member), agent_of(world.stranger)
    said = ask(agent, answered=False)
    assert not turns.answer(other.organization_id, said.conversation_id, 1)
    assert not turns.answer(agent.organization_id, 'a' * 16, 1)
    assert len(texts_of(agent, said.token)) == 1

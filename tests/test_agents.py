"""Agents: drafts, versions that visitors get, pauses, ceilings and secrets; what a stranger and a racer get."""

from datetime import timedelta
from functools import partial
from threading import Thread
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from data import clock, database
from data.changes import Change
from data.database import System
from data.models import AgentState, Status
from data.problems import Forbidden, Invalid, NotFound, Stale
from data.security.seal import Unreadable
from data.services import agents, organizations, projects
from data.services.agents import AgentView, NothingNew, OtherState, ceilings, identity, serving, sites
from data.services.audit import Topic
from data.services.projects import OtherStatus
from tests.support.agents import agent_of, publish_agent
from tests.support.probes import everything, refused, rows, run
from tests.support.projects import make
from tests.support.world import World

BAD = [None, '', 5, 'x' * 16, "' OR 1=1 --", '\x00' * 16, ['a'], 'A' * 10**6]


def told(world: World, project_id: str) -> AgentView:
    return agents.view(world.viewer, project_id)


def test_a_project_has_an_agent_that_answers_nobody_yet(world: World) -> None:
    project = make(world.member)
    view = told(world, project.id)
    assert (view.state, view.published, view.versions, view.answers) == (AgentState.DRAFT, None, [], False)
    assert view.draft == agents.AgentSettings()
    assert agents.progress(world.viewer, project.id) == agents.Progress(is_published=False, is_seen=False)
    assert view.rests == 'The agent was never published: it answers nobody but you, when you try it.'
    assert serving.find(view.id) is None


def test_visitors_get_what_was_published_and_not_the_draft(world: World, published: list[Change]) -> None:
    project = make(world.owner)
    draft = agents.change_draft(world.member, project.id, {'name': 'Ada', 'sites': 'shop.example'}, version=1)
    first = agents.publish(world.member, project.id, ' The first one ', version=draft.version)
    assert (first.number, first.note) == (1, 'The first one')
    found = serving.find(draft.id)
    assert found is not None
    assert (found.organization_id, found.project_id, found.number) == (world.organization_id, project.id, 1)
    assert (found.settings.name, found.settings.sites, found.retention_days) == ('Ada', ('https://shop.example',), 365)
    later = agents.change_draft(world.admin, project.id, {'name': 'Bob'}, version=draft.version)
    assert serving.find(draft.id) == found
    view = told(world, project.id)
    assert (view.draft.name, [(it.label, it.words) for it in view.unpublished]) == (
        'Bob',
        [('Name', '“Ada” became “Bob”')],
    )
    agents.publish(world.owner, project.id, None, version=later.version)
    now = serving.find(draft.id)
    assert now is not None
    assert (now.number, now.settings.name) == (2, 'Bob')
    view = told(world, project.id)
    assert [(it.number, it.note, it.publisher, [d.words for d in it.differences]) for it in view.versions] == [
        (2, '', 'olga@acme.test', ['“Ada” became “Bob”']),
        (1, 'The first one', 'mia@acme.test', []),
    ]
    assert view.answers
    assert {change.subject for change in published if change.topic == Topic.AGENT} == {draft.id}


def test_a_version_is_used_again_as_the_next_one(world: World) -> None:
    project = make(world.owner)
    for number, name in enumerate(('Ada', 'Bob'), 1):
        publish_agent(world.owner, project.id, name=name)
        assert told(world, project.id).versions[0].number == number
    again = agents.use_again(world.member, project.id, 1)
    view = told(world, project.id)
    assert (again.number, again.again, again.note, view.draft.name) == (3, 1, 'Version 1 again', 'Ada')
    assert view.published is not None
    assert (view.published.settings.name, view.unpublished) == ('Ada', [])
    agents.change_draft(world.owner, project.id, {'name': 'Cleo'}, version=view.version)
    agents.use_again(world.member, project.id, 2)
    view = told(world, project.id)
    assert (view.draft.name, view.versions[0].settings.name) == ('Cleo', 'Bob')  # what was not published yet stays
    problem = refused(NothingNew, agents.use_again, world.member, project.id, 2)
    assert str(problem) == 'Visitors get this already: it is version 4.'
    for wrong in (0, 5, -1, 2**40, '1', None, 1.0):
        refused(NotFound, agents.use_again, world.member, project.id, wrong)


def test_whoever_saves_or_publishes_second_is_told(world: World, db: Engine) -> None:
    project = make(world.owner)
    agents.change_draft(world.owner, project.id, {'name': 'Ada'}, version=1)
    before = everything(db)
    refused(Stale, agents.change_draft, world.member, project.id, {'name': 'Bob'}, version=1)
    refused(Stale, agents.publish, world.member, project.id, '', version=1)
    refused(Stale, agents.change_keeping, world.member, project.id, {'retention_days': '30'}, version=1)
    refused(Invalid, agents.publish, world.member, project.id, 'x' * 201, version=2)
    assert everything(db) == before
    agents.publish(world.member, project.id, '', version=2)
    refused(NothingNew, agents.publish, world.member, project.id, '', version=2)


def test_two_who_publish_at_once_make_one_version(world: World, db: Engine) -> None:
    project = make(world.owner)
    agents.change_draft(world.owner, project.id, {'name': 'Ada'}, version=1)
    ends: list[str] = []

    def publish(who: Any) -> None:
        try:
            agents.publish(who, project.id, '', version=2)
            ends.append('published')
        except (Stale, NothingNew) as problem:
            ends.append(type(problem).__name__)

    threads = [Thread(target=publish, args=(who,)) for who in (world.owner, world.admin, world.member)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(ends)[-1] == 'published'
    assert (ends.count('published'), rows(db, 'SELECT number FROM agent_versions')) == (1, [(1,)])


def test_nobody_outside_can_tell_why_an_agent_does_not_answer(world: World) -> None:
    project = make(world.owner)
    agent_id = publish_agent(world.owner, project.id).id
    assert serving.find(agent_id)
    agents.pause(world.member, project.id)
    assert serving.find(agent_id) is None
    assert str(refused(OtherState, agents.pause, world.member, project.id)) == 'This agent is paused already.'
    publish_agent(world.owner, project.id, name='Bob')  # it stays paused
    assert serving.find(agent_id) is None
    agents.resume(world.member, project.id)
    assert serving.find(agent_id)
    refused(OtherState, agents.resume, world.member, project.id)
    projects.archive(world.owner, project.id)
    assert (serving.find(agent_id), told(world, project.id).rests) == (
        None,
        'The project is archived: its agent answers nobody.',
    )
    refused(OtherStatus, agents.publish, world.owner, project.id, '', version=3)
    agents.change_draft(world.owner, project.id, {'name': 'Cleo'}, version=told(world, project.id).version)
    projects.reopen(world.owner, project.id)
    for status, answers in ((Status.SUSPENDED, False), (Status.ACTIVE, True), (Status.PAST_DUE, True)):
        organizations.change_status(world.organization_id, status, 'for a test')
        assert (serving.find(agent_id) is not None, told(world, project.id).answers) == (answers, answers)
    assert [serving.find(wrong) for wrong in BAD] == [None] * len(BAD)


def test_who_may_not_change_an_agent_changes_nothing(world: World, db: Engine) -> None:
    project = make(world.owner)
    publish_agent(world.owner, project.id)
    acts: list[Any] = [
        partial(agents.change_draft, values={'name': 'x'}, version=2),
        partial(agents.publish, note='', version=2),
        partial(agents.use_again, number=1),
        partial(agents.change_keeping, values={}, version=2),
        *(agents.pause, agents.resume, agents.renew_secret, agents.secret),
    ]
    before = everything(db, record=False)
    for act in acts:
        refused(Forbidden, act, world.viewer, project.id)
        refused(NotFound, act, world.intruder, project.id)
        refused(NotFound, act, world.stranger, project.id)
        for wrong in BAD:
            refused(NotFound, act, world.owner, wrong)
    for look in (agents.view, agents.progress):
        refused(NotFound, look, world.stranger, project.id)
        refused(NotFound, look, world.intruder, project.id)
        refused(NotFound, look, world.owner, 'x' * 16)
    assert everything(db, record=False) == before


def test_a_published_version_never_changes(world: World, db: Engine) -> None:
    publish_agent(world.owner, make(world.owner).id)
    for change in ("settings = '{}'", 'number = 7', "note = 'x'"):
        with pytest.raises(DBAPIError, match='a published version never changes'):
            run(db, f'UPDATE agent_versions SET {change}')


def test_the_days_and_the_ceiling_hold_at_once(world: World, db: Engine) -> None:
    project = make(world.owner)
    agent = publish_agent(world.owner, project.id)
    agents.change_keeping(
        world.member, project.id, {'retention_days': ' 30 ', 'daily_ceiling': '3'}, version=agent.version
    )
    found = serving.find(agent.id)
    assert found is not None
    assert (found.retention_days, found.number) == (30, 1)
    given: list[bool] = []

    def answer() -> None:
        with database.transaction(System(world.organization_id)) as tx:
            given.append(ceilings.count_answer(tx, agent.id))

    threads = [Thread(target=answer) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(given) == [False] * 3 + [True] * 3
    assert told(world, project.id).answered_today == 3
    real = clock.source
    try:
        clock.source = lambda: real() + timedelta(days=1)
        answer()
        assert (given[-1], told(world, project.id).answered_today) == (True, 1)
    finally:
        clock.source = real
    with database.transaction(System(world.stranger.organization_id)) as tx:
        assert not ceilings.count_answer(tx, agent.id)  # somebody else's
    version = told(world, project.id).version
    for field, wrong in [('retention_days', '0'), ('retention_days', '3651'), ('daily_ceiling', '-1')] + [
        ('daily_ceiling', it) for it in ('1.5', 'many', '²', '9' * 30, ['1'])
    ]:
        assert list(
            refused(Invalid, agents.change_keeping, world.owner, project.id, {field: wrong}, version=version).fields
        ) == [field]
    agents.change_keeping(world.owner, project.id, {}, version=version)
    assert rows(db, 'SELECT retention_days, daily_ceiling FROM agents') == [(None, None)]


def test_where_it_was_seen_is_kept_for_its_own_sites(world: World, db: Engine, published: list[Change]) -> None:
    project = make(world.owner)
    agent = publish_agent(world.owner, project.id, sites='https://*.shop.example\nhttps://other.example')
    found = serving.find(agent.id)
    assert found is not None
    published.clear()
    assert sites.seen(found, 'https://a.shop.example')
    assert sites.seen(found, 'https://a.shop.example')
    assert not any(sites.seen(found, origin) for origin in ('https://evil.example', 'null', None, 5, 'x' * 10**5))
    assert published == [Change(world.organization_id, Topic.AGENT, subject=agent.id)]
    assert agents.progress(world.viewer, project.id) == agents.Progress(is_published=True, is_seen=True)
    assert [site for site, _ in told(world, project.id).sites] == ['https://a.shop.example']
    run(db, 'UPDATE agent_sites SET seen_at = :long_ago', long_ago=clock.now() - timedelta(hours=1))
    assert sites.seen(found, 'https://a.shop.example')
    assert clock.now() - told(world, project.id).sites[0][1] < timedelta(minutes=1)
    for number in range(sites.MOST + 5):
        assert sites.seen(found, f'https://a{number}.shop.example')
    assert rows(db, 'SELECT count(*) FROM agent_sites') == [(sites.MOST,)]


def test_a_secret_is_sealed_for_its_agent_and_renewed(world: World, db: Engine) -> None:
    project, other = make(world.owner), make(world.owner, 'Other')
    assert agents.secret(world.owner, project.id) == ''
    first = agents.renew_secret(world.member, project.id)
    assert len(first) >= 43
    assert agents.secret(world.owner, project.id) == first
    assert first not in str(everything(db))
    second = agents.renew_secret(world.owner, project.id)
    assert second != first
    here, there = agent_of(world.owner, project.id), agent_of(world.owner, other.id)
    with database.reading(System(world.organization_id)) as tx:
        assert (identity.secret_of(tx, here), identity.secret_of(tx, there)) == (second, '')
    run(db, 'UPDATE agents SET secret = (SELECT secret FROM agents WHERE id = :here)', here=here)
    refused(Unreadable, agents.secret, world.owner, other.id)

"""Notices about limits: each Owner reads once that one is near, and once that it is reached."""

from collections.abc import Iterator
from functools import partial

import pytest
from sqlalchemy import Engine
from test_races import at_once

from data import database
from data.database import System
from data.models import Role
from data.runtime.mail_server import MailServer
from data.services import projects, usage
from data.services.mail import letters as composing
from data.services.usage import Event, LimitReached, Metric, notices
from data.services.usage.limits import set_limit
from tests.support.mailing import HOME, delivered, mail_set_up
from tests.support.post_office import Box
from tests.support.probes import rows
from tests.support.world import World, put

OLGA, ADAM = 'olga@acme.test', 'adam@acme.test'


@pytest.fixture
def server() -> Iterator[MailServer]:
    with mail_set_up() as server:
        yield server


def told(db: Engine) -> list[tuple[str, str]]:
    """Kind and recipient of each mail about a limit."""
    found = rows(db, "SELECT kind, recipient FROM mails WHERE kind LIKE 'limit-%' ORDER BY kind, recipient")
    return [(kind, recipient) for kind, recipient in found]


def record(world: World, number: int, key: str, *, fails: bool = False) -> None:
    with database.transaction(System(world.organization_id)) as tx:
        usage.record(tx, Metric.MESSAGES, number, key)
        if fails:
            raise RuntimeError


def test_owners_and_nobody_else_are_told_once_of_each_step(world: World, db: Engine, server: MailServer) -> None:
    put(db, world.admin, world.organization_id, Role.OWNER)
    set_limit(world.organization_id, Metric.MESSAGES, 100)
    record(world, 79, 'a')
    assert told(db) == []
    record(world, 1, 'b')
    near = [('limit-near', ADAM), ('limit-near', OLGA)]
    assert told(db) == near
    for number in range(19):
        record(world, 1, f'c{number}')
    assert told(db) == near
    record(world, 1, 'd')
    assert told(db) == [*near, ('limit-reached', ADAM), ('limit-reached', OLGA)]
    with pytest.raises(LimitReached):
        record(world, 1, 'e')
    assert len(told(db)) == 4


def test_a_leap_over_both_steps_is_told_as_the_farther_one(world: World, db: Engine, server: MailServer) -> None:
    set_limit(world.organization_id, Metric.MESSAGES, 100)
    with database.transaction(System(world.organization_id)) as tx:
        usage.record_many(tx, [Event(Metric.MESSAGES, 10, f'{number}') for number in range(10)])
    assert told(db) == [('limit-reached', OLGA)]


def test_what_is_rolled_back_or_refused_is_told_to_nobody(world: World, db: Engine, server: MailServer) -> None:
    set_limit(world.organization_id, Metric.MESSAGES, 100)
    with pytest.raises(RuntimeError):
        record(world, 90, 'a', fails=True)
    with pytest.raises(LimitReached):
        record(world, 101, 'b')
    assert told(db) == []
    record(world, 90, 'a')
    assert told(db) == [('limit-near', OLGA)], 'it is told when it happens'


def test_eight_at_once_tell_once(world: World, db: Engine, server: MailServer) -> None:
    set_limit(world.organization_id, Metric.MESSAGES, 80)
    with at_once(8) as run_all:
        ends = run_all([partial(record, world, 10, f'{number}') for number in range(8)])
    assert ends == [None] * 8
    assert told(db) == [('limit-near', OLGA), ('limit-reached', OLGA)]


def test_one_organization_is_told_of_its_own(world: World, db: Engine, server: MailServer) -> None:
    set_limit(world.organization_id, Metric.MESSAGES, 10)
    set_limit(world.stranger.organization_id, Metric.MESSAGES, 10)
    record(world, 10, 'a')
    assert rows(db, 'SELECT organization_id, recipient FROM mails') == [(world.organization_id, OLGA)]


def test_each_metric_says_what_its_limit_means_and_where_to_look(world: World, db: Engine, server: MailServer) -> None:
    set_limit(world.organization_id, Metric.PROJECTS, 1)
    projects.create(world.owner, {'name': 'One'})
    set_limit(world.organization_id, Metric.MESSAGES, 10)
    record(world, 10, 'a')
    box = Box()
    delivered(server, box)
    mails = [it.get_body(('plain',)).get_content() for it in box.mails_to(OLGA)]
    said = [' '.join(it.split()) for it in mails]
    assert any(
        'Acme may have 1 project at once. Used now: 1. No other project can be created, reopened or restored.' in it
        for it in said
    )
    assert any('Acme may have 10 messages a month. Used this month: 10.' in it for it in said)
    assert all(f'{HOME}/organizations/{world.organization_id}/billing' in it for it in said)


@pytest.mark.parametrize('kind', [notices.NEAR, notices.REACHED])
@pytest.mark.parametrize('metric', list(Metric))
def test_no_mail_about_a_limit_offers_anything_for_money(kind: str, metric: Metric) -> None:
    facts = {'organization': 'Acme', 'because': 'you are an Owner', **notices._facts(usage.Standing(metric, 10, 10, 0))}
    letter = composing.compose(kind, facts, home=HOME, link=f'{HOME}/x')
    words = f'{letter.subject} {letter.text} {letter.html}'.lower()
    assert not any(word in words for word in (' plan', 'price', 'upgrade', 'pay', 'invoice'))
    assert metric.counted in letter.subject

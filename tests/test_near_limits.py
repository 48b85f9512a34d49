"""Limits that are near or reached: who is to know of which, on cards and around screens, and what asking costs."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine

from data import clock
from data.changes import Change
from data.database import Actor, System, transaction
from data.models import Role, Status
from data.permissions import NearLimit, Permission
from data.problems import NeedsSecondFactor
from data.services import organizations, projects, usage
from data.services.audit import Topic
from data.services.organizations import OrganizationCard
from data.services.usage import Metric, days
from data.services.usage.limits import set_limit
from tests.support.probes import refused, run, statements
from tests.support.world import World, inside, join


def limit(metric: str, step: int, allowed: str) -> NearLimit:
    """One that the operator has set."""
    reached = f'This organization may have {allowed} and has reached that.'
    return NearLimit(metric, step, allowed, reached, Metric(metric).stops)


NEAR = limit('messages', 80, '10 messages a month')
REACHED = limit('messages', 100, '10 messages a month')


def answer(organization_id: str, quantity: int, key: str = 'of a test', *, correction: bool = False) -> None:
    """Count so many messages of an organization."""
    with transaction(System(organization_id)) as tx:
        usage.record(tx, Metric.MESSAGES, quantity, f'{key} {quantity}', correction=correction)


def around(actor: Actor) -> tuple[NearLimit, ...]:
    """What is said around every screen of the actor's organization."""
    return organizations.membership(actor).limits


def card_of(actor: Actor) -> OrganizationCard:
    """The card of the actor's organization in their list."""
    return next(it for it in organizations.portion(actor).rows if it.id == actor.organization_id)


@pytest.mark.parametrize('role', list(Role))
def test_what_is_near_is_for_owners_and_admins_what_is_reached_for_everybody(world: World, role: Role) -> None:
    actor, may = world.of(role), role in (Role.OWNER, Role.ADMIN)
    set_limit(world.organization_id, Metric.MESSAGES, 10)
    for quantity, near in ((7, ()), (1, (NEAR,) if may else ()), (2, (REACHED,))):
        answer(world.organization_id, quantity)
        assert around(actor) == organizations.card(actor).limits == card_of(actor).limits == near
    set_limit(world.organization_id, Metric.MESSAGES, 100)
    assert around(actor) == card_of(actor).limits == ()


@pytest.mark.parametrize('role', list(Role))
def test_whoever_is_no_owner_is_told_whom_to_ask_where_a_limit_is_reached(world: World, role: Role) -> None:
    actor = world.of(role)
    set_limit(world.organization_id, Metric.MESSAGES, 10)
    answer(world.organization_id, 9)
    assert organizations.membership(actor).owners == ()
    answer(world.organization_id, 1)
    assert organizations.membership(actor).owners == (() if role is Role.OWNER else ('olga@acme.test',))


def test_the_worst_comes_first(world: World) -> None:
    set_limit(world.organization_id, Metric.MESSAGES, 10)
    set_limit(world.organization_id, Metric.PROJECTS, 1)
    answer(world.organization_id, 8)
    projects.create(world.owner, {'name': 'One'})
    both = limit('projects', 100, '1 project at once'), NEAR
    assert around(world.owner) == card_of(world.owner).limits == both
    assert around(world.viewer) == both[:1]
    set_limit(world.organization_id, Metric.MEMBERS, 4)
    assert [it.metric for it in around(world.viewer)] == ['members', 'projects']


def test_a_limit_of_nothing_is_reached_at_once(world: World) -> None:
    set_limit(world.organization_id, Metric.STORAGE, 0)
    assert around(world.viewer) == (limit('storage', 100, '0 bytes of knowledge at once'),)


def test_a_month_begins_with_all_that_is_allowed(world: World) -> None:
    set_limit(world.organization_id, Metric.MESSAGES, 10)
    answer(world.organization_id, 10)
    assert around(world.viewer) == (REACHED,)
    now = clock.now() + (days.next_month(days.today()) - days.today()) + timedelta(hours=1)
    clock.source = lambda: now
    assert around(world.viewer) == card_of(world.viewer).limits == ()
    [messages, *_] = organizations.overview(world.owner).usage or []
    assert (messages.used, messages.before, messages.cap) == (0, 10, 10)


def test_another_organization_has_its_own(world: World) -> None:
    set_limit(world.stranger.organization_id, Metric.MESSAGES, 10)
    answer(world.stranger.organization_id, 10)
    assert around(world.stranger) == (REACHED,)
    assert around(world.owner) == card_of(world.owner).limits == ()
    both = join(world.owner, world.stranger, Role.VIEWER)
    known = {card.id: card.limits for card in organizations.portion(both).rows}
    assert known == {world.stranger.organization_id: (REACHED,), world.organization_id: ()}
    assert {it.used for it in organizations.overview(world.owner).usage or []} == {0, 5}, 'five are members'


def test_who_is_kept_out_by_a_second_factor_reads_nothing_of_it(world: World, db: Engine) -> None:
    set_limit(world.organization_id, Metric.MESSAGES, 10)
    answer(world.organization_id, 10)
    assert card_of(world.member).limits == (REACHED,)
    run(db, 'UPDATE organizations SET second_factor_since = created_at WHERE id = :id', id=world.organization_id)
    with statements(db) as seen:
        card = card_of(world.member)
    assert (card.kept_out, card.limits) == (True, ())
    assert 'usage_counters' not in str(seen)
    assert organizations.whereabouts(world.member).limits == ()
    refused(NeedsSecondFactor, lambda: organizations.card(world.member))


def test_a_status_comes_first(world: World) -> None:
    set_limit(world.organization_id, Metric.MESSAGES, 10)
    answer(world.organization_id, 10)
    organizations.change_status(world.organization_id, Status.SUSPENDED, 'Spam')
    assert around(world.viewer) == ()
    assert card_of(world.viewer).limits == (REACHED,), 'the card has room for both'


def test_where_nothing_is_limited_nothing_more_is_asked(world: World, db: Engine) -> None:
    answer(world.organization_id, 10**6)
    for ask in (around, card_of, organizations.card):
        with statements(db) as seen:
            ask(world.member)
        assert 'usage_counters' not in str(seen)
    with statements(db) as before:
        around(world.admin)
    set_limit(world.organization_id, Metric.MESSAGES, 10**7)
    with statements(db) as after:
        around(world.admin)
    assert len(after) == len(before) + 1


def test_an_overview_reads_how_it_stands_once(world: World, db: Engine) -> None:
    def look() -> int:
        with statements(db) as seen:
            organizations.picture(world.owner, Permission.ORGANIZATION_VIEW, organizations.overview)
        return len(seen)

    before = look()
    set_limit(world.organization_id, Metric.MESSAGES, 10)
    answer(world.organization_id, 10)
    assert look() == before


def test_all_cards_of_a_portion_take_one_statement(world: World, db: Engine) -> None:
    others = [organizations.create(world.owner, f'Branch {number}').id for number in range(6)]
    with statements(db) as before:
        organizations.portion(world.owner)
    for other in others:
        set_limit(other, Metric.MESSAGES, 10)
        answer(other, 10)
    with statements(db) as seen:
        cards = organizations.portion(world.owner).rows
    assert len(seen) == len(before) + 1
    assert {card.id for card in cards if card.limits} == set(others)


def test_every_screen_asks_anew_only_where_a_limit_comes_nearer_or_goes_away(
    world: World, published: list[Change]
) -> None:
    def told(act: object) -> set[str]:
        topics = {change.topic for change in published if change.organization_id == world.organization_id}
        published.clear()
        return topics - {Topic.USAGE, Topic.AUDIT}

    at, screens = world.organization_id, {Topic.ORGANIZATION}
    assert told(answer(at, 100)) == set()
    assert told(set_limit(at, Metric.MESSAGES, 1_000)) == screens
    assert told(answer(at, 600)) == set()
    assert told(answer(at, 101)) == screens, '80 per cent'
    assert told(answer(at, 99)) == set()
    assert told(answer(at, 50)) == set()
    assert told(answer(at, 50, 'the last')) == screens, 'all of it'
    assert told(answer(at, -1, correction=True)) == screens, 'there is room again'
    assert told(answer(at, -300, correction=True)) == screens
    assert told(answer(at, -1, 'another', correction=True)) == set()
    assert told(set_limit(at, Metric.MESSAGES, None)) == screens


def test_who_is_in_many_knows_of_each_by_their_role_there(world: World) -> None:
    other = organizations.create(world.member, 'Of Mia').id
    for at in (other, world.organization_id):
        set_limit(at, Metric.MESSAGES, 10)
        answer(at, 8)
    assert card_of(world.member).limits == ()
    assert card_of(inside(world.member, other)).limits == (NEAR,)

"""Reading the record: portions, filters, search; only for those who may, and never anything of others."""

import time
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Engine

from data.database import Actor
from data.models import Role, Status
from data.problems import Forbidden, NotFound, SignedOut
from data.services import audit, members, organizations
from data.services.audit import Entry
from tests.support.probes import refused, statements
from tests.support.records import add, fill
from tests.support.world import EVENTS, World, inside


def targets(actor: Actor, **wanted: Any) -> list[str]:
    return [entry.target for entry in audit.portion(actor, **wanted).rows]


def walk(actor: Actor, limit: int) -> Iterator[Entry]:
    before = None
    while True:
        portion = audit.portion(actor, before=before, limit=limit)
        yield from portion.rows
        if not portion.more:
            return
        before = portion.rows[-1].seq


# portions ------------------------------------------------------------------------------------------------------------


def test_the_newest_comes_first_with_all_that_is_known(world: World) -> None:
    newest, *_, oldest = audit.portion(world.owner).rows
    assert (oldest.seq, oldest.action, oldest.target, oldest.outcome) == (1, 'organization:create', 'olga', 'done')
    assert (newest.seq, newest.actor_id, newest.actor_email) == (EVENTS, world.viewer.user_id, 'vera@acme.test')
    assert (newest.target, newest.details, newest.network) == ('olga@acme.test', {'role': 'viewer'}, '192.0.2.7')


@pytest.mark.parametrize('limit', [1, 2, EVENTS, EVENTS + 1, 50])
def test_portions_make_up_the_whole(limit: int, world: World) -> None:
    assert [entry.seq for entry in walk(world.owner, limit)] == list(range(EVENTS, 0, -1))


def test_portions_do_not_shift_while_others_act(world: World) -> None:
    add(world.owner, *map(str, range(40)))
    seen = []
    for entry in walk(world.owner, 7):
        seen.append(entry.seq)
        add(world.admin, 'meanwhile')
    assert seen == list(range(EVENTS + 40, 0, -1))


def test_ten_thousand_events_cost_no_more_than_ten(world: World, db: Engine) -> None:
    def costs() -> tuple[int, float]:
        with statements(db) as seen:
            began = time.perf_counter()
            assert audit.portion(world.owner).rows
        return len(seen), time.perf_counter() - began

    few, _ = costs()
    fill(db, world, 10_000)
    many, _ = costs()
    assert many == few == 2
    assert min(costs()[1] for _ in range(5)) < 0.05
    assert audit.portion(world.owner, before=60).more
    assert targets(world.owner, search='target 77', before=100) == ['target 77']


# filters -------------------------------------------------------------------------------------------------------------


def test_refusals_alone_and_acts_alone(world: World) -> None:
    refused(Forbidden, lambda: organizations.rename(world.viewer, 'Mine', version=2))
    [refusal] = audit.portion(world.owner, outcome='refused').rows
    assert (refusal.actor_email, refusal.action, refusal.rule) == (
        'vera@acme.test',
        'organization:rename',
        'role:viewer',
    )
    assert [entry.seq for entry in audit.portion(world.owner, outcome='done').rows] == list(range(EVENTS, 0, -1))


def test_one_kind_of_act(world: World) -> None:
    add(world.owner, 'a', action='invitation_x:add')
    assert len(targets(world.owner, action='invitation')) == 6
    assert len(targets(world.owner, action='invitation:accept')) == 3
    assert targets(world.owner, action='organization:rename') == ['Acme']
    assert len(targets(world.owner, action=('invitation', 'organization'))) == EVENTS
    assert targets(world.owner, action='invit') == targets(world.owner, action='%') == []


def test_one_person_even_one_who_has_left_and_the_administrator(world: World) -> None:
    add(world.admin, 'by Adam')
    organizations.change_status(world.organization_id, Status.PAST_DUE, '')
    members.remove(world.owner, world.admin.user_id)
    known = audit.people(world.owner)
    everybody = 'adam@acme.test', 'mia@acme.test', 'olga@acme.test', 'the administrator', 'vera@acme.test'
    assert (known.found, known.more) == ({address: (address,) for address in everybody}, False)
    assert targets(world.owner, who=('adam@acme.test',)) == ['by Adam', 'olga@acme.test']
    assert targets(world.owner, who=world.admin.user_id) == ['by Adam', 'olga@acme.test']
    assert [entry.action for entry in audit.portion(world.owner, who='').rows] == ['organization:status']
    assert targets(world.owner, who=world.stranger.user_id) == []


# search --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ('search', 'found'),
    [
        ('100%', ['100% sure']),
        ('a_b', ['a_b']),
        ('/', ['x/y\\z']),
        ('\\', ['x/y\\z']),
        ("'", ["O'Neil"]),
        ('SURE', ['100 sure', '100% sure']),
        ('öSTER', ['Österreich']),
        ('österreich', ['Österreich']),
        ('sure 100%', ['100% sure']),
        ('sure nothing', []),
        ('OLGA test:ACT neil', ["O'Neil"]),
        ('💶', []),
        ('\x00100%\ud800', ['100% sure']),
        ('\x00', None),
        ('   ', None),
        ('x' * 10**6, []),
        ('a ' * 10**5, None),
    ],
)
def test_a_search_means_what_it_says(search: str, found: list[str] | None, world: World) -> None:
    put = ['100% sure', '100 sure', 'a_b', 'axb', 'x/y\\z', "O'Neil", 'Österreich']
    add(world.owner, *put)
    assert targets(world.owner, search=search, action='test') == (put[::-1] if found is None else found)


def test_what_screens_say_of_an_act_is_found(world: World) -> None:
    assert targets(world.owner, search='another NAME') == []
    assert targets(world.owner, search='renamed the ORGANIZATION') == ['Acme']
    assert targets(world.owner, search='invited vera') == ['vera@acme.test']
    for pasted in ('<mia@acme.test>', 'mailto:mia@acme.test', 'Mia <mia@acme.test>'):
        assert targets(world.owner, search=pasted) == targets(world.owner, search='mia@acme.test') != []


def test_search_and_filters_together(world: World) -> None:
    add(world.admin, 'one', 'two')
    add(world.owner, 'one')
    assert targets(world.owner, search='one', who=world.admin.user_id, action='test', outcome='done') == ['one']


# who may -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize('role', [Role.MEMBER, Role.VIEWER])
def test_others_may_not_and_that_is_on_the_record(role: Role, world: World) -> None:
    actor = world.of(role)
    for act in (lambda: audit.portion(actor), lambda: audit.people(actor), lambda: audit.export(actor, 'csv')):
        problem = refused(Forbidden, act)
        assert str(problem).startswith('Only Owners and Admins can see the activity log.')
    assert len(audit.portion(world.owner, outcome='refused', who=actor.user_id).rows) == 3


def test_nothing_of_other_organizations_is_ever_there(world: World) -> None:
    add(world.stranger, 'secret of Sam')
    refused(NotFound, lambda: audit.portion(world.intruder))
    refused(NotFound, lambda: audit.export(world.intruder, 'json'))
    refused(SignedOut, lambda: audit.portion(Actor('', world.owner.user_id, world.organization_id, '')))
    assert 'secret of Sam' not in targets(world.owner)
    assert targets(world.owner, search='secret') == targets(world.owner, who=world.stranger.user_id) == []
    assert b'secret' not in audit.export(world.owner, 'json').content
    assert 'sam@other.test' not in audit.people(world.owner).found


def test_the_same_person_in_two_organizations_has_two_records(world: World) -> None:
    second = organizations.create(world.owner, 'Second').id
    add(inside(world.owner, second), 'there')
    assert targets(inside(world.owner, second)) == ['there', 'Second']
    assert 'there' not in targets(world.owner)

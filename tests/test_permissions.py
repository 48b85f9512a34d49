"""Every cell of the table in the product's contract, as sentences, in the services, and on the record."""

from itertools import product

import pytest
from sqlalchemy import Engine

from data import permissions
from data.database import Actor
from data.models import Organization, Role, Status, User
from data.permissions import Permission, as_member, refusal
from data.problems import Forbidden, NotFound
from data.runtime import rate_limiter
from data.services import members, organizations
from tests.acts import MAY, OF_MEMBERS
from tests.support.probes import everything, refused, rows, value
from tests.support.stage import Stage
from tests.support.world import World, inside

ROLES = {line.split()[0]: [Role(word) for word in line.split()[1:]] for line in MAY.strip().splitlines()}
READING = {'organization:view', 'organization:leave', 'invitation:view', 'audit:view', 'usage:view', 'billing:view'}
READING |= {'conversation:view', 'lead:export'}
SETTINGS = {'organization:rename', 'phone:manage', 'billing:manage', 'organization:delete', 'organization:secure'}
SETTINGS |= {'conversation:delete'}
ALL = set(ROLES)
LEFT = {  # to Owners, to everybody else
    Status.ACTIVE: (ALL, ALL),
    Status.PAST_DUE: (ALL, ALL),
    Status.RESTRICTED: (READING | SETTINGS, READING),
    Status.SUSPENDED: (READING, READING),
    Status.DELETING: (READING | SETTINGS, READING),
    Status.DELETED: (set(), set()),
}
CELLS = list(product(Role, Status, Permission))


def may(role: Role, status: Status, permission: str) -> bool:
    return role in ROLES[permission] and permission in LEFT[status][role is not Role.OWNER]


def test_the_table_knows_every_permission() -> None:
    assert {permission.value for permission in Permission} == ALL
    assert all(permission.phrase for permission in Permission)
    assert set(permissions.STATUS_RULES) == set(LEFT) == set(Status)


def test_every_cell_is_as_the_contract_says() -> None:
    assert len(CELLS) == len(Role) * len(Status) * len(ALL) == 4 * 6 * len(ALL)
    wrong = [cell for cell in CELLS if (refusal(*cell) is None) != may(*cell)]
    assert wrong == []


def test_controls_and_checks_agree_in_every_cell() -> None:
    for role, status, permission in CELLS:
        organization = Organization(name='Acme', name_key='acme', status=status)
        somebody = User(email='x@acme.test', email_key='x@acme.test')
        member = as_member(Actor('', '', organization.id, ''), organization, somebody, role)
        assert member.may(permission) == may(role, status, permission)
        assert (member.refused(permission) is None) == may(role, status, permission)


def test_a_refusal_by_role_names_who_can_and_what_one_is() -> None:
    names = {1: '{0}s', 2: '{0}s and {1}s', 3: '{0}s, {1}s and {2}s'}
    for role, permission in product(Role, Permission):
        able = ROLES[permission]
        if role not in able:
            no = refusal(role, Status.ACTIVE, permission)
            assert no is not None
            who = names[len(able)].format(*(each.label for each in able))
            article = 'an' if role.label[0] in 'AO' else 'a'
            assert str(no) == f'Only {who} can {permission.phrase}. You are {article} {role.label}.'
            assert (no.action, no.rule) == (permission.value, f'role:{role.value}')


def test_a_refusal_by_status_names_the_status_and_who_can() -> None:
    for role, status, permission in CELLS:
        if role in ROLES[permission] and not may(role, status, permission):
            no = refusal(role, status, permission)
            assert no is not None
            able = 'Only Owners' if permission.value in LEFT[status][0] else 'Nobody'
            word = permissions.STATUS_RULES[status].word.lower()
            assert str(no) == f'This organization is {word}. {able} can {permission.phrase} now.'
            assert no.rule == f'status:{status.value}'


NEWEST = (
    'SELECT organization_id, actor_id, actor_email, action, outcome, rule, network FROM audit_events '
    'ORDER BY id DESC LIMIT 1'
)


def count(db: Engine) -> int:
    return int(value(db, 'SELECT count(*) FROM audit_events'))


@pytest.mark.parametrize('role', list(Role))
def test_every_service_refuses_what_the_table_refuses(role: Role, world: World, db: Engine) -> None:
    stage = Stage(db, world, role)
    for name, act in OF_MEMBERS.items():
        stage.reset()
        ready = act.prepare(stage)
        for status in Status:
            first = next((each for each in act.asks if not may(role, status, each)), None)
            if first is None:
                continue
            stage.set(status)
            rate_limiter.reset()
            before, recorded = everything(db, record=False), count(db)
            if status is Status.DELETED:
                refused(NotFound, act.perform, stage, stage.actor, ready)
                assert (everything(db, record=False), count(db)) == (before, recorded), (name, status)
                continue
            problem = refused(Forbidden, act.perform, stage, stage.actor, ready)
            assert str(problem) == str(refusal(role, status, first)), (name, status)
            [line] = rows(db, NEWEST)
            email = value(db, 'SELECT email FROM users WHERE id = :id', id=stage.actor.user_id)
            assert line == (stage.where, stage.actor.user_id, email, first, 'refused', problem.rule, '192.0.2.7')
            assert (everything(db, record=False), count(db)) == (before, recorded + 1), (name, status)


@pytest.mark.parametrize('role', list(Role))
def test_every_service_does_what_the_table_grants(role: Role, world: World, db: Engine) -> None:
    stage = Stage(db, world, role)
    for act, status in product(OF_MEMBERS.values(), Status):
        if all(may(role, status, each) for each in act.asks):
            stage.reset()
            ready = act.prepare(stage)
            stage.set(status)
            act.perform(stage, stage.actor, ready)
    assert rows(db, "SELECT action FROM audit_events WHERE outcome = 'refused'") == []


@pytest.mark.parametrize('role', list(Role))
def test_everybody_may_leave_as_long_as_the_organization_is_there(role: Role, world: World, db: Engine) -> None:
    stage = Stage(db, world, role)
    stage.set(Status.DELETED)
    refused(NotFound, lambda: members.leave(stage.actor))
    stage.set(Status.SUSPENDED)
    members.leave(stage.actor)
    refused(NotFound, lambda: organizations.membership(stage.actor))


def test_a_stranger_finds_nothing_whatever_they_try(world: World, db: Engine) -> None:
    stage = Stage(db, world)
    for act in OF_MEMBERS.values():
        stage.reset()
        ready, before = act.prepare(stage), everything(db)
        sentences = {
            str(refused(NotFound, act.perform, stage, actor, ready))
            for actor in (stage.world.intruder, inside(world.stranger, 'a' * 16))
        }
        assert len(sentences) == 1
        assert everything(db) == before


def test_a_role_counts_as_it_is_now_not_as_it_was_on_screen(world: World) -> None:
    as_drawn = organizations.membership(world.admin)
    members.change_role(world.owner, world.admin.user_id, Role.VIEWER, expected=Role.ADMIN)
    assert as_drawn.may(Permission.ORGANIZATION_RENAME)
    problem = refused(Forbidden, lambda: organizations.rename(as_drawn, 'Mine', version=2))
    assert str(problem) == 'Only Owners and Admins can rename the organization. You are a Viewer.'

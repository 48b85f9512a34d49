"""Every cell of the table in the product's contract, as sentences, in the services, and on the record."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import product

import pytest
from sqlalchemy import Engine

from data import permissions
from data.database import Actor
from data.models import Organization, Role, Status
from data.permissions import Permission, as_member, refusal
from data.problems import Forbidden, NotFound
from data.runtime import rate_limiter
from data.services import billing, members, organizations, phone_numbers
from tests.support.probes import everything, refused, rows, run, value
from tests.support.world import World, inside

# Written down from the product's contract, not from the code: who may, and what each status leaves of it.
MAY = """
organization:view     owner admin member viewer
organization:leave    owner admin member viewer
project:edit          owner admin member
organization:rename   owner admin
phone:manage          owner admin
member:invite         owner admin
member:change_role    owner admin
member:remove         owner admin
audit:view            owner admin
billing:view          owner admin
billing:manage        owner
organization:delete   owner
owner:appoint         owner
"""
ROLES = {line.split()[0]: [Role(word) for word in line.split()[1:]] for line in MAY.strip().splitlines()}
READING = {'organization:view', 'organization:leave', 'audit:view', 'billing:view'}
SETTINGS = {'organization:rename', 'phone:manage', 'billing:manage', 'organization:delete'}
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
    assert len(CELLS) == 4 * 6 * 13
    wrong = [cell for cell in CELLS if (refusal(*cell) is None) != may(*cell)]
    assert wrong == []


def test_controls_and_checks_agree_in_every_cell() -> None:
    for role, status, permission in CELLS:
        organization = Organization(name='Acme', name_key='acme', status=status)
        member = as_member(Actor('', '', organization.id, ''), organization, email='x@acme.test', role=role)
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


@dataclass
class Stage:
    """Acme with what every act needs: somebody to act on, a number, and a spare colleague who can leave."""

    db: Engine
    world: World
    role: Role

    def __post_init__(self) -> None:
        self.target, self.spare = (inside(person, self.where) for person in self.world.newcomers[:2])
        self.actor = self.spare if self.role is Role.OWNER else self.world.of(self.role)
        self.reset()

    def reset(self) -> None:
        """Everybody and everything in place again, whatever an act has done."""
        self.set(Status.ACTIVE)
        for person, role in (self.world.owner, Role.OWNER), (self.target, Role.MEMBER), (self.spare, self.role):
            self.put(person, role)
        run(self.db, 'DELETE FROM memberships WHERE user_id = :id AND organization_id = :where', **self.nora)
        run(self.db, 'DELETE FROM phone_numbers')
        number = {'number': '030 123456', 'country': 'DE', 'purpose': 'voice', 'label': ''}
        self.phone = phone_numbers.add(self.world.owner, number).id

    def put(self, person: Actor, role: Role) -> None:
        run(
            self.db,
            'INSERT INTO memberships (organization_id, user_id, role, joined_at) '
            'VALUES (:where, :user, :role, CURRENT_TIMESTAMP) '
            'ON CONFLICT (organization_id, user_id) DO UPDATE SET role = excluded.role',
            where=self.where,
            user=person.user_id,
            role=role.value,
        )

    @property
    def nora(self) -> dict[str, str]:
        return {'id': self.world.newcomers[2].user_id, 'where': self.where}

    def set(self, status: Status) -> None:
        run(self.db, 'UPDATE organizations SET status = :to WHERE id = :id', to=status.value, id=self.where)

    @property
    def where(self) -> str:
        return self.world.organization_id

    @property
    def version(self) -> int:
        return int(value(self.db, 'SELECT version FROM organizations WHERE id = :id', id=self.where))

    @property
    def phone_version(self) -> int:
        return int(value(self.db, 'SELECT version FROM phone_numbers WHERE id = :id', id=self.phone))

    @property
    def address_version(self) -> int:
        found = rows(self.db, 'SELECT version FROM billing_addresses')
        return int(found[0][0]) if found else 0


NUMBER = {'number': '030 654321', 'country': 'DE', 'purpose': 'sms', 'label': 'Desk'}
ADDRESS = {'kind': 'person', 'country': 'AE', 'name': 'Olga', 'street_address': 'One Road', 'country_area': 'Dubai'}
Act = Callable[[Stage, Actor], object]
ACTS: dict[str, tuple[str, Act]] = {
    'see': ('organization:view', lambda stage, actor: organizations.overview(actor)),
    'list numbers': ('organization:view', lambda stage, actor: phone_numbers.of_organization(actor)),
    'see the address': ('billing:view', lambda stage, actor: billing.address(actor)),
    'rename': ('organization:rename', lambda stage, actor: organizations.rename(actor, 'N', version=stage.version)),
    'set the address': (
        'billing:manage',
        lambda stage, actor: billing.set_address(actor, ADDRESS, version=stage.address_version),
    ),
    'change a number': (
        'phone:manage',
        lambda stage, actor: phone_numbers.change(actor, stage.phone, NUMBER, version=stage.phone_version),
    ),
    'prefer a number': ('phone:manage', lambda stage, actor: phone_numbers.make_primary(actor, stage.phone)),
    'remove a number': ('phone:manage', lambda stage, actor: phone_numbers.remove(actor, stage.phone)),
    'add a number': (
        'phone:manage',
        lambda stage, actor: phone_numbers.add(actor, {**NUMBER, 'number': '030 777777'}),
    ),
    'add a member': ('member:invite', lambda stage, actor: members.add(actor, 'nora@new.test', Role.VIEWER)),
    'add an Owner': ('owner:appoint', lambda stage, actor: members.add(actor, 'nora@new.test', Role.OWNER)),
    'change a role': (
        'member:change_role',
        lambda stage, actor: members.change_role(actor, stage.target.user_id, Role.VIEWER, expected=Role.MEMBER),
    ),
    'appoint an Owner': (
        'owner:appoint',
        lambda stage, actor: members.change_role(actor, stage.target.user_id, Role.OWNER, expected=Role.MEMBER),
    ),
    'demote an Owner': (
        'owner:appoint',
        lambda stage, actor: members.change_role(actor, stage.world.owner.user_id, Role.MEMBER, expected=Role.OWNER),
    ),
    'remove a member': ('member:remove', lambda stage, actor: members.remove(actor, stage.target.user_id)),
    'remove an Owner': ('owner:appoint', lambda stage, actor: members.remove(actor, stage.world.owner.user_id)),
}
ALSO = {  # these acts need a second permission, which is asked for first
    'add an Owner': 'member:invite',
    'appoint an Owner': 'member:change_role',
    'demote an Owner': 'member:change_role',
    'remove an Owner': 'member:remove',
}


def count(db: Engine) -> int:
    return int(value(db, 'SELECT count(*) FROM audit_events'))


@pytest.mark.parametrize('role', list(Role))
def test_every_service_refuses_what_the_table_refuses(role: Role, world: World, db: Engine) -> None:
    stage = Stage(db, world, role)
    for status, (name, (permission, act)) in product(Status, ACTS.items()):
        asked = [ALSO[name], permission] if name in ALSO else [permission]
        first = next((each for each in asked if not may(role, status, each)), None)
        if first is None:
            continue
        stage.set(status)
        rate_limiter.reset()
        before, recorded = everything(db, record=False), count(db)
        if status is Status.DELETED:
            refused(NotFound, act, stage, stage.actor)
            assert (everything(db, record=False), count(db)) == (before, recorded), (name, status)
            continue
        problem = refused(Forbidden, act, stage, stage.actor)
        assert str(problem) == str(refusal(role, status, Permission(first))), (name, status)
        [line] = rows(
            db,
            'SELECT organization_id, actor_id, actor_email, action, outcome, rule, network FROM audit_events '
            'ORDER BY id DESC LIMIT 1',
        )
        email = value(db, 'SELECT email FROM users WHERE id = :id', id=stage.actor.user_id)
        assert line == (stage.where, stage.actor.user_id, email, first, 'refused', problem.rule, '192.0.2.7')
        assert (everything(db, record=False), count(db)) == (before, recorded + 1), (name, status)


@pytest.mark.parametrize('role', list(Role))
def test_every_service_does_what_the_table_grants(role: Role, world: World, db: Engine) -> None:
    stage = Stage(db, world, role)
    for name, (permission, act) in ACTS.items():
        needed = {permission, ALSO.get(name, permission)}
        for status in Status:
            if all(may(role, status, each) for each in needed):
                stage.reset()
                stage.set(status)
                act(stage, stage.actor)
    assert rows(db, "SELECT action FROM audit_events WHERE outcome = 'refused'") == []


@pytest.mark.parametrize('role', list(Role))
def test_everybody_may_leave_as_long_as_the_organization_is_there(role: Role, world: World, db: Engine) -> None:
    stage = Stage(db, world, role)
    stage.set(Status.DELETED)
    refused(NotFound, lambda: members.leave(stage.spare))
    stage.set(Status.SUSPENDED)
    members.leave(stage.spare)
    refused(NotFound, lambda: organizations.membership(stage.spare))


def test_a_stranger_finds_nothing_whatever_they_try(world: World, db: Engine) -> None:
    stage = Stage(db, world, Role.OWNER)
    before = everything(db)
    for act in [*(act for _, act in ACTS.values()), lambda _, actor: members.leave(actor)]:
        sentences = {
            str(refused(NotFound, act, stage, actor))
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

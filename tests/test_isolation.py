"""Two organizations, people in one, the other and both, and random acts: nothing of one is ever seen in the other.

Whatever is written in an organization carries its mark. After every act, no answer, no refusal, no published change and
no row that a session can see carries a mark, an id or an address of where the person asking does not belong.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule
from sqlalchemy import Engine
from sqlmodel import select
from test_billing import GERMAN

from data import database
from data.changes import Change
from data.database import Actor
from data.database.scoping import owned_tables
from data.models import BillingContact, Organization, ProjectStatus, Role, Status, User, new_id
from data.permissions import NEXT, Permission
from data.problems import NotFound, Problem
from data.runtime import rate_limiter
from data.services import (
    audit,
    billing_address,
    billing_contacts,
    invitations,
    members,
    organizations,
    phone_numbers,
    projects,
)
from data.services.billing_contacts.confirming import token_of
from data.services.invitations.links import token_for
from data.services.projects import Projects
from data.services.subscriptions import operating
from data.services.usage import Metric
from data.services.usage.limits import set_limit
from tests.acts import ACTS, LOOKS, OF_MEMBERS
from tests.support import stage as staging
from tests.support.databases import Databases
from tests.support.isolated_conversations import ConversationRules, settle
from tests.support.isolated_sources import SourceRules
from tests.support.isolated_usage import UsageRules
from tests.support.machine import Machine, drive
from tests.support.probes import listening, rows, run
from tests.support.seats import assert_in_step
from tests.support.world import World, inside, join, sign_up

MARKS = ('alphamark', 'bravomark')
NAMES = ('olga', 'sam', 'bo', 'vera', 'vic')
"""Olga owns the first organization, Sam the second; Bo is Admin in one and Viewer in the other, the rest are in one."""

ROLES = {('olga', 0): 'owner', ('sam', 1): 'owner', ('bo', 0): 'admin', ('bo', 1): 'viewer'}
ROLES |= {('vera', 0): 'member', ('vic', 1): 'admin'}

people = st.sampled_from(NAMES)
places = st.sampled_from([0, 1, 2])
"""The first organization, the second, or none at all."""

numbers = st.integers(0, 9)
roles = st.sampled_from(list(Role))

BOOK_ACTS = [
    'invoices._close_one',
    'invoices.finalize',
    'invoices.add_line',
    'payments.mark_paid',
    'payments._written',
    'payments.reverse',
    'payments.credit',
    'payments.chase',
    'payments.confirm_tax_id',
    'payments.exempt',
]
PROJECT_ACTS = ['get', 'rename', 'describe', 'archive', 'reopen', 'delete', 'restore']


@dataclass
class Stage:
    """What every run starts from."""

    url: str
    actors: dict[str, Actor] = field(default_factory=dict)
    places: list[str] = field(default_factory=list)

    def fill(self) -> None:
        """Let five people sign up, and put them where they belong."""
        db = database.connect(self.url)
        self.actors = {name: sign_up(f'{name}@people.test') for name in NAMES}
        self.places = [self.actors[name].organization_id for name in ('olga', 'sam')]
        for owner, mark in (('olga', MARKS[0]), ('sam', MARKS[1])):
            organizations.rename(self.actors[owner], f'The {mark}', version=1)
            first = projects.create(self.actors[owner], {'name': f'First {mark}', 'description': f'Of {mark}'})
            settle(self.actors[owner], first.id, mark)
        for (name, place), role in ROLES.items():
            if role != 'owner':
                join(self.actors['olga' if place == 0 else 'sam'], self.actors[name], Role(role))
        for name in ('bo', 'vera', 'vic'):  # nowhere else: whoever is removed gets a fresh organization
            run(db, 'DELETE FROM organizations WHERE id = :id', id=self.actors[name].organization_id)
        db.dispose()


class Scene(staging.Stage):
    """Where the table of acts makes ready what they are done to: one of the two organizations, as it is now."""

    def __init__(self, db: Engine, owner: Actor, target: Actor, guest: Actor) -> None:
        self.db, self.target, self.guest = db, target, guest
        self.world: Any = SimpleNamespace(owner=owner, organization_id=owner.organization_id)


class Isolation(ConversationRules, SourceRules, UsageRules, Machine):
    """Everybody tries everything everywhere."""

    stage: Stage

    def __init__(self) -> None:
        super().__init__()
        self.listening = listening()
        self.published: list[Change] = self.listening.__enter__()
        self.ever: list[set[str]] = [set(), set()]
        self.turn = 0
        self.tokens_of_visitors: list[list[str]] = [[], []]
        self.look_around()

    def teardown(self) -> None:
        self.listening.__exit__(None, None, None)
        super().teardown()

    # what is true, read around everything that is tested --------------------------------------------------------------

    def look_around(self) -> None:
        """Note who belongs where now, who ever did or was invited (that stays on the record), and all phone numbers."""
        found = rows(
            self.db,
            'SELECT organization_id, email, role FROM memberships JOIN users ON users.id = user_id '
            "JOIN organizations ON organizations.id = organization_id WHERE status <> 'deleted'",
        )
        self.homes: dict[str, dict[str, str]] = {name: {} for name in NAMES}
        for organization_id, email, role in found:
            name = email.partition('@')[0]
            self.homes[name][organization_id] = role
            if organization_id in self.stage.places:
                self.ever[self.stage.places.index(organization_id)].add(name)
        for organization_id, email in rows(self.db, 'SELECT organization_id, email FROM invitations'):
            if (name := email.removesuffix('@people.test')) in NAMES:
                self.ever[self.stage.places.index(organization_id)].add(name)
        self.phones = rows(self.db, 'SELECT id, organization_id, version FROM phone_numbers ORDER BY created_at, id')
        self.projects = rows(self.db, 'SELECT id, organization_id, version, name FROM projects ORDER BY created_at, id')

        tables = 'agents', 'sources', 'passages', 'visitors', 'conversations', 'leads', 'replies', 'unanswered'
        each = (f'SELECT id, organization_id FROM {table}' for table in tables)
        self.talks = rows(self.db, ' UNION ALL '.join(each))

    def secrets(self, seen_in: Collection[int], by: str = '') -> set[str]:
        """What must not be in anything that is seen in these two, one, or none of them by this person."""
        found: set[str] = set()
        for place in {0, 1} - set(seen_in):
            at = self.stage.places[place]
            found |= {MARKS[place], at} | {
                row[0] for row in (*self.phones, *self.projects, *self.talks) if row[1] == at
            }
        for name in set(NAMES) - {by}.union(*(self.ever[place] for place in seen_in)):
            found |= {f'{name}@people.test', self.stage.actors[name].user_id}
        return found

    def check(self, said: object, seen_in: Collection[int], by: str = '') -> None:
        """Make sure that nothing of the other organization is in what was said."""
        text = said.decode() if isinstance(said, bytes) else repr(said)
        assert [secret for secret in self.secrets(seen_in, by) if secret in text] == []

    # acts -------------------------------------------------------------------------------------------------------------

    def act(self, who: str, place: int, act: Callable[[Actor], object]) -> Any:
        """Act at an address; whoever does not belong there must find nothing, and be told nothing."""
        where = [*self.stage.places, new_id()][place]
        belongs = where in self.homes[who]
        seen_in = [place] if belongs else []
        try:
            said: object = act(inside(self.stage.actors[who], where))
        except Problem as problem:
            assert belongs or isinstance(problem, NotFound), repr(problem)
            said = (str(problem), vars(problem), None)
            self.check(str(problem.__cause__) + str(problem.__context__), seen_in, who)
        else:
            assert belongs, f'{who} got {said!r}'
            if isinstance(said, audit.Export):
                self.check(said.content, seen_in, who)
        self.look_around()
        self.check(said, seen_in, who)
        return said

    def mark(self, who: str, place: int) -> str:
        """The mark of the organization where somebody writes; of the other one where they have no business."""
        at = self.stage.places[place] if place < 2 else ''
        return MARKS[place if at in self.homes[who] else (place + 1) % 2]

    def phone(self, number: int) -> tuple[str, int]:
        """Id and version of any number of the two, or of none."""
        found = [*self.phones, (new_id(), '', 1)]
        phone_id, _, version = found[number % len(found)]
        return phone_id, version

    def project(self, number: int) -> tuple[str, int, str]:
        """Id, version and name of any project of the two, or of none."""
        found = [*self.projects, (new_id(), '', 1, 'None')]
        project_id, _, version, name = found[number % len(found)]
        return project_id, version, name

    def user(self, number: int) -> str:
        """The id of anybody, or of nobody."""
        return [*(actor.user_id for actor in self.stage.actors.values()), new_id()][number % (len(NAMES) + 1)]

    @rule(who=people, place=places)
    def rename(self, who: str, place: int) -> None:
        name = f'The {self.mark(who, place)}'
        versions = rows(self.db, 'SELECT version FROM organizations WHERE id = :id', id=[*self.stage.places, ''][place])
        version = versions[0][0] if versions else 1
        self.act(who, place, lambda actor: organizations.rename(actor, name, version=version))

    @rule(who=people, place=places, version=st.integers(0, 3))
    def set_address(self, who: str, place: int, version: int) -> None:
        mark = self.mark(who, place)
        values = {**GERMAN, 'company_name': mark, 'name': mark, 'street_address': mark, 'city': mark}
        self.act(who, place, lambda actor: billing_address.set_address(actor, values, version=version))

    @rule(who=people, place=places, number=numbers)
    def add_number(self, who: str, place: int, number: int) -> None:
        values = self.number(number, self.mark(who, place))
        self.act(who, place, lambda actor: phone_numbers.add(actor, values))

    def number(self, number: int, mark: str) -> dict[str, str]:
        return {'number': f'030 12345{number}', 'country': 'DE', 'label': f'{mark} {number}', 'purpose': 'voice'}

    @rule(who=people, place=places, phone=numbers, number=numbers)
    def change_number(self, who: str, place: int, phone: int, number: int) -> None:
        (phone_id, version), values = self.phone(phone), self.number(number, self.mark(who, place))
        self.act(who, place, lambda actor: phone_numbers.change(actor, phone_id, values, version=version))

    @rule(who=people, place=places, phone=numbers, remove=st.booleans())
    def handle_number(self, who: str, place: int, phone: int, remove: bool) -> None:
        (phone_id, _), handle = self.phone(phone), phone_numbers.remove if remove else phone_numbers.make_primary
        self.act(who, place, lambda actor: handle(actor, phone_id))

    @rule(who=people, place=places, number=numbers)
    def make_project(self, who: str, place: int, number: int) -> None:
        mark = self.mark(who, place)
        rate_limiter.reset()
        values = {'name': f'{mark} {number}', 'description': f'Of {mark},\nand nobody else'}
        self.act(who, place, lambda actor: projects.create(actor, values))

    @rule(who=people, place=places, project=numbers, act=st.sampled_from(PROJECT_ACTS))
    def handle_project(self, who: str, place: int, project: int, act: str) -> None:
        """Do something to any project of the two, at any address."""
        (project_id, version, name), mark = self.project(project), self.mark(who, place)
        acts: dict[str, Callable[[Actor], object]] = {
            'get': lambda actor: projects.get(actor, project_id),
            'rename': lambda actor: projects.change(actor, project_id, {'name': f'New {mark}'}, version=version),
            'describe': lambda actor: projects.change(actor, project_id, {'description': mark}, version=version),
            'archive': lambda actor: projects.archive(actor, project_id),
            'reopen': lambda actor: projects.reopen(actor, project_id),
            'delete': lambda actor: projects.delete(actor, project_id, name),
            'restore': lambda actor: projects.restore(actor, project_id),
        }
        self.act(who, place, acts[act])

    @rule(
        who=people,
        place=places,
        search=st.sampled_from(['', *MARKS, 'mark', '%', '_']),
        status=st.sampled_from([None, *ProjectStatus]),
        offset=st.integers(0, 3),
    )
    def look_at_projects(self, who: str, place: int, search: str, status: ProjectStatus | None, offset: int) -> None:
        found = self.act(who, place, lambda actor: projects.portion(actor, search, status, offset=offset))
        if isinstance(found, Projects):  # how many there are is told of this organization, and of no other
            at = self.stage.places[place]
            assert sum(found.counts.values()) == sum(where == at for _, where, _, _ in self.projects)
            assert {card.id for card in found.rows} <= {row[0] for row in self.projects if row[1] == at}
        for project_id, *_ in self.projects[:6]:
            self.act(who, place, lambda actor, it=project_id: projects.get(actor, it))

    @rule(place=st.sampled_from([0, 1]))
    def erase_projects(self, place: int) -> None:
        """What was deleted in one of them goes for good; nothing of the other does."""
        kept = [row for row in self.projects if row[1] != self.stage.places[place]]
        staging.delete_long_ago(self.db, where=self.stage.places[place])
        assert projects.erase(self.stage.places[1 - place], 100) == 0
        projects.erase(self.stage.places[place], 100)
        self.look_around()
        assert [row for row in self.projects if row[1] != self.stage.places[place]] == kept

    @rule(place=st.sampled_from([0, 1]), metric=st.sampled_from(list(Metric)), cap=st.sampled_from([None, 0, 2, 1000]))
    def limit_usage(self, place: int, metric: Metric, cap: int | None) -> None:
        """Whoever runs the installation limits one of them, by `usage.set_limit`; the other one is free as before."""
        other = 'SELECT metric, cap FROM usage_limits WHERE organization_id = :id ORDER BY metric'
        before = rows(self.db, other, id=self.stage.places[1 - place])
        self.check(set_limit(self.stage.places[place], metric, cap), [place])
        assert rows(self.db, other, id=self.stage.places[1 - place]) == before

    @rule(place=st.sampled_from([0, 1]), name=st.sampled_from(BOOK_ACTS))
    def keep_books(self, place: int, name: str) -> None:
        """Whoever runs the installation bills one of them; of the other one nothing is said, and its books stay."""
        act = next(it for it in ACTS.values() if it.name == name)
        owner, target, guest = (self.stage.actors[it] for it in (('olga', 'sam')[place], 'bo', 'vic'))
        scene = Scene(self.db, inside(owner, self.stage.places[place]), target, guest)
        before = self.books(1 - place)
        try:
            said = act.perform(scene, scene.world.owner, act.prepare(scene))
        except Problem as problem:  # it is suspended, or somebody else owns it by now
            said = (str(problem), vars(problem))
        self.look_around()
        self.check(said, [place])
        assert self.books(1 - place) == before
        run(self.db, "UPDATE organizations SET status = 'active' WHERE status = 'past_due'")

    def books(self, place: int) -> list[tuple[Any, ...]]:
        """What was billed and paid by one of them."""
        money = 'SELECT id, total FROM invoices WHERE organization_id = :id UNION ALL '
        money += 'SELECT id, amount FROM payments WHERE organization_id = :id'
        return sorted(rows(self.db, money, id=self.stage.places[place]))

    @rule(who=people, place=places, whom=people, role=roles)
    def welcome(self, who: str, place: int, whom: str, role: Role) -> None:
        """Somebody invites one of the five, who comes at once, whoever else has invited them meanwhile."""
        rate_limiter.reset()
        self.act(who, place, lambda actor: invitations.invite(actor, f'{whom}@people.test', role))
        for organization_id, token in self.tokens(f'{whom}@people.test'):
            self.answer(whom, organization_id, lambda actor, token=token: invitations.accept(actor, token))

    @rule(who=people, guest=people, role=roles, place=st.sampled_from([0, 1]))
    def decline(self, who: str, guest: str, role: Role, place: int) -> None:
        """Somebody invites one of the five, who says no; anybody else who has the link may look and not accept."""
        rate_limiter.reset()
        self.act(who, place, lambda actor: invitations.invite(actor, f'{guest}@people.test', role))
        for organization_id, token in self.tokens(f'{guest}@people.test'):
            for name in set(NAMES) - {guest}:
                with pytest.raises(Problem):
                    invitations.accept(self.stage.actors[name], token)
            self.answer(guest, organization_id, lambda _, token=token: invitations.decline(token))

    @rule(who=people, place=places)
    def confirm_contact(self, who: str, place: int) -> None:
        """Somebody asks a contact, who says yes by `billing_contacts.confirm` and learns of one organization."""
        rate_limiter.reset()
        contact = self.act(who, place, partial(staging.ask_contact, email=f'{self.mark(who, place)}@books.test'))
        if isinstance(contact, BillingContact):
            token = token_of(contact)
            self.check(billing_contacts.look(token), [place])
            self.check(billing_contacts.confirm(token), [place])

    def tokens(self, email: str) -> list[tuple[str, str]]:
        """Organization and token of all invitations of somebody that wait."""
        waiting = "SELECT organization_id, id, nonce FROM invitations WHERE email = :email AND state = 'pending'"
        return [(at, token_for(invitation, nonce)) for at, invitation, nonce in rows(self.db, waiting, email=email)]

    def answer(self, who: str, organization_id: str, act: Callable[[Actor], object]) -> None:
        """Answer an invitation: whoever holds it may know of its organization, and of no other."""
        try:
            told: object = act(self.stage.actors[who])
        except Problem as problem:
            told = (str(problem), vars(problem))
        self.look_around()
        self.check(told, [self.stage.places.index(organization_id)], who)

    @rule(who=people, place=places, role=roles, number=numbers)
    def invite(self, who: str, place: int, role: Role, number: int) -> None:
        guest = f'{self.mark(who, place)}{number}@guest.test'
        rate_limiter.reset()
        self.act(who, place, lambda actor: invitations.invite(actor, guest, role))

    @rule(who=people, place=places, number=numbers, role=roles, expected=roles)
    def handle_invitation(self, who: str, place: int, number: int, role: Role, expected: Role) -> None:
        found = [*(it for [it] in rows(self.db, 'SELECT id FROM invitations ORDER BY id')), new_id()]
        invitation_id = found[number % len(found)]
        rate_limiter.reset()
        acts: list[Callable[[Actor], object]] = [
            lambda actor: invitations.link(actor, invitation_id) and None,
            lambda actor: invitations.resend(actor, invitation_id),
            lambda actor: invitations.change_role(actor, invitation_id, role, expected=expected),
            lambda actor: invitations.revoke(actor, invitation_id),
        ]
        self.act(who, place, acts[number % len(acts)])

    @rule(who=people, place=places, user=numbers, role=roles, expected=roles)
    def change_role(self, who: str, place: int, user: int, role: Role, expected: Role) -> None:
        user_id = self.user(user)
        self.act(who, place, lambda actor: members.change_role(actor, user_id, role, expected=expected))

    @rule(who=people, place=places, user=numbers)
    def remove_member(self, who: str, place: int, user: int) -> None:
        user_id = self.user(user)
        self.act(who, place, lambda actor: members.remove(actor, user_id))

    @rule(who=people, place=places, leave=st.booleans())
    def leave_or_stay(self, who: str, place: int, leave: bool) -> None:
        if leave:
            self.act(who, place, members.leave)
        else:  # whoever does not belong there is not told so, and nothing is noted
            members.touch(inside(self.stage.actors[who], [*self.stage.places, new_id()][place]))

    @rule(place=st.sampled_from([0, 1]), status=st.sampled_from([it for it in Status if it is not Status.DELETED]))
    def change_status(self, place: int, status: Status) -> None:
        now = rows(self.db, 'SELECT status FROM organizations WHERE id = :id', id=self.stage.places[place])[0][0]
        if status in NEXT[Status(now)]:
            self.check(organizations.change_status(self.stage.places[place], status, f'Since {MARKS[place]}'), [place])

    @rule(place=st.sampled_from([0, 1]))
    def back_to_work(self, place: int) -> None:
        """Most acts need an organization that is active."""
        run(self.db, "UPDATE organizations SET status = 'active' WHERE id = :id", id=self.stage.places[place])

    @rule(who=people)
    def found(self, who: str) -> None:
        made = organizations.create(self.stage.actors[who], 'Another')
        self.look_around()
        self.check(made, [], who)

    @rule(who=people, place=places, made_in=st.sampled_from([0, 1]), name=st.sampled_from(sorted(OF_MEMBERS)))
    def perform(self, who: str, place: int, made_in: int, name: str) -> None:
        """Whatever the table knows, at any address, done to what was made in either organization."""
        owner, target = self.stage.actors[('olga', 'sam')[made_in]], self.stage.actors['bo']
        scene = Scene(self.db, owner, inside(target, owner.organization_id), self.stage.actors['vic'])
        rate_limiter.reset()
        try:
            ready = OF_MEMBERS[name].prepare(scene)
        except Problem:  # the owner is one no more, or the organization is read-only
            return
        self.look_around()
        self.act(who, place, lambda actor: OF_MEMBERS[name].perform(scene, actor, ready))

    # looking ----------------------------------------------------------------------------------------------------------

    @rule(who=people, place=places)
    def look(self, who: str, place: int) -> None:
        looks: list[Callable[[Actor], object]] = [
            organizations.membership,
            organizations.card,
            organizations.overview,
            phone_numbers.of_organization,
            billing_address.address,
            projects.portion,
            members.portion,
            invitations.portion,
            lambda actor: invitations.check(actor, 'nobody@guest.test'),
            audit.portion,
            audit.people,
            lambda actor: organizations.membership(actor, Permission.BILLING_MANAGE),
        ]
        for each in looks:
            self.act(who, place, each)

    @rule(who=people, place=places, mark=st.sampled_from(MARKS), kind=st.sampled_from(['csv', 'json']))
    def search_the_record(self, who: str, place: int, mark: str, kind: Any) -> None:
        self.act(who, place, lambda actor: audit.portion(actor, search=mark).rows and None)
        self.act(who, place, lambda actor: audit.portion(actor, who=self.stage.actors['sam'].user_id))
        self.act(who, place, lambda actor: audit.export(actor, kind))

    @rule(who=people, search=st.sampled_from(['', *MARKS, 'the', '%', '_']), preferred=places)
    def look_at_the_cards(self, who: str, search: str, preferred: int) -> None:
        actor, homes = self.stage.actors[who], self.homes[who]
        mine = [place for place in (0, 1) if self.stage.places[place] in homes]
        found = organizations.portion(actor, search)
        assert len(found.rows) == found.total == len({card.id for card in found.rows})
        assert {card.id: card.role.value for card in found.rows}.items() <= homes.items()
        assert search or len(found.rows) == len(homes)
        assert set(organizations.choices(actor)) == set(homes)
        assert organizations.latest_of(actor, [*self.stage.places, new_id()][preferred]) in homes
        for said in (found, organizations.choices(actor)):
            self.check(said, mine, who)
        with database.personal(actor) as tx:
            self.check([tx.exec(select(table)).all() for table in (*owned_tables(), Organization, User)], mine, who)

    # always -----------------------------------------------------------------------------------------------------------

    @invariant()
    def a_session_sees_its_own_organization_only(self) -> None:
        """One of the two after each act in turn, for what was written stays."""
        self.turn = 1 - self.turn
        with database.reading(Actor('', '', self.stage.places[self.turn], '')) as tx:
            seen = [tx.exec(select(table)).all() for table in (*owned_tables(), Organization, User)]
        self.check(seen, [self.turn])

    @invariant()
    def a_change_tells_of_its_own_organization_only(self) -> None:
        for change in self.published:
            known = change.organization_id in self.stage.places
            self.check(change, [self.stage.places.index(change.organization_id)] if known else [], self.named(change))
        self.published.clear()

    def named(self, change: Change) -> str:
        """Whose own new organization this is about, if it is neither of the two."""
        if change.organization_id in self.stage.places:
            return ''
        [name] = [name for name, actor in self.stage.actors.items() if actor.user_id in change.users] or ['']
        return name

    @invariant()
    def nobody_is_without_an_organization_nor_one_without_an_owner(self) -> None:
        assert all(self.homes.values())
        owned = "SELECT organization_id FROM memberships WHERE role = 'owner'"
        assert rows(self.db, f'SELECT id FROM organizations WHERE id NOT IN ({owned})') == []

    @invariant()
    def whoever_is_a_member_has_a_seat_and_nobody_else(self) -> None:
        assert_in_step(self.db)


def test_what_is_done_by_no_member_is_tried_here() -> None:
    """What members do is taken from the table."""
    tried = Path(__file__).read_text(encoding='utf-8')
    assert [it.name for it in (ACTS | LOOKS).values() if not it.asks and it.name not in tried] == []


def test_whoever_runs_it_changes_the_plan_of_one_and_not_of_another(world: World, db: Engine) -> None:
    scene, there = staging.Stage(db, world), world.stranger.organization_id
    for name in ('subscriptions.start', 'subscriptions.subscribe', 'subscriptions.move'):
        scene.reset()
        act = next(it for it in ACTS.values() if it.name == name)
        ready = act.prepare(scene)
        operating.start(there)
        plans = (
            'SELECT plan, plan_version, next_plan, next_version, version FROM subscriptions WHERE organization_id = :id'
        )
        before, mine = rows(db, plans, id=there), rows(db, plans, id=world.organization_id)
        act.perform(scene, world.owner, ready)
        assert rows(db, plans, id=there) == before and rows(db, plans, id=world.organization_id) != mine


@pytest.mark.slow
def test_nothing_of_one_organization_is_ever_seen_in_the_other(databases: Databases) -> None:
    stage = Stage(databases.make('isolation', 'migrated'))
    stage.fill()
    drive(Isolation, databases, 'isolation', 15, stage=stage)

"""The people of an organization: searched, sorted, given another role, removed."""

from collections.abc import Collection
from functools import partial
from typing import Any

from nicegui import ui

from components.kit.calls import call, told
from components.kit.dialog import confirm
from components.kit.filters import Filters
from components.kit.grid import Row
from components.kit.text import Text, isolated
from components.members import PersonRow, people_list, show_presence
from data import clock
from data.changes import Change
from data.inputs.names import called
from data.models import Role
from data.permissions import Member, Permission
from data.services import members
from data.services.audit import Topic
from data.services.members import LAST_OWNER, Order, People, Person
from pages.members.roles import ask_to_appoint
from pages.shell import live
from pages.shell.live_list import LiveList

ORDERS = {
    Order.EMAIL: 'By address',
    Order.NAME: 'By name',
    Order.ROLE: 'By role',
    Order.JOINED: 'Newest first',
    Order.SEEN: 'Last seen first',
}


class TeamList:
    """The people and the filters above them."""

    def __init__(self, member: Member) -> None:
        portion = members.PORTION
        self.listed = LiveList(member, fetch=self.fetch, words=self.words, first=portion, step=4 * portion)
        self.others: list[LiveList[Member, Any]] = []
        """Lists that are searched with this one."""

    def draw(self, people: People) -> None:
        """Draw the first portion, and keep it live."""
        self.filters = Filters('Filter the people', self.find)
        self.filters.search('search', 'Search')
        self.filters.choice('order', 'Order', {order.value: word for order, word in ORDERS.items()})
        self.why = Text('p', '', 'muted why')
        self.rows = people_list(
            on_role=partial(give_role, self.listed),
            on_remove=partial(ask_to_remove, self.listed),
            on_more=self.listed.more,
            nothing='Nobody matches your search.',
        )
        live.watch(Topic.PRESENCE)(self.presence)
        self.listed.draw(self.rows, people, Topic.MEMBER, Topic.ORGANIZATION)

    @property
    def search(self) -> str:
        """What is searched for."""
        return self.filters.values['search']

    async def find(self) -> None:
        """Begin anew, in all lists: the filters ask for something else."""
        for listed in (self.listed, *self.others):
            await listed.find()

    def fetch(self, now: Member, drawn: list[Row], limit: int) -> People:
        """The people who match the filters, after those who are drawn."""
        order = self.filters.values['order']
        return members.portion(now, self.search, order, offset=len(drawn), limit=limit)

    def words(self, people: People) -> list[Row]:
        """The people in words, and above them why nothing can be changed."""
        self.why.text = people.member.refused(Permission.MEMBER_CHANGE_ROLE) or ''
        self.why.set_visibility(bool(self.why.text))
        here = live.here(people.member.organization_id)
        return [person_row(person, people, here).row() for person in people.rows]

    def presence(self, now: Member, _: Change) -> None:
        """Draw who is here."""
        show_presence(self.rows, live.here(now.organization_id), clock.now().isoformat())


def person_row(person: Person, people: People, here: Collection[str]) -> PersonRow:
    """A member in words, with what may be done about them."""
    viewer, may = people.member, Permission
    no_role = viewer.refused_about(may.MEMBER_CHANGE_ROLE, person.role)
    no_removal = viewer.refused_about(may.MEMBER_REMOVE, person.role)
    why = ''
    if person.role is Role.OWNER and people.owners == 1 and not no_role:
        no_role = no_removal = LAST_OWNER  # it is said once, where one leaves
    elif viewer.may(may.MEMBER_CHANGE_ROLE):  # otherwise it is said once, above the list
        why = no_role or ''
    offered = () if no_role else (it for it in Role if it is not person.role)
    return PersonRow(
        id=person.id,
        email=person.email,
        name=person.name,
        called=called(person.name, person.email),
        role=person.role.label,
        joined_at=person.joined_at.isoformat(),
        seen_at=person.seen_at.isoformat() if person.seen_at else None,
        you=person.id == viewer.user_id,
        here=person.email in here,
        removable=not no_removal and person.id != viewer.user_id,
        why=why,
        factor=factor_words(person) if people.factors else '',
        roles={it.value: it.label for it in offered if not viewer.refused_about(may.MEMBER_CHANGE_ROLE, it)},
    )


def factor_words(person: Person) -> str:
    """Whether somebody has a second factor, for those who are told."""
    return 'Has a second factor' if person.second_factor_at else 'No second factor'


@told
async def give_role(team: LiveList[Member, People], row: Row, role: str) -> None:
    """Give somebody another role; who takes a right from themselves, or makes an Owner, is asked first."""
    label = Role(role).label
    if row['you']:
        sentence = f'You are {row["role"]} here. As {label} you may not be able to change it back.'
        if not await confirm(f'Become {label}?', sentence, action=f'Become {label}'):
            return
    elif not await ask_to_appoint(role, row['called'], 'Make Owner'):
        return
    expected = next(it for it in Role if it.label == row['role'])
    await call(members.change_role, team.reader, row['id'], role, expected=expected)
    ui.notify(f'You are now {label}.' if row['you'] else f'{isolated(row["called"])} is now {label}.')


@told
async def ask_to_remove(team: LiveList[Member, People], row: Row) -> None:
    """Remove somebody from the organization, after a question."""
    sentence = '{who} loses access at once, on every open screen.'
    if await confirm('Remove this person?', sentence, action='Remove person', who=row['called']):
        await call(members.remove, team.reader, row['id'])
        ui.notify(f'{isolated(row["called"])} has been removed.')

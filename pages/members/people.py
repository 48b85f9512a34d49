"""The people of an organization: searched, sorted, given another role, removed."""

from functools import partial
from typing import Any

from nicegui import ui

from components.kit.calls import call, told
from components.kit.dialog import confirm
from components.kit.empty import empty
from components.kit.filters import Filters
from components.kit.text import Text
from components.members import PeopleList, PersonRow
from data import clock
from data.changes import Change, Topic
from data.models import Role
from data.permissions import Member, Permission
from data.services import members
from data.services.members import LAST_OWNER, Order, People, Person
from pages.shell import live

ORDERS = {
    Order.EMAIL: 'By address',
    Order.ROLE: 'By role',
    Order.JOINED: 'Newest first',
    Order.SEEN: 'Last seen first',
}


class TeamList:
    """The people and the filters above them."""

    def __init__(self, member: Member) -> None:
        self.member = member
        self.limit = members.PORTION

    async def draw(self) -> None:
        """Draw the first portion, and keep it live."""
        self.filters = Filters('Filter the people', self.find)
        self.filters.search('search', 'Search')
        self.filters.choice('order', 'Order', {order.value: word for order, word in ORDERS.items()})
        self.why = Text('p', '', 'muted why')
        self.list = PeopleList(
            on_role=partial(give_role, self), on_remove=partial(remove, self), on_more=told(self.more)
        )
        self.nothing = empty('Nobody here has this in their address.')
        live.watch(Topic.MEMBER, Topic.ORGANIZATION)(self.catch_up)
        live.watch(Topic.PRESENCE)(self.presence)
        await self.fetch()

    def presence(self, now: Member, _: Change) -> None:
        """Draw who is here."""
        self.list.presence(live.here(now.organization_id), clock.now().isoformat())

    async def find(self) -> None:
        """Begin anew with what the filters say."""
        self.limit = members.PORTION
        await self.fetch()

    async def more(self) -> None:
        """Draw the next portion as well."""
        self.limit = self.list.count + 2 * members.PORTION
        await self.fetch()

    async def catch_up(self, now: Member, _: Change) -> None:
        """Draw what is true now, as far as somebody has looked."""
        self.member = now
        await self.fetch()

    async def fetch(self) -> None:
        """Read the people and draw them."""
        asked = dict(self.filters.values)
        found = await call(members.portion, self.member, asked['search'], Order(asked['order']), limit=self.limit)
        if asked != self.filters.values:
            return  # somebody has asked for something else meanwhile
        here = live.here(self.member.organization_id)
        self.list.show([person_row(it, found, here) for it in found.rows], found.total or 0)
        self.nothing.set_visibility(not found.rows)
        self.why.text = found.member.refused(Permission.MEMBER_CHANGE_ROLE) or ''
        self.why.set_visibility(bool(self.why.text))


def person_row(person: Person, found: People, here: list[str]) -> PersonRow:
    """A member in words, with what may be done about them."""
    viewer, may = found.member, Permission
    no_role = viewer.refused_about(may.MEMBER_CHANGE_ROLE, person.role)
    no_removal = viewer.refused_about(may.MEMBER_REMOVE, person.role)
    why = ''
    if person.role is Role.OWNER and found.owners == 1 and not no_role:
        no_role = no_removal = why = LAST_OWNER
    elif viewer.may(may.MEMBER_CHANGE_ROLE):  # otherwise it is said once, above the list
        why = no_role or ''
    offered = () if no_role else (it for it in Role if it is not person.role)
    return PersonRow(
        id=person.id,
        email=person.email,
        role=person.role.label,
        joined_at=person.joined_at.isoformat(),
        seen_at=person.seen_at.isoformat() if person.seen_at else None,
        you=person.id == viewer.user_id,
        here=person.email in here,
        removable=not no_removal and person.id != viewer.user_id,
        why=why,
        roles={it.value: it.label for it in offered if not viewer.refused_about(may.MEMBER_CHANGE_ROLE, it)},
    )


@told
async def give_role(screen: TeamList, row: dict[str, Any], role: str) -> None:
    """Give somebody another role; who takes a right from themselves is asked first."""
    label = Role(role).label
    if row['you']:
        sentence = f'You are {row["role"]} here. As {label} you may not be able to change it back.'
        if not await confirm(f'Become {label}?', sentence, action=f'Become {label}'):
            return
    expected = next(it for it in Role if it.label == row['role'])
    await call(members.change_role, screen.member, row['id'], role, expected=expected)
    ui.notify(f'{row["email"]} is now {label}.')


@told
async def remove(screen: TeamList, row: dict[str, Any]) -> None:
    """Ask, then remove."""
    sentence = f'{row["email"]} loses access at once, on every open screen.'
    if await confirm('Remove this person?', sentence, action='Remove person'):
        await call(members.remove, screen.member, row['id'])
        ui.notify(f'{row["email"]} has been removed.')

"""Team members: who belongs to the organization, as what, and who may do what."""

from functools import partial
from typing import Any

from nicegui import ui

from components.calls import call, told
from components.card import Card
from components.dialog import confirm
from components.empty import empty
from components.filters import Filters
from components.frame import screen_head
from components.people import PeopleList, PersonRow, matrix
from components.text import Text, hint
from data import clock
from data.changes import Change, Topic
from data.models import Role
from data.permissions import ACTS, GRANTS, Member, Permission
from data.services import members, team
from data.services.members import LAST_OWNER
from data.services.team import Order, Person, Team
from pages import invited, live
from pages.door import org_page

ORDERS = {
    Order.EMAIL: 'By address',
    Order.ROLE: 'By role',
    Order.JOINED: 'Newest first',
    Order.SEEN: 'Last seen first',
}


@org_page('/members', title='Team members', icon='group', permission=Permission.ORGANIZATION_VIEW)
async def team_members(member: Member) -> None:
    """Everybody who belongs here, what the roles mean, and the way out."""
    with screen_head('Team members', 'Who belongs to this organization, and as what.'):
        new_invitation(member)
    await TeamList(member).draw()
    await invited.invitations_card(member)
    roles_card()
    await leave_card(member)


def new_invitation(member: Member) -> None:
    """The button that invites, for those who may."""
    button = ui.button('New invitation', color=None).classes('button-primary')
    button.on_click(lambda: invited.ask_whom(member))

    @live.watch(Topic.ORGANIZATION, Topic.MEMBERS)
    def refresh(now: Member, _: Change) -> None:
        nonlocal member
        member = now
        button.set_visibility(not now.refused(Permission.MEMBER_INVITE))

    button.set_visibility(not member.refused(Permission.MEMBER_INVITE))


class TeamList:
    """The people and the filters above them."""

    def __init__(self, member: Member) -> None:
        self.member = member
        self.limit = team.PORTION

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
        live.watch(Topic.MEMBERS, Topic.ORGANIZATION)(self.catch_up)
        live.watch(Topic.PRESENCE)(self.presence)
        await self.fetch()

    def presence(self, now: Member, _: Change) -> None:
        """Draw who is here."""
        self.list.presence(live.here(now.organization_id), clock.now().isoformat())

    async def find(self) -> None:
        """Begin anew with what the filters say."""
        self.limit = team.PORTION
        await self.fetch()

    async def more(self) -> None:
        """Draw the next portion as well."""
        self.limit = self.list.count + 2 * team.PORTION
        await self.fetch()

    async def catch_up(self, now: Member, _: Change) -> None:
        """Draw what is true now, as far as somebody has looked."""
        self.member = now
        await self.fetch()

    async def fetch(self) -> None:
        """Read the people and draw them."""
        asked = dict(self.filters.values)
        found = await call(team.page, self.member, asked['search'], Order(asked['order']), 0, self.limit)
        if asked != self.filters.values or self.why.is_deleted:
            return  # somebody has asked for something else meanwhile, or gone
        here = live.here(self.member.organization_id)
        self.list.show([person_row(it, found, here) for it in found.people], found.total)
        self.nothing.set_visibility(not found.people)
        self.why.text = found.member.refused(Permission.MEMBER_CHANGE_ROLE) or ''
        self.why.set_visibility(bool(self.why.text))


def person_row(person: Person, found: Team, here: list[str]) -> PersonRow:
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


def roles_card() -> None:
    """The table of permissions, as the application itself reads it."""
    with Card('What each role may do', hint='The status of the organization can narrow this down for a while.'):
        acts = {ACTS[it][0].upper() + ACTS[it][1:]: [it in GRANTS[role] for role in Role] for it in ACTS}
        matrix([role.label for role in Role], acts)


async def leave_card(member: Member) -> None:
    """The way out."""
    with Card('Leave this organization'):
        sentence = hint('')
        button = ui.button('Leave organization', color=None).classes('button-danger')
        button.on_click(told(partial(leave, member)))

    async def draw(now: Member) -> None:
        owners = (await call(team.page, now, limit=1)).owners
        if button.is_deleted:
            return  # the screen has gone meanwhile
        last = LAST_OWNER if now.role is Role.OWNER and owners == 1 else None
        why = now.refused(Permission.ORGANIZATION_LEAVE) or last
        sentence.text = why or 'You lose access at once. Somebody who may invite people can bring you back.'
        button.set_visibility(not why)

    await draw(member)

    @live.watch(Topic.MEMBERS, Topic.ORGANIZATION)
    async def refresh(now: Member, _: Change) -> None:
        await draw(now)


async def leave(member: Member) -> None:
    """Ask, then leave; the screen goes where the person still belongs."""
    sentence = f'You will no longer see anything of {member.organization.name}.'
    if await confirm('Leave this organization?', sentence, action='Leave organization'):
        await call(members.leave, member)

"""All organizations of a person: cards to pick one from, and the way to another one."""

from dataclasses import replace
from functools import partial

from nicegui import ui

from components.kit.calls import call, told
from components.kit.dialog import dialog
from components.kit.empty import empty
from components.kit.fields import Values
from components.kit.form import NOTHING, Form, Saved
from components.kit.frame import screen_head
from components.organizations import CardGrid, CardRow
from data.changes import Change, Topic
from data.database import Actor
from data.permissions import STATUS_RULES
from data.problems import NotFound
from data.services import organizations
from data.services.organizations import PORTION, OrganizationCard
from pages.shell import live
from pages.shell.screens import user_page


@user_page('/organizations', title='Organizations', icon='domain')
async def picker(actor: Actor) -> None:
    """The list of organizations: find one, open one, make one."""
    with screen_head('Organizations', 'Everything you see belongs to one of them. Pick the one to work in.'):
        ui.button('New organization', on_click=partial(ask_for_new, actor), color=None).classes('button-primary')
    await Picker(actor).draw()


class Picker:
    """The cards and the search above them."""

    def __init__(self, actor: Actor) -> None:
        self.actor = actor
        self.search = ''
        self.total = 0
        self.listed = live.of_client().watch_cards(self.refresh)

    async def draw(self) -> None:
        """Draw the first portion."""
        self.box = ui.input('Search', on_change=self.find).classes('search').props('type=search debounce=200')
        self.box.props('outlined stack-label hide-bottom-space autocomplete=off')
        self.grid = CardGrid(self.more)
        self.nothing = empty('No organization of yours has this in its name.')
        await self.fetch()

    async def fetch(self, *, more: bool = False) -> None:
        """Fetch a portion: the first one of what is searched for, or the one after those that are drawn."""
        search = self.search
        offset, limit = (
            (self.grid.count, 3 * PORTION) if more else (0, PORTION)
        )  # who asks for more means to look around
        found = await call(organizations.portion, self.actor, search, offset=offset, limit=limit)
        if search != self.search:
            return  # somebody has typed on meanwhile
        self.total = found.total or 0
        if not more:
            self.listed.clear()
        self.listed.update(card.id for card in found.rows)
        self.grid.show([self.row(card) for card in found.rows], self.total, more=more)
        self.nothing.set_visibility(not self.grid.count)
        if not search:
            self.box.set_visibility(self.total > 1)

    @told
    async def more(self) -> None:
        """Draw the next portion."""
        await self.fetch(more=True)

    @told
    async def find(self, event: object) -> None:
        """Narrow the list down to what is typed."""
        typed = getattr(event, 'value', '')
        self.search = typed if isinstance(typed, str) else ''
        await self.fetch()

    async def refresh(self, change: Change) -> None:
        """Take in what has changed in one of the organizations, or that there is another one."""
        at = change.organization_id
        if change.topic is Topic.PRESENCE:
            self.grid.people(at, live.here(at))
        elif at not in self.listed:
            await self.fetch()
        else:
            try:
                self.grid.change(at, self.row(await call(organizations.card, replace(self.actor, organization_id=at))))
            except NotFound:
                self.listed.discard(at)
                self.grid.change(at, None)

    def row(self, card: OrganizationCard) -> CardRow:
        """A card in words."""
        standing = STATUS_RULES[card.status]
        return CardRow(
            id=card.id,
            path=f'/organizations/{card.id}',
            name=card.name,
            role=card.role.label,
            status=standing.word,
            tone=standing.tone,
            members=card.members,
            active_at=card.active_at.isoformat(),
            active=card.id == self.actor.organization_id,
            here=live.here(card.id),
        )


def ask_for_new(actor: Actor) -> None:
    """A dialog that makes another organization and goes there."""

    def save(values: Values, _: int) -> Saved:
        return Saved({'id': organizations.create(actor, values['name']).id}, 1)

    def go() -> None:
        box.close()
        ui.navigate.to(f'/organizations/{form.stored.values["id"]}')

    with dialog('New organization', 'It has its own people, settings and billing. You are its Owner.') as box:
        form = Form(lambda: NOTHING, save, NOTHING, refused=None, kept='new-organization', on_saved=go)
        with form.element:
            form.fields.text('name', 'Name', limit=80, autocomplete='off').props('autofocus')
            form.actions('Create organization', dialog=box)

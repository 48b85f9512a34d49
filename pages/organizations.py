"""All organizations of a person: cards to pick one from, and the way to another one."""

from dataclasses import replace
from functools import partial

from nicegui import ui

from components.kit.calls import call
from components.kit.card import screen_head
from components.kit.filters import Filters
from components.kit.grid import Row
from components.organizations import CardRow, organization_cards, people_on_card
from data.changes import Change
from data.database import Actor
from data.permissions import STATUS_RULES
from data.problems import NeedsSecondFactor, NotFound
from data.services import organizations
from data.services.audit import Topic
from data.services.organizations import OrganizationCard
from data.services.portions import Portion
from pages.shell import limits, live
from pages.shell.founding import ask_for_new
from pages.shell.live_list import LiveList
from pages.shell.screens import user_page
from pages.shell.words import faces


@user_page('/organizations', title='Organizations', icon='building-2', load=organizations.portion)
def picker(actor: Actor, portion: Portion[OrganizationCard]) -> None:
    """The list of organizations: find one, open one, make one."""
    with screen_head(
        'Organizations', 'Everything you see belongs to one of your organizations. Choose the one to work in.'
    ):
        ui.button('New organization', on_click=partial(ask_for_new, actor), color=None).classes('button-primary')
    Picker(actor).draw(portion)


class Picker:
    """The cards and the search above them."""

    def __init__(self, actor: Actor) -> None:
        self.actor = actor
        first = organizations.PORTION
        step = 3 * first  # who asks for more means to look around
        self.listed = LiveList(actor, fetch=self.fetch, words=self.words, first=first, step=step)

    def draw(self, portion: Portion[OrganizationCard]) -> None:
        """Draw the first portion, and keep it live."""
        self.filters = Filters('Filter the organizations', self.listed.find)
        self.filters.search('search', 'Search')
        nothing = 'None of your organizations matches your search.'
        self.cards = organization_cards(on_more=self.listed.more, nothing=nothing)
        live.of_client().watch_cards(self.refresh, self.cards.__contains__)
        self.listed.draw(self.cards, portion)

    def fetch(self, actor: Actor, drawn: list[Row], limit: int) -> Portion[OrganizationCard]:
        """The organizations that match the search, after those that are drawn."""
        return organizations.portion(actor, self.filters.values['search'], offset=len(drawn), limit=limit)

    def words(self, portion: Portion[OrganizationCard]) -> list[Row]:
        """Cards in words; one alone needs no search."""
        if not self.filters.values['search']:
            self.filters.set_visibility(portion.total != 1)
        return [self.row(card).row() for card in portion.rows]

    async def refresh(self, change: Change) -> None:
        """Take in what has changed in one of the organizations, or that there is another one."""
        at = change.organization_id
        if change.topic == Topic.USAGE:  # that a limit is near or reached is a matter of the organization
            return
        if change.topic == Topic.PRESENCE:
            if any(row['kept_out'] for row in self.cards.drawn if row['id'] == at):
                return
            self.cards.change({'id': at, 'here': people_on_card(faces(live.here(at)))})
        elif at not in self.cards or change.topic in (Topic.ORGANIZATION, Topic.MEMBER):
            await self.listed.refresh()  # one more or less, or in another place
        else:
            await self.refresh_card(at)

    async def refresh_card(self, at: str) -> None:
        """Draw one card anew."""
        try:
            card = await call(organizations.card, replace(self.actor, organization_id=at))
        except (NotFound, NeedsSecondFactor):  # gone in this moment, or closed: that is a change of its own
            return
        self.cards.change(self.row(card).row())

    def row(self, card: OrganizationCard) -> CardRow:
        """A card in words."""
        rule = STATUS_RULES[card.status]
        return CardRow(
            id=card.id,
            path=f'/organizations/{card.id}',
            name=card.name,
            role=card.role.label,
            status='' if card.kept_out else rule.word,
            tone='' if card.kept_out else rule.tone,
            members=card.members,
            active_at='' if card.kept_out else card.active_at.isoformat(),
            active=card.id == self.actor.organization_id,
            here=[] if card.kept_out else faces(live.here(card.id)),
            kept_out=card.kept_out,
            limit=limits.word(card.limits[0]) if card.limits else '',
            trial=limits.trial_word(card.trial),
            limit_tone=limits.tone(card.limits[0]) if card.limits else '',
        )

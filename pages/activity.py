"""The audit log: who did what, and what was refused."""

from functools import partial
from typing import Any, Literal

from nicegui import ui

from components.activity import Event, Timeline
from components.kit.calls import call, told
from components.kit.empty import empty
from components.kit.filters import Filters
from components.kit.frame import screen_head
from data import clock
from data.changes import Change, Topic
from data.permissions import Member, Permission
from data.services import audit, exports
from data.services.audit import Entry, Wanted
from data.services.audit.acts import subjects_by_label
from pages.shell import live, words
from pages.shell.screens import org_page

KINDS = subjects_by_label()
OUTCOMES = {'': 'Everything', 'done': 'Done', 'refused': 'Refused'}
ANY_KIND, ANYBODY = 'Every kind', 'Everybody'
Kind = Literal['csv', 'json']
MEDIA: dict[Kind, str] = {'csv': 'text/csv', 'json': 'application/json'}


@org_page('/activity', title='Activity', icon='history', permission=Permission.AUDIT_VIEW)
async def activity(member: Member) -> None:
    """The newest events, what narrows them down, and the way to take them along."""
    screen = Activity(member)
    with screen_head('Activity', 'Who did what in this organization, when and from where, and what was refused.'):
        for kind in MEDIA:
            button = ui.button(f'Export {kind.upper()}', color=None).classes('button')
            button.on_click(partial(screen.export, kind, button))
    await screen.draw()


class Activity:
    """The list and the filters above it."""

    def __init__(self, member: Member) -> None:
        self.member = member
        self.wanted: Wanted = {}

    async def draw(self) -> None:
        """Draw the first portion, and keep it live."""
        self.filters = Filters('Filter the activity', self.find)
        self.filters.search('search', 'Search')
        self.filters.choice('outcome', 'Outcome', OUTCOMES)
        self.filters.choice('kind', 'Kind', {'': ANY_KIND, **{subjects[0]: label for label, subjects in KINDS.items()}})
        self.filters.choice('who', 'Person', {'*': ANYBODY}, self.people)
        self.list = Timeline('Events, newest first', self.more)
        self.nothing = empty('No event is like this.')
        live.watch(*(topic for topic in Topic if topic is not Topic.PRESENCE))(self.catch_up)
        await self.fetch()

    async def people(self) -> dict[str, str]:
        """Everybody who is on the record, by id."""
        found = await call(audit.people, self.member)
        return {id_: email if id_ else words.ADMINISTRATOR for id_, email in found.items()}

    async def find(self) -> None:
        """Narrow the list down to what the filters say."""
        asked: dict[str, Any] = self.filters.values
        kind, who = asked['kind'], asked['who']
        self.wanted = Wanted(
            search=asked['search'],
            outcome=asked['outcome'] or None,
            action=next((subjects for subjects in KINDS.values() if kind == subjects[0]), None),
            who=None if who == '*' else who,
            words=words.said_of_acts(),
        )
        await self.fetch()

    async def fetch(self) -> None:
        """Draw the newest portion of what is asked for."""
        wanted = self.wanted
        found = await call(audit.portion, self.member, **wanted)
        if wanted is self.wanted:  # otherwise somebody has asked for something else meanwhile
            self.list.show([event(entry) for entry in found.rows], more=found.more)
            self.nothing.set_visibility(not found.rows)

    async def more(self) -> None:
        """Draw the next older portion."""
        wanted = self.wanted
        found = await call(audit.portion, self.member, before=self.list.oldest, **wanted)
        if wanted is self.wanted:
            self.list.add_older([event(entry) for entry in found.rows], more=found.more)

    async def catch_up(self, now: Member, _: Change) -> None:
        """Draw what has happened since; when that is more than a portion, begin anew."""
        self.member, wanted = now, self.wanted
        found = await call(audit.portion, now, **wanted)
        if wanted is not self.wanted:
            return
        fresh = [event(entry) for entry in found.rows if entry.seq > self.list.newest]
        if found.more and len(fresh) == len(found.rows):
            self.list.show(fresh, more=True)
        else:
            self.list.add_newer(fresh)
        self.nothing.set_visibility(not self.list.newest)

    @told
    async def export(self, kind: Kind, button: ui.button) -> None:
        """Hand over a file with the events asked for."""
        button.disable()
        try:
            found = await call(audit.export, self.member, kind, **self.wanted)
        finally:
            button.enable()
        name = exports.file_name('activity', self.member.organization.name, f'{clock.now():%Y-%m-%d}', kind=kind)
        ui.download(found.content, name, MEDIA[kind])
        ui.notify(exported(found))


def exported(found: audit.Export) -> str:
    """How much is in an export."""
    if found.complete:
        return f'Exported {found.events:,} {"event" if found.events == 1 else "events"}.'
    return f'Exported the newest {found.events:,} events. Narrow the list down to export older ones.'


def event(entry: Entry) -> Event:
    """An event of the record in words."""
    return Event(
        id=entry.seq,
        who=words.who(entry),
        text=words.happened(entry),
        at=entry.at.isoformat(),
        place=entry.network or ('Command line' if words.is_administrator(entry) else '–'),
        note=words.note(entry),
        refused=words.refused_by(entry) if entry.outcome == 'refused' else '',
    )

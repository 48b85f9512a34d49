"""The audit log: who did what, and what was refused."""

from typing import Any, cast

from components.activity import Event, Timeline
from components.kit.calls import call
from components.kit.card import screen_head
from components.kit.filters import Filters
from components.kit.grid import Row
from data import clock
from data.permissions import Member, Permission
from data.services import audit, exports
from data.services.audit import Entry, EventFilter, Topic, words
from data.services.audit.acts import subjects_by_label
from data.services.portions import Step
from pages.shell.downloads import File, FileKind, export_buttons, habits_of
from pages.shell.live_list import LiveLog
from pages.shell.screens import org_page

EVENT_KINDS = subjects_by_label()
OUTCOMES = {'': 'All outcomes', 'done': 'Done', 'refused': 'Refused'}
ANY_KIND = 'All kinds'
ANYBODY, EVERYBODY = '*', 'Everybody'


def newest(member: Member) -> Step[Entry]:
    """What the screen begins with."""
    return audit.portion(member, limit=audit.PORTION)


@org_page('/activity', title='Activity', icon='history', permission=Permission.AUDIT_VIEW, load=newest)
def activity(member: Member, portion: Step[Entry]) -> None:
    """The newest events, what narrows them down, and the way to take them along."""
    screen = Activity(member)
    with screen_head('Activity', 'Who did what in this organization, when and from where, and what was refused.'):
        export_buttons(screen.export)
    screen.draw(portion)


class Activity:
    """The list and the filters above it."""

    def __init__(self, member: Member) -> None:
        portion = audit.PORTION
        self.known: dict[str, tuple[str, ...]] = {}
        self.listed = LiveLog(member, fetch=self.fetch, words=event_rows, first=portion, step=portion)

    def draw(self, portion: Step[Entry]) -> None:
        """Draw the first portion, and keep it live."""
        self.filters = Filters('Filter the activity', self.listed.find)
        self.filters.search('search', 'Search')
        self.filters.choice('outcome', 'Outcome', OUTCOMES)
        self.filters.choice(
            'kind', 'Kind', {'': ANY_KIND, **{subjects[0]: label for label, subjects in EVENT_KINDS.items()}}
        )
        self.filters.choice('who', 'Person', {ANYBODY: EVERYBODY}, self.people)
        nothing = 'No events match these filters.'
        more, clear = self.listed.more, self.filters.clear
        timeline = Timeline('Events, newest first', nothing=nothing, on_more=more, on_clear=clear)
        self.listed.draw(timeline, portion, *(topic for topic in Topic if topic is not Topic.PRESENCE))

    async def people(self, typed: str) -> tuple[dict[str, str], bool]:
        """Some of those on the record with this in their name or address, and whether there are others."""
        people = await call(audit.people, self.listed.reader, typed)
        self.known |= people.found
        found = {key: words.known_as(addresses[0], people.names[key]) for key, addresses in people.found.items()}
        return found, people.more

    @property
    def event_filter(self) -> EventFilter:
        """What the filters ask for."""
        values = cast('dict[str, Any]', self.filters.values)  # the service takes any text for an outcome
        kind, who = values['kind'], values['who']
        return EventFilter(
            search=values['search'],
            outcome=values['outcome'] or None,
            action=next((subjects for subjects in EVENT_KINDS.values() if kind == subjects[0]), None),
            who=None if who == ANYBODY else self.known.get(who, (who,)),
        )

    def fetch(self, now: Member, drawn: list[Row], limit: int) -> Step[Entry]:
        """The newest events that match the filters, older than those that are drawn."""
        before = drawn[-1]['id'] if drawn else None
        return audit.portion(now, before=before, limit=limit, **self.event_filter)

    async def export(self, kind: FileKind, zone: str) -> File:
        """A file with the events asked for."""
        member = self.listed.reader
        export = await call(audit.export, member, kind, habits_of(member, zone), **self.event_filter)
        name = exports.file_name('activity', member.organization.name, f'{clock.now():%Y-%m-%d}', kind=kind)
        return File(export.content, name, exported(export))


def exported(export: audit.Export) -> str:
    """How much is in an export."""
    if export.complete:
        return f'Exported {export.events:,} {"event" if export.events == 1 else "events"}.'
    return f'Exported the newest {export.events:,} events. Narrow the list down to export older ones.'


def event_rows(portion: Step[Entry]) -> list[Row]:
    """Events of the record in words."""
    return [event_in_words(entry).row() for entry in portion.rows]


def event_in_words(entry: Entry) -> Event:
    """An event of the record in words."""
    return Event(
        id=entry.seq,
        email=words.known_as(entry.actor_email),
        who=entry.actor_name or words.who(entry),
        text=words.happened(entry),
        names=words.named(entry),
        at=entry.at.isoformat(),
        place=words.place(entry),
        note=words.remark(entry),
        refused=words.refused_by(entry) if entry.outcome == 'refused' else '',
    )

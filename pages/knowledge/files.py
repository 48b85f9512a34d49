"""The files of a project: where they are dropped, what becomes of each, and what can be done to it."""

from functools import partial

from components.kit.calls import call, told
from components.kit.card import Card
from components.kit.dialog import confirm
from components.kit.grid import Row
from components.kit.rows import RowAct
from components.kit.text import Text
from components.knowledge import FileDrop, file_rows
from data.models import SourceKind
from data.permissions import Member
from data.runtime import limits
from data.services import sources
from data.services.audit import Topic
from data.services.sources import ACCEPTED, Sources
from pages.knowledge.words import home, refused, source_row, totals
from pages.shell.live_list import LiveList
from pages.shell.screens import ORGANIZATION

WHAT = 'Handbooks, opening hours, terms: whatever answers what people ask. Each is read at once, and can be cited.'
HINT = f'PDF, Word (.docx), text, Markdown, CSV or HTML, {limits.FILE // 1024**2} MB each.'
LARGE = f'It is larger than {limits.FILE // 1024**2} MB. Split it, or take pictures out.'
NONE = 'No files yet.'
GOES = '{name} and all that was found in it is gone from the next answer on. It can’t be brought back.'


class FilesCard:
    """The place for files, and the list of them."""

    def __init__(self, member: Member, project_id: str) -> None:
        self.project_id = project_id
        first = sources.PORTION
        self.listed = LiveList(member, fetch=self.fetch, words=self.words, first=first, step=first)

    def draw(self, found: Sources) -> None:
        """Draw the first portion, and keep it live."""
        with Card('Files', hint=WHAT) as self.card:
            self.why = Text('p', '', 'muted why')
            organization = ORGANIZATION.format(organization_id=found.member.organization_id)
            url = f'{organization}/projects/{self.project_id}/files'
            self.place = FileDrop(url, accept=ACCEPTED, largest=limits.FILE, large=LARGE, hint=HINT)
            self.total = Text('p', '', 'muted sources-total')
            acts = {'read': RowAct(self.read, when='again'), 'turn': RowAct(self.turn, when='open')}
            acts['remove'] = RowAct(self.ask_to_remove, when='open')
            self.rows = file_rows(acts, on_more=self.listed.more, on_clear=self.listed.find)
            self.rows.say_of_none('', '')
            self.listed.draw(self.rows, found, Topic.SOURCE, Topic.PROJECT, Topic.MEMBER, Topic.ORGANIZATION)

    def fetch(self, now: Member, drawn: list[Row], limit: int) -> Sources:
        """The files that follow those that are drawn."""
        return sources.portion(now, self.project_id, SourceKind.FILE, offset=len(drawn), limit=limit)

    def words(self, found: Sources) -> list[Row]:
        """Files in words; above them what there is of them, and why nothing can be changed."""
        why = refused(found.member, found.project)
        self.why.text = why or ''
        self.why.set_visibility(bool(why))
        self.place.allow(not why)
        self.total.text = totals(found.totals[SourceKind.FILE]) or (NONE if why else '')
        self.total.set_visibility(bool(self.total.text))
        return [source_row(row, home(found.member, self.project_id), may=not why) for row in found.rows]

    @told
    async def read(self, row: Row) -> None:
        """Have a file read once more."""
        await call(sources.read_again, self.listed.reader, str(row['id']))

    @told
    async def turn(self, row: Row) -> None:
        """Switch a source off, or on again."""
        await call(sources.switch_on if row['is_off'] else sources.switch_off, self.listed.reader, str(row['id']))

    @told
    async def ask_to_remove(self, row: Row) -> None:
        """Delete a file, after a question."""
        ask = partial(confirm, 'Delete this file?', GOES, action='Delete file', name=str(row['name']))
        if await ask():
            await call(sources.remove, self.listed.reader, str(row['id']))

"""One source: where it stands, and what was found in it, passage by passage."""

from dataclasses import dataclass
from datetime import datetime

from components.kit.card import Card, screen_head
from components.kit.facts import Facts
from components.kit.grid import Row
from components.kit.note import Note
from components.kit.status import Standing
from components.knowledge import passage_rows
from data.changes import Change
from data.models import Passage, SourceKind, SourceState
from data.permissions import Member, Permission
from data.problems import NotFound
from data.services import sources
from data.services.audit import Topic
from data.services.sources import MEDIA, Passages, SourceView
from data.services.usage import Metric
from pages.knowledge.words import home, language, standing_of, why
from pages.shell import live
from pages.shell.live_list import LiveList
from pages.shell.screens import org_page

GONE = 'This is no longer in the knowledge.'
LEFT = 'Somebody who has left'
NONE = {
    SourceState.WAITING: 'Nothing was found in it yet: it waits to be read.',
    SourceState.READING: 'Nothing was found in it yet: it is being read.',
    SourceState.READY: 'Nothing was found in it.',
    SourceState.FAILED: 'Nothing was found in it.',
}
WHAT = {
    SourceKind.FILE: 'What was found in the file, in pieces that answers are made of.',
    SourceKind.ANSWER: 'The answer, once for each way in which it is asked.',
}
MEANING = 'It is kept, and answers nobody.'


@dataclass(frozen=True)
class Picture:
    """All that the screen shows."""

    view: SourceView
    passages: Passages


def view_of(member: Member, project_id: str, source_id: str) -> SourceView:
    """A source of this project. Raises NotFound."""
    view = sources.get(member, source_id)
    if view.source.project_id != project_id:
        raise NotFound(GONE)
    return view


def picture(member: Member, project_id: str, source_id: str) -> Picture:
    """What there is to show. Raises NotFound."""
    return Picture(view_of(member, project_id, source_id), sources.passages_of(member, source_id))


@org_page(
    '/projects/{project_id}/knowledge/{source_id}',
    title='Source',
    menu=None,
    permission=Permission.ORGANIZATION_VIEW,
    load=picture,
)
def source(member: Member, picture: Picture, project_id: str, source_id: str) -> None:
    """Where it stands, what it is, and its passages, live."""
    head = screen_head('', '', way=('Knowledge', home(member, project_id)))
    with Card('Status', hint='Whether it can be found.'):
        standing = Standing()
        note = Note(lambda: None)
    about = Facts('About', 'Kind', 'Size', 'Pages', 'Passages', 'Language', 'Added by', 'Added', 'Read')
    with Card('Passages', hint=WHAT[picture.view.source.kind]):
        of_it = PassageList(member, source_id)
        of_it.draw(picture.passages)

    def draw(view: SourceView) -> None:
        it = view.source
        word, tone = standing_of(it)
        head.tell(title=it.name)
        standing.show(word, tone, None, MEANING if it.is_off else '', '')
        note.show(why(it) if not it.is_off else '')
        about.show(facts_of(view))

    draw(picture.view)

    def read(now: Member) -> SourceView:
        return view_of(now, project_id, source_id)

    @live.watch(Topic.SOURCE, subject=source_id, read=read)
    @live.watch(Topic.PROJECT, Topic.MEMBER, Topic.ORGANIZATION, read=read)
    def refresh(_: Member, __: Change, view: SourceView) -> None:
        draw(view)


def facts_of(view: SourceView) -> dict[str, str | datetime]:
    """What a source is and has, in words."""
    it = view.source
    return {
        'Kind': MEDIA.get(it.media, 'Written answer'),
        'Size': Metric.STORAGE.used(it.size),
        'Pages': '' if it.pages is None else f'{it.pages:,}',
        'Passages': f'{it.passages:,}' if it.state is SourceState.READY else '',
        'Language': language(it),
        'Added by': view.creator or LEFT,
        'Added': it.created_at,
        'Read': (it.read_at or '') if it.kind is SourceKind.FILE else '',
    }


class PassageList:
    """What was found in a source, as far as somebody has looked."""

    def __init__(self, member: Member, source_id: str) -> None:
        self.source_id = source_id
        first = sources.PASSAGES
        self.listed = LiveList(member, fetch=self.fetch, words=self.words, first=first, step=5 * first)

    def draw(self, found: Passages) -> None:
        """Draw the first portion, and keep it live."""
        self.rows = passage_rows(on_more=self.listed.more)
        self.listed.draw(self.rows, found, Topic.SOURCE)

    def fetch(self, now: Member, drawn: list[Row], limit: int) -> Passages:
        """The passages that follow those that are drawn."""
        return sources.passages_of(now, self.source_id, offset=len(drawn), limit=limit)

    def words(self, found: Passages) -> list[Row]:
        """Passages in words."""
        self.rows.say_of_none(NONE[found.source.state], '')
        return [passage_row(passage) for passage in found.rows]


def passage_row(passage: Passage) -> Row:
    """A passage in words."""
    where = [it for it in (passage.heading, f'Page {passage.page}' if passage.page else '') if it]
    return {'id': passage.id, 'where': ' · '.join(where), 'text': passage.text}

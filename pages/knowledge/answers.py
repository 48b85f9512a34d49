"""The written answers of a project: the list, and the dialog for one of them."""

from components.kit.calls import call, told
from components.kit.card import Card
from components.kit.dialog import confirm, dialog
from components.kit.fields import Values
from components.kit.grid import Row
from components.kit.note import Note
from components.kit.rows import RowAct
from components.kit.saved import NOTHING, Saved
from components.knowledge import AnswerForm, answer_rows
from data.models import SourceKind
from data.permissions import Member, Permission
from data.services import sources
from data.services.audit import Topic
from data.services.sources import ANSWER_LIMIT, SourceRow, Sources
from pages.knowledge.words import home, refused, source_row
from pages.shell import live
from pages.shell.live_list import LiveList

WHAT = 'What no file says, or says badly: you write it, and visitors read it word for word.'
FIRST = 'No written answers yet. One good answer to what people ask most helps more than many files.'
GOES = 'The answer to “{name}” is gone from the next question on. It can’t be brought back.'


class AnswersCard:
    """The list of written answers, and the way to another one."""

    def __init__(self, member: Member, project_id: str) -> None:
        self.project_id = project_id
        first = sources.PORTION
        self.listed = LiveList(member, fetch=self.fetch, words=self.words, first=first, step=first)

    def draw(self, found: Sources) -> None:
        """Draw the first portion, and keep it live."""
        with Card('Written answers', hint=WHAT):
            acts = {'change': self.change, 'turn': self.turn, 'remove': self.ask_to_remove}
            offered = {name: RowAct(act, when='open') for name, act in acts.items()}
            self.rows = answer_rows(offered, on_more=self.listed.more, on_clear=self.listed.find)
            self.add = Note(self.write)
            self.listed.draw(self.rows, found, Topic.SOURCE, Topic.PROJECT, Topic.MEMBER, Topic.ORGANIZATION)

    def fetch(self, now: Member, drawn: list[Row], limit: int) -> Sources:
        """The answers that follow those that are drawn."""
        return sources.portion(now, self.project_id, SourceKind.ANSWER, offset=len(drawn), limit=limit)

    def words(self, found: Sources) -> list[Row]:
        """Answers in words, and below them what can be done."""
        why = refused(found.member, found.project)
        self.rows.say_of_none('No written answers yet.' if why else FIRST, '')
        self.add.show('', '' if why else 'Write an answer')
        return [source_row(row, home(found.member, self.project_id), may=not why) for row in found.rows]

    def write(self) -> None:
        """Write another answer."""
        edit_answer(self.listed.reader, self.project_id, {})

    def change(self, row: Row) -> None:
        """Change an answer."""
        edit_answer(self.listed.reader, self.project_id, row)

    @told
    async def turn(self, row: Row) -> None:
        """Switch an answer off, or on again."""
        await call(sources.switch_on if row['is_off'] else sources.switch_off, self.listed.reader, str(row['id']))

    @told
    async def ask_to_remove(self, row: Row) -> None:
        """Delete an answer, after a question."""
        if await confirm('Delete this answer?', GOES, action='Delete answer', name=str(row['name'])):
            await call(sources.remove, self.listed.reader, str(row['id']))


def edit_answer(member: Member, project_id: str, row: Row) -> None:
    """A dialog for an answer: a new one when `row` is empty."""
    source_id = str(row.get('id', ''))

    def save(values: Values, version: int) -> Saved:
        if source_id:
            sources.change_answer(member, source_id, values, version=version)
            return load()
        source_of_new = sources.write_answer(member, project_id, values)
        return Saved(dict(values), source_of_new.version)

    def load() -> Saved:
        return as_saved(sources.get(member, source_id).row) if source_id else NOTHING

    stored = (
        Saved({'question': row['name'], 'answer': row['answer'], 'also': row['also']}, int(row['version']))
        if row
        else NOTHING
    )
    with dialog('Change the answer' if row else 'Write an answer') as box:
        form = AnswerForm(
            load,
            save,
            stored,
            refused=None,
            kept=f'answer-{source_id or project_id}',
            on_saved=box.close,
            most=ANSWER_LIMIT,
            dialog=box,
        )
        live.watch_right(form.allow, Permission.PROJECT_EDIT)


def as_saved(row: SourceRow) -> Saved:
    """An answer as its form wants it."""
    values = {'question': row.source.name, 'answer': row.answer, 'also': '\n'.join(row.also)}
    return Saved(values, row.source.version)

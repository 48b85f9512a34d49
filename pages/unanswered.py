"""Unanswered questions of a project: what visitors ask and the knowledge says nothing about, and the way to answer."""

from components.kit.calls import call, told
from components.kit.card import screen_head
from components.kit.dialog import dialog
from components.kit.fields import Values
from components.kit.filters import Filters
from components.kit.grid import Row
from components.kit.saved import NOTHING, Saved
from components.kit.text import Text
from components.unanswered import AnswerForm, UnansweredRow, unanswered_rows
from data.models import ProjectStatus, UnansweredState
from data.permissions import Member, Permission
from data.services import unanswered
from data.services.audit import Topic
from data.services.projects import PROJECT_RULES
from data.services.sources import QUESTION_LIMIT
from data.services.unanswered import UnansweredQuestion, UnansweredQuestions
from pages.shell import live
from pages.shell.live_list import LiveList
from pages.shell.screens import Menu, org_page

STATES = {
    UnansweredState.OPEN: 'To answer',
    UnansweredState.ANSWERED: 'Answered',
    UnansweredState.DISMISSED: 'Dismissed',
}
NONE = {
    UnansweredState.OPEN: 'Nothing is unanswered. What visitors ask and the knowledge says nothing about comes here.',
    UnansweredState.ANSWERED: 'No question that was on the list has been answered yet.',
    UnansweredState.DISMISSED: 'No question was dismissed.',
}
WAITS = 'The answer is written as “{name}”. This is done once a visitor gets it.'


@org_page(
    '/projects/{project_id}/unanswered',
    title='Unanswered',
    icon='circle-question-mark',
    menu=Menu.PROJECT,
    permission=Permission.CONVERSATION_VIEW,
    load=unanswered.portion,
)
def unanswered_questions(member: Member, found: UnansweredQuestions, project_id: str) -> None:
    """Those asked most often first, and the way to write what answers them."""
    screen_head('Unanswered', 'What visitors ask and the knowledge says nothing about. Write the answer once.')
    QuestionList(member, project_id).draw(found)


class QuestionList:
    """The questions and what stands above them."""

    def __init__(self, member: Member, project_id: str) -> None:
        self.project_id = project_id
        first = unanswered.PORTION
        self.listed = LiveList(member, fetch=self.fetch, words=self.words, first=first, step=2 * first)

    def draw(self, found: UnansweredQuestions) -> None:
        """Draw the first portion, and keep it live."""
        self.why = Text('p', '', 'muted why')
        self.filters = Filters('Which questions', self.listed.find)
        self.filters.choice('state', 'Show', self.options(found))
        self.rows = unanswered_rows(
            on_write=self.write, on_dismiss=self.dismiss, on_reopen=self.reopen, on_more=self.listed.more
        )
        topics = Topic.UNANSWERED, Topic.SOURCE, Topic.PROJECT, Topic.MEMBER, Topic.ORGANIZATION
        self.listed.draw(self.rows, found, *topics)

    def options(self, found: UnansweredQuestions) -> dict[str, str]:
        """What can be shown, and how many there are of each."""
        return {state.value: f'{word} ({found.counts[state]:,})' for state, word in STATES.items()}

    def fetch(self, now: Member, drawn: list[Row], limit: int) -> UnansweredQuestions:
        """The questions of the chosen kind, after those that are drawn."""
        return unanswered.portion(now, self.project_id, self.filters.values['state'], offset=len(drawn), limit=limit)

    def words(self, found: UnansweredQuestions) -> list[Row]:
        """Questions in words; around them how many there are, and why nothing can be done."""
        refused = why_not(found)
        self.why.text = refused if any(found.counts.values()) else ''
        self.why.set_visibility(bool(self.why.text))
        self.filters.offer('state', self.options(found))
        self.filters.set_visibility(any(found.counts.values()))
        self.rows.say_of_none(NONE[UnansweredState(self.filters.values['state'])], '')
        return [question_row(found.member, self.project_id, it, may=not refused).row() for it in found.rows]

    def write(self, row: Row) -> None:
        """Ask for the answer to a question."""
        ask_for_answer(self.listed.reader, row)

    @told
    async def dismiss(self, row: Row) -> None:
        """Take a question off the list."""
        await call(unanswered.dismiss, self.listed.reader, row['id'])

    @told
    async def reopen(self, row: Row) -> None:
        """Put a question on the list again."""
        await call(unanswered.reopen, self.listed.reader, row['id'])


def why_not(found: UnansweredQuestions) -> str:
    """Why whoever looks can't answer anything here, '' where they can."""
    if refused := found.member.refused(Permission.PROJECT_EDIT):
        return refused
    status = found.project.status
    return '' if status is ProjectStatus.ACTIVE else f'This project is {PROJECT_RULES[status].word.lower()}.'


def question_row(member: Member, project_id: str, question: UnansweredQuestion, *, may: bool) -> UnansweredRow:
    """A question in words."""
    home = f'/organizations/{member.organization_id}/projects/{project_id}'
    is_open, name = question.state is UnansweredState.OPEN, question.answered_as
    return UnansweredRow(
        id=question.id,
        question=question.question,
        times='Asked once' if question.count == 1 else f'Asked {question.count:,} times',
        last_at=question.last_at,
        path=f'{home}/conversations/{question.conversation_id}' if question.conversation_id else '',
        note=WAITS.format(name=name) if name and is_open else f'Answered by “{name}”.' if name else '',
        open=may,
        writable=may and not name,
        dismissable=may and is_open,
    )


def ask_for_answer(member: Member, row: Row) -> None:
    """A dialog in which the answer to a question is written."""

    def save(values: Values, _: int) -> Saved:
        unanswered.write(member, row['id'], values)
        return NOTHING

    first = {'question': ' '.join(str(row['question']).split())[:QUESTION_LIMIT]}
    with dialog('Write the answer') as box:
        form = AnswerForm(
            lambda: Saved(first, 0),
            save,
            Saved(first, 0),
            refused=None,
            kept=f'unanswered-{row["id"]}',
            on_saved=box.close,
            dialog=box,
        )
        live.watch_right(form.allow, Permission.PROJECT_EDIT)

"""Written answers: what somebody has written for a question, and what else people ask when they mean it."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlmodel import col, select

from data import clock, problems
from data.database import Actor, TenantSession, transaction
from data.inputs import texts
from data.models import Project, Source, SourceKind, SourceState, WrittenAnswer
from data.permissions import Member
from data.problems import Invalid
from data.services import passages
from data.services.audit import Act
from data.services.sources import naming, standing

QUESTION_LIMIT, ANSWER_LIMIT, ALSO_LIMIT = 300, 1200, 20
"""Characters of a question and of an answer, which is one passage; how many other ways to ask it can have."""

TAKEN = 'There is an answer to this question already. Change that one.'


@dataclass(frozen=True)
class Wording:
    """A question, its answer, and how else it is asked, as they are kept."""

    question: str
    answer: str
    also: list[str]

    @property
    def size(self) -> int:
        """Its bytes."""
        return sum(len(text.encode()) for text in (self.question, self.answer, *self.also))


def checked(values: Mapping[str, object]) -> Wording:
    """What somebody has written: `question`, `answer`, and `also`, a text with a question in each line, or a list.

    Raises Invalid at the field; all that are wrong are named at once.
    """
    values = values if isinstance(values, Mapping) else {}
    with problems.collect() as checks:
        question = checks.of(_question, values.get('question'), 'question', 'The question')
        answer = checks.of(_answer, values.get('answer'))
        also = checks.of(_also, values.get('also'))
    others = {texts.search_key(it): it for it in reversed(also)}
    others.pop(texts.search_key(question), None)
    return Wording(question, answer, list(reversed(others.values())))


def write_answer(actor: Actor, project_id: object, values: Mapping[str, object]) -> Source:
    """Write the answer to a question: it can be found from the next question on.

    `values` as `checked` takes them. Raises Invalid at the field, LimitReached, OtherStatus, Forbidden, NotFound,
    SignedOut.
    """
    wording = checked(values)
    with transaction(actor) as tx:
        member, project = standing.may_edit(tx, actor, project_id)
        return add_answer(tx, member, project, wording)


def add_answer(tx: TenantSession, member: Member, project: Project, wording: Wording) -> Source:
    """The same inside of another act, which has made sure that this member may do it in this project."""
    _refuse_taken(tx, project.id, wording.question)
    standing.make_sure_of_room(tx, project, 'question')
    source = Source(
        organization_id=member.organization_id,
        project_id=project.id,
        kind=SourceKind.ANSWER,
        name=wording.question,
        name_key=naming.key_of(wording.question),
        state=SourceState.READY,
        read_at=clock.now(),
        created_by=member.user_id,
    )
    tx.add(source)
    tx.flush()
    written = WrittenAnswer(
        organization_id=member.organization_id,
        source_id=source.id,
        question=wording.question,
        answer=wording.answer,
        also=wording.also,
    )
    tx.add(written)
    _keep(tx, source, written, wording)
    standing.note(tx, member, project, source, Act.SOURCE_WRITE)
    return source


def change_answer(actor: Actor, source_id: object, values: Mapping[str, object], *, version: int) -> Source:
    """Write another answer, another question, or other ways to ask it.

    Raises Stale when somebody saved after `version`, and as `write_answer` does.
    """
    wording = checked(values)
    with transaction(actor) as tx:
        member, project, source = standing.may_edit_source(tx, actor, source_id)
        written = tx.get(WrittenAnswer, {'organization_id': member.organization_id, 'source_id': source.id})
        if written is None:
            raise Invalid(question='A file can’t be written here. Replace it.')
        source.expect(version)
        _refuse_taken(tx, project.id, wording.question, but=source.id)
        written.question, written.answer, written.also = wording.question, wording.answer, wording.also
        source.name, source.name_key = wording.question, naming.key_of(wording.question)
        source.read_at = clock.now()
        _keep(tx, source, written, wording)
        standing.note(tx, member, project, source, Act.SOURCE_CHANGE)
    return source


def _keep(tx: TenantSession, source: Source, written: WrittenAnswer, wording: Wording) -> None:
    """Count it, and let it be found by its question, by the other ways to ask it, and by what it says."""
    standing.change_size(tx, source, wording.size)
    passages.write_answer(tx, source, written)


def _refuse_taken(tx: TenantSession, project_id: str, question: str, but: str = '') -> None:
    query = select(Source.name).where(
        col(Source.project_id) == project_id,
        col(Source.kind) == SourceKind.ANSWER,
        col(Source.id) != but,
        col(Source.name_key) == naming.key_of(question),
    )
    with tx.no_autoflush:
        alike = tx.exec(query).all()
    if any(naming.is_same(name, question) for name in alike):
        raise Invalid(question=TAKEN)


def _question(value: object, field: str, label: str) -> str:
    return texts.clean('' if value is None else value, field=field, label=label, limit=QUESTION_LIMIT)


def _answer(value: object) -> str:
    text = texts.several_lines('' if value is None else value, field='answer', label='The answer', limit=ANSWER_LIMIT)
    if not text:
        raise Invalid(answer='The answer is required.')
    return text


def _also(value: object) -> list[str]:
    lines = value.splitlines() if isinstance(value, str) else [] if value is None else value
    if not isinstance(lines, list):
        raise Invalid(also='Other ways to ask it are lines of text.')
    written = [line for line in lines if not isinstance(line, str) or line.strip()]
    if len(written) > ALSO_LIMIT:
        raise Invalid(also=f'There can be {ALSO_LIMIT} other ways to ask it, one in each line.')
    return [_question(line, 'also', 'Each other way to ask it') for line in written]

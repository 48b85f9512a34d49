"""Sources as people look at them: a list of files, one of written answers, what was found in one of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlmodel import col, func, select

from data.database import Actor, TenantSession, reading
from data.inputs import texts
from data.inputs.names import called
from data.models import Passage, Project, Source, SourceKind, SourceState, User, WrittenAnswer
from data.permissions import Member, Permission, authorize
from data.problems import Invalid
from data.services import passages
from data.services.passages import Found
from data.services.portions import Portion, bounds, counted
from data.services.projects.standing import find_project
from data.services.sources import standing

PORTION, PASSAGES = 50, 20
"""How many sources, and how many passages of one, are fetched at a time."""

WORDS = 8
"""How many words of a search count: each is a condition for each source."""

HITS, ASKED_LIMIT = 5, 2000
"""How many passages are shown of those that would be found, and characters of what is asked."""


@dataclass(frozen=True)
class SourceRow:
    """A source as the list shows it; of a written answer with its answer and the other ways to ask."""

    source: Source
    answer: str = ''
    also: tuple[str, ...] = ()


@dataclass(frozen=True)
class Totals:
    """How many sources of a kind there are in a project, how many are ready and on, and their passages and bytes."""

    number: int = 0
    ready: int = 0
    passages: int = 0
    size: int = 0


@dataclass(frozen=True)
class Sources(Portion[SourceRow]):
    """A portion of the sources of one kind, whoever reads it, the project, and what there is of each kind."""

    member: Member
    project: Project
    totals: Mapping[SourceKind, Totals]


@dataclass(frozen=True)
class SourceView:
    """One source; `creator` is who added it, None where they have left, `row` the same as the list has it."""

    row: SourceRow
    creator: str | None

    @property
    def source(self) -> Source:
        """The source."""
        return self.row.source


@dataclass(frozen=True)
class Passages(Portion[Passage]):
    """A portion of what was found in a source, in its order, and the source."""

    source: Source


def portion(
    actor: Actor, project_id: object, kind: object, search: object = '', *, offset: int = 0, limit: int = PORTION
) -> Sources:
    """A portion of the files or of the written answers, by name, those in whose name each word of `search` is.

    Raises Invalid('kind' | 'offset' | 'limit'), NotFound, SignedOut.
    """
    part, of = bounds(offset, limit), _known(kind)
    with reading(actor) as tx:
        member = authorize(tx, actor, Permission.ORGANIZATION_VIEW)
        project = find_project(tx, project_id)
        likes = [
            col(Source.name_key).contains(word, autoescape=True)
            for word in list(dict.fromkeys(texts.plain_key(search).split()))[:WORDS]
        ]
        conditions = col(Source.project_id) == project.id, col(Source.kind) == of, *likes
        total = tx.exec(select(func.count()).select_from(Source).where(*conditions)).one()
        query = select(Source).where(*conditions).order_by(col(Source.name_key), col(Source.id))
        rows = _rows(tx, of, tx.exec(query.offset(part['offset']).limit(part['limit'])).all())
        found = counted(rows, offset, total)
        return Sources(found.rows, found.total, found.more, member, project, totals(tx, project.id))


def totals(tx: TenantSession, project_id: str) -> dict[SourceKind, Totals]:
    """What there is of each kind in a project; whoever asks has been authorized."""
    is_ready = (col(Source.state) == SourceState.READY) & col(Source.is_off).is_(False)
    columns: tuple[Any, ...] = (
        Source.kind,
        func.count(),
        func.count().filter(is_ready),
        func.coalesce(func.sum(col(Source.passages)).filter(is_ready), 0),
        func.coalesce(func.sum(Source.size), 0),
    )
    query = select(*columns).where(col(Source.project_id) == project_id).group_by(col(Source.kind))
    found = {row[0]: Totals(*(int(number) for number in row[1:])) for row in tx.exec(query)}
    return {kind: found.get(kind, Totals()) for kind in SourceKind}


def get(actor: Actor, source_id: object) -> SourceView:
    """One source, with what was written of an answer. Raises NotFound, SignedOut."""
    with reading(actor) as tx:
        authorize(tx, actor, Permission.ORGANIZATION_VIEW)
        source = tx.find(Source, source_id, standing.GONE)
        [row] = _rows(tx, source.kind, [source])
        who = tx.exec(select(User.name, User.email).where(col(User.id) == source.created_by)).first()
        return SourceView(row, called(*who) if who else None)


def passages_of(actor: Actor, source_id: object, *, offset: int = 0, limit: int = PASSAGES) -> Passages:
    """What was found in a source, in its order. Raises Invalid('offset' | 'limit'), NotFound, SignedOut."""
    part = bounds(offset, limit)
    with reading(actor) as tx:
        authorize(tx, actor, Permission.ORGANIZATION_VIEW)
        source = tx.find(Source, source_id, standing.GONE)
        of_it = col(Passage.source_id) == source.id
        total = tx.exec(select(func.count()).select_from(Passage).where(of_it)).one()
        query = select(Passage).where(of_it).order_by(col(Passage.ordinal))
        rows = list(tx.exec(query.offset(part['offset']).limit(part['limit'])))
        found = counted(rows, offset, total)
        return Passages(found.rows, found.total, found.more, source)


def would_find(actor: Actor, project_id: object, question: object) -> Found:
    """What would be found for a question, the best first, with what each was found by; counts nothing.

    Raises Invalid('question'), NotFound, SignedOut.
    """
    label = 'What you ask'
    asked = texts.several_lines('' if question is None else question, field='question', label=label, limit=ASKED_LIMIT)
    if not asked:
        raise Invalid(question='Type what somebody could ask.')
    with reading(actor) as tx:
        authorize(tx, actor, Permission.ORGANIZATION_VIEW)
        project = find_project(tx, project_id)
        return passages.find(tx, project.id, asked, limit=HITS)


def _rows(tx: TenantSession, kind: SourceKind, sources: Any) -> list[SourceRow]:
    if kind is SourceKind.FILE:
        return [SourceRow(source) for source in sources]
    query = select(WrittenAnswer).where(col(WrittenAnswer.source_id).in_([source.id for source in sources]))
    written = {it.source_id: it for it in tx.exec(query)}
    return [SourceRow(it, written[it.id].answer, tuple(written[it.id].also)) for it in sources]


def _known(kind: object) -> SourceKind:
    try:
        return SourceKind(kind)  # type: ignore[arg-type]  # it may come from outside and be anything
    except ValueError:
        raise Invalid(kind='Sources are files or written answers.') from None

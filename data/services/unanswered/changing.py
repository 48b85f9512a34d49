"""Unanswered questions are answered in writing, dismissed, and taken up again."""

from collections.abc import Mapping

from sqlalchemy import bindparam
from sqlmodel import col, select

from data.database import Actor, TenantSession, constant, transaction
from data.models import Project, ProjectStatus, Source, Unanswered, UnansweredState
from data.permissions import Member, Permission, authorize
from data.problems import Problem
from data.services import audit
from data.services.audit import Act
from data.services.projects.standing import expect_status, find_project
from data.services.sources import answers
from data.services.unanswered.collecting import note

GONE = 'This question is no longer here.'

WRITTEN = 'Somebody has written the answer to this question meanwhile.'

_WRITTEN = constant(select(Source.id).where(col(Source.id) == bindparam('of')))


class AnswerWritten(Problem):
    """The answer to a question has been written already; nothing was changed."""


def write(actor: Actor, entry_id: object, values: Mapping[str, object]) -> Source:
    """Write the answer to a question that visitors asked: it is in the knowledge from the next question on.

    `values`: `answer`, and, where that is better worded than what was asked, `question`; `also` as for any written
    answer. What visitors have asked is among the ways to ask it. The question is done once somebody gets that answer.
    Raises Invalid at the field, AnswerWritten, LimitReached, OtherStatus, Forbidden, NotFound, SignedOut.
    """
    values = values if isinstance(values, Mapping) else {}
    with transaction(actor) as tx:
        member, project, entry = _of(tx, actor, entry_id)
        if entry.source_id and tx.exec(_WRITTEN, params={'of': entry.source_id}).first():
            raise AnswerWritten(WRITTEN)
        asked = ' '.join(entry.question.split())
        wording = answers.checked({'question': asked[: answers.QUESTION_LIMIT], **values})
        if len(asked) <= answers.QUESTION_LIMIT and len(wording.also) < answers.ALSO_LIMIT:
            wording = answers.checked({**vars(wording), 'also': [*wording.also, asked]})
        source = answers.add_answer(tx, member, project, wording)
        entry.source_id, entry.state = source.id, UnansweredState.OPEN
        note(tx, entry.id)
    return source


def dismiss(actor: Actor, entry_id: object) -> None:
    """Say that a question needs no answer; where it is asked again, it stays dismissed.

    Raises OtherStatus, Forbidden, NotFound, SignedOut.
    """
    _set(actor, entry_id, UnansweredState.DISMISSED, Act.UNANSWERED_DISMISS)


def reopen(actor: Actor, entry_id: object) -> None:
    """Take up a question again that was dismissed, or is done. Raises as `dismiss` does."""
    _set(actor, entry_id, UnansweredState.OPEN, Act.UNANSWERED_REOPEN)


def _set(actor: Actor, entry_id: object, state: UnansweredState, act: Act) -> None:
    with transaction(actor) as tx:
        member, project, entry = _of(tx, actor, entry_id)
        if entry.state is not state:
            entry.state = state
            audit.record(tx, member, act, project.name, subject=entry.id)


def _of(tx: TenantSession, actor: Actor, entry_id: object) -> tuple[Member, Project, Unanswered]:
    """Whoever acts, the active project, and its question; the right is asked for before anything is looked for."""
    member = authorize(tx, actor, Permission.PROJECT_EDIT)
    entry = tx.find(Unanswered, entry_id, GONE)
    project = find_project(tx, entry.project_id)
    expect_status(project, ProjectStatus.ACTIVE)
    return member, project, entry

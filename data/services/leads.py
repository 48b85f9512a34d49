"""Leads: the addresses that visitors of a project left, with the sentence that they agreed to and when."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, bindparam
from sqlmodel import col, func, select

from data.database import Actor, constant, reading, transaction
from data.inputs import texts
from data.models import Lead, Project
from data.permissions import Member, Permission, authorize
from data.services import audit, exports
from data.services.audit import Act
from data.services.portions import Portion, bounds, counted, texts_only
from data.services.projects.standing import find_project

PORTION = 50
"""How many leads are fetched at a time."""

EXPORT_LIMIT = 10_000
"""How many leads one export holds at most, the newest ones."""

WORDS = 8
"""How many words of a search count."""

COLUMNS = 'at', 'email', 'name', 'consent', 'conversation'


@dataclass(frozen=True)
class LeadRow:
    """An address, as the list shows it; `consent` is the sentence that was agreed to, in those days' words."""

    id: str
    email: str
    name: str
    consent: str
    at: datetime
    conversation_id: str


@dataclass(frozen=True)
class Leads(Portion[LeadRow]):
    """A portion of the leads of a project, the newest first, and whoever reads them."""

    member: Member


@dataclass(frozen=True)
class Export:
    """A file with leads, newest first; not `complete` when there were more than EXPORT_LIMIT."""

    content: bytes
    leads: int
    complete: bool


_COLUMNS: tuple[Any, ...] = (Lead.id, Lead.email, Lead.name, Lead.consent, Lead.at, Lead.conversation_id)


def _listed(*conditions: ColumnElement[bool]) -> Any:
    columns: tuple[Any, ...] = *_COLUMNS, func.count().over()
    return (
        select(*columns)
        .where(col(Lead.project_id) == bindparam('project'), *conditions)
        .order_by(col(Lead.at).desc(), col(Lead.id))
        .offset(bindparam('offset'))
        .limit(bindparam('limit'))
    )


_ALL = constant(_listed())


def portion(actor: Actor, project_id: object, search: object = '', *, offset: int = 0, limit: int = PORTION) -> Leads:
    """A portion of the leads of a project, those with each word of `search` in the address or the name.

    Raises Invalid('search' | 'offset' | 'limit'), Forbidden, NotFound, SignedOut.
    """
    texts_only({'search': search})
    part = bounds(offset, limit)
    words = list(dict.fromkeys(texts.plain_key(search).split()))[:WORDS]
    query = _listed(*(col(Lead.key_of_who).contains(word, autoescape=True) for word in words)) if words else _ALL
    with reading(actor) as tx:
        member = authorize(tx, actor, Permission.CONVERSATION_VIEW)
        at = {'project': find_project(tx, project_id).id}
        rows = tx.exec(query, params={**at, **part}).all()
    found = counted([LeadRow(*row[:-1]) for row in rows], offset, rows[0][-1] if rows else None)
    return Leads(found.rows, found.total, found.more, member=member)


def export(actor: Actor, project_id: object, habits: exports.Habits = exports.ANYBODYS) -> Export:
    """The newest EXPORT_LIMIT leads of a project as CSV; that somebody took them is on the record.

    Raises Forbidden, NotFound, SignedOut.
    """
    with reading(actor) as tx:
        authorize(tx, actor, Permission.LEAD_EXPORT)
        project: Project = find_project(tx, project_id)
        file = exports.Csv(COLUMNS, habits, moment='at')
        part = {'project': project.id, 'offset': 0, 'limit': EXPORT_LIMIT + 1}
        rows = tx.exec(_ALL, params=part).all()
        for row in rows[:EXPORT_LIMIT]:
            lead = LeadRow(*row[:-1])
            shown = {'email': lead.email, 'name': lead.name, 'consent': lead.consent}
            file.add({'at': lead.at.isoformat(), **shown, 'conversation': lead.conversation_id})
    with transaction(actor) as tx:  # not around the reading: it would keep everybody else from writing
        member = authorize(tx, actor, Permission.LEAD_EXPORT)
        audit.record(tx, member, Act.LEAD_EXPORT, project.name, subject=project.id, rows=file.rows)
    return Export(file.content(), file.rows, len(rows) <= EXPORT_LIMIT)

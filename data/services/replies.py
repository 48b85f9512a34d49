"""Canned replies: texts that members of a project put into what they write, by their title."""

from collections.abc import Mapping, Sequence

from sqlalchemy import bindparam
from sqlmodel import col, select

from data import problems
from data.database import Actor, TenantSession, constant, reading, transaction
from data.inputs import texts
from data.models import Project, ProjectStatus, Reply
from data.permissions import Member, Permission, authorize
from data.problems import Invalid
from data.services import audit
from data.services.audit import Act
from data.services.projects.standing import expect_status, find_project

MOST = 200
"""Replies of a project."""

TEXT = 2000
"""Characters of a reply: as many as a message has."""

GONE = 'This reply is no longer here.'

_OF_PROJECT = constant(
    select(Reply).where(col(Reply.project_id) == bindparam('project')).order_by(col(Reply.title_key), col(Reply.id))
)


def of_project(actor: Actor, project_id: object) -> list[Reply]:
    """The replies of a project by title. Raises Forbidden, NotFound, SignedOut."""
    with reading(actor) as tx:
        authorize(tx, actor, Permission.CONVERSATION_VIEW)
        return list(tx.exec(_OF_PROJECT, params={'project': find_project(tx, project_id).id}))


def add(actor: Actor, project_id: object, values: Mapping[str, object]) -> Reply:
    """Add a reply; no two of a project have one title. `values`: title, text.

    Raises Invalid('title' | 'text'), OtherStatus, Forbidden, NotFound, SignedOut.
    """
    title, text = _checked(values)
    with transaction(actor) as tx:
        member = authorize(tx, actor, Permission.CONVERSATION_ANSWER)
        project = _working(tx, project_id)
        there = tx.exec(_OF_PROJECT, params={'project': project.id}).all()
        if len(there) >= MOST:
            raise Invalid(title=f'A project has at most {MOST} replies.')
        reply = Reply(organization_id=project.organization_id, project_id=project.id, title='', title_key='', text='')
        _set(reply, title, text, there)
        tx.add(reply)
        audit.record(tx, member, Act.REPLY_ADD, title, subject=reply.id)
    return reply


def change(actor: Actor, reply_id: object, values: Mapping[str, object], *, version: int) -> Reply:
    """Change title and text of a reply.

    Raises Invalid('title' | 'text'), Stale when somebody saved after `version`, OtherStatus, Forbidden, NotFound,
    SignedOut.
    """
    title, text = _checked(values)
    with transaction(actor) as tx:
        member, reply = _held(tx, actor, reply_id)
        if (reply.title, reply.text) != (title, text) or reply.version != version:
            reply.expect(version)
            _set(reply, title, text, tx.exec(_OF_PROJECT, params={'project': reply.project_id}).all())
            audit.record(tx, member, Act.REPLY_CHANGE, title, subject=reply.id)
    return reply


def remove(actor: Actor, reply_id: object) -> None:
    """Remove a reply. Raises OtherStatus, Forbidden, NotFound, SignedOut."""
    with transaction(actor) as tx:
        member, reply = _held(tx, actor, reply_id)
        tx.delete(reply)
        audit.record(tx, member, Act.REPLY_REMOVE, reply.title, subject=reply.id)


def _held(tx: TenantSession, actor: Actor, reply_id: object) -> tuple[Member, Reply]:
    member = authorize(tx, actor, Permission.CONVERSATION_ANSWER)
    reply = tx.find(Reply, reply_id, GONE)
    _working(tx, reply.project_id)
    return member, reply


def _working(tx: TenantSession, project_id: object) -> Project:
    project = find_project(tx, project_id)
    expect_status(project, ProjectStatus.ACTIVE)
    return project


def _set(reply: Reply, title: str, text: str, there: Sequence[Reply]) -> None:
    key = texts.search_key(title)[:400]
    if any(other.title_key == key and other.id != reply.id for other in there):
        raise Invalid(title='There is a reply of this title already.')
    reply.title, reply.title_key, reply.text = title, key, text


def _checked(values: Mapping[str, object]) -> tuple[str, str]:
    values = values if isinstance(values, Mapping) else {}
    with problems.collect() as checks:
        title = checks.of(
            texts.clean, values.get('title') or '', field='title', label='The title', limit=texts.NAME_LIMIT
        )
        text = checks.of(texts.several_lines, values.get('text') or '', field='text', label='The reply', limit=TEXT)
        if text == '':
            checks.wrong['text'] = 'The reply is required.'
    return title, text

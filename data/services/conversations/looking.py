"""Conversations as members look at them: a view of a project in portions, and one of them with all around it."""

from typing import Any

from sqlalchemy import ColumnElement, bindparam, literal, or_, true
from sqlmodel import col, func, select

from data.database import Actor, TenantSession, constant, reading
from data.inputs import texts
from data.inputs.names import called
from data.models import (
    Conversation,
    ConversationState,
    ConversationTag,
    Lead,
    Membership,
    Message,
    User,
    Visitor,
)
from data.permissions import Permission, authorize
from data.problems import Invalid, NotFound
from data.services.conversations import lines
from data.services.conversations.standing import ANSWERERS, GONE, held_by_nobody
from data.services.conversations.views import (
    Answerer,
    ConversationRow,
    Conversations,
    ConversationView,
    View,
    VisitorView,
)
from data.services.portions import LAST, bounds, counted, number, texts_only
from data.services.projects.standing import find_project

PORTION = 50
"""How many conversations are fetched at a time."""

WORDS = 8
"""How many words of a search count: each is a condition for each conversation."""

_STATE = col(Conversation.state)
_IS: dict[View, ColumnElement[bool]] = {
    View.NEEDS: (_STATE == ConversationState.WAITING) | held_by_nobody(),
    View.AGENT: _STATE == ConversationState.ANSWERING,
    View.MINE: (_STATE == ConversationState.HUMAN) & (col(Conversation.assignee) == bindparam('me')),
    View.RESOLVED: _STATE == ConversationState.RESOLVED,
    View.ALL: true(),
}
_COLUMNS: tuple[Any, ...] = (Conversation, Visitor, User.name, User.email)
_ROWS = (
    select(*_COLUMNS)
    .join(Visitor, col(Visitor.id) == col(Conversation.visitor_id))
    .join(User, col(User.id) == col(Conversation.assignee), isouter=True)
)
_ONE = constant(_ROWS.where(col(Conversation.id) == bindparam('conversation')))
_IN_PROJECT = col(Conversation.project_id) == bindparam('project')
_NUMBERS: tuple[Any, ...] = tuple(func.count().filter(of) for of in _IS.values())
_COUNTS = constant(select(*_NUMBERS).select_from(Conversation).where(_IN_PROJECT))
_TAGS_OF = constant(
    select(ConversationTag.conversation_id, ConversationTag.tag)
    .where(col(ConversationTag.conversation_id).in_(bindparam('conversations', expanding=True)))
    .order_by(col(ConversationTag.tag))
)
_TAGS = constant(
    select(ConversationTag.tag)
    .join(Conversation, col(Conversation.id) == col(ConversationTag.conversation_id))
    .where(_IN_PROJECT)
    .distinct()
    .order_by(col(ConversationTag.tag))
)
_LEADS = constant(select(Lead).where(col(Lead.conversation_id) == bindparam('conversation')).order_by(col(Lead.at)))
_PEOPLE = constant(
    select(User.id, User.name, User.email)
    .join(Membership, col(Membership.user_id) == col(User.id))
    .where(col(Membership.role).in_(ANSWERERS))
    .order_by(col(User.name_key), col(User.email_key))
)


def _listed(view: View, *conditions: ColumnElement[bool]) -> Any:
    changed_at = col(Conversation.changed_at)  # since then waits whoever was left by the one who had it
    is_first = func.coalesce(Conversation.waiting_since, changed_at) if view is View.NEEDS else changed_at.desc()
    return (
        _ROWS.add_columns(func.count().over())
        .where(_IN_PROJECT, _IS[view], *conditions)
        .order_by(is_first, col(Conversation.id))
        .offset(bindparam('offset'))
        .limit(bindparam('limit'))
    )


_LISTS = {view: constant(_listed(view)) for view in View}


def portion(
    actor: Actor,
    project_id: object,
    view: object = View.ALL,
    search: object = '',
    tag: object = '',
    *,
    offset: int = 0,
    limit: int = PORTION,
) -> Conversations:
    """A portion of the conversations of a project: those who wait longest first, else what changed last.

    With `search`, those in which a message, or who the visitor is, has each word; with `tag`, those that have it.
    Raises Invalid('view' | 'search' | 'tag' | 'offset' | 'limit'), Forbidden, NotFound, SignedOut.
    """
    texts_only({'search': search, 'tag': tag})
    part, of = bounds(offset, limit), _known(view)
    conditions = [_has_word(word) for word in dict.fromkeys(texts.plain_key(search).split()[:WORDS])]
    conditions += [_has_tag(texts.search_key(tag))] if tag else []
    with reading(actor) as tx:
        member = authorize(tx, actor, Permission.CONVERSATION_VIEW)
        at = {'project': find_project(tx, project_id).id, 'me': member.user_id}
        rows = tx.exec(_listed(of, *conditions) if conditions else _LISTS[of], params={**at, **part}).all()
        tags = _tags_of(tx, [row[0].id for row in rows])
        counts = dict(zip(_IS, tx.exec(_COUNTS, params=at).one(), strict=True))
        in_use = list(tx.exec(_TAGS, params=at))
    found = counted([_row(row, tags) for row in rows], offset, rows[0][-1] if rows else None)
    return Conversations(found.rows, found.total, found.more, counts=counts, member=member, tags=in_use)


def get(
    actor: Actor, project_id: object, conversation_id: object, *, before: object = None, limit: int = lines.PORTION
) -> ConversationView:
    """One conversation of a project, with its last lines before that number.

    Raises Invalid('before' | 'limit'), Forbidden, NotFound, SignedOut.
    """
    end, most = LAST if before is None else number(before, 'before'), number(limit, 'limit', least=1)
    with reading(actor) as tx:
        member = authorize(tx, actor, Permission.CONVERSATION_VIEW)
        conversation = tx.find(Conversation, conversation_id, GONE)
        if conversation.project_id != project_id:
            raise NotFound(GONE)
        at = {'conversation': conversation.id}
        row = tx.exec(_ONE, params=at).one()
        said = lines.for_team(tx, conversation.id, end, most + 1)
        shown = said[-most:]
        return ConversationView(
            _row(row, _tags_of(tx, [conversation.id])),
            conversation.turn,
            _visitor(row[1], conversation.page),
            shown,
            shown[0].seq if len(said) > most else None,
            conversation.visitor_seq,
            conversation.team_seq,
            list(tx.exec(_LEADS, params=at)),
            [Answerer(user_id, called(name, email)) for user_id, name, email in tx.exec(_PEOPLE)],
            member,
        )


def _row(row: Any, tags: dict[str, list[str]]) -> ConversationRow:
    conversation, visitor, name, email = row[:4]
    return ConversationRow(
        conversation.id,
        conversation.state,
        visitor.name or visitor.email,
        visitor.is_signed,
        conversation.opening,
        conversation.last_text,
        conversation.last_role,
        conversation.last_seq,
        conversation.team_seq < conversation.last_seq,
        called(name, email) if email else None,
        conversation.assignee if email else None,
        conversation.waiting_since,
        conversation.changed_at,
        tuple(tags.get(conversation.id, ())),
    )


def _visitor(visitor: Visitor, page: str) -> VisitorView:
    who = visitor.name, visitor.email, visitor.known_as, visitor.is_signed
    return VisitorView(*who, visitor.site, page, visitor.device, visitor.created_at)


def _tags_of(tx: TenantSession, conversations: list[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for conversation_id, tag in tx.exec(_TAGS_OF, params={'conversations': conversations}) if conversations else ():
        found.setdefault(conversation_id, []).append(tag)
    return found


def _has_word(word: str) -> ColumnElement[bool]:
    said = select(literal(1)).where(
        col(Message.conversation_id) == col(Conversation.id), col(Message.key_of_text).contains(word, autoescape=True)
    )
    is_them = col(Visitor.key_of_who).contains(word, autoescape=True)
    return or_(said.correlate_except(Message).exists(), is_them)


def _has_tag(tag: str) -> ColumnElement[bool]:
    tagged = select(literal(1)).where(
        col(ConversationTag.conversation_id) == col(Conversation.id), col(ConversationTag.tag) == tag
    )
    return tagged.correlate_except(ConversationTag).exists()


def _known(view: object) -> View:
    try:
        return View(view)  # type: ignore[arg-type]  # it comes from a browser and may be anything
    except ValueError:
        raise Invalid(view=f'Conversations are {", ".join(View)}.') from None

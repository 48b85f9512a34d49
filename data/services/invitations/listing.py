"""Invitations without an answer, as those who send them see them: listed, found, and how each stands."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, bindparam, literal
from sqlmodel import col, func, or_, select

from data.database import Actor, constant, reading
from data.inputs import emails
from data.models import Invitation, InvitationState, Mail, MailState, Membership, Role, User
from data.permissions import Permission, authorize
from data.services import naming
from data.services.invitations import mail
from data.services.invitations.states import IS_INVITER, InvitationOutlook, outlook
from data.services.portions import Portion, bounds, counted

PORTION = 25
"""How many invitations are fetched at a time."""


@dataclass(frozen=True)
class Pending:
    """An invitation without an answer: `outlook` is what its link would say, `mail` None where none was written.

    `inviter_name` is what whoever sent it is called, None for who has not said, or has left.
    """

    id: str
    email: str
    role: Role
    invited_by: str
    inviter_name: str | None
    created_at: datetime
    expires_at: datetime
    outlook: InvitationOutlook
    mail: MailState | None
    problem: str


_IS_PENDING = col(Invitation.state) == literal(InvitationState.PENDING.value, literal_execute=True)
"""As the index says it that knows those without an answer."""


def _listed(*conditions: ColumnElement[bool]) -> Any:
    """The number is asked for apart: beside each row, all of them would be read whole and kept."""
    which = _IS_PENDING, col(Invitation.email_key) > '', *conditions  # found by that index
    number = select(func.count()).select_from(Invitation).where(*which).correlate(None).scalar_subquery()
    columns = Invitation, col(Membership.role), col(User.name), number
    listed = select(*columns).join(Membership, IS_INVITER, isouter=True)
    listed = listed.join(User, col(User.id) == Membership.user_id, isouter=True).where(*which)
    listed = listed.order_by(col(Invitation.created_at).desc(), col(Invitation.email_key))
    return listed.offset(bindparam('offset')).limit(bindparam('limit'))


_PENDING = constant(_listed())
_IN_OTHER_LETTERS = constant(
    select(Invitation.email_key, Invitation.invited_by_email).where(
        _IS_PENDING,
        col(Invitation.email_key) > '',
        or_(col(Invitation.email_key).contains('xn--'), col(Invitation.invited_by_email).regexp_match('[^ -~]')),
    )
)


def portion(actor: Actor, search: str = '', *, offset: int = 0, limit: int = PORTION) -> Portion[Pending]:
    """A portion of the invitations without an answer, the newest first, of which every word of `search` says something.

    Raises Invalid('offset' | 'limit'), Forbidden, NotFound, SignedOut.
    """
    part, words, query = bounds(offset, limit), emails.search_words(search), _PENDING
    with reading(actor) as tx:
        organization = authorize(tx, actor, Permission.INVITATION_VIEW).organization
        if words:
            shown = {address for row in tx.exec(_IN_OTHER_LETTERS) for address in row}
            query = _listed(*(_says(word, emails.reading_like(word, shown)) for word in words))
        rows = tx.exec(query, params=part).all()
        mails = mail.of_invitations(tx, [it.id for it, *_ in rows])
    pending = [_pending(it, name, outlook(it, organization, role), mails.get(it.id)) for it, role, name, _ in rows]
    return counted(pending, offset, rows[0][3] if rows else None)


def _says(word: str, read: list[str]) -> ColumnElement[bool]:
    """Whether an invitation is for an address with this in it, was sent by such a one or by whoever is called so, or
    offers a role called so.
    """
    addresses = col(Invitation.email_key), col(Invitation.invited_by_email)
    roles = [role for role in Role if word == role.label.casefold()]
    alike = (it.icontains(word, autoescape=True) for it in addresses)
    others = (it.in_(read) for it in addresses)
    return or_(col(Invitation.role).in_(roles), *alike, *others, naming.is_called(Invitation.invited_by, word))


def _pending(invitation: Invitation, name: str | None, outlook: InvitationOutlook, latest: Mail | None) -> Pending:
    return Pending(
        id=invitation.id,
        email=invitation.email,
        role=invitation.role,
        invited_by=invitation.invited_by_email,
        inviter_name=name,
        created_at=invitation.created_at,
        expires_at=invitation.expires_at,
        outlook=outlook,
        mail=latest.state if latest else None,
        problem=latest.problem if latest else '',
    )

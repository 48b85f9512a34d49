"""Mails with invitations: written with the invitation, put into words as it stands when they are sent."""

from collections.abc import Iterable

from sqlalchemy import bindparam
from sqlmodel import col, select

from data.database import TenantSession, administrator, constant
from data.inputs import moments
from data.models import Invitation, Mail, MailState, Organization, User
from data.runtime import limits, mail_server, rate_limiter
from data.services.invitations.links import Dead, mailed_token_of
from data.services.invitations.states import NOT_MAILED, InvitationOutlook, state_of
from data.services.mail.contents import Content, NotSent


def rewrite_invitation(tx: TenantSession, invitation: Invitation) -> None:
    """Send an invitation, if mail is set up; what waits to be sent of it already is replaced."""
    if not mail_server.is_configured():
        return
    for before in tx.exec(select(Mail).where(Mail.invitation_id == invitation.id, Mail.state == MailState.WAITING)):
        tx.delete(before)
    write_invitation(tx, invitation)


def write_invitation(tx: TenantSession, invitation: Invitation) -> None:
    """Send a new invitation, if mail is set up."""
    if mail_server.is_configured():
        tx.add(
            Mail(
                organization_id=invitation.organization_id,
                kind='invitation',
                recipient=invitation.email,
                invitation_id=invitation.id,
            )
        )


_OF_INVITATIONS = constant(
    select(Mail).where(col(Mail.invitation_id).in_(bindparam('ids', expanding=True))).order_by(col(Mail.created_at))
)


def of_invitations(tx: TenantSession, invitation_ids: Iterable[str]) -> dict[str, Mail]:
    """The newest mail of each of these invitations."""
    ids = sorted(invitation_ids)
    mails = tx.exec(_OF_INVITATIONS, params={'ids': ids}) if ids else ()
    return {str(mail.invitation_id): mail for mail in mails}


def invitation_content(mail: Mail) -> Content:
    """What a mail with an invitation says as of now. Raises NotSent."""
    query = select(Invitation, Organization).join(Organization, col(Organization.id) == Invitation.organization_id)
    with administrator() as tx:
        row = tx.exec(query.where(Invitation.id == mail.invitation_id)).first()
        if row is None:
            raise NotSent('A newer invitation has taken its place.', for_good=True)
        state = state_of(tx, *row)
        whose = tx.get(User, row[0].invited_by)
        reader = tx.exec(select(User).where(User.email_key == row[0].email_key)).first()
    if state is not InvitationOutlook.OPEN:
        raise NotSent(NOT_MAILED[state], for_good=state is not InvitationOutlook.CLOSED)
    invitation, organization = row
    if not mail.attempts and (seconds := rate_limiter.wait(limits.INVITED, invitation.email_key)):
        raise NotSent('', seconds=seconds)
    return _facts(invitation, organization.name, whose, reader)


def _facts(invitation: Invitation, organization: str, whose: User | None, reader: User | None) -> Content:
    own = {'language': reader.language, 'zone': reader.time_zone} if reader else {}
    facts = {
        'organization': organization,
        'by': invitation.invited_by_email,
        'by_name': (whose and whose.name) or '',
        'role': invitation.role.label,
        'email': invitation.email,
        'until': moments.in_words(invitation.expires_at, **own),
    }
    try:
        return Content(facts, f'/invitations/{mailed_token_of(invitation)}', invitation.invited_by_email)
    except Dead as dead:
        raise NotSent(str(dead), for_good=True) from None

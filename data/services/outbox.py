"""The outbox: mails are written in the transaction of the act that causes them, and sent by `operations.post`."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from sqlmodel import col, delete, select

from data import changes, clock, limits, mail
from data.changes import Change, Topic
from data.database import Actor, administrator, transaction
from data.models import Invitation, InvitationState, Mail, MailState, Organization
from data.permissions import Member
from data.services.invitation_tokens import token_of
from data.tenancy import TenantSession

BATCH = 50
"""Mails that are sent over one connection."""

GIVE_UP = timedelta(days=3)
"""How long a mail is tried that a server refuses for now."""

AGAIN = [timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 180, 360)]
"""Until the next try of such a mail; the last one holds from then on."""

KEPT = timedelta(days=30)
"""How long mails are kept that are sent, or never will be."""


@dataclass(frozen=True)
class Content:
    """What a mail is about; `token` is the secret of the link in it, '' where it has none."""

    facts: dict[str, str]
    token: str = ''


def write(tx: TenantSession, member: Member, kind: str, recipient: str, **facts: str) -> None:
    """Let somebody know what `member` has done, if mail is set up; a flood of such mails ends at `limits.MAILS`."""
    if mail.is_set_up() and limits.wait(limits.MAILS, member.organization_id) == 0:
        said = {'organization': member.organization.name, 'by': member.email, **facts}
        tx.add(Mail(organization_id=member.organization_id, kind=kind, recipient=recipient, facts=said))


def invite(tx: TenantSession, invitation: Invitation) -> None:
    """Send an invitation, if mail is set up; what waits to be sent of it already is replaced."""
    if not mail.is_set_up():
        return
    for before in tx.exec(select(Mail).where(Mail.invitation_id == invitation.id, Mail.state == MailState.WAITING)):
        tx.delete(before)
    add(tx, invitation)


def add(tx: TenantSession, invitation: Invitation) -> None:
    """Send a new invitation, if mail is set up."""
    if mail.is_set_up():
        tx.add(
            Mail(
                organization_id=invitation.organization_id,
                kind='invitation',
                recipient=invitation.email,
                invitation_id=invitation.id,
            )
        )


def of_invitations(tx: TenantSession, invitation_ids: Iterable[str]) -> dict[str, Mail]:
    """The newest mail of each of these invitations."""
    query = select(Mail).where(col(Mail.invitation_id).in_(sorted(invitation_ids))).order_by(col(Mail.created_at))
    return {str(it.invitation_id): it for it in tx.exec(query)}


def due() -> list[Mail]:
    """The mails that should be sent now, the oldest first."""
    waiting = (
        select(Mail)
        .where(Mail.state == MailState.WAITING, Mail.not_before <= clock.now())
        .order_by(col(Mail.not_before), col(Mail.id))
        .limit(BATCH)
    )
    with administrator() as tx:
        return list(tx.exec(waiting).all())


def content(it: Mail) -> Content | None:
    """What this mail is about as of now; None where nobody needs it any more."""
    with administrator() as tx:
        if tx.get(Mail, it.id) is None:
            return None  # replaced by a newer one
        if it.invitation_id is None:
            return Content(it.facts)
        asked = select(Invitation, Organization.name).join(
            Organization, col(Organization.id) == Invitation.organization_id
        )
        found = tx.exec(asked.where(Invitation.id == it.invitation_id)).first()
    if found is None:
        return None
    invitation, organization = found
    if invitation.state is not InvitationState.PENDING or invitation.expires_at <= clock.now():
        return None
    facts = {
        'organization': organization,
        'by': invitation.invited_by_email,
        'role': invitation.role.label,
        'email': invitation.email,
        'until': f'{invitation.expires_at:%d %B %Y, %H:%M} UTC',
    }
    return Content(facts, token_of(invitation))


def sent(it: Mail) -> None:
    """It has been handed in."""
    _mark(it, MailState.SENT)


def dropped(it: Mail) -> None:
    """Nobody needs it any more."""
    _mark(it, MailState.FAILED, 'The invitation was answered or taken back before.')


def refused(it: Mail, sentence: str, *, for_good: bool) -> None:
    """The server does not take it, for good or for now."""
    over = for_good or clock.now() - it.created_at > GIVE_UP
    _mark(it, MailState.FAILED if over else MailState.WAITING, sentence)


def delayed(mails: Iterable[Mail], sentence: str) -> None:
    """The server can't be used: these wait until it can."""
    for it in mails:
        _mark(it, MailState.WAITING, sentence, tried=False)


def _mark(it: Mail, state: MailState, problem: str = '', *, tried: bool = True) -> None:
    with transaction(Actor('', '', it.organization_id, '')) as tx:
        row = tx.get(Mail, it.id)
        if row is None or row.state is not MailState.WAITING or (not tried and row.problem == problem):
            return  # replaced meanwhile, or known
        row.state, row.problem = state, problem[:300]
        if tried:
            row.not_before = clock.now() + AGAIN[min(row.attempts, len(AGAIN) - 1)]
            row.attempts += 1
        if state is MailState.SENT:
            row.sent_at = clock.now()
        changes.note(tx, Change(it.organization_id, Topic.INVITATIONS))


def forget() -> None:
    """Throw away what was sent, or given up, long ago."""
    old = select(Mail.organization_id).where(Mail.state != MailState.WAITING, Mail.created_at < clock.now() - KEPT)
    with administrator() as tx:
        organization_ids = set(tx.exec(old.distinct()).all())
    for organization_id in organization_ids:
        with transaction(Actor('', '', organization_id, '')) as tx:
            gone = delete(Mail).where(col(Mail.state) != MailState.WAITING, col(Mail.created_at) < clock.now() - KEPT)
            tx.exec(gone.execution_options(synchronize_session=False))

"""The outbox: mails are written in the transaction of the act that causes them, and sent by `operations.post`."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

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
class Due:
    """A mail to be sent now; `token` is the secret of the link in it, `moot` whether nobody needs it any more."""

    id: str
    organization_id: str
    kind: str
    recipient: str
    facts: dict[str, str]
    created_at: datetime
    attempts: int
    token: str = ''
    moot: bool = False


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


def due() -> list[Due]:
    """The mails that should be sent now, the oldest first."""
    waiting = (
        select(Mail)
        .where(Mail.state == MailState.WAITING, Mail.not_before <= clock.now())
        .order_by(col(Mail.not_before), col(Mail.id))
        .limit(BATCH)
    )
    with administrator() as tx:
        mails = tx.exec(waiting).all()
        asked = select(Invitation, Organization.name).join(
            Organization, col(Organization.id) == Invitation.organization_id
        )
        wanted = [it.invitation_id for it in mails if it.invitation_id]
        found = tx.exec(asked.where(col(Invitation.id).in_(wanted))).all() if wanted else []
    invitations = {it.id: (it, name) for it, name in found}
    return [_due(it, *invitations.get(it.invitation_id or '', (None, ''))) for it in mails]


def _due(it: Mail, invitation: Invitation | None, organization: str) -> Due:
    if it.invitation_id is None:
        return Due(it.id, it.organization_id, it.kind, it.recipient, it.facts, it.created_at, it.attempts)
    if invitation is None or invitation.state is not InvitationState.PENDING or invitation.expires_at <= clock.now():
        return Due(it.id, it.organization_id, it.kind, it.recipient, {}, it.created_at, it.attempts, moot=True)
    facts = {
        'organization': organization,
        'by': invitation.invited_by_email,
        'role': invitation.role.label,
        'email': invitation.email,
        'until': f'{invitation.expires_at:%d %B %Y, %H:%M} UTC',
    }
    token = token_of(invitation)
    return Due(it.id, it.organization_id, it.kind, it.recipient, facts, it.created_at, it.attempts, token)


def sent(it: Due) -> None:
    """It has been handed in."""
    _mark(it, MailState.SENT)


def dropped(it: Due) -> None:
    """Nobody needs it any more."""
    _mark(it, MailState.FAILED, 'The invitation was answered or taken back before.')


def refused(it: Due, sentence: str, *, for_good: bool) -> None:
    """The server does not take it, for good or for now."""
    over = for_good or clock.now() - it.created_at > GIVE_UP
    _mark(it, MailState.FAILED if over else MailState.WAITING, sentence)


def delayed(mails: Iterable[Due], sentence: str) -> None:
    """The server can't be used: these wait until it can."""
    for it in mails:
        _mark(it, MailState.WAITING, sentence, tried=False)


def _mark(it: Due, state: MailState, problem: str = '', *, tried: bool = True) -> None:
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

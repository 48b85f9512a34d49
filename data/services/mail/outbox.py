"""The outbox: mails are written in the transaction of the act that causes them, and sent by `operations.post`."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import col, delete, select

from data import changes, clock, limits, mail
from data.changes import Change, Topic
from data.database import Actor, administrator, lock, transaction
from data.models import Invitation, Mail, MailState, Organization
from data.permissions import Member
from data.services.invitation_tokens import Dead, token_of
from data.services.offer_states import NO_MAIL, State, state_of
from data.tenancy import TenantSession

BATCH = 50
"""Mails that are sent over one connection."""

GIVE_UP = timedelta(days=5)
"""How long a mail is tried that a server refuses for now, or that finds no server (RFC 5321 4.5.4.1)."""

AGAIN = [timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 180, 360)]
"""Until the next try of such a mail; the last one holds from then on."""

KEPT = timedelta(days=30)
"""How long mails are kept that are sent, or never will be."""


class NotSent(Exception):
    """A mail should not be sent as things are; the text is a sentence.

    `for_good` is whether that will stay so, `seconds` how long it waits where that is known and nobody's fault.
    """

    def __init__(self, sentence: str, *, for_good: bool = False, seconds: int = 0) -> None:
        super().__init__(sentence)
        self.for_good, self.seconds = for_good, seconds


@dataclass(frozen=True)
class Content:
    """What a mail is about; `token` is the secret of the link in it, '' where it has none."""

    facts: dict[str, str]
    token: str = ''


def write(tx: TenantSession, member: Member, kind: str, recipient: str, **facts: str) -> None:
    """Let somebody know what `member` has done, if mail is set up; a flood of such mails ends at `limits.MAILS`."""
    if mail.is_set_up() and limits.wait(limits.MAILS, member.organization_id, kind, recipient) == 0:
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


def content(it: Mail) -> Content:
    """What this mail is about as of now. Raises NotSent."""
    with administrator() as tx:
        if tx.get(Mail, it.id) is None:
            raise NotSent('A newer one has taken its place.', for_good=True)
        if it.invitation_id is None:
            return Content(it.facts)
        asked = select(Invitation, Organization).join(Organization, col(Organization.id) == Invitation.organization_id)
        found = tx.exec(asked.where(Invitation.id == it.invitation_id)).first()
        if found is None:
            raise NotSent('A newer invitation has taken its place.', for_good=True)
        state = state_of(tx, *found)
    if state is not State.OPEN:
        raise NotSent(NO_MAIL[state], for_good=state is not State.CLOSED)
    invitation, organization = found
    if not it.attempts and (seconds := limits.wait(limits.INVITED, invitation.email_key)):
        raise NotSent('', seconds=seconds)
    return _invitation(invitation, organization.name)


def _invitation(it: Invitation, organization: str) -> Content:
    facts = {
        'organization': organization,
        'by': it.invited_by_email,
        'role': it.role.label,
        'email': it.email,
        'until': f'{it.expires_at:%d %B %Y, %H:%M} UTC',
    }
    try:
        return Content(facts, token_of(it))
    except Dead as dead:
        raise NotSent(str(dead), for_good=True) from None


def sent(it: Mail) -> None:
    """It has been handed in."""
    _mark(it, MailState.SENT)


def held(it: Mail, no: NotSent) -> None:
    """It should not be sent as things are."""
    if no.seconds:  # which other organizations write to this address is not for this one to know
        _mark(it, MailState.WAITING, it.problem, until=clock.now() + timedelta(seconds=no.seconds))
    else:
        refused(it, str(no), for_good=no.for_good)


def refused(it: Mail, sentence: str, *, for_good: bool) -> None:
    """The server does not take it, for good or for now."""
    _mark(it, MailState.FAILED if for_good else _unless_old(it), sentence)


def delayed(mails: Iterable[Mail], sentence: str) -> None:
    """The server can't be used: these wait until it can."""
    for it in mails:
        _mark(it, _unless_old(it), sentence, until=it.not_before)


def _unless_old(it: Mail) -> MailState:
    return MailState.FAILED if clock.now() - it.created_at > GIVE_UP else MailState.WAITING


def _mark(it: Mail, state: MailState, problem: str = '', *, until: datetime | None = None) -> None:
    """Say how it stands; `until` when it waits without having been tried."""
    with transaction(Actor('', '', it.organization_id, '')) as tx:
        lock(tx, it.organization_id)
        row = tx.get(Mail, it.id)
        if row is None or row.state is not MailState.WAITING:
            return  # replaced meanwhile
        if (row.state, row.problem, row.not_before) == (state, problem, until):
            return
        row.state, row.problem = state, problem[:300]
        row.not_before = until or clock.now() + AGAIN[min(row.attempts, len(AGAIN) - 1)]
        row.attempts += until is None
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

"""The outbox: mails are written in the transaction of the act that causes them, and sent by `jobs.mail_delivery`."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import event
from sqlmodel import col, delete, select

from data import changes, clock
from data.changes import Change, Topic
from data.database import Actor, TenantSession, administrator, lock, transaction
from data.models import Mail, MailState
from data.permissions import Member
from data.runtime import limits, mail_server, rate_limiter

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
    """What a mail is about; `path` is where the link in it leads, perhaps with a secret, '' where it has none."""

    facts: dict[str, str]
    path: str = ''


_listeners: list[Callable[[], None]] = []


def listen(listener: Callable[[], None]) -> None:
    """Call `listener` whenever mails were written and committed, from that thread; adding it twice adds it once."""
    if listener not in _listeners:
        _listeners.append(listener)


def unlisten(listener: Callable[[], None]) -> None:
    """Call it no more; harmless when it was not called."""
    if listener in _listeners:
        _listeners.remove(listener)


@event.listens_for(TenantSession, 'after_flush')
def _notice(session: TenantSession, _: Any) -> None:
    if any(isinstance(row, Mail) for row in session.new):
        session.info['mails'] = True


@event.listens_for(TenantSession, 'after_commit')
def _tell(session: TenantSession) -> None:
    if session.info.pop('mails', False):
        for listener in list(_listeners):
            listener()


def write(tx: TenantSession, member: Member, kind: str, recipient: str, **facts: str) -> None:
    """Let somebody know what `member` has done, if mail is set up; a flood of such mails ends at `limits.MAILS`."""
    if mail_server.is_configured() and rate_limiter.wait(limits.MAILS, member.organization_id, kind, recipient) == 0:
        facts = {'organization': member.organization.name, 'by': member.email, **facts}
        tx.add(Mail(organization_id=member.organization_id, kind=kind, recipient=recipient, facts=facts))


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


def content(mail: Mail) -> Content:
    """What a mail says whose facts were all written with it. Raises NotSent."""
    with administrator() as tx:
        expect_there(tx, mail)
    return Content(mail.facts)


def expect_there(tx: TenantSession, mail: Mail) -> None:
    """Raise NotSent for a mail that another one has replaced since it was read."""
    if tx.get(Mail, mail.id) is None:
        raise NotSent('A newer one has taken its place.', for_good=True)


def sent(mail: Mail) -> None:
    """Note that a mail has been handed in."""
    _mark(mail, MailState.SENT)


def held(mail: Mail, reason: NotSent) -> None:
    """Note that a mail should not be sent as things are."""
    if reason.seconds:  # which other organizations write to this address is not for this one to know
        _mark(mail, MailState.WAITING, mail.problem, until=clock.now() + timedelta(seconds=reason.seconds))
    else:
        refused(mail, str(reason), for_good=reason.for_good)


def refused(mail: Mail, sentence: str, *, for_good: bool) -> None:
    """Note that the server does not take a mail, for good or for now."""
    _mark(mail, MailState.FAILED if for_good else _unless_old(mail), sentence)


def delayed(mails: Iterable[Mail], sentence: str) -> None:
    """Note that the server can't be used: these wait until it can."""
    for mail in mails:
        _mark(mail, _unless_old(mail), sentence, until=mail.not_before)


def _unless_old(mail: Mail) -> MailState:
    return MailState.FAILED if clock.now() - mail.created_at > GIVE_UP else MailState.WAITING


def _mark(mail: Mail, state: MailState, problem: str = '', *, until: datetime | None = None) -> None:
    """Note how a mail stands; `until` when it waits without having been tried."""
    with transaction(Actor('', '', mail.organization_id, '')) as tx:
        lock(tx, mail.organization_id)
        row = tx.get(Mail, mail.id)
        if row is None or row.state is not MailState.WAITING:
            return  # replaced meanwhile
        if (row.state, row.problem, row.not_before) == (state, problem, until):
            return
        row.state, row.problem = state, problem[:300]
        row.not_before = until or clock.now() + AGAIN[min(row.attempts, len(AGAIN) - 1)]
        row.attempts += until is None
        if state is MailState.SENT:
            row.sent_at = clock.now()
        if mail.invitation_id:  # what stands on a screen; other mails are on none
            changes.note(tx, Change(mail.organization_id, Topic.INVITATIONS))


def forget() -> None:
    """Throw away what was sent, or given up, long ago."""
    old = select(Mail.organization_id).where(Mail.state != MailState.WAITING, Mail.created_at < clock.now() - KEPT)
    with administrator() as tx:
        organization_ids = set(tx.exec(old.distinct()).all())
    for organization_id in organization_ids:
        with transaction(Actor('', '', organization_id, '')) as tx:
            gone = delete(Mail).where(col(Mail.state) != MailState.WAITING, col(Mail.created_at) < clock.now() - KEPT)
            tx.exec(gone.execution_options(synchronize_session=False))

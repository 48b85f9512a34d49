"""The outbox: mails are written in the transaction of the act that causes them, and sent by `jobs.mail_delivery`."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import bindparam, event, or_
from sqlmodel import col, delete, select

from data import changes, clock
from data.changes import Change
from data.database import System, TenantSession, accounts, administrator, transaction
from data.database.portions import in_portions
from data.models import Farewell, Mail, MailState, OutgoingMail, PersonalMail, User
from data.permissions import Member
from data.runtime import limits, mail_server, rate_limiter
from data.services.audit.acts import Topic
from data.services.mail.contents import Content, NotSent

BATCH = 50
"""Mails that are sent over one connection."""

GIVE_UP = timedelta(days=5)
"""How long a mail is tried that a server refuses for now, or that finds no server (RFC 5321 4.5.4.1)."""

AGAIN = [timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 180, 360)]
"""Until the next try of such a mail; the last one holds from then on."""

CLAIM = timedelta(minutes=45)
"""How long one sender has a mail for itself: longer than the four answers that `smtp.HAND_IN_TIMEOUT` allows for."""

KEPT = timedelta(days=30)
"""How long mails are kept that are sent, or never will be, after the last try."""


Table = type[Mail] | type[PersonalMail] | type[Farewell]
TABLES: tuple[Table, ...] = (Mail, PersonalMail, Farewell)


_listeners: list[Callable[[], None]] = []


def subscribe(listener: Callable[[], None]) -> None:
    """Call `listener` whenever mails were written and committed, from that thread; adding it twice adds it once."""
    if listener not in _listeners:
        _listeners.append(listener)


def unsubscribe(listener: Callable[[], None]) -> None:
    """Call it no more; harmless when it was not called."""
    if listener in _listeners:
        _listeners.remove(listener)


@event.listens_for(TenantSession, 'after_flush')
def _notice(session: TenantSession, _: Any) -> None:
    if any(isinstance(row, OutgoingMail) for row in session.new):
        session.info['mails'] = True


@event.listens_for(TenantSession, 'after_commit')
def _tell(session: TenantSession) -> None:
    if session.info.pop('mails', False):
        for listener in list(_listeners):
            listener()


def write(tx: TenantSession, member: Member, kind: str, recipient: str, **facts: str) -> None:
    """Let somebody know what `member` has done, if mail is set up; a flood of such mails ends at `limits.MAILS`."""
    if mail_server.is_configured() and rate_limiter.wait(limits.MAILS, member.organization_id, kind, recipient) == 0:
        by, by_name = ('You', '') if recipient == member.email else (member.email, member.name or '')
        facts = {'organization': member.organization.name, 'by': by, 'by_name': by_name, **facts}
        tx.add(Mail(organization_id=member.organization_id, kind=kind, recipient=recipient, facts=facts))


def write_to_person(tx: TenantSession, user: User, kind: str, *, to: str = '', **facts: str) -> None:
    """Write to somebody about their account, if mail is set up; a flood of such mails ends at `limits.MAILS`.

    It goes to the address of the account, or `to` another one that is to be theirs.
    """
    recipient = to or user.email
    if mail_server.is_configured() and rate_limiter.wait(limits.MAILS, user.id, kind, recipient) == 0:
        tx.add(PersonalMail(user_id=user.id, kind=kind, recipient=recipient, facts=facts))


def expect(tx: TenantSession) -> None:
    """Wake the sender once this transaction is committed: it finds out by itself what there is to write."""
    tx.info['mails'] = True


def write_farewell(tx: TenantSession, user: User) -> None:
    """Write a last time to somebody whose account is about to be deleted, if mail is set up."""
    if mail_server.is_configured():
        tx.add(Farewell(kind='closed', recipient=user.email))


def due() -> list[OutgoingMail]:
    """The mails that should be sent now and that nobody has in hand, the oldest first."""
    with administrator() as tx:
        mails = [mail for table in TABLES for mail in _due(tx, table)]
    return sorted(mails, key=lambda mail: (mail.not_before, mail.id))[:BATCH]


def _due(tx: TenantSession, table: Table) -> list[OutgoingMail]:
    now = clock.now()
    is_free = or_(col(table.claimed_until).is_(None), col(table.claimed_until) <= now)
    waiting = select(table).where(table.state == MailState.WAITING, table.not_before <= now, is_free)
    return list(tx.exec(waiting.order_by(col(table.not_before), col(table.id)).limit(BATCH)))


def content(mail: OutgoingMail) -> Content:
    """What a mail says whose facts were all written with it."""
    return Content(mail.facts)


@contextmanager
def _row_of(mail: OutgoingMail) -> Iterator[tuple[TenantSession, OutgoingMail | None]]:
    """A transaction and, held in it, the row of a mail: None where that is not any more as it was read."""
    organization_id = mail.organization_id if isinstance(mail, Mail) else ''
    with transaction(System(organization_id)) if organization_id else accounts() as tx:
        row = tx.get(type(mail), mail.id, with_for_update=True)
        is_as_read = row and row.state is MailState.WAITING and row.claimed_until == mail.claimed_until
        yield tx, row if is_as_read else None


def claim(mail: OutgoingMail) -> bool:
    """Have a mail in hand alone, for CLAIM; False where it is replaced, sent, or in somebody else's hand meanwhile."""
    with _row_of(mail) as (_, row):
        if row is not None:
            row.claimed_until = mail.claimed_until = clock.now() + CLAIM
    return row is not None


def release_claims() -> None:
    """Let go of every mail: for the start of the one process on this database, when whoever had one in hand is gone."""
    with administrator() as tx:
        claimed = [mail for table in TABLES for mail in _claimed(tx, table)]
    for mail in claimed:
        let_go(mail)


def let_go(mail: OutgoingMail) -> None:
    """Give a claim back, where nobody has noted anything about the mail since."""
    with _row_of(mail) as (_, row):
        if row is not None:
            row.claimed_until = None


def _claimed(tx: TenantSession, table: Table) -> list[OutgoingMail]:
    in_hand = select(table).where(table.state == MailState.WAITING, col(table.claimed_until).is_not(None))
    return list(tx.exec(in_hand))


def sent(mail: OutgoingMail) -> None:
    """Note that a mail has been handed in."""
    _mark(mail, MailState.SENT)


def held(mail: OutgoingMail, reason: NotSent) -> None:
    """Note that a mail should not be sent as things are."""
    if reason.seconds:  # which other organizations write to this address is not for this one to know
        _mark(mail, MailState.WAITING, mail.problem, until=clock.now() + timedelta(seconds=reason.seconds))
    else:
        refused(mail, str(reason), for_good=reason.for_good)


def refused(mail: OutgoingMail, sentence: str, *, for_good: bool) -> None:
    """Note that the server does not take a mail, for good or for now."""
    _mark(mail, MailState.FAILED if for_good else _unless_old(mail), sentence)


def delayed(mails: Iterable[OutgoingMail], sentence: str) -> None:
    """Note that the server can't be used: these wait until it can."""
    for mail in mails:
        _mark(mail, _unless_old(mail), sentence, until=mail.not_before)


def _unless_old(mail: OutgoingMail) -> MailState:
    return MailState.FAILED if clock.now() - mail.created_at > GIVE_UP else MailState.WAITING


def _mark(mail: OutgoingMail, state: MailState, problem: str = '', *, until: datetime | None = None) -> None:
    """Note how a mail stands, and let go of it; `until` when it waits without having been tried."""
    with _row_of(mail) as (tx, row):
        if row is None or (row.state, row.problem, row.not_before, row.claimed_until) == (state, problem, until, None):
            return
        row.state, row.problem, row.claimed_until = state, problem[:300], None
        row.not_before = until or clock.now() + AGAIN[min(row.attempts, len(AGAIN) - 1)]
        row.attempts += until is None
        if state is MailState.SENT:
            row.sent_at = clock.now()
        if isinstance(row, Farewell) and state in _DONE:
            tx.delete(row)  # nothing is kept of whoever has gone
        if isinstance(row, Mail) and row.invitation_id:  # it is on a screen; other mails are on none
            changes.note(tx, Change(row.organization_id, Topic.INVITATION))


def tidy() -> int:
    """Throw away what was sent, or given up, long ago, in portions; how many mails that were."""
    return sum(in_portions(partial(_tidy, table, state)) for table in (Mail, PersonalMail) for state in _DONE)


_DONE = MailState.SENT, MailState.FAILED


def _tidy(table: type[Mail] | type[PersonalMail], state: MailState, limit: int) -> int | None:
    """Throw away at most `limit` old mails of one kind, whosever they are; None where there are none."""
    is_old = (col(table.state) == state) & (col(table.not_before) < clock.now() - KEPT)
    owner = col(table.organization_id) if issubclass(table, Mail) else col(table.user_id)
    old = select(col(table.id), owner).where(is_old).order_by(col(table.not_before))
    with administrator() as tx:
        rows = [{'row': mail_id, 'owner': whose} for mail_id, whose in tx.exec(old.limit(limit))]
    # One id at a time: asked for many at once, SQLite would rather look through all mails that are old.
    one = delete(table).where(col(table.id) == bindparam('row'), is_old)
    with accounts() as tx:
        return tx.run_for_each(table, one, rows) if rows else None

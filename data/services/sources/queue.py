"""The queue of files that wait to be read: each is taken once, whatever ends in between.

Whoever reads one has it in hand and says so every few seconds (`alive`). What is noted about it counts only while they
have: a file that was replaced, sent to be read again, or deleted meanwhile is not theirs any more.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, event, or_
from sqlmodel import col, func, select

from data import clock
from data.database import System, TenantSession, administrator, reading, transaction
from data.integrations.reader import Reason
from data.models import Project, Source, SourceFile, SourceState
from data.problems import NotFound
from data.services.sources.claims import Claim, fail_row, held, note

TRIES = 3
"""How often a file is tried at which the reader, or the whole server, ends in the middle."""

AGAIN = timedelta(0), timedelta(minutes=1)
"""Until the next try, after the first one and after the second; files that were tried less come first meanwhile."""

STALE = timedelta(minutes=1)
"""How long after its last word a reader is taken for gone."""

_ANOTHER = 10
"""How often another file is looked for where somebody else was faster."""

_listeners: list[Callable[[], None]] = []


def subscribe(listener: Callable[[], None]) -> None:
    """Call `listener` whenever there is something to read, from that thread; adding it twice adds it once."""
    if listener not in _listeners:
        _listeners.append(listener)


def unsubscribe(listener: Callable[[], None]) -> None:
    """Call it no more; harmless when it was not called."""
    if listener in _listeners:
        _listeners.remove(listener)


def wake() -> None:
    """Let the reader look now instead of later; happens by itself once a file that waits is committed."""
    for listener in list(_listeners):
        listener()


@event.listens_for(TenantSession, 'after_flush')
def _notice(session: TenantSession, _: Any) -> None:
    if any(isinstance(row, Source) and row.state is SourceState.WAITING for row in (*session.new, *session.dirty)):
        session.info['files'] = True


@event.listens_for(TenantSession, 'after_commit')
def _tell(session: TenantSession) -> None:
    if session.info.pop('files', False):
        wake()


def take(served: Mapping[str, int]) -> Claim | None:
    """The file to be read next, now in the hand of whoever asks; None where there is none.

    Organizations take turns: `served` says of each how lately one of its files was read, higher is later. Of those of
    one organization the one that was tried least comes first, then the one that waits longest.
    """
    for _ in range(_ANOTHER):
        due = _next(served)
        claim = _claim(*due) if due else None
        if claim or not due:
            return claim
    return None


def _next(served: Mapping[str, int]) -> tuple[str, str] | None:
    """The organization and the id of the file whose turn it is, whosever it is."""
    now = clock.now()
    with administrator() as tx:
        groups = select(Source.organization_id, func.min(Source.next_try)).join(Project, _IN).where(*_is_due(now))
        waiting = tx.exec(groups.group_by(col(Source.organization_id))).all()
        if not waiting:
            return None
        organization_id, _ = min(waiting, key=lambda it: (served.get(it[0], -1), it[1], it[0]))
        files = select(Source.id).join(Project, _IN).where(*_is_due(now), Source.organization_id == organization_id)
        order = col(Source.attempts), col(Source.next_try), col(Source.id)
        source_id = tx.exec(files.order_by(*order).limit(1)).first()
        return (organization_id, source_id) if source_id else None


_IN = and_(col(Project.organization_id) == col(Source.organization_id), col(Project.id) == col(Source.project_id))


def _is_due(now: datetime) -> tuple[ColumnElement[bool], ...]:
    """Of files whose time has come, but for those of a project that is being deleted."""
    return (
        col(Source.state) == SourceState.WAITING,
        col(Source.next_try) <= now,
        col(Project.deleted_at).is_(None),
    )


def _claim(organization_id: str, source_id: str) -> Claim | None:
    try:
        with transaction(System(organization_id)) as tx:
            source = tx.get(Source, source_id, with_for_update=True)
            now = clock.now()
            if source is None or source.state is not SourceState.WAITING or (source.next_try or now) > now:
                return None
            source.state, source.next_try, source.alive_at = SourceState.READING, None, now
            source.attempts += 1
            note(tx, source)
            return Claim(organization_id, source_id, source.media, source.sha256, source.attempts, now)
    except NotFound:  # the organization is gone
        return None


def due_in() -> float | None:
    """Seconds until the next file is to be read; None where none waits."""
    with administrator() as tx:
        waiting = select(func.min(Source.next_try)).join(Project, _IN)
        first = tx.exec(waiting.where(Source.state == SourceState.WAITING, col(Project.deleted_at).is_(None))).first()
    return max(0.0, (first - clock.now()).total_seconds()) if first else None


def content(claim: Claim) -> bytes | None:
    """The bytes of a file; None where they are gone."""
    with reading(System(claim.organization_id)) as tx:
        return tx.exec(select(SourceFile.content).where(SourceFile.source_id == claim.source_id)).first()


def alive(claim: Claim) -> bool:
    """Say that the reader lives; False where the file is not in its hand any more."""
    with held(claim) as (_, source):
        if source is not None:
            source.alive_at = claim.alive_at = clock.now()
        return source is not None


def put_off(claim: Claim) -> None:
    """Note that reading ended in the middle: it is tried again, later each time, TRIES times in all."""
    with held(claim) as (tx, source):
        if source is not None:
            _again(tx, source)


def release(claim: Claim) -> None:
    """Give a file back as if nobody had tried to read it."""
    with held(claim) as (_, source):
        if source is not None:
            source.attempts = max(0, source.attempts - 1)
            source.state, source.next_try, source.alive_at = SourceState.WAITING, clock.now(), None


def release_lost(*, at_start: bool = False) -> None:
    """Give back files whose reader is gone, which counts as a try: all of them `at_start` of the one process."""
    with administrator() as tx:
        lost = select(Source).where(Source.state == SourceState.READING)
        if not at_start:
            lost = lost.where(or_(col(Source.alive_at).is_(None), col(Source.alive_at) < clock.now() - STALE))
        claims = [_claim_of(source) for source in tx.exec(lost)]
    for claim in claims:
        put_off(claim)


def _claim_of(row: Source) -> Claim:
    return Claim(row.organization_id, row.id, row.media, row.sha256, row.attempts, row.alive_at)


def _again(tx: TenantSession, source: Source) -> None:
    if source.attempts >= TRIES:
        fail_row(tx, source, Reason.CRASHED)
    else:
        source.state, source.alive_at = SourceState.WAITING, None
        source.next_try = clock.now() + AGAIN[source.attempts - 1]

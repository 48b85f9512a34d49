"""Numbers of documents: the next one without a gap, and never one that was given before an older backup came back."""

from datetime import date
from typing import Any

from sqlalchemy import event

from data import clock
from data.database import TenantSession, accounts, number_series
from data.inputs import texts
from data.models import NumberGap
from data.problems import Invalid, Problem
from data.runtime import number_book
from data.runtime.logs import log

INVOICES, CREDIT_NOTES = 'INV', 'CN'
SERIES = INVOICES, CREDIT_NOTES
"""The series that there are."""


class NumberGone(Problem):
    """The next number of a series was given before: the database is older than what was sent."""

    def __init__(self, series: str, last: int, given: int) -> None:
        super().__init__(
            f'The last number of the series {series} in this database is {last:,}, but {given:,} was given already: an '
            f'older backup must have come back. Nothing becomes final until the gap is written down: '
            f'python -m data numbers --series {series} --skip-to {given + 1} --reason "…"'
        )


class BookUnreadable(Problem):
    """Nobody can say which numbers were given."""

    def __init__(self) -> None:
        super().__init__(
            f'{number_book.path()} can’t be read, and it says which numbers were given. Nothing becomes final without '
            'it. Restore that file; where it is lost, delete it once you know that no newer invoice was sent.'
        )


def next_number(tx: TenantSession, series: str, today: date) -> number_series.Numbered:
    """The next number of a series, with the day that its document is from: not before that of the one before it.

    It is taken last in a transaction, which keeps the series until its end. Raises NumberGone, BookUnreadable.
    """
    given = _given().get(series, 0)
    taken = number_series.take_number(tx, series, today)
    if taken.last <= given:
        raise NumberGone(series, taken.last - 1, given)
    tx.info['numbered'] = [*tx.info.get('numbered', []), taken]
    return taken


def _given() -> dict[str, int]:
    try:
        return number_book.numbers()
    except number_book.Unreadable:
        raise BookUnreadable from None


@event.listens_for(TenantSession, 'after_commit')
def _note(session: TenantSession) -> None:
    for taken in session.info.pop('numbered', []):
        _write(taken)


@event.listens_for(TenantSession, 'after_soft_rollback')
def _forget(session: TenantSession, _: Any) -> None:
    session.info.pop('numbered', None)


def _write(taken: number_series.Numbered) -> None:
    try:
        number_book.note(taken.series, taken.last, taken.issued_on.isoformat() if taken.issued_on else '')
    except (OSError, number_book.Unreadable) as error:  # it is committed: the next round writes it down
        log.error('the number book cannot be written', path=str(number_book.path()), error=type(error).__name__)


def write_book() -> None:
    """Let the number book know of what a process did not get to write down that was killed after its commit."""
    with accounts(writes=False) as tx:
        last = number_series.last_numbers(tx)
    for taken in last.values():
        if taken.last:
            _write(taken)


def numbers() -> list[dict[str, Any]]:
    """Each series: its last number, the day of it, the last one that was ever given, and its gaps."""
    given = _given()
    with accounts(writes=False) as tx:
        last, gaps = number_series.last_numbers(tx), list(number_series.gaps(tx))
    return [
        {
            'series': series,
            'last': last[series].last if series in last else 0,
            'issued_on': last[series].issued_on if series in last else None,
            'given': given.get(series, 0),
            'gaps': [gap for gap in gaps if gap.series == series],
        }
        for series in sorted({*SERIES, *last, *given})
    ]


def skip_to(series: str, number: int, reason: str) -> NumberGap:
    """Let a series go on with this number, and write down why those before it are on no document here.

    Raises Invalid('series' | 'number' | 'reason'), BookUnreadable.
    """
    why = texts.clean(reason, field='reason', label='The reason', limit=500)
    if series not in SERIES:
        raise Invalid(series=f'The series are {" and ".join(SERIES)}.')
    given = _given().get(series, 0)
    with accounts() as tx:
        last = number_series.last_numbers(tx)
        before = last[series].last if series in last else 0
        if number <= before + 1 or number > 10**12:
            raise Invalid(number=f'The next number is {before + 1:,}: there is nothing to skip before {number:,}.')
        if number <= given:
            raise Invalid(number=f'{given:,} was given already. Skip to {given + 1:,}, or further.')
        gap = NumberGap(series=series, first=before + 1, last=number - 1, reason=why, at=clock.now())
        if not number_series.skip(tx, gap):
            raise Invalid(number='A document became final just now. Look at the numbers again.')
    return gap

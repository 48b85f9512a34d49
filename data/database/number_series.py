"""Number series: the one door from the transaction of an organization to the numbers of the whole installation.

The row of a series is taken last, after the organization and the invoice: whoever has it lets nobody else have a number
until the end. What is not committed has used none.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import bindparam, case, insert, or_, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col, select

from data.database.scoping import constant
from data.database.tenancy import TenantError, TenantSession
from data.models import NumberGap, NumberSequence

_LAST = constant(select(NumberSequence))
_SKIP = (
    update(NumberSequence)
    .where(col(NumberSequence.series) == bindparam('of'), col(NumberSequence.last) == bindparam('from_last'))
    .values(last=bindparam('to_last'))
)
_EMPTY = {'last': 0, 'last_issued_on': None}


@dataclass(frozen=True)
class Numbered:
    """A number of a series, and the day that it is from: never before that of the one before it."""

    series: str
    last: int
    issued_on: date | None


def take_number(tx: TenantSession, series: str, today: date) -> Numbered:
    """The next number of a series, for as long as this transaction is committed."""
    if not tx.writes or tx.scope.organization_id is None:
        raise TenantError('A number is for a document of one organization.')
    tx.flush()
    first = {'series': series, 'last': 1, 'last_issued_on': today}
    last, issued_on = Session.connection(tx).execute(_next(tx), first).one()
    return Numbered(series, last, issued_on)


def _next(tx: TenantSession) -> Any:
    """Count the series on, or begin it, and keep its row until the end of the transaction."""
    statement = (sqlite if tx.get_bind().dialect.name == 'sqlite' else postgresql).insert(NumberSequence)
    before, today = col(NumberSequence.last_issued_on), statement.excluded.last_issued_on
    later = case((or_(before.is_(None), before < today), today), else_=before)
    counted = statement.on_conflict_do_update(
        index_elements=['series'], set_={'last': col(NumberSequence.last) + 1, 'last_issued_on': later}
    )
    return counted.returning(col(NumberSequence.last), col(NumberSequence.last_issued_on))


def last_numbers(tx: TenantSession) -> dict[str, Numbered]:
    """The last number of each series that there is, with its day."""
    return {row.series: Numbered(row.series, row.last, row.last_issued_on) for row in tx.exec(_LAST)}


def skip(tx: TenantSession, gap: NumberGap) -> bool:
    """Let the series go on after this gap, and write that down; whether it stood before it still."""
    if not tx.writes or tx.scope.organization_id is not None:
        raise TenantError('Numbers are skipped for the whole installation, in no organization.')
    connection = Session.connection(tx)
    if gap.first == 1 and gap.series not in last_numbers(tx):
        connection.execute(insert(NumberSequence), [{'series': gap.series, **_EMPTY}])
    moved = connection.execute(_SKIP, {'of': gap.series, 'from_last': gap.first - 1, 'to_last': gap.last})
    if moved.rowcount:
        tx.add(gap)
    return bool(moved.rowcount)


def gaps(tx: TenantSession) -> Iterable[NumberGap]:
    """The numbers that are on no document, in order."""
    return tx.exec(select(NumberGap).order_by(col(NumberGap.series), col(NumberGap.first))).all()

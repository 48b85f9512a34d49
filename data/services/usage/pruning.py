"""Pruning: what was counted long ago goes, in portions; the sums of it stay."""

from datetime import date

from sqlalchemy import bindparam, delete
from sqlmodel import col, select

from data.database import accounts, administrator
from data.database.portions import in_portions
from data.models import UsageEvent
from data.services.usage import days

MONTHS = 13
"""How many whole months usage events are kept: so that each can be compared with that of the year before."""


def prune() -> int:
    """Delete usage events older than MONTHS, whosever they are, and return how many there were."""
    first = _months_before(days.today(), MONTHS)
    is_old = col(UsageEvent.day) < first
    old = select(UsageEvent.key, UsageEvent.organization_id).where(is_old).order_by(col(UsageEvent.day))
    one = delete(UsageEvent).where(col(UsageEvent.key) == bindparam('event'), is_old)

    def portion(limit: int) -> int | None:
        with administrator() as tx:
            rows = [{'event': key, 'owner': whose} for key, whose in tx.exec(old.limit(limit))]
        with accounts() as tx:
            return tx.run_for_each(UsageEvent, one, rows) if rows else None

    return in_portions(portion)


def _months_before(day: date, months: int) -> date:
    """The first day of the month that is so many before that of `day`."""
    year, month = divmod(12 * day.year + day.month - 1 - months, 12)
    return date(year, month + 1, 1)

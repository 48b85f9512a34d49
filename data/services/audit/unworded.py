"""Events that were written before there was a text to look through, put into words in portions."""

from sqlalchemy import bindparam, update
from sqlmodel import col, select

from data.database import accounts, administrator
from data.database.portions import in_portions
from data.models import AuditEvent
from data.services.audit.entries import COLUMNS, Entry
from data.services.audit.words import searchable


def fill() -> int:
    """Put all events into words that have none, while people work; how many there were."""
    return in_portions(_portion)


def _portion(limit: int) -> int | None:
    query = select(*COLUMNS).where(col(AuditEvent.said).is_(None))
    with administrator() as tx:
        found = tx.exec(query.order_by(col(AuditEvent.organization_id), col(AuditEvent.seq)).limit(limit)).all()
    entries = [Entry(*row) for row in found]
    words = [{'owner': it.organization_id, 'number': it.seq, 'words': searchable(it)} for it in entries]
    # By its number: by its id, SQLite would look through all events of the organization.
    one = update(AuditEvent).where(col(AuditEvent.seq) == bindparam('number')).values(said=bindparam('words'))
    with accounts() as tx:
        tx.run_for_each(AuditEvent, one, words)
    return len(found) or None

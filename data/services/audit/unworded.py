"""Events that were written before there was a text to look through, put into words in portions."""

from collections import defaultdict

from sqlalchemy import case, update
from sqlmodel import col, select

from data.database import Scope, accounts, administrator
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
    said: dict[str, dict[int, str]] = defaultdict(dict)
    for entry in (Entry(*row) for row in found):
        said[entry.organization_id][entry.seq] = searchable(entry)
    with accounts() as tx:
        for organization_id, texts in said.items():
            with tx.within(Scope(organization_id)):
                seq = col(AuditEvent.seq)  # by its id, SQLite would look through all events of the organization
                change = update(AuditEvent).where(seq.in_(texts)).values(said=case(texts, value=seq))
                tx.exec(change.execution_options(synchronize_session=False))
    return len(found) or None

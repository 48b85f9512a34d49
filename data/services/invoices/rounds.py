"""What is to be done about bills, in whichever organization: read for the job and for the operator, never for a screen.

Each step finds its own work by how things stand, so that whatever ended in between goes on with the next round.
"""

from datetime import date
from typing import Any

from sqlalchemy import bindparam
from sqlmodel import col, select

from data import clock
from data.database import administrator, constant
from data.models import (
    BillingAddress,
    BillingPeriod,
    Invoice,
    InvoiceKind,
    InvoiceNotice,
    InvoiceState,
    Organization,
    PeriodState,
    Status,
    Subscription,
)
from data.services.invoices.addressing import NOTICE

_THERE = col(Organization.status) != Status.DELETED

_TO_BEGIN = constant(
    select(col(Organization.id))
    .join(Subscription, col(Subscription.organization_id) == Organization.id, isouter=True)
    .where(_THERE, col(Subscription.organization_id).is_(None))
    .order_by(col(Organization.created_at), col(Organization.id))
)
_TO_CLOSE = constant(
    select(col(BillingPeriod.organization_id))
    .join(Organization, col(Organization.id) == BillingPeriod.organization_id)
    .where(_THERE, col(BillingPeriod.state) == PeriodState.OPEN, col(BillingPeriod.next_day) <= bindparam('until'))
    .order_by(col(BillingPeriod.next_day), col(BillingPeriod.organization_id))
)
_DRAFTS: Any = (
    select(col(Invoice.organization_id), col(Invoice.id))
    .join(Organization, col(Organization.id) == Invoice.organization_id)
    .join(BillingAddress, col(BillingAddress.organization_id) == Invoice.organization_id, isouter=True)
    .where(
        _THERE,
        col(Invoice.state) == InvoiceState.DRAFT,
        col(Invoice.kind) == InvoiceKind.INVOICE,
        col(Invoice.finalize_after) <= bindparam('now'),
    )
    .order_by(col(Invoice.finalize_after), col(Invoice.created_at), col(Invoice.id))
)
_TO_FINALIZE = constant(_DRAFTS.where(col(BillingAddress.organization_id).is_not(None)))
_TOLD = select(InvoiceNotice.invoice_id).where(InvoiceNotice.invoice_id == Invoice.id, InvoiceNotice.kind == NOTICE)
_TO_ASK = constant(_DRAFTS.where(col(BillingAddress.organization_id).is_(None), ~_TOLD.exists()))


def to_begin() -> list[str]:
    """The organizations that have no plan yet."""
    with administrator() as tx:
        return list(tx.exec(_TO_BEGIN))


def to_close(until: date) -> list[str]:
    """The organizations with an open period that ended before the end of this day, the oldest first."""
    with administrator() as tx:
        return list(dict.fromkeys(tx.exec(_TO_CLOSE, params={'until': until})))


def to_finalize() -> list[tuple[str, str]]:
    """The drafts whose hours of review are over and that have an address, each with its organization before it.

    Those without one are among them until somebody was told.
    """
    with administrator() as tx:
        now = {'now': clock.now()}
        found = [*tx.exec(_TO_FINALIZE, params=now), *tx.exec(_TO_ASK, params=now)]
        return [(organization_id, invoice_id) for organization_id, invoice_id in found]

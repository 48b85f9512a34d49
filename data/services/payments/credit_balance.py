"""Credit of an organization: what it has paid that is on no invoice, until one uses it up.

It moves by pairs of rows that add up to nothing, so that a payment is never changed. Whoever calls these holds the
organization's row.
"""

from datetime import date

from sqlmodel import col, select

from data.database import System, TenantSession
from data.models import Invoice, Organization, Payment
from data.money import currencies
from data.services import audit
from data.services.audit import Act
from data.services.payments.balances import balance_of, credit_of, open_invoices
from data.services.usage import days

CREDIT = 'credit'
"""The method of rows that move credit."""


def use_credit(tx: TenantSession, invoice: Invoice, by: System | None = None) -> int:
    """Pay as much of an invoice as there is credit for, in the transaction that makes it final; how much that is."""
    amount = min(credit_of(tx), balance_of(tx, invoice).due)
    if amount <= 0:
        return 0
    move_credit(tx, invoice, amount)
    record(tx, by or System(invoice.organization_id), Act.BILLING_PAYMENT, invoice, amount, method=CREDIT)
    return amount


def use_credit_up(tx: TenantSession, by: System, until: date) -> None:
    """Pay what is due by this day from credit, the oldest first: nobody is asked for what was paid already."""
    if credit_of(tx) > 0:
        for invoice, _ in open_invoices(tx):
            if invoice.due_on is not None and invoice.due_on <= until:
                use_credit(tx, invoice, by)


def keep_rest(tx: TenantSession, invoice: Invoice) -> int:
    """Make credit of what was paid of an invoice beyond what it comes to now; how much that is."""
    rest = max(0, -balance_of(tx, invoice).due)
    if rest:
        move_credit(tx, invoice, -rest)
    return rest


def take_credit_back(tx: TenantSession) -> None:
    """Where more credit was used than there is now, take it from the invoices that used it, the newest first."""
    missing = -credit_of(tx)
    used = select(Payment).where(Payment.method == CREDIT, col(Payment.invoice_id).is_not(None))
    of_invoices: dict[str, int] = {}
    for row in tx.exec(used.order_by(col(Payment.created_at).desc(), col(Payment.id))):
        of_invoices[str(row.invoice_id)] = of_invoices.get(str(row.invoice_id), 0) + row.amount
    for invoice_id, amount in of_invoices.items():
        back = min(missing, amount)
        if back > 0:
            move_credit(tx, tx.find(Invoice, invoice_id), -back)
            missing -= back


def move_credit(tx: TenantSession, invoice: Invoice, amount: int) -> None:
    """Pay so much of an invoice from credit; below 0 it becomes credit again."""
    for invoice_id, moved in ((invoice.id, amount), (None, -amount)):
        tx.add(
            Payment(
                organization_id=invoice.organization_id,
                invoice_id=invoice_id,
                amount=moved,
                currency=invoice.currency,
                received_on=days.today(),
                method=CREDIT,
            )
        )
    tx.flush()


def record(tx: TenantSession, by: System, act: Act, invoice: Invoice, amount: int, **details: str) -> None:
    """Put on the record what was done about money, where the organization is there still: its books outlive it."""
    if tx.get(Organization, by.organization_id) is not None:
        shown = currencies.shown(amount, invoice.currency)
        audit.record(tx, by, act, invoice.number or '', subject=invoice.id, amount=shown, **details)

"""Payments: what was paid and credited, and what follows where it was not."""

from data.services.payments.balances import (
    Balance,
    InvoiceStanding,
    balance_of,
    balances,
    credit_of,
    open_invoices,
    overdue,
    standing_of,
)

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
from data.services.payments.credit_balance import use_credit
from data.services.payments.dunning import chase
from data.services.payments.receiving import mark_paid
from data.services.payments.reversing import reverse

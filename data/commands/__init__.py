"""The commands of `python -m data`, in the order in which its help lists them."""

from data.commands import (
    accounts,
    books,
    catalogue,
    installation,
    invoices,
    organizations,
    payments,
    subscriptions,
    usage,
)
from data.commands.options import app

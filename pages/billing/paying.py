"""How to pay, and what is printed on invoices for whoever pays them."""

from collections.abc import Sequence
from functools import partial

from components.billing import Transfer
from components.kit.card import Card
from components.kit.fields import Values
from components.kit.form import Form
from components.kit.saved import Saved
from data.changes import Change
from data.inputs import bank_accounts
from data.money import currencies
from data.permissions import Member, Permission
from data.services import subscriptions
from data.services.audit import Topic
from data.services.invoices.looking import InvoiceRow
from data.services.payments import InvoiceStanding
from data.services.subscriptions import SubscriptionView
from pages.billing.reading import Bill
from pages.shell import live
from pages.shell.words import saved_meanwhile

UNPAID = InvoiceStanding.OPEN, InvoiceStanding.OVERDUE
NAMES = {'holder': 'Account holder', 'iban': 'IBAN', 'bic': 'BIC'}
"""What the parts of an account are called, in their order."""

QUOTE = 'Write the number of the invoice as the reference, so that the payment finds it.'


class PaymentCard:
    """Where money goes, with what to quote; what is open comes first."""

    def __init__(self) -> None:
        self._card = Card('How to pay', hint='By transfer. Nothing is taken from an account.', at='how-to-pay')
        with self._card:
            self._transfer = Transfer()

    def show(self, bill: Bill) -> None:
        """Draw how what is open is paid; nothing where nobody has said to which account."""
        kept = bill.terms.transfer
        is_used = bool(bill.held.plan.price or bill.invoices.rows)
        self._card.set_visibility(bool(kept) and is_used)
        account = [(name, printed(key, kept[key]), kept[key]) for key, name in NAMES.items() if kept.get(key)]
        self._transfer.show([*account, *references(bill.invoices.rows)], kept.get('text', '') or QUOTE)


def printed(key: str, value: str) -> str:
    """An IBAN in groups, anything else as it is."""
    return bank_accounts.grouped(value) if key == 'iban' else value


def references(rows: Sequence[InvoiceRow]) -> list[tuple[str, str, str]]:
    """What is to be paid of each open invoice, with the reference to copy."""
    unpaid = [row for row in rows if row.standing in UNPAID and row.due > 0]
    return [(f'Reference for {currencies.shown(row.due, row.currency)}', row.number, row.number) for row in unpaid]


def saved(held: SubscriptionView) -> Saved:
    """The reference as its form wants it."""
    return Saved({'reference': held.reference}, held.version)


def stored(member: Member) -> Saved:
    """The same, as it is stored."""
    return saved(subscriptions.standing(member))


def reference_card(member: Member, first: SubscriptionView) -> None:
    """The reference or number of an order that is printed on every invoice."""
    may = Permission.BILLING_MANAGE

    def save(of: Member, values: Values, version: int) -> Saved:
        subscriptions.set_reference(of, values['reference'], version=version)
        return stored(of)

    hint = 'Printed on every invoice from now on, such as the number of an order.'
    with Card('Your reference', hint=hint, at='reference'):
        form = Form(
            partial(stored, member),
            partial(save, member),
            saved(first),
            refused=member.refused(may),
            kept=f'reference-{member.organization_id}',
        )
        with form.element:
            form.fields.text('reference', 'Reference or order number (optional)', autocomplete='off')
            form.actions('Save reference')

    @live.watch(Topic.BILLING, Topic.ORGANIZATION, Topic.MEMBER, read=stored)
    def refresh(now: Member, change: Change, kept: Saved) -> None:
        form.allow(now.refused(may))
        form.take(kept, saved_meanwhile(change, now))

"""The next invoice as it stands, and all that there are."""

from nicegui import ui

from components.billing import Bill as BillTable
from components.billing import invoice_rows
from components.kit.card import Card
from components.kit.grid import Row
from components.kit.text import Text
from data.permissions import Member, Permission
from data.services.audit import Topic
from data.services.invoices import looking
from data.services.invoices.looking import PORTION, InvoiceRow
from data.services.portions import Portion
from pages.billing import bill_words
from pages.billing.reading import Bill
from pages.shell.live_list import LiveList
from pages.shell.words import day_of

NO_ADDRESS = 'There is no billing address yet. Without one this invoice can’t be issued.'
NOTHING_YET = 'Nothing would be on it: as things stand, no invoice is made.'


class NextInvoice:
    """What the next invoice comes to so far, its lines, and what it lacks."""

    def __init__(self, member: Member) -> None:
        with Card('Next invoice', at='next-invoice') as self.card:
            with ui.element('div').classes('notice tone-warn bill-lacks') as self.lacks:
                Text('span', NO_ADDRESS)
                self.add = Text('a', 'Add the billing address', 'link')
                self.add.props['href'] = f'/organizations/{member.organization_id}/settings#billing-address'
            self.table = BillTable('Lines of the next invoice', NOTHING_YET)
            self.guess = Text('p', '', 'muted bill-guess')

    def show(self, now: Member, bill: Bill) -> None:
        """Draw it as it stands now."""
        forecast, currency = bill.forecast, bill.held.currency
        self.card.set_visibility(forecast is not None)
        if forecast is None:
            return
        self.card.tell(hint=f'As it stands now. It is made on {day_of(forecast.closes_on)}.')
        self.lacks.set_visibility(forecast.lacks_address and bool(forecast.lines))
        self.add.set_visibility(now.may(Permission.BILLING_MANAGE))
        sums = bill_words.sums(forecast.totals, currency, bill.terms.tax_name, 'So far')
        self.table.show(bill_words.lines(forecast.lines, currency), sums)
        self.guess.text = bill_words.guess(forecast)
        self.guess.set_visibility(bool(forecast.lines and self.guess.text))


class InvoiceList:
    """All invoices and credit notes, in portions."""

    def __init__(self, member: Member) -> None:
        self.listed = LiveList(member, fetch=self.fetch, words=self.words, first=PORTION, step=3 * PORTION)

    def draw(self, portion: Portion[InvoiceRow]) -> None:
        """Draw the first portion, and keep it live."""
        with Card('Invoices', hint='What was billed, and what is still to be paid.', at='invoices'):
            rows = invoice_rows(on_more=self.listed.more, nothing='There is no invoice yet.')
        self.listed.draw(rows, portion, Topic.BILLING, Topic.MEMBER, Topic.ORGANIZATION)

    def fetch(self, now: Member, drawn: list[Row], limit: int) -> Portion[InvoiceRow]:
        """The invoices after those that are drawn."""
        return looking.portion(now, offset=len(drawn), limit=limit)

    def words(self, portion: Portion[InvoiceRow]) -> list[Row]:
        """Invoices in words."""
        home = f'/organizations/{self.listed.reader.organization_id}'
        return [vars(bill_words.invoice_row(row, home)) for row in portion.rows]

"""The next invoice and those that there are, in words."""

from collections.abc import Sequence
from datetime import date

from components.billing import BillLine, BillSum, InvoiceLink
from data.models import InvoiceKind
from data.money import currencies
from data.money.taxes import Totals
from data.services.invoices.forecast import Forecast
from data.services.invoices.line import Line
from data.services.invoices.looking import InvoiceRow
from data.services.payments import InvoiceStanding
from pages.shell.words import day_of

STANDINGS = {
    InvoiceStanding.DRAFT: ('Being prepared', 'quiet'),
    InvoiceStanding.OPEN: ('Open', 'info'),
    InvoiceStanding.OVERDUE: ('Overdue', 'danger'),
    InvoiceStanding.PAID: ('Paid', 'ok'),
    InvoiceStanding.CREDITED: ('Credited', 'quiet'),
}
"""Where an invoice stands, and how much that matters."""

DRAFT = 'Not issued yet'
"""What an invoice is called before it has a number."""


def days_of(first: date, last: date) -> str:
    """A span of days: '1–31 March 2027', '15 March to 14 April 2027'."""
    if first == last:
        return day_of(first)
    if (first.year, first.month) == (last.year, last.month):
        return f'{first.day}–{day_of(last)}'
    year = '' if first.year == last.year else f' {first.year}'
    return f'{first.day} {first:%B}{year} to {day_of(last)}'


def lines(found: Sequence[Line], currency: str) -> list[BillLine]:
    """Lines with the days that they are about, and of how much at which price they are."""
    return [BillLine(it.text, note_of(it, currency), currencies.shown(it.net, currency)) for it in found]


def note_of(line: Line, currency: str) -> str:
    """What stands below a line: '1–31 March 2027 · 3,417 at €4.00 per 1,000'."""
    days = days_of(line.service_from, line.service_to) if line.service_from and line.service_to else ''
    parts = [days, _priced(line, currency)]
    return ' · '.join(it for it in parts if it)


def _priced(line: Line, currency: str) -> str:
    if line.quantity is None or line.unit_price is None or (line.quantity == 1 and line.unit_price == line.net):
        return ''
    price = currencies.shown(line.unit_price, currency)
    if line.cause.startswith('seats:'):
        return f'{line.quantity:,} days at {price} for {line.per:,}'
    if line.per > 1 and line.cause.startswith(('plan', 'change:')):
        return f'{abs(line.quantity):,} of {line.per:,} days at {price}'
    return f'{line.quantity:,} at {price}' + (f' per {line.per:,}' if line.per > 1 else ' each')


def sums(totals: Totals, currency: str, tax_name: str, total: str = 'In all') -> list[BillSum]:
    """What lines add up to: net, a line for each rate of tax, and in all, which may be called otherwise."""
    in_all = BillSum(total, currencies.shown(totals.total, currency), is_total=True)
    if not totals.tax:
        return [in_all]
    net = BillSum('Net', currencies.shown(totals.net, currency))
    taxes = [BillSum(tax_of(tax_name, it.rate), currencies.shown(it.tax, currency)) for it in totals.taxes]
    return [net, *taxes, in_all]


def tax_of(name: str, rate: int) -> str:
    """A rate of tax, of thousandths of a per cent: 'VAT 19 %'."""
    return f'{name} {rate / 1000:g}\N{NO-BREAK SPACE}%'


def guess(forecast: Forecast) -> str:
    """What the next invoice may come to, '' where it is too early to say."""
    if forecast.about is None:
        return ''
    amount = currencies.shown(forecast.about, forecast.currency)
    return f'About {amount} if all goes on as it has until now. That is a guess.'


def invoice_row(row: InvoiceRow, home: str) -> InvoiceLink:
    """An invoice in the list."""
    standing = InvoiceStanding(row.standing)
    word, tone = STANDINGS[standing]
    if row.due_on and standing in (InvoiceStanding.OPEN, InvoiceStanding.OVERDUE):
        word = f'Due {short(row.due_on)}' if standing is InvoiceStanding.OPEN else f'Overdue since {short(row.due_on)}'
    is_draft = row.issued_on is None
    path = f'{home}/billing/invoices/{row.number}'
    return InvoiceLink(
        id=row.number,
        path=path,
        number=DRAFT if is_draft else row.number,
        period=days_of(row.first, row.last) if row.first and row.last else kind_of(row.kind),
        date=day_of(row.issued_on) if row.issued_on else '',
        standing=word,
        tone=tone,
        total=currencies.shown(row.total, row.currency),
        pdf='' if is_draft else f'{path}/pdf',
    )


def kind_of(kind: InvoiceKind) -> str:
    """What a document is."""
    return 'Credit note' if kind is InvoiceKind.CREDIT else 'Invoice'


def short(day: date) -> str:
    """A day without its year: '12 March'."""
    return f'{day.day} {day:%B}'

"""What is printed on an invoice or a credit note, in words: the same for its PDF and for its page.

It is made of the rows of the document and of its snapshot, of nothing that may be another one tomorrow. A snapshot is
JSON:

- `seller`: `name`, `lines` (of its printed address), `tax` (its tax id with what that is called), `email`, `logo`
  (a `data:` URL of a PNG or JPEG)
- `buyer`: `name`, `lines` (of the printed address, with the name as its first line), `country`, `tax`
- `transfer`: `holder`, `iban`, `bic`, or `text`
- `notes`: sentences, `footer`: lines of one text, `reference`: what the buyer wants to find on it
- `tax_name`: what the tax is called, `first_day` and `last_day` of the period it closes, as ISO 8601
- `credit`: how much of the organization's credit it used when it became final, in the currency's smallest unit

What is missing counts as empty.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from data.inputs import bank_accounts
from data.models import Invoice, InvoiceKind, InvoiceLine, InvoiceTax
from data.money import currencies

EN_DASH = '\u2013'
CATEGORIES = {'AE': 'Reverse charge', 'E': 'Exempt', 'O': 'Not taxed', 'K': 'Intra-EU', 'G': 'Export'}
"""What stands instead of a rate where there is none (EN 16931, UNCL5305)."""

Fact = tuple[str, str]
"""What something is called, and what it is."""


@dataclass(frozen=True)
class Party:
    """Who sends the document, or gets it: the lines of an address, the name among them, and its tax id in words."""

    name: str = ''
    lines: tuple[str, ...] = ()
    country: str = ''
    tax: str = ''
    email: str = ''


@dataclass(frozen=True)
class PrintedLine:
    """A line of the table, in words; `about` is when the service was, '' where it was at no time."""

    text: str
    about: str
    quantity: str
    price: str
    rate: str
    amount: str


@dataclass(frozen=True)
class Document:
    """All that is printed, in the order of reading; `total` is what it comes to, `due` what is to be paid of that."""

    kind: InvoiceKind
    title: str
    number: str
    on: date
    seller: Party
    buyer: Party
    facts: tuple[Fact, ...]
    about: tuple[str, ...]
    lines: tuple[PrintedLine, ...]
    net: str
    taxes: tuple[Fact, ...]
    total: str
    after: tuple[Fact, ...]
    payment: tuple[Fact, ...]
    how: tuple[str, ...]
    notes: tuple[str, ...]
    footer: tuple[str, ...]
    currency: str
    logo: str = ''
    language: str = 'en'


def document(
    invoice: Invoice,
    lines: Sequence[InvoiceLine],
    taxes: Sequence[InvoiceTax],
    credited: Invoice | None = None,
    otherwise: Mapping[str, Any] | None = None,
) -> Document:
    """What is printed of a document; `credited` is the invoice that a credit note is about.

    A draft has no number, and no snapshot: what is known of it `otherwise` stands there.
    """
    kept: Mapping[str, Any] = invoice.snapshot or otherwise or {}
    name, number = NAMES[invoice.kind], invoice.number or ''
    used = int(kept.get('credit') or 0)
    return Document(
        kind=invoice.kind,
        title=f'{name} {number}' if number else f'Draft of {name[0].lower()}{name[1:]}',
        number=number,
        on=invoice.issued_on or invoice.created_at.date(),
        seller=_party(kept.get('seller')),
        buyer=_party(kept.get('buyer')),
        facts=tuple(_facts(invoice, kept, credited)),
        about=tuple(_about(invoice, credited)),
        lines=tuple(_line(line, invoice.currency) for line in lines),
        net=currencies.shown(invoice.net, invoice.currency),
        taxes=tuple(_tax(tax, invoice.currency, str(kept.get('tax_name') or 'Tax')) for tax in taxes),
        total=currencies.shown(invoice.total, invoice.currency),
        after=tuple(_after(invoice, used)),
        payment=tuple(_payment(invoice, kept, used)),
        how=tuple(_how(invoice, kept, used)),
        notes=tuple(_notes(kept, taxes)),
        footer=_rows(kept.get('footer')),
        currency=invoice.currency,
        logo=str((kept.get('seller') or {}).get('logo') or ''),
    )


NAMES = {InvoiceKind.INVOICE: 'Invoice', InvoiceKind.CREDIT: 'Credit note'}
"""What each kind is called in its title."""


def day(on: date) -> str:
    """A day in words: '3 March 2027'."""
    return f'{on.day} {on:%B} {on.year}'


def days(first: date, last: date) -> str:
    """Some days in a row, the last one among them: '1 – 31 March 2027'."""
    if first == last:
        return day(first)
    if first.year != last.year:
        return f'{day(first)} {EN_DASH} {day(last)}'
    begin = f'{first.day}' if first.month == last.month else f'{first.day} {first:%B}'
    return f'{begin} {EN_DASH} {day(last)}'


def rate(category: str, thousandths: int) -> str:
    """A rate of tax in words, from thousandths of a per cent: '19 %', '8.1 %'; why there is none."""
    if category in CATEGORIES:
        return CATEGORIES[category]
    whole, part = divmod(thousandths, 1000)
    return f'{whole}.{part:03}'.rstrip('0').rstrip('.') + '%'


def _party(kept: Mapping[str, Any] | None) -> Party:
    kept = kept or {}
    texts = {name: str(kept.get(name) or '') for name in ('name', 'country', 'tax', 'email')}
    return Party(lines=tuple(str(line) for line in kept.get('lines') or ()), **texts)


def _rows(text: object) -> tuple[str, ...]:
    return tuple(row.strip() for row in str(text or '').splitlines() if row.strip())


def _facts(invoice: Invoice, kept: Mapping[str, Any], credited: Invoice | None) -> Iterator[Fact]:
    """What stands beside the address."""
    yield f'{NAMES[invoice.kind]} number', invoice.number or 'None before it is final'
    if invoice.issued_on:
        yield 'Date', day(invoice.issued_on)
    if invoice.due_on and invoice.kind is InvoiceKind.INVOICE:
        yield 'Due', day(invoice.due_on)
    if credited is not None:
        yield 'Credits invoice', credited.number or ''
    first, last = kept.get('first_day'), kept.get('last_day')
    if first and last:
        yield 'Period', days(date.fromisoformat(first), date.fromisoformat(last))
    if reference := str(kept.get('reference') or ''):
        yield 'Your reference', reference


def _about(invoice: Invoice, credited: Invoice | None) -> Iterator[str]:
    if credited is not None and credited.number:
        of = f' of {day(credited.issued_on)}' if credited.issued_on else ''
        yield f'This credit note is about invoice {credited.number}{of}.'
    if invoice.reason:
        yield f'Reason: {invoice.reason}'


def _notes(kept: Mapping[str, Any], taxes: Sequence[InvoiceTax]) -> Iterator[str]:
    """What the law wants to be said; where the buyer owes the tax, both tax ids stand there, too (article 226)."""
    yield from (str(note) for note in kept.get('notes') or ())
    ids = [_party(kept.get(side)).tax for side in ('seller', 'buyer')]
    if any(tax.category == 'AE' for tax in taxes) and all(ids):
        yield 'Supplier: {}. Recipient: {}.'.format(*ids)


def _line(line: InvoiceLine, currency: str) -> PrintedLine:
    price = '' if line.unit_price is None else currencies.shown(line.unit_price, currency)
    return PrintedLine(
        text=line.text,
        about=days(line.service_from, line.service_to) if line.service_from and line.service_to else '',
        quantity='' if line.quantity is None else f'{line.quantity:,}',
        price=f'{price} per {line.per:,}' if price and line.per != 1 else price,
        rate=rate(line.category, line.rate),
        amount=currencies.shown(line.net, currency),
    )


def _tax(tax: InvoiceTax, currency: str, name: str) -> Fact:
    of = f'on {currencies.shown(tax.net, currency)}'
    what = CATEGORIES.get(tax.category)
    label = f'{name}, {what[0].lower()}{what[1:]}, {of}' if what else f'{name} {rate(tax.category, tax.rate)} {of}'
    return label, currencies.shown(tax.tax, currency)


def _after(invoice: Invoice, used: int) -> Iterator[Fact]:
    """What stands below the total: what of it is paid already."""
    if used:
        yield 'Paid from your credit', currencies.shown(-used, invoice.currency)
        yield 'Left to pay', currencies.shown(invoice.total - used, invoice.currency)


def _payment(invoice: Invoice, kept: Mapping[str, Any], used: int) -> Iterator[Fact]:
    """How to pay what is left."""
    if not invoice.number or invoice.kind is InvoiceKind.CREDIT or invoice.total - used <= 0:
        return
    transfer: Mapping[str, Any] = kept.get('transfer') or {}
    if holder := str(transfer.get('holder') or ''):
        yield 'Account holder', holder
    if iban := str(transfer.get('iban') or ''):
        yield 'IBAN', bank_accounts.grouped(iban)
    if bic := str(transfer.get('bic') or ''):
        yield 'BIC', bic
    yield 'Reference', invoice.number


def _how(invoice: Invoice, kept: Mapping[str, Any], used: int) -> Iterator[str]:
    left = invoice.total - used
    if not invoice.number:
        yield 'It is to be paid once it is issued.'
    elif invoice.kind is InvoiceKind.CREDIT:
        yield 'The amount is taken off what you owe on the invoice; what was paid already is kept as your credit.'
    elif left <= 0:
        yield 'There is nothing to pay.'
    else:
        by = f' by {day(invoice.due_on)}' if invoice.due_on else ''
        yield f'Please transfer {currencies.shown(left, invoice.currency)}{by}.'
        yield from _rows((kept.get('transfer') or {}).get('text'))

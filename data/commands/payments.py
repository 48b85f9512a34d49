"""What the operator does about money: writes down what came, takes it back, reads files of the bank, credits."""

from collections import Counter
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer

from data.commands.options import JsonOption, app
from data.inputs.bank_files import LARGEST, BankFormat
from data.money import currencies
from data.operations import terminal
from data.problems import Invalid
from data.runtime import mail_server
from data.services.payments import bank_import, credit_notes, receiving, reversing
from data.services.payments.bank_import import Imported, Outcome
from data.services.payments.receiving import Receipt

NumberWord = Annotated[
    str, typer.Argument(help='The number of the invoice; zeros in it may be missing.', metavar='NUMBER')
]


def _day(text: str) -> date:
    """A day as ISO 8601 has it: what another country writes means another day there."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter('It must be a day such as 2027-04-20.') from None


DayOption = Annotated[date | None, typer.Option(help='Today, if not said.', metavar='YYYY-MM-DD', parser=_day)]


@app.command('mark-paid')
def mark_paid(
    number: NumberWord,
    amount: Annotated[str | None, typer.Option(help='How much came: 49.00; all that is due, if not said.')] = None,
    date: DayOption = None,
    reference: Annotated[str, typer.Option(help='What the bank calls it; the same one counts once.')] = '',
    json: JsonOption = False,
) -> None:
    """Write down that an invoice was paid; what follows from that follows at once, on every open screen."""
    with terminal.terminal(json) as output:
        mail_server.configure(terminal.opened().mail_server)
        receipt = receiving.mark_paid(number, amount, date, reference)
        output.tell(_receipt_words(receipt), **_receipt_facts(receipt))


def _receipt_words(receipt: Receipt) -> str:
    def shown(money: int) -> str:
        return currencies.shown(money, receipt.currency)

    whose = terminal.name(receipt.name) or 'its organization, which is gone'
    left = f'{shown(receipt.due)} of it are due still.' if receipt.due > 0 else 'It is paid.'
    words = [f'{shown(receipt.paid)} for {receipt.number} of {whose}. {left}']
    if receipt.rest:
        words.append(f'{shown(receipt.rest)} more than was due: kept as credit for the next invoice.')
    if receipt.lifted:
        words.append(f'{whose} is active again.')
    return '\n'.join(words)


def _receipt_facts(receipt: Receipt) -> dict[str, Any]:
    facts = asdict(receipt)
    return facts | {name: currencies.plain(facts[name], receipt.currency) for name in ('paid', 'rest', 'due')}


@app.command('unmark-paid')
def unmark_paid(
    number: NumberWord,
    reference: Annotated[str, typer.Option(help='Which payment, where there are several; one without has an id.')] = '',
    date: DayOption = None,
    json: JsonOption = False,
) -> None:
    """Take a payment back that was written down for an invoice, as when the bank returns it."""
    with terminal.terminal(json) as output:
        mail_server.configure(terminal.opened().mail_server)
        done = reversing.reverse(number, reference, date)
        amount, due = (currencies.shown(money, done.currency) for money in (done.amount, done.due))
        facts = asdict(done) | {
            name: currencies.plain(getattr(done, name), done.currency) for name in ('amount', 'due')
        }
        output.tell(f'{amount} for {done.number} are taken back. {due} of it are due now.', **facts)


@app.command('credit')
def credit(
    number: NumberWord,
    reason: Annotated[str, typer.Option(help='Why; it is printed on the credit note.')],
    lines: Annotated[
        str, typer.Option(help='Which lines: 1,3 or 1,3:10.00 for so much net; all that is left, if not said.')
    ] = '',
    json: JsonOption = False,
) -> None:
    """Take back what was wrong on an invoice by a credit note; what was paid for it is kept as credit."""
    with terminal.terminal(json) as output:
        mail_server.configure(terminal.opened().mail_server)
        done = credit_notes.credit(number, lines, reason)
        total, kept, due = (currencies.shown(money, done.currency) for money in (-done.total, done.kept, done.due))
        words = [f'{done.number} takes back {total} of {done.invoice}, of which {due} are due now.']
        words += [f'{kept} were paid already: kept as credit for the next invoice.'] if done.kept else []
        words += ['Its organization is active again.'] if done.lifted else []
        amounts = {name: currencies.plain(getattr(done, name), done.currency) for name in _OF_CREDIT}
        output.tell('\n'.join(words), **asdict(done) | amounts)


_OF_CREDIT = 'net', 'tax', 'total', 'kept', 'due'


@app.command('import-payments')
def import_payments(
    file: Annotated[Path, typer.Argument(help='A CSV of your bank.', metavar='FILE')],
    date_column: Annotated[str, typer.Option(help='What the column of the date is called.')] = '',
    amount_column: Annotated[str, typer.Option(help='That of the amount.')] = '',
    reference_column: Annotated[str, typer.Option(help='That of the reference.')] = '',
    separator: Annotated[str, typer.Option(help='The sign between the columns.')] = '',
    encoding: Annotated[str, typer.Option(help='How letters are written, such as utf-8 or cp1252.')] = '',
    decimal: Annotated[str, typer.Option(help='The sign before the decimals: . or ,')] = '',
    day_first: Annotated[bool | None, typer.Option('--day-first/--month-first', help='How 04/05/2027 is read.')] = None,
    dry_run: Annotated[bool, typer.Option('--dry-run', help='Only say what would be written down.')] = False,
    json: JsonOption = False,
) -> None:
    """Write the payments in a file of your bank down, by the numbers of invoices in it; list what names none."""
    if decimal not in ('', '.', ','):
        raise typer.BadParameter('The sign before the decimals is . or ,')
    if len(separator) > 1:
        raise typer.BadParameter('The sign between the columns is one sign.')
    written = BankFormat(date_column, amount_column, reference_column, separator, encoding, decimal, day_first)
    with terminal.terminal(json) as output:
        mail_server.configure(terminal.opened().mail_server)
        rows = bank_import.import_payments(_content(file), written, dry_run=dry_run)
        counts = Counter(it.outcome for it in rows)
        lines = [_row_words(it) for it in rows if it.outcome is not Outcome.OUTGOING]
        facts = {outcome.value: counts[outcome] for outcome in Outcome}
        text = '\n'.join([*lines, _summary(counts, dry_run=dry_run)])
        output.tell(text, dry_run=dry_run, **facts, rows=[_row_facts(it) for it in rows])


def _content(file: Path) -> bytes:
    try:
        with file.open('rb') as opened:
            return opened.read(LARGEST + 1)
    except OSError as error:
        raise Invalid(file=f'The file cannot be read ({error.strerror}).') from error


def _row_words(imported: Imported) -> str:
    row, receipt = imported.row, imported.receipt
    place = f'line {row.line}: '
    if imported.outcome is Outcome.UNREADABLE:
        return f'{place}not written. {imported.why}'
    what = f'{row.day}, “{terminal.name(row.text[:80])}”'
    if receipt is None:
        named = f' ({", ".join(imported.numbers)})' if len(imported.numbers) > 1 else ''
        return f'{place}not written. {what}{named}: {imported.why}'
    return place + _receipt_words(receipt).replace('\n', ' ')


def _summary(counts: Counter[Outcome], *, dry_run: bool) -> str:
    paid = counts[Outcome.PAID]
    others = sum(counts.values()) - paid - counts[Outcome.KNOWN] - counts[Outcome.OUTGOING]
    verb = 'would be written' if dry_run else 'written'
    rest = f'{counts[Outcome.KNOWN]:,} known already, {others:,} not written, {counts[Outcome.OUTGOING]:,} going out.'
    return f'{paid:,} payments {verb}, {rest}'


def _row_facts(imported: Imported) -> dict[str, Any]:
    row, receipt = imported.row, imported.receipt
    facts = {'line': row.line, 'outcome': imported.outcome.value, 'numbers': list(imported.numbers)}
    if not row.problem:
        facts |= {'date': row.day.isoformat(), 'reference': row.text}
    return facts | {'why': imported.why, 'receipt': receipt and _receipt_facts(receipt)}

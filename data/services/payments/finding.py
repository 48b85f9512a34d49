"""Finding an invoice by its number, whosever it is: for whoever runs the installation, never for a screen."""

from dataclasses import dataclass

from sqlmodel import col, func, select

from data.database import administrator
from data.inputs import invoice_numbers
from data.models import Invoice, is_id
from data.problems import Invalid, NotFound

DRAFT = 'draft-'
"""What stands before the id of a draft, which has no number yet."""


@dataclass(frozen=True)
class Found:
    """An invoice, a credit note or a draft, and whose it is."""

    organization_id: str
    invoice_id: str
    number: str


_COLUMNS = col(Invoice.organization_id), col(Invoice.id), func.coalesce(Invoice.number, DRAFT + col(Invoice.id))


def find(word: object) -> Found:
    """The document with this number, in the letters, zeros and signs between that somebody has typed.

    Raises Invalid('number') where several are called so, NotFound.
    """
    typed = word.strip() if isinstance(word, str) else ''
    if not typed or len(typed) > 2 * invoice_numbers.LONGEST:
        raise Invalid(number='Say the number of an invoice, as it stands on it.')
    found = _draft(typed) or _exact(typed) or _alike(typed)
    if not found:
        raise NotFound(
            f'There is no invoice “{typed}” in this installation. To see which there are: python -m data invoices'
        )
    if len(found) > 1:
        numbers = ', '.join(it.number for it in found)
        raise Invalid(number=f'Several invoices are called like “{typed}”. Write the number in full: {numbers}')
    return found[0]


def _draft(typed: str) -> list[Found]:
    draft_id = typed.lower().removeprefix(DRAFT)
    if not typed.lower().startswith(DRAFT) or not is_id(draft_id):
        return []
    with administrator() as tx:
        return [Found(*row) for row in tx.exec(select(*_COLUMNS).where(Invoice.id == draft_id))]


def _exact(typed: str) -> list[Found]:
    with administrator() as tx:
        return [Found(*row) for row in tx.exec(select(*_COLUMNS).where(Invoice.number == typed))]


def _alike(typed: str) -> list[Found]:
    sequences = set(invoice_numbers.sequences(typed))
    if not sequences:
        return []
    with administrator() as tx:
        rows = tx.exec(select(*_COLUMNS).where(col(Invoice.seq).in_(sequences)).order_by(col(Invoice.number)))
        return [Found(*row) for row in rows if invoice_numbers.is_written(typed, row[2])]

"""What draws one invoice: the sheet with all that is printed on it, and what became of it since."""

from collections.abc import Sequence

from components.kit.part import Told

COLUMNS = 'Description', 'Quantity', 'Price', 'Tax', 'Amount'

Pairs = Sequence[tuple[str, str]]


class InvoicePart(Told, component='invoice.js'):
    """Something that `invoice.js` draws by its `kind` from what it is told."""


class Sheet(InvoicePart):
    """An invoice or a credit note: who to whom, its lines and what they come to, how it is paid."""

    def __init__(self) -> None:
        super().__init__()
        self.tell(kind='sheet', columns=COLUMNS)
        self.show_parties('', seller=(), details=(), buyer=(), facts=(), about=())
        self.show_lines((), sums=(), total=('', ''), after=())
        self.show_rest(payment=(), how=(), notes=(), footer=())

    def show_parties(
        self,
        title: str,
        *,
        seller: Sequence[str],
        details: Sequence[str],
        buyer: Sequence[str],
        facts: Pairs,
        about: Sequence[str],
    ) -> None:
        """Draw who sends it to whom, when, and what it is about."""
        self.tell(title=title, seller=tuple(seller), details=tuple(details), buyer=tuple(buyer))
        self.tell(facts=tuple(facts), about=tuple(about))

    def show_lines(self, lines: Sequence[Sequence[str]], *, sums: Pairs, total: tuple[str, str], after: Pairs) -> None:
        """Draw its lines, a text for each of COLUMNS with the days behind the first one, and what they come to."""
        self.tell(lines=tuple(map(tuple, lines)), sums=tuple(sums), total=total, after=tuple(after))

    def show_rest(self, *, payment: Pairs, how: Sequence[str], notes: Sequence[str], footer: Sequence[str]) -> None:
        """Draw how it is paid, and what else stands on it."""
        self.tell(payment=tuple(payment), how=tuple(how), notes=tuple(notes), footer=tuple(footer))


class Moves(InvoicePart):
    """A card with what was paid or credited; it is gone while there is nothing."""

    def __init__(self, title: str) -> None:
        super().__init__()
        self.tell(kind='moves', title=title, items=())
        self.set_visibility(False)

    def show(self, items: Sequence[tuple[str, str, str, str]]) -> None:
        """Draw these: what it is, what else is said of it, how much, and the path to it or ''."""
        self.tell(items=tuple(items))
        if self.visible != bool(items):
            self.set_visibility(bool(items))

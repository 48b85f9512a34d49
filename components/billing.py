"""What draws billing: a plan, what of it is used, lines of a bill, how to pay, plans side by side."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from nicegui.events import GenericEventArguments

from components.kit.calls import told
from components.kit.part import Told
from components.kit.rows import RowList


class BillingPart(Told, component='billing.js'):
    """Something that `billing.js` draws by its `kind` from what it is told."""

    def __init__(self, kind: str, **data: object) -> None:
        super().__init__()
        self.props.update(data, kind=kind)


class PlanFacts(BillingPart):
    """A plan with its price, what is to be known of it, and notes about what becomes of it."""

    def __init__(self) -> None:
        super().__init__('plan', title='', price='', word='', tone='quiet', sentence='', values=(), items=())

    def show(
        self,
        name: str,
        price: str,
        *,
        mark: tuple[str, str] = ('', 'quiet'),
        sentence: str,
        facts: Sequence[tuple[str, str]],
        notes: Sequence[str],
    ) -> None:
        """Draw this one; `mark` is a word beside it, with its tone."""
        word, tone = mark
        self.tell(title=name, price=price, word=word, tone=tone, sentence=sentence)
        self.tell(values=tuple(facts), items=tuple(notes))


@dataclass(frozen=True)
class Meter:
    """How much of something is used: in words, with a note, and in per cent of what there is, None for no bar."""

    key: str
    name: str
    words: str
    note: str = ''
    share: int | None = None
    tone: str = 'ok'

    @property
    def drawn(self) -> tuple[object, ...]:
        """The same as the browser draws it."""
        return self.key, self.name, self.words, self.note, -1 if self.share is None else min(self.share, 100), self.tone


class Meters(BillingPart):
    """What is used of what is included, a bar each."""

    def __init__(self) -> None:
        super().__init__('meters', items=())

    def show(self, meters: Sequence[Meter]) -> None:
        """Draw these."""
        self.tell(items=tuple(it.drawn for it in meters))


@dataclass(frozen=True)
class BillLine:
    """A line of a bill in words: what it is, of what and for which days, and what it comes to."""

    text: str
    note: str
    amount: str


@dataclass(frozen=True)
class BillSum:
    """What lines add up to; `is_total` for that which is to be paid."""

    text: str
    amount: str
    is_total: bool = False


class Bill(BillingPart):
    """Lines with what they come to and add up to; `nothing` is said where there are none."""

    def __init__(self, title: str, nothing: str) -> None:
        super().__init__('bill', title=title, sentence=nothing, values=(), items=())

    def show(self, lines: Sequence[BillLine], sums: Sequence[BillSum]) -> None:
        """Draw these."""
        self.tell(
            values=tuple((it.text, it.note, it.amount) for it in lines),
            items=tuple((it.text, it.amount, 'bill-total' if it.is_total else '') for it in sums),
        )


class Transfer(BillingPart):
    """How to pay: facts with what is copied of each, '' for nothing."""

    def __init__(self) -> None:
        super().__init__('transfer', sentence='', values=())

    def show(self, facts: Sequence[tuple[str, str, str]], text: str) -> None:
        """Draw a name, what is shown and what is copied of each fact; `text` is what else is to be known."""
        self.tell(values=tuple(facts), sentence=text)


@dataclass(frozen=True)
class PlanColumn:
    """A plan among others: `mark` is a word that tells it apart, `act` what its button says, or `why` there is none."""

    id: str
    name: str
    price: str
    per: str
    sentence: str
    mark: str = ''
    act: str = ''
    why: str = ''

    @property
    def drawn(self) -> dict[str, str]:
        """The same as the browser draws it."""
        head = {'id': self.id, 'name': self.name, 'price': self.price, 'per': self.per, 'sentence': self.sentence}
        return {**head, 'word': self.mark, 'label': self.act, 'why': self.why}


PlanRow = tuple[str, Sequence[tuple[str, str]]]
"""What something is called, and of each plan how much of it there is, with a note."""


class Plans(BillingPart):
    """Plans side by side; `on_choose` is called with the id of one whose button was pressed."""

    def __init__(self, title: str, on_choose: Callable[[str], Awaitable[None]]) -> None:
        super().__init__('plans', title=title, heads=(), items=())
        self._on_choose = on_choose
        self.on('choose', self._choose, [None])

    def show(self, columns: Sequence[PlanColumn], rows: Sequence[PlanRow]) -> None:
        """Draw these."""
        self.tell(heads=tuple(it.drawn for it in columns), items=tuple((name, *cells) for name, cells in rows))

    @told
    async def _choose(self, event: GenericEventArguments) -> None:
        offered = {head['id'] for head in self.props['heads'] if head['label']}
        if isinstance(event.args, str) and event.args in offered:
            await self._on_choose(event.args)


INVOICE = r"""
<div role="listitem" class="invoice-row">
  <a class="link invoice-number" :href="props.row.path">{{ props.row.number }}</a>
  <span class="muted invoice-period">{{ props.row.period }}</span>
  <span class="muted invoice-date">{{ props.row.date }}</span>
  <span class="badge invoice-standing" :class="'tone-' + props.row.tone">{{ props.row.standing }}</span>
  <span class="invoice-total">{{ props.row.total }}</span>
  <a v-if="props.row.pdf" class="link invoice-pdf" :href="props.row.pdf" download
     :aria-label="'PDF of ' + props.row.number">PDF</a>
  <span v-else class="invoice-pdf" aria-hidden="true"></span>
</div>
"""


@dataclass(frozen=True)
class InvoiceLink:
    """What a row of the list of invoices says; `pdf` is '' as long as there is none."""

    id: str
    path: str
    number: str
    period: str
    date: str
    standing: str
    tone: str
    total: str
    pdf: str = ''


def invoice_rows(*, on_more: Callable[[], Awaitable[None]], nothing: str) -> RowList:
    """A list of invoices, each an `InvoiceLink`."""
    return RowList(INVOICE, label='Invoices', classes='invoices', on_more=on_more, nothing=nothing)

"""Organizations that are billed, on days of a test's choice: what they have, what they use, and what comes of it."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import Engine
from sqlmodel import col, func, select

from data import clock, database
from data.database import System
from data.models import BillingPeriod, Invoice, InvoiceLine, PlanSpan, Subscription, new_id
from data.services import billing_address, plans, subscriptions, usage
from data.services.invoices import closing, finalizing
from data.services.subscriptions import holding
from data.services.usage import Event, Metric, days
from tests.support import catalogues
from tests.support.books import COMPANY
from tests.support.probes import rows, run
from tests.support.stage import Stage

Spans = Iterable[tuple[str, str | None]]


def on(day: str | date, hour: int = 12) -> date:
    """Let it be an hour of this day, by the clock of UTC, from now on."""
    there = date.fromisoformat(day) if isinstance(day, str) else day
    moment = datetime(there.year, there.month, there.day, hour, tzinfo=UTC)
    clock.source = lambda: moment
    return there


def begin(organization_id: str, plan: str = 'team') -> Subscription:
    """Let an organization begin today with a plan, as if it had never had another one."""
    with database.transaction(System(organization_id)) as tx:
        catalogue = plans.current(tx)
        assert catalogue is not None
        subscription = subscriptions.begin(tx)
        chosen = catalogue.plan(plan)
        assert chosen is not None
        if plan != catalogue.default:
            holding.take(tx, subscription, chosen, days.today())
        [period] = tx.exec(select(BillingPeriod)).all()
        period.plan, period.plan_version = chosen.id, chosen.version
        tx.flush()
        subscriptions.follow_limits(tx)
    return subscription


def seat(db: Engine, organization_id: str, spans: Spans, role: str = 'member') -> None:
    """Let there be these members, and nobody else: each from a day to another one, None for still."""
    run(db, 'DELETE FROM seat_spans WHERE organization_id = :at', at=organization_id)
    for first, last in spans:
        run(
            db,
            'INSERT INTO seat_spans (organization_id, user_id, from_day, role, to_day) '
            'VALUES (:at, :user, :first, :role, :last)',
            at=organization_id,
            user=new_id(),
            first=first,
            role=role,
            last=last,
        )


def use(organization_id: str, quantity: int, key: str, *, at: datetime | None = None, correction: bool = False) -> None:
    """Let so many messages have been used."""
    with database.transaction(System(organization_id)) as tx:
        usage.record_many(tx, [Event(Metric.MESSAGES, quantity, key, at=at, correction=correction)])


def close(organization_id: str) -> list[Invoice]:
    """Close what is over; the drafts that came of it."""
    before = {it.id for it in invoices(organization_id)}
    closing.close(organization_id)
    return [it for it in invoices(organization_id) if it.id not in before]


def finalize(invoice: Invoice) -> Invoice:
    """Make a draft final."""
    return finalizing.finalize(invoice.organization_id, invoice.id)


def invoices(organization_id: str) -> list[Invoice]:
    """All invoices and credit notes of an organization, in the order in which they were prepared."""
    with database.reading(System(organization_id)) as tx:
        return list(tx.exec(select(Invoice).order_by(col(Invoice.created_at), col(Invoice.id))))


def lines(invoice: Invoice) -> list[InvoiceLine]:
    """The lines of an invoice."""
    with database.reading(System(invoice.organization_id)) as tx:
        of = select(InvoiceLine).where(InvoiceLine.invoice_id == invoice.id)
        return list(tx.exec(of.order_by(col(InvoiceLine.position))))


def nets(invoice: Invoice) -> list[int]:
    """What the lines of an invoice come to."""
    return [line.net for line in lines(invoice)]


def periods(db: Engine, organization_id: str) -> list[tuple[Any, ...]]:
    """The periods of an organization: first day, next first day, state."""
    found = rows(
        db,
        'SELECT first_day, next_day, state FROM billing_periods WHERE organization_id = :at ORDER BY first_day',
        at=organization_id,
    )
    return [(str(first), str(next), state) for first, next, state in found]


def noon(day: str | date) -> datetime:
    """The middle of a day."""
    there = date.fromisoformat(day) if isinstance(day, str) else day
    return datetime(there.year, there.month, there.day, 12, tzinfo=UTC)


def following(day: date) -> date:
    """The day after."""
    return day + timedelta(days=1)


def over(stage: Stage) -> str:
    """Let the stage's organization have a period of Team that is over, and an address; its id."""
    catalogues.applied()
    at, today = stage.where, days.today()
    version = stage.version('billing_addresses', 'organization_id')
    billing_address.set_address(stage.world.owner, COMPANY, version=version)
    with database.transaction(System(at)) as tx:
        if tx.exec(select(Subscription)).first() is None:
            tx.add(Subscription(organization_id=at, plan='team', plan_version=1, anchor_day=1, started_on=today))
        oldest = tx.exec(select(func.min(BillingPeriod.first_day))).one() or today
        first = oldest - timedelta(days=31)
        span = {'organization_id': at, 'plan': 'team', 'plan_version': 1}
        tx.add(PlanSpan(from_day=first, seq=0, **span))
        tx.add(BillingPeriod(first_day=first, next_day=oldest, whole_first=first, whole_next=oldest, **span))
    return at


def drafted(stage: Stage) -> str:
    """The same, and its draft; the id of that."""
    [draft] = close(over(stage))
    return draft.id

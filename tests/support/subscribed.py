"""Organizations with a plan, on days that a test says, and what is known of them around the services."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time
from typing import Any

from sqlalchemy import Engine

from data import clock, database
from data.database import System, TenantSession
from data.models import Subscription
from data.services import subscriptions, usage
from data.services.usage import Metric
from data.services.usage import days as usage_days
from tests.support import catalogues
from tests.support.probes import rows, run
from tests.support.world import World

Change = tuple[str, str]
STARTS = 'anchor = 1', 'anchor = "start"'
"""A catalogue whose periods begin with each subscription."""


def on(day: str, hour: int = 12) -> date:
    """Let it be this hour of a day, in UTC; the day."""
    at = date.fromisoformat(day)
    clock.source = lambda: datetime.combine(at, time(hour), UTC)
    return at


def inside(world: World, act: Callable[[TenantSession], Any]) -> Any:
    """What an act in the organization of this world returns."""
    with database.transaction(System(world.organization_id)) as tx:
        return act(tx)


def begun(world: World, day: str, *changes: Change) -> Subscription:
    """Let there be a catalogue, and the organization begin with its default plan on this day."""
    on(day)
    catalogues.applied(*changes)
    subscription: Subscription = inside(world, subscriptions.begin)
    return subscription


def version(world: World) -> int:
    """The version of the subscription, as a form has it that was opened now."""
    subscription: Subscription = inside(world, subscriptions.of)
    return subscription.version


def periods(db: Engine) -> list[tuple[str, str, str, str, str]]:
    """First day, next day, the days of the whole one, and the plan of each period."""
    found = rows(
        db,
        'SELECT first_day, next_day, whole_first, whole_next, plan FROM billing_periods '
        'WHERE organization_id IN (SELECT organization_id FROM subscriptions) ORDER BY first_day, next_day',
    )
    return [(*(str(it) for it in row[:4]), row[4]) for row in found]  # type: ignore[misc]


def spans(db: Engine) -> list[tuple[str, int, str]]:
    """From which day on which plan was held."""
    return [
        (str(day), seq, plan)
        for day, seq, plan in rows(db, 'SELECT from_day, seq, plan FROM plan_spans ORDER BY from_day, seq')
    ]


def use(world: World, messages: int, key: str, at: datetime | None = None) -> None:
    """Let the organization give so many answers."""
    inside(world, lambda tx: usage.record(tx, Metric.MESSAGES, messages, key, at=at))


def limits(db: Engine) -> dict[str, tuple[int, bool, bool]]:
    """What each metric is limited to: how much, whether by the plan, whether more is refused."""
    found = rows(db, 'SELECT metric, cap, by_plan, blocks FROM usage_limits')
    return {metric: (cap, bool(by_plan), bool(blocks)) for metric, cap, by_plan, blocks in found}


def counted(db: Engine, metric: str = 'messages') -> dict[str, tuple[int, int | None]]:
    """What was used, and how much may be, in each span."""
    found = rows(db, 'SELECT period, used, cap FROM usage_counters WHERE metric = :metric', metric=metric)
    return {str(period): (used, cap) for period, used, cap in found}


def lines(db: Engine) -> list[tuple[str, int]]:
    """What waits for an invoice, in the order in which it came to be: what for, and how much."""
    found = rows(db, "SELECT created_at, cause, net FROM pending_lines WHERE cause LIKE 'change:%'")
    parts = [(at, *cause.split(':')[2:], net) for at, cause, net in found]
    in_order = sorted(parts, key=lambda it: (it[0], int(it[1]), it[2] == 'charge'))
    return [(what, net) for _, _, what, net in in_order]


def wipe(db: Engine) -> None:
    """Let there be no catalogue and nothing of what came of one, but for the versions of plans, which stay."""
    tables = 'subscriptions', 'plan_spans', 'billing_periods', 'pending_lines', 'usage_limits', 'usage_counters'
    for table in (*tables, 'billing_settings'):
        run(db, f'DELETE FROM {table}')


def plan(plan_id: str, price: str, *, interval: str = 'month', more: str = '') -> str:
    """A plan as a catalogue has it."""
    head = f'[[plan]]\nid = "{plan_id}"\nname = "{plan_id.capitalize()}"\nprice = "{price}"\ninterval = "{interval}"\n'
    return f'{head}{more}\n'


def catalogue(*plans: str, anchor: str = '1', currency: str = 'EUR') -> None:
    """Let a catalogue hold with a plan that is free and these."""
    text = catalogues.TEXT[: catalogues.TEXT.index('[[plan]]')]
    text = text.replace('anchor = 1', f'anchor = {anchor}').replace('"EUR"', f'"{currency}"')
    zone = f'time_zone = "{usage_days.time_zone()}"'
    catalogues.plans.apply(text.replace('time_zone = "UTC"', zone) + '\n'.join([plan('free', '0'), *plans]))

"""Which plan an organization has, and had on which days."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import bindparam
from sqlmodel import col, select

from data.database import System, TenantSession, constant, once
from data.models import PlanSpan, Subscription
from data.problems import NotFound
from data.services import audit, plans
from data.services.audit import Act
from data.services.plans.catalogue import Catalogue, Plan
from data.services.usage import days

RENEWER = 'Botcadence'
"""Who begins and ends what was decided before, as the record has it: nobody does, the day has come."""

NO_PLAN = 'no plan'
"""What an organization had before its first plan, as the record says it."""


@dataclass(frozen=True)
class Held:
    """A plan, from the day `first` to the one before `next`."""

    plan: Plan
    first: date
    next: date

    @property
    def days(self) -> int:
        """How many days those are."""
        return (self.next - self.first).days


_MINE = constant(select(Subscription).execution_options(populate_existing=True))
_SPANS = constant(
    select(PlanSpan)
    .where(col(PlanSpan.from_day) < bindparam('next'))
    .order_by(col(PlanSpan.from_day), col(PlanSpan.seq))
)


def found(tx: TenantSession) -> Subscription | None:
    """The subscription of the organization of this session, None where it has none yet."""
    return once(tx, 'subscription', lambda: tx.exec(_MINE).first())


def of(tx: TenantSession) -> Subscription:
    """The same; where it has none yet, what it will have: one that is in no database. Raises NotFound."""
    return found(tx) or first(tx, catalogue_of(tx))


def catalogue_of(tx: TenantSession) -> Catalogue:
    """The catalogue. Raises NotFound where there is none: then there is nothing of all this."""
    catalogue = plans.current(tx)
    if catalogue is None:
        raise NotFound
    return catalogue


def first(tx: TenantSession, catalogue: Catalogue) -> Subscription:
    """The subscription that an organization begins with; its version is 0, for nobody has seen it."""
    plan, today = catalogue.free, days.today()
    return Subscription(
        organization_id=str(tx.scope.organization_id),
        plan=plan.id,
        plan_version=plan.version,
        interval=plan.interval,
        anchor_day=catalogue.anchor or today.day,
        started_on=today,
        version=0,
    )


def plan_of(tx: TenantSession, subscription: Subscription) -> Plan:
    """The version of a plan that it is of."""
    return plans.find(tx, subscription.plan, subscription.plan_version)


def is_same(plan: Plan, other: Plan) -> bool:
    """Whether these are the same version of one plan."""
    return (plan.id, plan.version) == (other.id, other.version)


def held(tx: TenantSession, first: date, next: date) -> list[Held]:
    """The plans of the days from `first` to the one before `next`, in their order; none for days before the first."""
    spans = {span.from_day: span for span in tx.exec(_SPANS, params={'next': next})}  # the last one of a day counts
    begins = [*spans, next]
    found = []
    for number, (day, span) in enumerate(spans.items()):
        since, until = max(day, first), begins[number + 1]
        if since < until:
            found.append(Held(plans.find(tx, span.plan, span.plan_version), since, until))
    return _joined(found)


def _joined(rows: list[Held]) -> list[Held]:
    """Neighbors of one plan as one."""
    joined: list[Held] = []
    for row in rows:
        if joined and is_same(joined[-1].plan, row.plan):
            row = Held(row.plan, joined.pop().first, row.next)
        joined.append(row)
    return joined


def take(tx: TenantSession, subscription: Subscription, plan: Plan, day: date) -> None:
    """Let this plan be the one that is held from a day on, whatever else was on that day before."""
    last = tx.exec(select(PlanSpan).order_by(col(PlanSpan.from_day).desc(), col(PlanSpan.seq).desc()).limit(1)).first()
    day = day if last is None else max(day, last.from_day)  # a clock that was set back changes nothing of before
    subscription.plan, subscription.plan_version = plan.id, plan.version
    tx.add(
        PlanSpan(
            organization_id=subscription.organization_id,
            from_day=day,
            seq=last.seq + 1 if last is not None and last.from_day == day else 0,
            plan=plan.id,
            plan_version=plan.version,
        )
    )
    tx.flush()


def record_begun(tx: TenantSession, plan: Plan, day: date, before: str) -> None:
    """Put on the record that a plan began because its day has come."""
    by = System(str(tx.scope.organization_id), email=RENEWER)
    audit.record(tx, by, Act.BILLING_RENEW, plan.name, day=day.isoformat(), before=before)

"""Previews: what choosing a plan comes to, before it is chosen, by what would do it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlmodel import col, func, select

from data.database import Actor, TenantSession, reading
from data.models import BillingPeriod, Membership, Role, Subscription
from data.money import taxes
from data.money.taxes import TaxedNet, Totals
from data.permissions import Permission, authorize
from data.services import usage
from data.services.invoices import taxing
from data.services.invoices.line import Line
from data.services.plans import Catalogue, Over, Plan
from data.services.subscriptions import advancing, deciding, following, holding, switching
from data.services.subscriptions.deciding import Decision, When
from data.services.subscriptions.holding import Held
from data.services.usage import Kind, Metric


@dataclass(frozen=True)
class OverLimit:
    """Of this metric there is more than a plan includes: what becomes of it, in a sentence. Nothing is deleted."""

    metric: Metric
    used: int
    included: int
    over: Over
    sentence: str


@dataclass(frozen=True)
class Preview:
    """What choosing a plan comes to: the decision, its lines with taxes, what is included then, and what is over that.

    `included` is how much of each metric, in the present period where that is shared out by days. The lines are on the
    invoice of `invoiced_on`: that day its period is over. `version` is that of the subscription that it is about.
    """

    decision: Decision
    currency: str
    totals: Totals
    invoiced_on: date
    included: Mapping[Metric, int]
    over: tuple[OverLimit, ...]
    version: int

    @property
    def lines(self) -> tuple[Line, ...]:
        """Everything that it puts on the next invoice."""
        return (*self.decision.lines, *([self.decision.fee] if self.decision.fee else []))


def preview(actor: Actor, plan_id: object) -> Preview:
    """What choosing this plan would mean now; nothing is chosen by it.

    Raises Invalid('plan'), Forbidden, NotFound, SignedOut.
    """
    switching.catch_up(actor)
    with reading(actor) as tx:
        authorize(tx, actor, Permission.BILLING_MANAGE)
        catalogue, subscription = holding.catalogue_of(tx), holding.of(tx)
        plan, row = deciding.offered(catalogue, plan_id), advancing.latest(tx)
        return _previewed(tx, catalogue, subscription, row or advancing.first_period(subscription), plan)


def _previewed(
    tx: TenantSession, catalogue: Catalogue, subscription: Subscription, row: BillingPeriod, plan: Plan
) -> Preview:
    today = advancing.day_in(row)
    decision = deciding.decide(tx, catalogue, subscription, row, plan, today)
    treatment = taxing.treatment_of(catalogue, taxing.address_of(tx), subscription)
    fee = [decision.fee] if decision.fee else []
    category, rate = treatment.category.value, treatment.rate
    nets = [TaxedNet(line.net, category, rate) for line in (*decision.lines, *fee)]
    included = _included(tx, decision, row)
    return Preview(
        decision=decision,
        currency=catalogue.currency,
        totals=taxes.totals(nets),
        invoiced_on=today if decision.period and decision.fee else row.next_day,
        included=included,
        over=tuple(_over(tx, decision, included)),
        version=subscription.version,
    )


def _included(tx: TenantSession, decision: Decision, row: BillingPeriod) -> dict[Metric, int]:
    """What is included of each metric once the plan is held, in the period that it is held in first."""
    plan, span, begun = decision.plan, following.span_of(row), decision.from_day
    if decision.period or decision.when is When.NEXT:
        whole = decision.period or None
        held = [Held(plan, whole.first, whole.next)] if whole else []
        return {it: allowed.share for it, allowed in following.allowances(plan, held, whole).items()}
    held = [it for it in holding.held(tx, row.first_day, begun) if it.days]
    held.append(Held(plan, begun, row.next_day))
    return {it: allowed.share for it, allowed in following.allowances(plan, held, span).items()}


def _over(tx: TenantSession, decision: Decision, included: Mapping[Metric, int]) -> list[OverLimit]:
    """Where there is more than that; of what is summed up only where the present period goes on."""
    plan, found = decision.plan, []
    goes_on = decision.when is When.NOW and decision.period is None
    for standing in usage.standings(tx):
        metric, used = standing.metric, standing.used
        if metric not in included or (metric.kind is Kind.SUM and not goes_on):
            continue
        used = _seats(tx, plan.seats.roles) if metric is Metric.MEMBERS and plan.seats else used
        over = plan.seats.over if metric is Metric.MEMBERS and plan.seats else plan.included[metric].over
        if used > included[metric]:
            sentence = _sentence(plan, metric, used, included[metric], over)
            found.append(OverLimit(metric, used, included[metric], over, sentence))
    return found


def _seats(tx: TenantSession, roles: tuple[Role, ...]) -> int:
    """How many members take a seat where these roles do."""
    counted = select(func.count()).select_from(Membership).where(col(Membership.role).in_(roles))
    return tx.exec(counted).one()


def _sentence(plan: Plan, metric: Metric, used: int, included: int, over: Over) -> str:
    there = f'{metric.amount(used)} {"is" if used == 1 else "are"} there, {plan.name} includes {included:,}.'
    if metric.kind is Kind.SUM:
        there = f'{metric.amount(used)} are used in this period, {plan.name} includes {included:,} of them in it.'
    beyond = {Over.BLOCK: metric.stops, Over.BILL: 'What is beyond is billed.', Over.TELL: 'They can stay.'}
    return f'{there} {beyond[over]} Nothing is deleted.'

"""What whoever runs the installation does to subscriptions, of one organization or of all that have a plan.

Who has a plan keeps its version until they are moved to another one, with their next period, and read of it before.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from sqlmodel import col, select

from data.database import System, TenantSession, administrator, transaction
from data.models import Organization, PlanVersion, Status, Subscription
from data.problems import Invalid
from data.services import audit, billing_contacts, plans
from data.services.audit import Act
from data.services.plans import Plan, words
from data.services.subscriptions import advancing, deciding, holding, switching
from data.services.subscriptions.deciding import Decision
from data.services.usage import days

PLAN_CHANGES, TRIAL_ENDS = 'plan-changes', 'trial-ends'
"""Kinds of mails: another version of a plan follows; a trial is about to be paid."""

BEFORE = timedelta(days=3)
"""How long before the end of a trial people are told that it goes on as paid."""


@dataclass(frozen=True)
class Moved:
    """An organization that gets another version of its plan on a day, or ('' for nothing) why it does not."""

    organization_id: str
    name: str
    day: date | None
    told: int
    kept: str = ''


def start(organization_id: str) -> None:
    """Let an organization begin with the default plan, if it has none. Raises NotFound, Unavailable."""
    with transaction(System(organization_id, email=holding.RENEWER)) as tx:
        advancing.begin(tx)


def subscribe(organization_id: str, plan_id: object) -> tuple[Organization, Decision]:
    """Choose a plan for an organization, as its Owners could: at once, or from the next period on.

    Raises Invalid('plan'), NotFound, Unavailable.
    """
    by = System(organization_id)
    with transaction(by) as tx:
        organization = tx.find(Organization, organization_id)
        subscription, row = switching.in_hand(tx)
        catalogue = holding.catalogue_of(tx)
        plan = deciding.offered(catalogue, plan_id)
        decision = deciding.decide(tx, catalogue, subscription, row, plan, advancing.day_in(row))
        subscription.version += 1
        switching.carry_out(tx, by, subscription, decision)
        return organization, decision


def migrate(
    plan_id: str, version: int, progress: Callable[[int, int], None] = lambda done, of: None
) -> tuple[Plan, list[Moved]]:
    """Let everybody who has a plan have this version of it from their next period on, and write to them now.

    Whoever has planned something else keeps that. Raises Invalid('plan' | 'version') where there is no such version.
    """
    with administrator() as tx:
        versions = list(tx.exec(select(PlanVersion.version).where(PlanVersion.plan == plan_id)))
        if not versions:
            raise Invalid(plan=f'There is no plan “{plan_id}”.')
        if version not in versions:
            raise Invalid(version=f'There is no version {version} of {plan_id}, but {max(versions)} at most.')
        plan = plans.find(tx, plan_id, version)
        living = col(Organization.status) != Status.DELETED
        holders = (
            select(Subscription.organization_id)
            .join(Organization, col(Organization.id) == Subscription.organization_id)
            .where(living, Subscription.plan == plan_id)
        )
        ids = list(tx.exec(holders.order_by(col(Subscription.organization_id))))
    moved = []
    for number, organization_id in enumerate(ids, 1):
        moved += move(organization_id, plan)
        progress(number, len(ids))
    return plan, moved


def move(organization_id: str, plan: Plan) -> list[Moved]:
    """Let an organization have this version of its plan from its next period on, and write to its people.

    Where it has this one and another one was to follow, that does not. What became of it; nothing where it has the
    version, or another plan by now. Raises NotFound, Unavailable.
    """
    by = System(organization_id)
    with transaction(by) as tx:
        name = tx.find(Organization, organization_id).name
        subscription, row = switching.in_hand(tx)
        before = holding.plan_of(tx, subscription)
        if holding.is_same(before, plan) and subscription.next_plan == plan.id:
            subscription.next_plan = subscription.next_version = None
            subscription.version += 1
            audit.record(tx, by, Act.BILLING_RESUME, plan.name)
            return [Moved(organization_id, name, None, 0, 'what was planned is not any more')]
        if before.id != plan.id or holding.is_same(before, plan):
            return []
        if subscription.cancel_at_end or subscription.next_plan not in (None, plan.id):
            return [Moved(organization_id, name, None, 0, 'something else is planned')]
        if subscription.next_version == plan.version:
            return [Moved(organization_id, name, row.next_day, 0)]
        subscription.next_plan, subscription.next_version = plan.id, plan.version
        subscription.version += 1
        day = row.next_day
        audit.record(tx, by, Act.BILLING_CHOOSE, plan.name, day=day.isoformat(), before=before.name)
        currency = holding.catalogue_of(tx).currency
        prices = {'before': words.price(before, currency), 'after': words.price(plan, currency)}
        told = _tell(tx, PLAN_CHANGES, name, plan=plan.name, day=f'{day.day} {day:%B %Y}', **prices)
        return [Moved(organization_id, name, day, told)]


def trials_to_tell() -> list[str]:
    """The organizations whose trial is about to be paid, and who were not told of that."""
    today = days.today()
    ends_on = col(Subscription.trial_ends_on)
    soon = select(Subscription.organization_id).where(
        ends_on > today,
        ends_on <= today + BEFORE,
        col(Subscription.trial_told).is_(False),
        col(Subscription.cancel_at_end).is_(False),
    )
    with administrator() as tx:
        return list(tx.exec(soon))


def tell_of_trial(organization_id: str) -> int:
    """Write, once, that a trial is about to be paid, and what it costs then; how many people that went to."""
    with transaction(System(organization_id, email=holding.RENEWER)) as tx:
        subscription = holding.of(tx)
        ends_on = subscription.trial_ends_on
        if ends_on is None or subscription.trial_told or subscription.cancel_at_end or ends_on <= days.today():
            return 0
        subscription.trial_told = True
        plan = advancing.following_plan(tx, subscription)
        if not plan.price:
            return 0
        name = tx.find(Organization, organization_id).name
        price = words.price(plan, holding.catalogue_of(tx).currency)
        return _tell(tx, TRIAL_ENDS, name, plan=plan.name, day=f'{ends_on.day} {ends_on:%B %Y}', price=price)


def _tell(tx: TenantSession, kind: str, organization: str, **facts: str) -> int:
    return billing_contacts.write(tx, 'invoices', kind, organization=organization, **facts)

"""Applying of a catalogue: what it would change is found out before, and nobody's plan changes with it.

Whoever has a plan keeps the version that they have. Currency and time zone are for good once somebody has one.
"""

from contextlib import suppress
from dataclasses import dataclass, replace

from sqlalchemy.exc import IntegrityError
from sqlmodel import col, func, select

from data import clock
from data.database import TenantSession, accounts, administrator, constant
from data.models import (
    BillingPeriod,
    BillingSettings,
    Invoice,
    Organization,
    Payment,
    PlanVersion,
    Status,
    Subscription,
)
from data.problems import Invalid
from data.services.plans import differences, parties, reading, stored
from data.services.plans.catalogue import Catalogue, Plan
from data.services.plans.current import current
from data.services.plans.differences import Difference, Fate, PlanDifference
from data.services.usage import days

_WITHOUT = constant(
    select(func.count())
    .select_from(Organization)
    .join(Subscription, col(Subscription.organization_id) == Organization.id, isouter=True)
    .where(col(Subscription.organization_id).is_(None), Organization.status != Status.DELETED)
)


@dataclass(frozen=True)
class _Facts:
    """What there is before: the catalogue, the zone of days, who has which plan or will, whether there are books.

    `versions` are all there ever were, by plan and hash; `without` is how many organizations have no plan.
    """

    before: Catalogue | None
    time_zone: str
    is_counted: bool
    has_books: bool
    holders: dict[str, int]
    planned: set[str]
    without: int
    versions: dict[tuple[str, str], int]


def check(text: object) -> Difference:
    """What would become different if this catalogue (TOML) were applied; nothing does.

    Raises Invalid with a sentence for each field that is wrong or can't be so any more, Unavailable.
    """
    catalogue = reading.read(text)
    return _difference(_facts(), catalogue)


def apply(text: object) -> Difference:
    """Let this catalogue hold from now on, and return what became different. Raises as `check` does.

    A plan that is not what it was gets a new version. Nobody has another plan after it, and who has none has none yet.
    """
    catalogue = reading.read(text)
    facts = _facts()
    difference = _difference(facts, catalogue)
    if difference.is_none:
        return difference
    with accounts() as tx:
        with suppress(IntegrityError), tx.begin_nested():  # there may be one: usage was counted, or another one applies
            tx.add(BillingSettings(time_zone=catalogue.time_zone))
        row = tx.exec(select(BillingSettings).with_for_update()).one()
        plans = tuple(_versioned(tx, plan) for plan in catalogue.plans)
        row.catalogue = stored.kept(replace(catalogue, plans=plans))
        row.catalogue_hash, row.applied_at = catalogue.hash, clock.now()
    return difference


def _versioned(tx: TenantSession, plan: Plan) -> Plan:
    """The plan with the number of its version, which is a new one unless it was so before."""
    said = stored.content(plan)
    named = stored.hash_of(said)
    same = select(PlanVersion.version).where(PlanVersion.plan == plan.id, PlanVersion.hash == named)
    number = tx.exec(same).first()
    if number is None:
        newest = tx.exec(select(func.max(PlanVersion.version)).where(PlanVersion.plan == plan.id)).one()
        number = (newest or 0) + 1
        tx.add(PlanVersion(plan=plan.id, version=number, content=said, hash=named))
        tx.flush()
    return replace(plan, version=number)


def _facts() -> _Facts:
    with administrator() as tx:
        row = tx.exec(select(BillingSettings)).first()
        held = dict(tx.exec(select(Subscription.plan, func.count()).group_by(col(Subscription.plan))).all())
        planned = tx.exec(select(Subscription.next_plan).distinct()).all()
        books = (BillingPeriod.id, Invoice.id, Payment.id, Subscription.organization_id)
        versions = tx.exec(select(PlanVersion.plan, PlanVersion.hash, PlanVersion.version)).all()
        return _Facts(
            before=current(tx),
            time_zone=row.time_zone if row else days.time_zone(),
            is_counted=row is not None,
            has_books=any(tx.exec(select(it).limit(1)).first() is not None for it in books),
            holders=held,
            planned={it for it in planned if it},
            without=tx.exec(_WITHOUT).one(),
            versions={(plan, named): number for plan, named, number in versions},
        )


def _difference(facts: _Facts, catalogue: Catalogue) -> Difference:
    if wrong := _refused(facts, catalogue):
        raise Invalid(**wrong)
    before, after = facts.before, {plan.id: plan for plan in catalogue.plans}
    gone = [plan for plan in before.plans if plan.id not in after] if before else []
    return Difference(
        is_first=before is None,
        is_none=before is not None and before.hash == catalogue.hash,
        settings=differences.of_settings(before, catalogue),
        plans=tuple(
            [*(_of_plan(facts, plan, catalogue) for plan in catalogue.plans)]
            + [PlanDifference(it.id, it.name, Fate.GONE, (), None, 0) for it in gone]
        ),
        doubts=tuple(f'{field}: {sentence}' for field, sentence in parties.doubts(catalogue.seller).items()),
        without=facts.without,
    )


def _of_plan(facts: _Facts, plan: Plan, catalogue: Catalogue) -> PlanDifference:
    there = facts.before.plan(plan.id) if facts.before else None
    named = stored.hash_of(stored.content(plan))
    newest = max((number for (it, _), number in facts.versions.items() if it == plan.id), default=0)
    version = facts.versions.get((plan.id, named), newest + 1)
    changes: tuple[str, ...] = ()
    fate = Fate.NEW
    if there and facts.before:
        changes = differences.of_plan(there, plan, facts.before.currency, catalogue.currency)
        fate = Fate.SAME if (version, plan.is_offered) == (there.version, there.is_offered) else Fate.CHANGED
    holders = facts.holders.get(plan.id, 0)
    return PlanDifference(plan.id, plan.name, fate, changes, version if plan.is_offered else None, holders)


def _refused(facts: _Facts, catalogue: Catalogue) -> dict[str, str]:
    """What can't be so any more: money and days that something was counted in, and plans that somebody has."""
    wrong: dict[str, str] = {}
    before, zone = facts.before, facts.time_zone
    if before and before.currency != catalogue.currency and facts.has_books:
        wrong['currency'] = (
            f'currency: It stays {before.currency}: organizations have plans and amounts in it. '
            f'Write currency = "{before.currency}".'
        )
    if catalogue.time_zone != zone and facts.is_counted:
        wrong['time_zone'] = (
            f'time_zone: It stays {zone}: usage has been counted by its days. Write time_zone = "{zone}".'
        )
    elif catalogue.time_zone != zone:
        wrong['time_zone'] = (
            f'time_zone: Days are those of {zone} here, as BOTCADENCE_TIME_ZONE says. '
            f'Set that to {catalogue.time_zone} first, or write time_zone = "{zone}".'
        )
    for plan in sorted({*facts.holders, *facts.planned} - {it.id for it in catalogue.plans}):
        wrong[f'plan.{plan}'] = f'plan.{plan}: {_in_use(facts, plan)}'
    return wrong


def _in_use(facts: _Facts, plan: str) -> str:
    number = facts.holders.get(plan, 0)
    who = '1 organization has' if number == 1 else f'{number:,} organizations have' if number else 'somebody has chosen'
    return f'It is missing, and {who} it. Write it, with offered = false where nobody else is to choose it.'

"""A subscription as people look at it: the plan, when it renews or ends, what follows, what is offered."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from data.database import Actor, TenantSession, reading
from data.models import Subscription
from data.money.periods import Period
from data.permissions import Member, Permission, authorize
from data.services.plans import Catalogue, Plan
from data.services.subscriptions import advancing, following, holding
from data.services.usage import days


class State(StrEnum):
    """How a subscription stands, with the word of it."""

    word: str

    def __new__(cls, value: str, word: str = '') -> 'State':
        """A member with its word."""
        state = str.__new__(cls, value)
        state._value_ = value
        state.word = word
        return state

    FREE = 'free', 'Free'
    TRIAL = 'trial', 'On trial'
    ACTIVE = 'active', 'Active'
    CHANGING = 'changing', 'Changes'
    ENDING = 'ending', 'Ends'


@dataclass(frozen=True)
class SubscriptionView:
    """The plan of an organization, as `member` sees it; prices are in the smallest unit of `currency`.

    The present `period` is over before `next_on`: then it renews, `following` begins where something else was decided,
    or it ends. Of a trial `trial_days` are left, today among them; None where there is none. `may_try` is whether
    there was none yet. `is_offered` is whether the plan is still offered as it is held. `version` is 0 where nothing of
    it is in the database yet.
    """

    member: Member
    plan: Plan
    currency: str
    state: State
    period: Period
    following: Plan | None
    trial_ends_on: date | None
    trial_days: int | None
    may_try: bool
    is_offered: bool
    offered: tuple[Plan, ...]
    reference: str
    version: int

    @property
    def next_on(self) -> date:
        """The first day of the next period."""
        return self.period.next

    @property
    def last_day(self) -> date:
        """The last day of the present one."""
        return self.period.next - timedelta(days=1)


def standing(actor: Actor) -> SubscriptionView:
    """The subscription of an organization. Raises NotFound where there is no catalogue, Forbidden, SignedOut."""
    with reading(actor) as tx:
        member = authorize(tx, actor, Permission.BILLING_VIEW)
        catalogue, subscription = holding.catalogue_of(tx), holding.of(tx)
        return _view(tx, member, catalogue, subscription)


def _view(tx: TenantSession, member: Member, catalogue: Catalogue, subscription: Subscription) -> SubscriptionView:
    today, plan = days.today(), holding.plan_of(tx, subscription)
    row = following.row_of(tx, today)
    period = following.span_of(row) if row else advancing.period_of(tx, today)
    ends_on = subscription.trial_ends_on
    left = (ends_on - today).days if ends_on is not None and ends_on > today else None
    is_planned = subscription.cancel_at_end or subscription.next_plan is not None
    there = catalogue.plan(plan.id)
    return SubscriptionView(
        member=member,
        plan=plan,
        currency=catalogue.currency,
        state=_state(subscription, plan, catalogue, left),
        period=period,
        following=advancing.following_plan(tx, subscription) if is_planned else None,
        trial_ends_on=ends_on if left is not None else None,
        trial_days=left,
        may_try=not subscription.trial_used and not plan.price,
        is_offered=there is not None and there.is_offered and holding.is_same(there, plan),
        offered=tuple(it for it in catalogue.plans if it.is_offered),
        reference=subscription.reference,
        version=subscription.version,
    )


def _state(subscription: Subscription, plan: Plan, catalogue: Catalogue, trial_days: int | None) -> State:
    if subscription.cancel_at_end:
        return State.ENDING
    if subscription.next_plan is not None:
        return State.CHANGING
    if trial_days is not None:
        return State.TRIAL
    return State.FREE if plan.id == catalogue.default else State.ACTIVE

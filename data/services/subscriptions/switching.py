"""Plans are chosen, canceled, kept on: by Owners, also where billing is all that is open to them."""

from dataclasses import replace

from data.database import Actor, System, TenantSession, reading, transaction
from data.inputs import texts
from data.models import BillingPeriod, Subscription
from data.permissions import Member, Permission, authorize, standing
from data.problems import Invalid, Stale
from data.services import audit
from data.services.audit import Act
from data.services.invoices import pending
from data.services.subscriptions import advancing, deciding, following, holding
from data.services.subscriptions.deciding import Decision, When
from data.services.usage import days

REFERENCE_LIMIT = 200
"""Characters of the reference that is printed on invoices."""

NOTHING_TO_CANCEL = 'This organization has no plan that costs anything.'
ENDS_ALREADY = 'This plan is canceled already.'
NOTHING_PLANNED = 'This plan goes on as it is.'


def choose(actor: Actor, plan_id: object, *, version: int, shown: Decision | None = None) -> Decision:
    """Choose a plan: it is held at once, or from the next period on, as the preview said; what was done.

    Raises Stale where the subscription is not what it was at `version`, or where another decision was `shown`: plans
    are offered otherwise by now, or another day has begun. Raises Invalid('plan'), Forbidden, NotFound, SignedOut.
    """
    catch_up(actor)
    with transaction(actor) as tx:
        member = authorize(tx, actor, Permission.BILLING_MANAGE)
        subscription, row = in_hand(tx, version)
        catalogue = holding.catalogue_of(tx)
        plan = deciding.offered(catalogue, plan_id)
        decision = deciding.decide(tx, catalogue, subscription, row, plan, advancing.day_in(row))
        _expect(decision, shown)
        carry_out(tx, member, subscription, decision)
        return decision


def cancel(actor: Actor, *, version: int, shown: Decision | None = None) -> Decision:
    """Let the plan end with the period that is paid, or with the trial: then the default one follows.

    Nothing is paid back. Raises Stale as `choose` does, Invalid('plan') where there is nothing to cancel, Forbidden,
    NotFound, SignedOut.
    """
    catch_up(actor)
    with transaction(actor) as tx:
        member = authorize(tx, actor, Permission.BILLING_MANAGE)
        subscription, row = in_hand(tx, version)
        catalogue, before = holding.catalogue_of(tx), holding.plan_of(tx, subscription)
        if before.id == catalogue.default:
            raise Invalid(plan=NOTHING_TO_CANCEL)
        if subscription.cancel_at_end:
            raise Invalid(plan=ENDS_ALREADY)
        planned = deciding.planned(tx, catalogue, subscription)
        dropped = planned.name if planned else ''
        decision = Decision(When.NEXT, catalogue.free, before, row.next_day, dropped=dropped, is_end=True)
        _expect(decision, shown)
        carry_out(tx, member, subscription, decision)
        return decision


def resume(actor: Actor, *, version: int) -> None:
    """Let the plan go on that was canceled, or was to be followed by another one; that costs nothing.

    What follows is another version of it where that was planned: Owners can't keep the old one.
    Raises Stale, Invalid('plan') where nothing else is planned, Forbidden, NotFound, SignedOut.
    """
    catch_up(actor)
    with transaction(actor) as tx:
        member = authorize(tx, actor, Permission.BILLING_MANAGE)
        subscription, _ = in_hand(tx, version)
        if not subscription.cancel_at_end and subscription.next_plan is None:
            raise Invalid(plan=NOTHING_PLANNED)
        if not subscription.cancel_at_end and subscription.next_plan == subscription.plan:
            raise Invalid(plan=deciding.MOVED)
        before = holding.plan_of(tx, subscription)
        carry_out(tx, member, subscription, Decision(When.KEPT, before, before, days.today()))


def set_reference(actor: Actor, reference: object, *, version: int) -> str:
    """Let this be printed on invoices from now on, such as the number of an order; '' for nothing. What is kept of it.

    Raises Stale, Invalid('reference'), Forbidden, NotFound, SignedOut.
    """
    given = '' if reference is None else reference
    text = texts.clean(given, field='reference', label='The reference', limit=REFERENCE_LIMIT, required=False)
    catch_up(actor)
    with transaction(actor) as tx:
        member = authorize(tx, actor, Permission.BILLING_MANAGE)
        subscription, _ = in_hand(tx, version)
        if subscription.reference != text:
            subscription.reference = text
            audit.record(tx, member, Act.BILLING_SET_REFERENCE)
        return text


def _expect(decision: Decision, shown: Decision | None) -> None:
    """Raises Stale where somebody has agreed to something else than what would be done."""
    if shown is not None and _in_words(decision) != _in_words(shown):
        raise Stale


def _in_words(decision: Decision) -> Decision:
    """What people see of it: the causes of lines name a period, which has no name yet before the first plan."""
    return replace(decision, lines=tuple(replace(line, cause='') for line in decision.lines))


def catch_up(actor: Actor) -> None:
    """Let happen what was due before, where it has not yet: then whoever has seen another plan is told of that.

    Nothing happens for whoever may choose none. Raises NotFound, SignedOut.
    """
    with reading(actor) as tx:
        may = standing(tx, actor).may(Permission.BILLING_MANAGE)
        is_due = may and holding.found(tx) is not None and following.row_of(tx, days.today()) is None
    if is_due:
        with transaction(System(actor.organization_id, email=holding.RENEWER)) as tx:
            in_hand(tx)


def in_hand(tx: TenantSession, version: int | None = None) -> tuple[Subscription, BillingPeriod]:
    """The subscription, if it is what it was at `version`, and the present period; what was due before has happened.

    Whoever has seen that there was none yet has seen version 0. Raises Stale, NotFound.
    """
    subscription = advancing.begin(tx)
    row = advancing.present(tx, subscription)
    if version is not None:
        subscription.expect(version or 1)
    return subscription, row


def carry_out(tx: TenantSession, by: Member | System, subscription: Subscription, decision: Decision) -> None:
    """Do what was decided, and put it on the record."""
    plan, before = decision.plan, decision.before
    subscription.cancel_at_end = decision.is_end
    is_planned = decision.when is When.NEXT and not decision.is_end
    is_moved = subscription.next_plan == subscription.plan  # to another version, also after a plan that did not end
    if is_planned:
        subscription.next_plan, subscription.next_version = plan.id, plan.version
    elif not is_moved or decision.when in (When.NOW, When.TRIAL):
        subscription.next_plan = subscription.next_version = None
    if decision.when in (When.NOW, When.TRIAL):
        _hold(tx, subscription, decision)
    day = decision.from_day.isoformat()
    if decision.when is When.KEPT:
        audit.record(tx, by, Act.BILLING_RESUME, before.name)
    elif decision.is_end:
        last = decision.from_day.fromordinal(decision.from_day.toordinal() - 1).isoformat()
        audit.record(tx, by, Act.BILLING_CANCEL, before.name, day=last)
    else:
        audit.record(tx, by, Act.BILLING_CHOOSE, plan.name, day=day, before=before.name)


def _hold(tx: TenantSession, subscription: Subscription, decision: Decision) -> None:
    """Let a plan be held from today on."""
    for line in decision.lines:
        if not pending.add(tx, line):
            raise Stale  # a line with its cause is there: somebody else has done it
    holding.take(tx, subscription, decision.plan, decision.from_day)
    if decision.when is When.TRIAL:
        subscription.trial_used, subscription.trial_ends_on = True, decision.trial_ends_on
        subscription.interval = decision.plan.interval
    elif decision.period:
        catalogue = holding.catalogue_of(tx)
        advancing.anchor(subscription, decision.plan, decision.from_day, catalogue, anew=True)
    if decision.period:
        advancing.begin_anew(tx, subscription, decision.period)
    following.follow_limits(tx)

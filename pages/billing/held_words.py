"""The plan that an organization has, what becomes of it, and what would become of it, in words."""

from data.services.subscriptions import State, SubscriptionView
from data.services.subscriptions.deciding import Decision, When
from data.services.subscriptions.previewing import Preview
from pages.billing import plan_words
from pages.shell.words import day_of

NOTHING_LOST = 'Nothing is deleted.'


def mark(held: SubscriptionView) -> tuple[str, str]:
    """A word beside the name of the plan, with its tone, '' where it simply goes on."""
    if held.trial_days:
        return 'Trial', 'info'
    return ('Ends', 'warn') if held.state is State.ENDING else ('', 'quiet')


def facts(held: SubscriptionView) -> list[tuple[str, str]]:
    """When it renews or ends, and how long the trial goes on."""
    found = []
    if held.trial_days:
        found.append(('Trial', '1 day left' if held.trial_days == 1 else f'{held.trial_days} days left'))
    if held.state is State.ENDING:
        found.append(('Ends with', day_of(held.last_day)))
    elif held.plan.price:
        found.append(('Billed from' if held.trial_days else 'Renews on', day_of(held.next_on)))
    return found


def notes(held: SubscriptionView) -> list[str]:
    """What was decided about later, and that a plan which is not offered so any more is kept."""
    found = []
    if held.following:
        price = plan_words.price_of(held.following, held.currency)
        found.append(f'{held.following.name} ({price}) begins on {day_of(held.next_on)}. {NOTHING_LOST}')
    if not held.is_offered:
        found.append('This plan is not offered like this any more. You keep it at its price.')
    return found


# what another plan would mean ----------------------------------------------------------------------------------------


def question(preview: Preview) -> tuple[str, str]:
    """What is asked before, and what the button says."""
    decision = preview.decision
    if decision.is_end:
        return f'Cancel {decision.before.name}?', f'Cancel {decision.before.name}'
    if decision.when is When.KEPT:
        return f'Keep {decision.plan.name}?', f'Keep {decision.plan.name}'
    if decision.when is When.TRIAL:
        return f'Try {decision.plan.name}?', f'Start the trial of {decision.plan.name}'
    return f'Change to {decision.plan.name}?', f'Change to {decision.plan.name}'


def follows(preview: Preview) -> list[str]:
    """From when the plan is held, what is dropped, and when it is billed, a sentence each."""
    decision = preview.decision
    found = [_begins(decision, plan_words.price_of(decision.plan, preview.currency))]
    if decision.dropped and decision.when is not When.KEPT:
        found.append(f'{decision.dropped}, which was planned, does not follow any more.')
    if preview.lines:
        when = 'today' if preview.invoiced_on == decision.from_day else f'on {day_of(preview.invoiced_on)}'
        found.append(f'This is put on the invoice that is made {when}:')
    elif decision.when is When.NOW and decision.trial_ends_on is None:
        found.append('Nothing is billed for the present period.')
    return found


def _begins(decision: Decision, price: str) -> str:
    plan, before, day = decision.plan.name, decision.before.name, day_of(decision.from_day)
    if decision.when is When.KEPT:
        return f'{plan} goes on as it is. {decision.dropped} does not follow.'
    if decision.when is When.NEXT:
        return f'{before} stays until then: {plan} begins on {day}, at {price}. {NOTHING_LOST}'
    if decision.when is When.TRIAL and decision.trial_ends_on:
        ends = day_of(decision.trial_ends_on)
        return (
            f'{plan} begins now and costs nothing before {ends}. From that day on it is {price}, unless you cancel it.'
        )
    if decision.trial_ends_on:
        return (
            f'{plan} begins now. The trial goes on until {day_of(decision.trial_ends_on)}; from then on it is {price}.'
        )
    return f'{plan} begins today, at {price}.'

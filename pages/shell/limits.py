"""What is said of limits that are near or reached, and of a trial: above all screens, and on cards."""

from collections.abc import Sequence

from data.permissions import NearLimit, Trial
from data.services.usage import FULL, WARNED, Metric, Standing

REACHED = 'Limit reached'

USED = {
    Metric.MESSAGES: 'messages used',
    Metric.MEMBERS: 'places for members taken',
    Metric.PROJECTS: 'projects in use',
    Metric.STORAGE: 'storage used',
}
"""What so many per cent of the limit of a metric are."""

TONES = {0: 'ok', WARNED: 'warn', FULL: 'danger'}
"""How much it matters, by the per cent that people know of."""


def trial_word(trial: Trial | None) -> str:
    """A trial in a few words, '' where there is none: “Trial ends 12 March”."""
    return f'Trial ends {trial.ends_on.day} {trial.ends_on:%B}' if trial else ''


def tone(limit: NearLimit | Standing) -> str:
    """How much a limit matters: most where nothing more is possible."""
    return TONES[limit.step if limit.blocks else min(limit.step, WARNED)]


def word(limit: NearLimit) -> str:
    """A limit in a few words: “Limit reached”, “80 % of messages used”, “100 %” of those where more can be."""
    return (
        REACHED
        if limit.step == FULL and limit.blocks
        else f'{limit.step}\N{NO-BREAK SPACE}% of {USED[Metric(limit.metric)]}'
    )


def meaning(limits: Sequence[NearLimit]) -> str:
    """What the limits that are as near as the first one are, a line each, and what is not possible because of them."""
    worst = [it for it in limits if (it.step, it.blocks) == (limits[0].step, limits[0].blocks)]
    return '\n'.join(_sentence(it) for it in worst)


def _sentence(limit: NearLimit) -> str:
    if limit.step == FULL:
        return f'{limit.reached} {limit.beyond}'
    has = 'The plan of this organization includes' if limit.by_plan else 'This organization may have'
    return f'{has} {limit.allowed}.'

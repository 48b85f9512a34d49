"""How long conversations are kept, and how many answers are given a day: holds at once, without publishing."""

from collections.abc import Callable

from components.kit.card import Card
from components.kit.choice import OPTIONAL
from components.kit.fields import Values
from components.kit.form import Form
from components.kit.saved import Saved
from data.changes import Change
from data.services import agents
from data.services.agents import AgentView
from data.services.agents.forms import LABELS
from pages.shell.words import saved_meanwhile

HINT = 'These hold from the moment they are saved, whatever is published.'
DAYS = 'Older ones are deleted with all that was written in them. Empty keeps them until somebody deletes them.'


def keeping_card(project_id: str, first: AgentView) -> Callable[[AgentView, Change | None], None]:
    """The two limits; closed for those who may not change them."""
    member = first.member

    def load() -> Saved:
        return as_saved(agents.view(member, project_id))

    def save(values: Values, version: int) -> Saved:
        agent = agents.change_keeping(member, project_id, values, version=version)
        return stored(agent.retention_days, agent.daily_ceiling, agent.version)

    with Card('How long, and how many', hint=HINT):
        form = Form(load, save, as_saved(first), refused=first.refused, kept=f'agent-limits-{project_id}')
        with form.element:
            add = form.fields.text
            days = 'Days that conversations are kept'
            add('retention_days', f'{days}{OPTIONAL}', hint=DAYS, inputmode='numeric', autocomplete='off')
            answers = 'Answers a day'
            add('daily_ceiling', f'{answers}{OPTIONAL}', hint=given(first), inputmode='numeric', autocomplete='off')
            form.actions('Save both')

    def draw(view: AgentView, change: Change | None) -> None:
        form.allow(view.refused)
        if change:
            form.take(as_saved(view), saved_meanwhile(change, view.member))
            form.fields.hint('daily_ceiling', given(view))

    return draw


def as_saved(view: AgentView) -> Saved:
    """The limits as their form wants them."""
    return stored(view.retention_days, view.daily_ceiling, view.version)


def stored(days: int | None, answers: int | None, version: int) -> Saved:
    """The same, from the limits themselves."""
    return Saved({'retention_days': in_words(days), 'daily_ceiling': in_words(answers)}, version)


def in_words(number: int | None) -> str:
    """A number as it is typed, '' for none."""
    return '' if number is None else str(number)


def given(view: AgentView) -> str:
    """How many answers were given today."""
    answers = '1 answer was' if view.answered_today == 1 else f'{view.answered_today:,} answers were'
    return f'Whoever asks more reads “{LABELS["limit"]}”. Today {answers} given.'

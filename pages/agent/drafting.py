"""The settings of an agent, as they are drafted: a card for what belongs together, each saved for itself."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from components.kit.card import Card
from components.kit.choice import OPTIONAL
from components.kit.fields import Fields, Values
from components.kit.form import Form
from components.kit.saved import Saved
from data.changes import Change
from data.inputs import dates
from data.inputs.opening_hours import DAYS
from data.models import Agent
from data.services import agents
from data.services.agents import AgentView, settings
from data.services.agents.forms import CHOICES, LABELS, as_form
from data.services.agents.settings import AgentSettings
from pages.shell.words import saved_meanwhile

Draw = Callable[[AgentView, Change | None], None]


@dataclass(frozen=True)
class Group:
    """Settings that belong together: the title of their card, its hint, and a hint for some of the fields."""

    key: str
    title: str
    hint: str
    names: tuple[str, ...]
    hints: dict[str, str] = field(default_factory=dict)


SAYS = Group(
    'says',
    'What it says',
    'In your own words, and in the language of your visitors.',
    ('name', 'greeting', 'suggestions', 'unknown', 'offers', 'consent', 'away', 'limit'),
    {
        'greeting': 'The first thing that somebody reads who opens the chat.',
        'suggestions': 'One on each line, five at most. A press asks it.',
        'unknown': 'Said where the knowledge has nothing about a question.',
        'consent': 'What somebody agrees to who leaves an address. It is kept with the address.',
        'away': 'Said to who wants to talk to a person while nobody is there.',
        'limit': 'Said when no more questions are answered, today or this month.',
    },
)
LOOKS = Group(
    'looks',
    'How it looks',
    'The button on your pages, and the chat that it opens.',
    ('color', 'label', 'side', 'theme'),
    {
        'color': 'Like #0F6B5C. What is written on it is black or white, whichever is read better.',
        'label': 'Stands on the button, and is what a screen reader says.',
    },
)
HOURS = Group(
    'hours',
    'When people are there',
    'People are there while somebody who may answer has this organization open; where hours are set, only within them. '
    'The agent answers at any time.',
    ('zone', *DAYS),
    {'monday': 'Like 9:00–12:30, 14:00–18:00. Once a day has hours, days without are closed.'},
)
EMPTY = {'greeting', 'suggestions', 'zone', *DAYS}
"""What may be left empty."""

LINES = {'greeting': 2, 'unknown': 2, 'consent': 2, 'away': 2, 'limit': 2, 'suggestions': 3}


def draft_cards(project_id: str, first: AgentView) -> list[Draw]:
    """A card for each group."""
    return [draft_card(project_id, first, group) for group in (SAYS, LOOKS, HOURS)]


def draft_card(project_id: str, first: AgentView, group: Group) -> Draw:
    """The settings of a group, closed for those who may not change them."""
    names, member = group.names, first.member

    def load() -> Saved:
        view = agents.view(member, project_id)
        return of_group(view.draft, view.version, names)

    def save(values: Values, version: int) -> Saved:
        agent: Agent = agents.change_draft(member, project_id, values, version=version)
        return of_group(settings.of(agent.draft), agent.version, names)

    with Card(group.title, hint=group.hint):
        stored = of_group(first.draft, first.version, names)
        form = Form(load, save, stored, refused=first.refused, kept=f'agent-{group.key}-{project_id}')
        with form.element.classes('paired' if group is HOURS else ''):
            for name in names:
                add_field(form.fields, name, group.hints.get(name, ''))
            form.actions('Save draft', saved='Saved in the draft')

    def draw(view: AgentView, change: Change | None) -> None:
        form.allow(view.refused)
        if change:
            form.take(of_group(view.draft, view.version, names), saved_meanwhile(change, view.member))

    return draw


def of_group(draft: AgentSettings, version: int, names: tuple[str, ...]) -> Saved:
    """The settings of a group as its form wants them."""
    values = as_form(draft)
    return Saved({name: values[name] for name in names}, version)


def add_field(fields: Fields, name: str, hint: str) -> None:
    """The field of a setting."""
    label = LABELS[name] + (OPTIONAL if name in EMPTY else '')
    if name in CHOICES:
        fields.choice(name, label, CHOICES[name], hint=hint)
    elif name == 'zone':
        zones = partial(fields.choice, name, label, dates.time_zones(), hint=hint, search=True)
        zones(names=dates.countries_of_zones()).props['blank'] = ''
    else:
        fields.text(name, label, hint=hint, lines=LINES.get(name, 1), autocomplete='off')

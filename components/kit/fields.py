"""Labelled fields by name: what they hold, what is wrong with it, what helps."""

import json
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from nicegui import ui
from nicegui.elements.mixins.validation_element import ValidationElement

from data.problems import Invalid

Values = dict[str, Any]
F = TypeVar('F', bound=ValidationElement[Any])

NO_OPTION = """
<q-item role="option" aria-disabled="true" aria-selected="false" class="muted">Nothing found</q-item>
"""
"""What a list of options shows when nothing in it has what was typed."""

NARROW = """setTimeout(() => {{
  const box = document.getElementById({box});
  if (box && box.value && box.value !== {chosen}) box.dispatchEvent(new Event('input', {{ bubbles: true }}));
}})"""


def narrow(field: ui.select, chosen: str) -> None:
    """Let what was typed before the options came narrow them down; `chosen` is what the field says untouched."""
    field.client.run_javascript(NARROW.format(box=json.dumps(field.html_id), chosen=json.dumps(chosen)))


LOOK = {'outlined': True, 'stack-label': True, 'no-error-icon': True, 'hide-bottom-space': True}
MENU = {'behavior': 'menu', 'options-dense': True, 'menu-offset': (0, 4)}
"""How fields are drawn, and their lists of options; as properties, for a text of them is read anew for each field."""


class Choice(ui.select):
    """A select that takes nothing from the browser but one of its options.

    One that can be searched starts with the chosen option alone and fetches the others when somebody comes to it:
    all countries of the world take longer to draw than the rest of a screen.
    """

    def __init__(self, options: Mapping[str, str], *, label: str, value: Any, search: bool) -> None:
        self._all = dict(options)
        value = value if value in self._all else None
        at_first = {key: word for key, word in self._all.items() if key == value or not search}
        super().__init__(at_first, label=label, value=value, with_input=search)
        self.add_slot('no-option', NO_OPTION)
        if search:
            self.on('focus', self._load)

    def _load(self) -> None:
        if len(self.options) < len(self._all):
            self.set_options(dict(self._all), value=self.value)
            narrow(self, self.word(self.value))

    def choose(self, value: Any) -> None:
        """Choose an option; anything else is nothing."""
        if value is not None and value not in self.options:
            self._load()
        self.value = value if value in self.options else None

    def offer(self, options: Mapping[str, str]) -> None:
        """Have these options from now on; the chosen one stays."""
        self._all = {**options, **{key: word for key, word in self._all.items() if key == self.value}}
        self.set_options(dict(self._all), value=self.value)

    def word(self, value: Any) -> str:
        """What an option is called."""
        return self._all.get(value, '')

    def _event_args_to_value(self, e: Any) -> Any:
        try:
            return super()._event_args_to_value(e)
        except (KeyError, IndexError, TypeError, AttributeError):  # not what a browser sends
            return self.value


class Fields:
    """The fields of a form, in the order they were made; each starts with what `start` has under its name.

    `on_change` is called whenever one comes to hold something else.
    """

    def __init__(self, start: Values, *, readonly: bool, on_change: Callable[[], None]) -> None:
        self.start = start
        self._readonly, self._on_change = readonly, on_change
        self._by_name: dict[str, ValidationElement[Any]] = {}
        self._hints: dict[str, str] = {}

    def __getitem__(self, name: str) -> ValidationElement[Any]:
        return self._by_name[name]

    def text(
        self, name: str, label: str, *, hint: str = '', limit: int = 0, lines: int = 1, **props: str
    ) -> ui.input | ui.textarea:
        """A line of text, or some lines of it; `limit` in characters, `props` as HTML attributes."""
        value = self.start.get(name) or ''
        field = ui.input(label, value=value) if lines == 1 else ui.textarea(label, value=value)
        if limit:
            field.props['maxlength'] = limit
        if lines > 1:
            field.props.update({'rows': lines, 'autogrow': True})
        return self._add(name, field, hint, props)

    def choice(
        self, name: str, label: str, options: Mapping[str, str], *, hint: str = '', search: bool = False, **props: str
    ) -> ui.select:
        """One of several; with `search`, typing narrows them down."""
        field = Choice(options, label=label, value=self.start.get(name), search=search)
        return self._add(name, field, hint, MENU | props)

    def _add(self, name: str, field: F, hint: str, props: Mapping[str, object]) -> F:
        look = LOOK | {key.replace('_', '-'): value for key, value in props.items()}
        with field.props.suspend_updates():  # a select makes its options anew with each; a new field is sent anyway
            field.props.update(look, name=name, readonly=self._readonly, hint=hint or None)
        field.on_value_change(self._on_change)
        self._by_name[name], self._hints[name] = field, hint
        return field

    def drop(self, keep: set[str]) -> None:
        """Take all fields away but these, when others take their place."""
        for name in [name for name in self._by_name if name not in keep]:
            self._by_name.pop(name).delete()

    @property
    def values(self) -> Values:
        """What the fields hold now; nothing is ''."""
        return {name: '' if field.value is None else field.value for name, field in self._by_name.items()}

    @property
    def chosen(self) -> Values:
        """What is chosen from lists: the browser can't read that from its inputs."""
        return {name: field.value for name, field in self._by_name.items() if isinstance(field, Choice)}

    def fill(self, values: Values) -> None:
        """Put values into the fields."""
        for name in list(self._by_name):  # choosing a country replaces fields meanwhile
            field = self._by_name.get(name)
            if isinstance(field, Choice):
                field.choose(values.get(name))
            elif field is not None:
                field.value = values.get(name) or ''

    def lock(self, readonly: bool) -> None:
        """Close the fields, or open them."""
        self._readonly = readonly
        for field in self._by_name.values():
            field.props['readonly'] = readonly

    def hint(self, name: str, sentence: str) -> None:
        """Help that stands under a field."""
        self._hints[name] = sentence
        self._by_name[name].props['hint'] = sentence or None

    def remark(self, name: str, value: Any) -> None:
        """Say for a moment, in the place of the hint, what somebody else has saved in this field."""
        field = self._by_name[name]
        shown = field.word(value) if isinstance(field, Choice) else value
        field.props['hint'] = f'They saved: {shown or "nothing"}'

    def reset_hints(self) -> None:
        """Take the remarks away."""
        for name, field in self._by_name.items():
            hint = self._hints.get(name) or None
            if field.props.get('hint') != hint:  # else every field would be sent after every save
                field.props['hint'] = hint

    def show_errors(self, problem: Invalid) -> str:
        """Show each sentence at its field and go to the first; return those that have no field here."""
        rest = [sentence for name, sentence in problem.fields.items() if name not in self._by_name]
        wrong = [field for name, field in self._by_name.items() if name in problem.fields]
        for name, sentence in problem.fields.items():
            if name in self._by_name:
                self._by_name[name].error = sentence
        if wrong:
            wrong[0].run_method('focus')
        return ' '.join(rest)

    def clear_errors(self) -> None:
        """Take the errors away."""
        for field in self._by_name.values():
            field.error = None

"""Labelled fields by name: what they hold, what is wrong with it, what helps."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

from nicegui.elements.mixins.validation_element import ValidationElement

from components.kit.choice import OPTIONAL, Choice
from components.kit.text_boxes import TextArea, TextBox
from data.problems import Invalid

Values = dict[str, Any]
F = TypeVar('F', bound=ValidationElement[Any])

ADDRESSES = {'inputmode': 'email', 'autocapitalize': 'none', 'autocorrect': 'off', 'spellcheck': 'false'}
CODES = {'autocapitalize': 'characters', 'autocorrect': 'off', 'spellcheck': 'false'}
"""What keyboards on a screen are told about fields for e-mail addresses, and about those for codes of any kind."""

LOOK = {'dir': 'auto', 'outlined': True, 'stack-label': True, 'no-error-icon': True, 'hide-bottom-space': True}
"""How fields are drawn; as properties, for a text of them is read anew for each field."""


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

    def text(self, name: str, label: str, *, hint: str = '', lines: int = 1, **props: str) -> TextBox:
        """A line of text, or some lines of it; `props` are HTML attributes.

        None has a `maxlength`: it would cut what is pasted without a word. Who saves it says what is too long.
        """
        value = self.start.get(name) or ''
        field = TextBox(label, value=value) if lines == 1 else TextArea(label, value=value)
        if lines > 1:
            least = f'min-height: calc({lines} * 1lh + 16px)'  # a text that grows has one row to begin with
            field.props.update({'autogrow': True, 'input-style': least})
        return self._add(name, field, hint, props)

    def choice(
        self,
        name: str,
        label: str,
        options: Mapping[str, str],
        *,
        hint: str = '',
        search: bool = False,
        names: Mapping[str, Iterable[str]] | None = None,
        open: bool = False,
        **props: str,
    ) -> Choice:
        """One of several; with `search`, typing narrows them down, and `names` are others that each is found by.

        One that is `open` also holds what was typed and is no option.
        """
        field = Choice(options, label=label, value=self.start.get(name), search=search, names=names, open=open)
        field.on_typed(self._on_change)
        return self._add(name, field, hint, props)

    def _add(self, name: str, field: F, hint: str, props: Mapping[str, object]) -> F:
        look = LOOK | {key.replace('_', '-'): value for key, value in props.items()}
        required = None if str(field.props['label']).endswith(OPTIONAL) else 'true'
        with field.props.suspend_updates():  # a new field is sent anyway
            field.props.update(look, name=name, readonly=self._readonly, hint=hint or None)
            field.props['aria-required'] = required
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
    def shown(self) -> Values:
        """The same, but of a list what was typed into it, where that is none of its options."""
        return self.values | {field.props['name']: field.typed for field in self.undecided}

    def unlike(self, stored: Values, seen: object = None) -> set[str]:
        """Names of the fields that show something else than what is stored; `seen` is what a browser says they show."""
        shown = self.shown
        now = {name: seen[name] for name in shown if name in seen} if isinstance(seen, dict) else shown
        return {name for name, value in now.items() if value != (stored.get(name) or '')}

    @property
    def undecided(self) -> list[Choice]:
        """Where something was typed that is none of the options."""
        return [field for field in self._by_name.values() if isinstance(field, Choice) and field.typed]

    def decided(self) -> bool:
        """Whether every field holds something it can; else say so at the first that does not, and go there."""
        for field in self.undecided[:1]:
            field.ask()
        return not self.undecided

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
        """Say for a moment, in the place of the hint, what was saved in this field elsewhere."""
        field = self._by_name[name]
        shown = field.word(value) if isinstance(field, Choice) else value
        field.props['hint'] = f'Saved in the meantime: {shown or "nothing"}'

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

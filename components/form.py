"""A form: fields bound to one service call, with what others do meanwhile taken in and nothing typed ever lost."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from nicegui import ui
from nicegui.elements.mixins.validation_element import ValidationElement
from nicegui.elements.mixins.value_element import ValueElement

from components.calls import call
from components.text import Text
from data.problems import Invalid, Problem, Stale

Values = dict[str, Any]


def _blank(field: ValueElement[Any]) -> str | None:
    return None if isinstance(field, ui.select) else ''


@dataclass(frozen=True)
class Saved:
    """What a form shows: its values and the version they were read at, which a save must still find."""

    values: Values
    version: int


class Phase(Enum):
    """Where a form is between two saves."""

    IDLE = 0
    SAVING = 1
    SAVED = 2


class Form:
    """Fields, one save button, one service call.

    `load()` tells what is stored, `save(values, version)` stores and tells the same; both run in a thread and raise
    `Problem`s. `refused` is the sentence why this person may not change anything, None when they may. `kept` names the
    form's draft in the browser, which outlives a reload the person did not ask for.
    """

    def __init__(
        self,
        load: Callable[[], Saved],
        save: Callable[[Values, int], Saved],
        stored: Saved,
        *,
        refused: str | None,
        kept: str,
        on_saved: Callable[[], None] | None = None,
    ) -> None:
        self._load, self._save = load, save
        self._on_saved = on_saved
        self._stored = stored
        self._theirs: Saved | None = None
        self._late: tuple[Saved, str] | None = None
        self._refused = refused
        self._phase = Phase.IDLE
        self.fields: dict[str, ValueElement[Any]] = {}
        self.element = ui.element('form').classes('form').props('novalidate')
        self.element.props['data-form'] = kept
        self.element.on('submit.prevent', self.submit)
        self.element.on('restore', lambda event: self.restore(event.args.get('detail')), args=['detail'])

    # fields ----------------------------------------------------------------------------------------------------------

    def text(self, name: str, label: str, *, hint: str = '', limit: int = 0, lines: int = 1, **props: str) -> ui.input:
        """A line of text, or some lines of it."""
        make = ui.input if lines == 1 else ui.textarea
        field = make(label, value=self._stored.values.get(name, ''))
        if limit:
            field.props['maxlength'] = limit
        if lines > 1:
            field.props['rows'] = lines
            field.props['autogrow'] = True
        return self._add(name, field, hint, props)

    def choice(
        self, name: str, label: str, options: Mapping[str, str], *, hint: str = '', search: bool = False, **props: str
    ) -> ui.select:
        """One of several; with `search`, typing narrows them down."""
        value = self._stored.values.get(name)
        field = ui.select(dict(options), label=label, value=value if value in options else None, with_input=search)
        field.props('behavior=menu options-dense')
        return self._add(name, field, hint, props)

    def _add(self, name: str, field: Any, hint: str, props: Mapping[str, str]) -> Any:
        field.props('outlined stack-label no-error-icon hide-bottom-space')
        field.props['name'] = name
        if hint:
            field.props['hint'] = hint
        for key, value in props.items():
            field.props[key.replace('_', '-')] = value
        if self._refused:
            field.props['readonly'] = True
        field.on_value_change(self._changed)
        self.fields[name] = field
        return field

    def drop(self, *names: str) -> None:
        """Take fields away, when others take their place."""
        for name in names:
            self.fields.pop(name).delete()

    def actions(self, label: str = 'Save', cancel: Callable[[], None] | None = None) -> None:
        """The row under the fields: save, discard, and how it went; or the sentence why not.

        With `cancel`, for a form in a dialog, there is Cancel instead of Discard.
        """
        self._notice = ui.element('div').classes('notice').props('role=status')
        self._notice.set_visibility(False)
        self._label = label
        with ui.element('div').classes('actions') as self._row:
            self._row.props('aria-live=polite')
            self._button = ui.button(label, color=None).props('type=submit').classes('button-primary')
            self._discard = ui.button('Discard', on_click=self.discard, color=None).classes('button')
            if cancel:
                ui.button('Cancel', on_click=cancel, color=None).classes('button')
                self._discard.classes('gone')
        self._why = Text('p', self._refused or '', 'muted why')
        self._show_state()

    # state -----------------------------------------------------------------------------------------------------------

    @property
    def stored(self) -> Saved:
        """What is stored, as far as this form knows."""
        return self._stored

    @property
    def values(self) -> Values:
        """What the fields hold now."""
        return {name: '' if field.value is None else field.value for name, field in self.fields.items()}

    @property
    def touched(self) -> set[str]:
        """Names of the fields that hold something else than what is stored."""
        return {name for name, value in self.values.items() if value != self._was(name)}

    def _was(self, name: str) -> Any:
        return self._stored.values.get(name) or ''

    @property
    def unsaved(self) -> bool:
        """Whether leaving would lose something."""
        return not self._refused and bool(self.touched)

    def _changed(self) -> None:
        self._show_state()

    def _show_state(self) -> None:
        unsaved, idle = self.unsaved, self._phase is not Phase.SAVING
        self.element.props['data-unsaved'] = 'true' if unsaved else None
        word = {Phase.SAVING: 'Saving…', Phase.SAVED: 'Saved'}.get(self._phase, self._label)
        self._button.text = self._label if unsaved and idle else word
        self._button.set_enabled(unsaved and idle)
        self._discard.set_visibility(unsaved and idle)
        self._row.set_visibility(not self._refused)
        self._why.set_visibility(bool(self._refused))

    def allow(self, refused: str | None) -> None:
        """Open or close the form when the person's role or the organization's status has changed."""
        if refused == self._refused:
            return
        self._refused = refused
        for field in self.fields.values():
            field.props['readonly'] = bool(refused)
        self._why.text = refused or ''
        self._show_state()

    # acts ------------------------------------------------------------------------------------------------------------

    async def submit(self) -> None:
        """Call the service once with what the fields hold, and show how it went."""
        if self._phase is Phase.SAVING or self._refused:
            return
        self._phase = Phase.SAVING
        self._clear_errors()
        self._show_state()
        values = self.values
        phase = Phase.IDLE
        try:
            self._stored = await call(self._save, values, self._stored.version)
            self._settle(values)
            phase = Phase.SAVED
        except Invalid as problem:
            self._show_errors(problem)
        except Stale as problem:
            await self._catch_up(problem)
        except Problem as problem:
            self.notify(str(problem), 'danger')
        self._phase = phase
        self._show_state()
        if phase is Phase.SAVED and self._on_saved:
            self._on_saved()
        elif phase is Phase.SAVED:
            with self.element:
                ui.timer(2, self._rest, once=True)
        if self._late:
            self.take(*self._late)

    def _settle(self, sent: Values) -> None:
        """Show what was stored (spaces trimmed, codes in capitals), except where somebody has typed on meanwhile."""
        self._theirs = None
        self.notify('')
        typed_on = {name: value for name, value in self.values.items() if value != sent.get(name)}
        self.fill({**self._stored.values, **typed_on})

    def _rest(self) -> None:
        if self._phase is Phase.SAVED:
            self._phase = Phase.IDLE
            self._show_state()

    async def _catch_up(self, problem: Stale) -> None:
        """Somebody saved first: show what, and let the next save be on top of it."""
        try:
            theirs = await call(self._load)
        except Problem as gone:
            self.notify(str(gone), 'danger')
            return
        self._theirs = theirs
        self._compare(str(problem))
        self._stored = Saved(self._stored.values, theirs.version)

    def discard(self) -> None:
        """Go back to what is stored."""
        if self._theirs:
            self._stored, self._theirs = self._theirs, None
            for field in self.fields.values():
                field.props['hint'] = None
        self._clear_errors()
        self.notify('')
        self.fill(self._stored.values)
        self._show_state()

    def fill(self, values: Values) -> None:
        """Put values into the fields; a form whose fields depend on a value overrides this."""
        for name, field in self.fields.items():
            field.value = values.get(name) or _blank(field)

    def restore(self, draft: object) -> None:
        """Put back what was typed before the connection was lost."""
        if self._refused or not isinstance(draft, dict):
            return
        self.fill({**self._stored.values, **{name: text for name, text in draft.items() if isinstance(text, str)}})
        if self.unsaved:
            self.notify('This is what you had typed before the connection was lost. It is not saved yet.', 'info')
        self._show_state()

    def take(self, stored: Saved, by: str) -> None:
        """Somebody else has saved: show it where nothing was typed, say so where something was."""
        if self._phase is Phase.SAVING:
            self._late = stored, by
            return
        self._late = None
        if stored.version <= self._stored.version:
            return
        mine = {name: self.values[name] for name in self.touched}
        if any((stored.values.get(name) or '') != self._was(name) for name in mine):
            self._theirs = stored
            self._compare(f'{by or "Somebody else"} saved this while you were typing.')
            return
        self._stored = stored
        self.fill({**stored.values, **mine})
        self._show_state()

    def _compare(self, sentence: str) -> None:
        """Say what they saved next to what was typed."""
        assert self._theirs is not None
        for name in self.touched & self.fields.keys():
            theirs = self._theirs.values.get(name, '')
            if (theirs or '') != self._was(name):
                self.fields[name].props['hint'] = f'They saved: {self._shown(name, theirs)}'
        self.notify(sentence, 'warn', action='Use theirs', on_click=self.discard)

    def _shown(self, name: str, value: Any) -> str:
        options = getattr(self.fields[name], 'options', None)
        return str(options.get(value, value) if isinstance(options, dict) else value) or 'nothing'

    # words -----------------------------------------------------------------------------------------------------------

    def notify(self, sentence: str, tone: str = 'info', *, action: str = '', on_click: Any = None) -> None:
        """Say something above the buttons; an empty sentence takes it away."""
        self._notice.clear()
        self._notice.set_visibility(bool(sentence))
        self._notice.classes(replace=f'notice tone-{tone}')
        with self._notice:
            Text('span', sentence)
            if action:
                ui.button(action, on_click=on_click, color=None).classes('button-quiet')

    def _show_errors(self, problem: Invalid) -> None:
        rest = []
        for name, sentence in problem.fields.items():
            field = self.fields.get(name)
            if isinstance(field, ValidationElement):
                field.error = sentence
            else:
                rest.append(sentence)
        if rest:
            self.notify(' '.join(rest), 'danger')
        first = next((field for name, field in self.fields.items() if name in problem.fields), None)
        if first is not None:
            first.run_method('focus')

    def _clear_errors(self) -> None:
        for field in self.fields.values():
            if isinstance(field, ValidationElement):
                field.error = None

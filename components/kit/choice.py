"""A field that holds one of several options, by its key; long lists can be searched and come when somebody is at it."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from nicegui.elements.mixins.label_element import LabelElement
from nicegui.elements.mixins.validation_element import ValidationElement
from nicegui.events import GenericEventArguments

LONGEST_TYPED = 200
"""Characters that are kept of what was typed and is no option."""

OPTIONAL = ' (optional)'
"""How the label of a field ends that may stay empty."""

GONE = 'This option is gone. Choose another one.'
CHOOSE = 'Choose from the list.'


class Choice(LabelElement, ValidationElement[Any], component='choice.js'):
    """One of `options`, key → label; `names` are others that each can be found by, with `search`.

    All looking for is done in the browser, which says the key of what it has taken; this takes nothing but a key it
    has. What was typed and is no option is `typed`, and `value` stays until it is one. An empty field means `blank`.
    One that is `fresh` asks for its options whenever somebody comes to it; a `remote` one, with `load` and `look`, for
    those that have in them what was typed: whoever made it answers. An `open` one also holds a text that is no option.
    """

    VALUE_PROP = 'value'
    LOOPBACK = None

    def __init__(
        self,
        options: Mapping[str, str],
        *,
        label: str,
        value: Any,
        search: bool,
        names: Mapping[str, Iterable[str]] | None = None,
        blank: str | None = None,
        fresh: bool = False,
        remote: bool = False,
        open: bool = False,
    ) -> None:
        self._all, self._names, self._search, self._open = dict(options), names or {}, search, open
        self._is_loaded = False
        self._listeners: list[Callable[[], object]] = []
        super().__init__(label=label, value=value if self._takes(value) else None, validation=None)
        noun = label.removesuffix(OPTIONAL)
        with self.props.suspend_updates():
            self.props.update(
                search=search, fresh=fresh, remote=remote, open=open, noun=noun[:1].lower() + noun[1:], blank=blank
            )
            self.props.update(typed='', reset=0, word=self.word(self.value), options=() if search else self._rows())
        if not remote:
            self.on('load', self._load, [])
        self.on('typed', self._hear, [None])

    @property
    def options(self) -> dict[str, str]:
        """What can be chosen, key → label."""
        return dict(self._all)

    @property
    def typed(self) -> str:
        """What was typed and is no option, '' where the field holds one or nothing."""
        return str(self.props['typed'])

    def on_typed(self, listener: Callable[[], object]) -> None:
        """Call this when something is typed that is no option yet, and when it is one."""
        self._listeners.append(listener)

    def word(self, value: Any) -> str:
        """What an option is called."""
        return self._all.get(value, str(value) if self._takes(value) else '')

    def choose(self, value: Any) -> None:
        """Choose an option; a text that is none is shown as if it had been typed, None is nothing."""
        known = value if self._takes(value) else None
        typed = value[:LONGEST_TYPED] if known is None and isinstance(value, str) else ''
        if typed or self.typed:
            self._tell(typed)
            self._draw_anew()
        if known is not None or not typed:
            self.value = known

    def offer(self, options: Mapping[str, str]) -> None:
        """Have these options from now on; the chosen one stays."""
        self._all = {**options, **{key: word for key, word in self._all.items() if key == self.value}}
        if not self._search:
            self.props['options'] = self._rows()
        elif self._is_loaded:
            self._load()

    def answer(self, options: Mapping[str, str], more: bool, typed: str) -> None:
        """Have what was found for what was `typed`; the chosen one stays, `more` is whether others exist."""
        self._all = {**options, **{key: word for key, word in self._all.items() if key == self.value}}
        self.run_method('receive', tuple((key, label, ()) for key, label in options.items()), more, typed)

    def ask(self) -> None:
        """Say that what was typed is no option, and lead there."""
        self.error = CHOOSE
        self.run_method('focus')

    def _takes(self, value: Any) -> bool:
        is_text = self._open and isinstance(value, str) and 0 < len(value) <= LONGEST_TYPED
        return is_text or value in self._all

    def _rows(self) -> tuple[tuple[object, ...], ...]:
        return tuple((key, label, tuple(self._names.get(key, ()))) for key, label in self._all.items())

    def _load(self) -> None:
        """Send all options, once: as a property they would be sent with every hint and every error."""
        self._is_loaded = True
        self.run_method('receive', self._rows())

    def _draw_anew(self) -> None:
        self.props['reset'] += 1

    def _tell(self, typed: str) -> None:
        if typed == self.typed:
            return
        with self.props.suspend_updates():  # the browser knows
            self.props['typed'] = typed
        if not typed:
            self.error = None
        for listener in self._listeners:
            listener()

    def _hear(self, event: GenericEventArguments) -> None:
        if isinstance(event.args, str):
            self._tell(event.args[:LONGEST_TYPED])

    def _event_args_to_value(self, e: GenericEventArguments) -> Any:
        if e.args['reset'] != self.props['reset']:  # it was chosen before the browser knew what others did
            self._draw_anew()
        key = e.args['key']
        if key is None or self._takes(key):
            self._tell('')
            return key
        self._draw_anew()
        self.error = GONE
        return self.value

    def _handle_value_change(self, value: Any) -> None:
        with self.props.suspend_updates():
            self.props['word'] = self.word(value)
            if self._send_update_on_value_change and 'reset' in self.props:
                self.props['reset'] += 1
        super()._handle_value_change(value)

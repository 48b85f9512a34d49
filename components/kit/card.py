"""Cards: the titled sections of a screen."""

from types import TracebackType
from typing import Self

from nicegui import ui

from components.kit.text import Text
from components.kit.text import hint as quiet


class Card:
    """A titled section with one hint; what is built inside `with` stands under them."""

    def __init__(self, title: str, *, hint: str = '') -> None:
        self.element = ui.element('section').classes('card')
        with self.element, ui.element('header').classes('card-head'):
            self.title = Text('h2', title, 'card-title')
            self.element.props['aria-labelledby'] = self.title.html_id
            if hint:
                quiet(hint)

    def __enter__(self) -> Self:
        self.element.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.element.__exit__(kind, error, trace)

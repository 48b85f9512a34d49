"""Dialogs, and the questions that are asked in one before an act."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from nicegui import ui

from components.kit.text import Text, sentence

KEEP = 'Keep editing'
"""How to go on with what is typed: Cancel, in a question that Cancel has asked, would say either."""


class Box(ui.dialog):
    """A dialog that leaves nothing behind; a page has one at a time, however often somebody clicks."""

    def __init__(self) -> None:
        for before in [element for element in ui.context.client.layout if isinstance(element, type(self))]:
            before.delete()
        with ui.element() as self._place:  # NiceGUI makes a hidden element here, and keeps the dialog as long as that
            super().__init__()
        self._place.visible = False
        self.props('transition-duration=120')

    def delete(self) -> None:
        """Delete the dialog and what marks the place where it was made."""
        super().delete()
        if not self._place.is_deleted:  # it is when the screen has gone
            self._place.delete()


class Question(Box):
    """The same for a question, which may stand before a dialog: who thinks better of it goes on there."""


async def confirm(
    title: str,
    template: str,
    *,
    action: str,
    stay: str = 'Cancel',
    typed: str = '',
    alike: Callable[[str], str] = str,
    danger: bool = True,
    **names: str,
) -> bool:
    """Ask once; with `typed`, that has to be typed first, or what is `alike`. False when they think better of it.

    `stay` is how to say that. `names` are what stands in the gaps of the `template` of the sentence.
    """
    with Question() as question, ui.element('div').classes('card dialog'):
        heading = Text('h2', title, 'card-title')
        question.props['aria-labelledby'] = heading.html_id
        sentence(template, **names)
        if typed:
            name = ui.input(f'Type {typed} to confirm').props(
                'outlined stack-label autocomplete=off autocapitalize=none autocorrect=off spellcheck=false dir=auto'
            )
        with ui.element('div').classes('actions'):
            ui.button(stay, on_click=lambda: question.submit(False), color=None).classes('button').props('autofocus')
            go = ui.button(action, on_click=lambda: question.submit(True), color=None)
            go.classes('button-danger' if danger else 'button-primary')
            if typed:
                go.bind_enabled_from(name, 'value', lambda value: bool(value) and alike(value) == alike(typed))
    try:
        return bool(await question)
    finally:
        if not question.is_deleted:  # it is when the whole page has gone meanwhile
            question.delete()


async def give_up() -> bool:
    """Ask before what somebody has typed is thrown away."""
    return await confirm('Discard what you typed?', 'It is not saved yet.', action='Discard', stay=KEEP)


@contextmanager
def dialog(title: str, template: str = '', **names: str) -> Iterator[ui.dialog]:
    """A dialog that opens at once and is gone when it closes; what is built inside `with` is its content.

    `names` are what stands in the gaps of the `template` of its sentence.
    """
    with Box() as box, ui.element('div').classes('card dialog'):
        heading = Text('h2', title, 'card-title')
        box.props['aria-labelledby'] = heading.html_id
        if template:
            sentence(template, **names)
        yield box
    box.on('hide', box.delete)
    box.open()

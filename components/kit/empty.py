"""What stands where nothing is yet, and where something is still coming."""

from collections.abc import Callable

from nicegui import ui

from components.kit.text import hint


def empty(sentence: str, action: str = '', on_click: Callable[..., object] | None = None) -> ui.element:
    """One sentence on what will be here, and the button that makes the first one."""
    with ui.element('div').classes('empty') as box:
        hint(sentence)
        if action and on_click:
            ui.button(action, on_click=on_click, color=None).classes('button')
    return box


def skeleton(lines: int = 3) -> ui.element:
    """A shape of what comes, shown after 150 ms (the delay is in the stylesheet)."""
    with ui.element('div').classes('skeleton').props('aria-hidden=true') as shape:
        for _ in range(lines):
            ui.element('div')
    return shape

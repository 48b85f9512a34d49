"""Empty states: what stands where nothing is yet."""

from nicegui import ui

from components.kit.text import hint


def empty(sentence: str) -> ui.element:
    """One sentence on what will be here, in a box."""
    with ui.element('div').classes('empty') as box:
        hint(sentence)
    return box

"""Whether what an event says has the shape that its element can hold: a text, a choice there is, yes or no.

NiceGUI takes any JSON for the value of an input and stumbles over it later. What a value may be in the end is decided
by the services; this only keeps a handler of ours from meeting a number where it has every reason to expect a text.
"""

from typing import Any

from nicegui import json, ui
from nicegui.element import Element
from nicegui.elements.mixins.value_element import ValueElement
from nicegui.event_listener import EventListener

VALUE = 'update:modelValue'
ROUTES = {'sub_pages_open', 'sub_pages_navigate'}


def fits(element: Element, listener: EventListener, arguments: list[str | None]) -> bool:
    """Whether arguments, in JSON, are what the listener has asked for and what the element can hold."""
    if listener.args is not None:
        if len(arguments) > len(listener.args):
            return False
        for asked, argument in zip(listener.args, arguments, strict=False):
            if asked is not None and not (argument or '').startswith('{'):  # it named the keys of an object
                return False
    if listener.type in ROUTES:
        return len(arguments) == 1 and (arguments[0] or '').startswith('"')
    if listener.type != VALUE or not isinstance(element, ValueElement):
        return True
    return len(arguments) == 1 and _can_hold(element, None if arguments[0] is None else json.loads(arguments[0]))


def _can_hold(element: ValueElement[Any], value: object) -> bool:
    if isinstance(element, ui.select):
        several = isinstance(value, list) if element.multiple else False
        return all(_is_choice(element, each) for each in (value if several else [value]))  # type: ignore[attr-defined]
    if isinstance(element, ui.input | ui.textarea):
        return value is None or isinstance(value, str)
    return type(value) is bool if isinstance(element.value, bool) else True


def _is_choice(element: ui.select, value: object) -> bool:
    if isinstance(value, str):
        return 'new-value-mode' in element.props
    if not isinstance(value, dict):
        return value is None
    number = value.get('value')
    return type(number) is int and 0 <= number < len(element._values)

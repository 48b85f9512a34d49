"""Event filter: whether what an event carries is what its element can hold: a text, an option it has, yes or no.

NiceGUI takes any JSON for the value of an input and stumbles over it later. What a value may be in the end is decided
by the services; this only keeps a handler of ours from meeting a number where it has every reason to expect a text.
"""

from collections.abc import Sequence
from itertools import zip_longest
from typing import Any

from nicegui import json, ui
from nicegui.element import Element
from nicegui.elements.mixins.value_element import ValueElement
from nicegui.event_listener import EventListener
from nicegui.helpers import event_type_to_camel_case

from components.kit.choice import Choice

ROUTES = {'sub_pages_open', 'sub_pages_navigate'}


def fits(element: Element, listener: EventListener, arguments: list[str | None]) -> bool:
    """Whether arguments, in JSON, are what the listener has asked for and what the element can hold."""
    values = [None if argument is None else json.loads(argument) for argument in arguments]
    if listener.args is not None:
        if len(values) > len(listener.args):
            return False
        if not all(_has(value, keys) for value, keys in zip_longest(values, listener.args)):
            return False
    if listener.type in ROUTES:
        return len(values) == 1 and isinstance(values[0], str)
    if isinstance(element, ValueElement) and listener.type == event_type_to_camel_case(f'update:{element.VALUE_PROP}'):
        return len(values) == 1 and _can_hold(element, values[0])
    return True


def _has(value: object, keys: Sequence[str] | None) -> bool:
    """Whether an argument is an object with all of the keys that were asked for, where some were."""
    return keys is None or (isinstance(value, dict) and all(key in value for key in keys))


def _can_hold(element: ValueElement[Any], value: object) -> bool:
    if isinstance(element, Choice):
        return isinstance(value, dict) and _is_key(value.get('key')) and type(value.get('reset')) is int
    if isinstance(element, ui.select):
        several = isinstance(value, list) if element.multiple else False
        chosen: list[object] = value if several and isinstance(value, list) else [value]
        return all(_is_choice(element, option) for option in chosen)
    if isinstance(element, ui.input | ui.textarea):
        return value is None or isinstance(value, str)
    return type(value) is bool if isinstance(element.value, bool) else True


def _is_key(value: object) -> bool:
    """Whether it may be the key of an option; whether it is one, the field itself finds out, and says so."""
    return value is None or isinstance(value, str)


def _is_choice(element: ui.select, value: object) -> bool:
    if isinstance(value, str):
        return 'new-value-mode' in element.props
    if not isinstance(value, dict):
        return value is None and 'clearable' in element.props
    number = value.get('value')
    return type(number) is int and 0 <= number < len(element._values)

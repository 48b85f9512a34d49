"""Boxes for text: NiceGUI's inputs, which show what they are told at once, and only then."""

from typing import Any

from nicegui.elements.input import Input
from nicegui.elements.textarea import Textarea


class TextBox(Input):
    """A line of text.

    What the server puts into it goes out in one frame. NiceGUI adds a second one, which puts the same in once more when
    it comes, and what was typed between the two is lost.
    """

    def _handle_value_change(self, value: Any) -> None:
        super(Input, self)._handle_value_change(value)  # all but the second frame
        if self._send_update_on_value_change:
            self._update_method = 'updateValue'

    def _to_dict(self) -> dict[str, Any]:
        told = super()._to_dict()
        self._update_method = None  # what goes out next may be a hint, and leave the text alone
        return told


class TextArea(TextBox, Textarea):
    """Some lines of text."""

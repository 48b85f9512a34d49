"""Canned replies: the list, and the form for one of them."""

from collections.abc import Callable
from typing import Any

from nicegui import ui

from components.kit.form import Form
from components.kit.grid import Row
from components.kit.rows import RowAct, RowList, row_menu

MENU = row_menu('title', ('edit', 'Edit'), ('remove', 'Remove'), when='open')
REPLY = (
    r"""
<div class="phone-row" role="listitem">
  <div class="reply-main">
    <bdi class="phone-number">{{ props.row.title }}</bdi>
    <span class="muted reply-text" dir="auto">{{ props.row.text }}</span>
  </div>
"""
    + MENU
    + '</div>'
)

NONE = 'No canned replies yet. They are texts that everybody who answers can put into a message by their title.'


class ReplyList:
    """The canned replies of a project, with what can be done to each."""

    def __init__(self, *, on_edit: Callable[[Row], object], on_remove: Callable[[Row], object]) -> None:
        acts = {'edit': RowAct(on_edit, when='open'), 'remove': RowAct(on_remove, when='open')}
        self._rows = RowList(REPLY, label='Canned replies', classes='phones', acts=acts, nothing=NONE, boxed=True)

    def show(self, rows: list[Row], *, may: bool) -> None:
        """Draw these, with their menus for those who may change them."""
        self._rows.show({**row, 'open': may} for row in rows)


class ReplyForm(Form):
    """Its title and its text."""

    def __init__(self, *args: Any, dialog: ui.dialog, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        with self.element:
            hint = 'By this it is found while somebody answers.'
            self.fields.text('title', 'Title', hint=hint, autocomplete='off').props('autofocus')
            self.fields.text('text', 'Text', lines=6, autocomplete='off')
            self.actions('Save reply', dialog=dialog)

"""Billing contacts: the list, and the form for one of them."""

from collections.abc import Callable, Mapping
from typing import Any

from nicegui import ui

from components.kit.form import Form
from components.kit.grid import Row
from components.kit.note import Note
from components.kit.rows import RowAct, RowList, row_menu

MENU = row_menu('email', ('change', 'Change'), ('resend', 'Ask again', 'waits'), ('remove', 'Remove'), when='open')
CONTACT = (
    r"""
<div class="phone-row" role="listitem">
  <div class="phone-main">
    <span class="phone-number">{{ props.row.email }}</span>
    <span v-if="props.row.waits" class="chip chip-tone tone-warn">{{ props.row.word }}</span>
    <span class="muted">{{ props.row.gets_words }}</span>
  </div>
"""
    + MENU
    + '</div>'
)

TO_ADD = 'Only Owners get these mails so far. Add the address of whoever keeps the books: they need no account.'


class ContactList:
    """The contacts with what can be done to each, and the button that adds one."""

    def __init__(
        self,
        *,
        on_change: Callable[[Row], object],
        on_resend: Callable[[Row], object],
        on_remove: Callable[[Row], object],
        on_add: Callable[[], object],
    ) -> None:
        acts = {'change': on_change, 'resend': on_resend, 'remove': on_remove}
        offered = {name: RowAct(act, when='waits' if name == 'resend' else 'open') for name, act in acts.items()}
        self._contacts = RowList(CONTACT, label='Billing contacts', classes='phones', acts=offered)
        self._add = Note(on_add)

    def show(self, rows: list[Row], refused: str | None, *, asks: str = '') -> None:
        """Draw these contacts, with their menus if this person may; `asks` is why nobody new can be asked, or ''."""
        self._contacts.say_of_none('No billing contacts yet.' if refused else TO_ADD)
        self._contacts.show({**row, 'open': not refused} for row in rows)
        self._add.show(refused or asks, '' if refused or asks else 'Add contact')


class ContactForm(Form):
    """The address, where it is a new one, and what it gets."""

    def __init__(self, *args: Any, gets: Mapping[str, str], is_new: bool, dialog: ui.dialog, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        with self.element:
            if is_new:
                hint = 'They are asked by mail first, and get nothing else before they have said yes.'
                box = self.fields.text('email', 'Email', hint=hint, autocomplete='email', type='email')
                box.props('autofocus')
            self.fields.choice('gets', 'Gets mail about', gets)
            self.actions('Ask this address' if is_new else 'Save', dialog=dialog)

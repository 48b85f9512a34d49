"""Phone numbers: the list, and the form for one of them."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from nicegui import ui

from components.kit.form import Form
from components.kit.grid import Row
from components.kit.note import Note
from components.kit.rows import RowAct, RowList, row_menu

MENU = row_menu(
    'number', ('edit', 'Edit'), ('primary', 'Make primary', 'not primary'), ('remove', 'Remove'), when='open'
)
PHONE = (
    r"""
<div class="phone-row" role="listitem">
  <div class="phone-main">
    <span class="phone-number">{{ props.row.number }}</span>
    <span v-if="props.row.primary" class="chip chip-accent">Primary</span>
    <span class="muted"><template v-if="props.row.label"><bdi>{{ props.row.label }}</bdi> · </template
      >{{ props.row.purpose_word }}</span>
  </div>
"""
    + MENU
    + '</div>'
)

TO_ADD = 'Add the numbers people can call or text, and one for questions about bills.'


class PhoneList:
    """The numbers with what can be done to each, and the button that adds one."""

    def __init__(
        self,
        *,
        on_edit: Callable[[Row], object],
        on_primary: Callable[[Row], object],
        on_remove: Callable[[Row], object],
        on_add: Callable[[], object],
    ) -> None:
        acts = {'edit': on_edit, 'primary': on_primary, 'remove': on_remove}
        offered = {name: RowAct(act, when='open') for name, act in acts.items()}
        self._numbers = RowList(PHONE, label='Phone numbers', classes='phones', acts=offered)
        self._add = Note(on_add)

    def show(self, rows: list[Row], refused: str | None) -> None:
        """Draw these numbers, with their menus if this person may."""
        self._numbers.say_of_none('No phone numbers yet.' if refused else TO_ADD)
        self._numbers.show({**row, 'open': not refused} for row in rows)
        self._add.show(refused or '', '' if refused else 'Add number')


class PhoneForm(Form):
    """Country, number, label, purpose."""

    def __init__(
        self,
        *args: Any,
        countries: Mapping[str, str],
        country_names: Mapping[str, Sequence[str]],
        purposes: Mapping[str, str],
        example: Callable[[str], str],
        dialog: ui.dialog,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self._example = example
        with self.element:
            self.fields.choice('country', 'Country', countries, search=True, names=country_names).props('autofocus')
            self.fields.text('number', 'Number', autocomplete='tel', type='tel')
            self.fields.text('label', 'Label (optional)', hint='For example Front desk.', autocomplete='off')
            self.fields.choice('purpose', 'Purpose', purposes)
            self.actions('Save number', dialog=dialog)
        self.changed()

    def changed(self) -> None:
        """Another country has another example; a number with a country code needs none."""
        country = self.fields['country'].value
        like = f'Like {self._example(country)}, or with' if country else 'Choose a country, or begin with'
        self.fields.hint('number', f'{like} + and the country code.')
        super().changed()

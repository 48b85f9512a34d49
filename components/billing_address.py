"""The form of a billing address: its fields follow the country."""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from components.kit.fields import CODES, Values
from components.kit.form import Form
from components.kit.part import Part
from components.kit.saved import Phase, Saved


class FieldLine(Protocol):
    """One field of an address, as a country wants it."""

    @property
    def name(self) -> str:
        """The name of the field."""

    @property
    def label(self) -> str:
        """What the country calls it."""

    @property
    def required(self) -> bool:
        """Whether an address is nothing without it."""

    @property
    def options(self) -> tuple[tuple[str, str], ...]:
        """Codes and names where only these are possible."""

    @property
    def hint(self) -> str:
        """What helps to fill it in."""


BILLED_TO = {'company': 'Company', 'person': 'Person'}
FIRST_FIELDS = {'country', 'kind'}
LOCAL_FIELDS = ('country_area', 'city_area', 'postal_code', 'tax_id')
"""Fields whose values mean something in one country only."""

AUTOFILL = {
    'name': 'name',
    'company_name': 'organization',
    'street_address': 'street-address',
    'city_area': 'address-level3',
    'city': 'address-level2',
    'country_area': 'address-level1',
    'postal_code': 'postal-code',
}

OPENED = """setTimeout(() => {{
  const form = document.getElementById({form});
  if (!form?.contains(document.activeElement)) form?.focus({{ preventScroll: true }});
}})"""
FOLDED = """setTimeout(() => {{
  const edit = document.getElementById({block} + '-edit'), now = document.activeElement;
  if (edit && (now === document.body || now?.closest('form.gone, form.hidden'))) edit.focus();
}})"""
"""Whoever opens the form goes on from its beginning, unless they are in it already, and whoever was in it from the
button that opens it again."""


class AddressForm(Form):
    """A stored address as it is printed, with a button that opens its form; an open form where there is none yet.

    Country first; the other fields, their labels and order come from `lines(country, kind)`, the block from
    `printed(values)`. `guess(time_zone)` is the country to begin with in an empty form.
    """

    def __init__(
        self,
        *args: Any,
        countries: Mapping[str, str],
        country_names: Mapping[str, Sequence[str]],
        lines: Callable[[str, str], Sequence[FieldLine]],
        tax_label: Callable[[str, str], str],
        printed: Callable[[Values], str],
        guess: Callable[[str], str],
        **kwargs: Any,
    ) -> None:
        self._block = Part('stored', hint='Edit the billing address').on('click', self.open, [])
        super().__init__(*args, **kwargs)
        self._lines, self._tax_label, self._printed, self._guess = lines, tax_label, printed, guess
        self._opened = False
        self._shape: tuple[Any, Any] = (None, None)
        self._local: dict[Any, Values] = {}
        with self.element:
            self.fields.choice(
                'country', 'Country', countries, search=True, names=country_names, autocomplete='country-name'
            )
            self.fields.choice('kind', 'Billed to', BILLED_TO)
            self._build()
            self.actions('Save address')
        if not self.stored.values.get('country') and not self._refused:
            self.element.tell(zone=True)
            self.element.on('zone', lambda event: self.suggest(self._guess(str(event.args))))

    def open(self) -> None:
        """Show the form of the address that is stored."""
        self._opened = True
        self.show_state()
        self.element.client.run_javascript(OPENED.format(form=json.dumps(self.element.html_id)))

    def suggest(self, country: str) -> None:
        """Begin an empty form with this country; nothing is typed by that, and nothing saved."""
        if country and not self.stored.version and not self.unsaved:
            self.stored = Saved({**self.stored.values, 'country': country}, 0)
            self.fill(self.stored.values)
            self.show_state()

    def show_state(self) -> None:
        """Draw the address, or its form: whoever has typed something sees the form."""
        super().show_state()
        is_stored = self.stored.version > 0
        is_open = not is_stored or self.unsaved or self._phase is Phase.SAVING or (self._opened and not self._refused)
        self._block.tell(
            sentence=self._printed(self.stored.values) if is_stored else '',
            label='' if is_open or self._refused else 'Edit',
            why=self._refused or '' if is_stored else '',
            word='Saved' if self._phase is Phase.SAVED and not is_open else '',
        )
        self.element.set_visibility(is_open)
        if is_stored and is_open and not self.unsaved and self._phase is not Phase.SAVING:
            self.element.tell(back='Cancel')

    def _settle(self, sent: Values) -> None:
        self._opened = False
        super()._settle(sent)
        self._leave()

    def discard(self) -> None:
        """Go back to what is stored."""
        self._opened = False
        super().discard()
        self._leave()

    def _leave(self) -> None:
        self.element.client.run_javascript(FOLDED.format(block=json.dumps(self._block.html_id)))

    def _build(self) -> None:
        """Make the fields that the chosen country and kind ask for."""
        self._shape = country, kind = self.fields['country'].value, self.fields['kind'].value
        if not country or not kind:
            return
        with self.element:
            for line in self._lines(country, kind):
                self._field(line)
            label = f'{self._tax_label(country, kind)} (optional)'
            self.fields.text('tax_id', label, autocomplete='off').props.update(CODES)

    def _field(self, line: FieldLine) -> None:
        label = line.label if line.required else f'{line.label} (optional)'
        if line.options:
            token = AUTOFILL.get(line.name, 'off')
            self.fields.choice(
                line.name, label, dict(line.options), hint=line.hint, search=True, open=True, autocomplete=token
            )
            return
        rows = 2 if line.name == 'street_address' else 1
        box = self.fields.text(line.name, label, hint=line.hint, lines=rows)
        box.props['autocomplete'] = AUTOFILL.get(line.name, 'off')
        if line.name.endswith('_code'):
            box.props.update(CODES)

    def changed(self) -> None:
        """Another country or kind has other fields; what was typed moves along, or waits for its country to return."""
        shape = self.fields['country'].value, self.fields['kind'].value
        if shape != self._shape:
            typed, before = {**self.fields.start, **self.fields.values}, self._shape[0]
            if shape[0] != before:
                self._local[before] = {name: typed.get(name) for name in LOCAL_FIELDS}
                typed |= self._local.get(shape[0], dict.fromkeys(LOCAL_FIELDS))
            self.fields.start = typed
            self.fields.drop(keep=FIRST_FIELDS)
            self._build()
        super().changed()

    def fill(self, values: Values) -> None:
        """Put values into the fields, after making those that the country asks for."""
        self.fields.fill(values)
        super().fill(values)
        self.fields.start = dict(values)


def stored(values: Mapping[str, Any] | None, version: int, country: str = '') -> Saved:
    """An address as the form wants it; None is no address yet, for which `country` is a guess."""
    return Saved(dict(values or {'country': country or None, 'kind': 'company'}), version)

"""The form of a billing address: its fields follow the country."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from components.kit.fields import CODES, Values
from components.kit.form import Form
from components.kit.saved import Saved


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


class AddressForm(Form):
    """Country first; the other fields, their labels and order come from `lines(country, kind)`."""

    def __init__(
        self,
        *args: Any,
        countries: Mapping[str, str],
        country_names: Mapping[str, Sequence[str]],
        lines: Callable[[str, str], Sequence[FieldLine]],
        tax_label: Callable[[str], str],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self._lines, self._tax_label = lines, tax_label
        self._shape: tuple[Any, Any] = (None, None)
        self._local: dict[Any, Values] = {}
        with self.element:
            self.fields.choice(
                'country', 'Country', countries, search=True, names=country_names, autocomplete='country-name'
            )
            self.fields.choice('kind', 'Billed to', BILLED_TO)
            self._build()
            self.actions('Save address')

    def _build(self) -> None:
        """Make the fields that the chosen country and kind ask for."""
        self._shape = country, kind = self.fields['country'].value, self.fields['kind'].value
        if not country or not kind:
            return
        with self.element:
            for line in self._lines(country, kind):
                self._field(line)
            label = f'{self._tax_label(country)} (optional)'
            self.fields.text('tax_id', label, limit=40, autocomplete='off').props.update(CODES)

    def _field(self, line: FieldLine) -> None:
        label = line.label if line.required else f'{line.label} (optional)'
        if line.options:
            token = AUTOFILL.get(line.name, 'off')
            self.fields.choice(line.name, label, dict(line.options), hint=line.hint, search=True, autocomplete=token)
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


def stored(values: Mapping[str, Any] | None, version: int) -> Saved:
    """An address as the form wants it; None is no address yet."""
    return Saved(dict(values or {'country': None, 'kind': 'company'}), version)

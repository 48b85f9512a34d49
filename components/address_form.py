"""A postal address whose fields follow the country."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from nicegui import ui

from components.form import Form, Saved, Values


class Line(Protocol):
    """One field of an address, as a country wants it."""

    name: str
    label: str
    required: bool
    options: tuple[tuple[str, str], ...]
    hint: str


KINDS = {'company': 'Company', 'person': 'Person'}


class AddressForm(Form):
    """Country first; the other fields, their labels and order come from `lines(country, kind)`."""

    def __init__(
        self,
        *args: Any,
        countries: Mapping[str, str],
        lines: Callable[[str, str], Sequence[Line]],
        tax_label: Callable[[str], str],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self._lines, self._tax_label = lines, tax_label
        with self.element:
            self.choice('country', 'Country', countries, search=True, autocomplete='country-name')
            self.choice('kind', 'Billed to', KINDS)
            self._body = ui.element('div').classes('form-body')
            self._build(self._stored.values)
            self.actions('Save address')
        self._shape = self._wanted()

    def _wanted(self) -> tuple[Any, Any]:
        return self.fields['country'].value, self.fields['kind'].value

    def _build(self, values: Values) -> None:
        country, kind = self._wanted()
        if not isinstance(country, str) or not isinstance(kind, str):
            return
        with self._body:
            for line in self._lines(country, kind):
                label = line.label if line.required else f'{line.label} (optional)'
                if line.options:
                    field = self.choice(line.name, label, dict(line.options), hint=line.hint, search=True)
                else:
                    rows = 2 if line.name == 'street_address' else 1
                    field = self.text(line.name, label, hint=line.hint, lines=rows, **_autofill(line.name))
                field.value = _fitting(line, values.get(line.name, ''))
            tax = self.text('tax_id', f'{self._tax_label(country)} (optional)', limit=40)
            tax.value = values.get('tax_id', '')

    def _changed(self) -> None:
        if (wanted := self._wanted()) != getattr(self, '_shape', wanted):
            self._rebuild(self.values)
        if hasattr(self, '_row'):
            super()._changed()

    def _rebuild(self, values: Values) -> None:
        self._shape = self._wanted()
        self.drop(*(name for name in self.fields if name not in ('country', 'kind')))
        self._build(values)

    def fill(self, values: Values) -> None:
        """Put values into the fields, after making those that the country asks for."""
        kept = {name: values.get(name) for name in ('country', 'kind')}
        for name, value in kept.items():
            self.fields[name].value = value or None
        super().fill(values)


def _fitting(line: Line, value: Any) -> Any:
    """A value that a list of choices has, or nothing."""
    return value if not line.options or value in dict(line.options) else None


def _autofill(name: str) -> dict[str, str]:
    tokens = {
        'name': 'name',
        'company_name': 'organization',
        'street_address': 'street-address',
        'city': 'address-level2',
        'country_area': 'address-level1',
        'postal_code': 'postal-code',
    }
    return {'autocomplete': tokens[name]} if name in tokens else {}


def stored(values: Mapping[str, Any] | None, version: int) -> Saved:
    """An address as the form wants it; None is no address yet."""
    return Saved(dict(values or {'country': None, 'kind': 'company'}), version)

"""Tables of the catalogue's file (TOML): each value is read by its key, and what is wrong is kept, whatever it is.

What is wrong with a value is named by the way to it: 'plan.team.messages.price'. Whoever reads goes on with something
that fits, and says at the end that all of it is wrong at once.
"""

from collections.abc import Callable, Mapping
from difflib import get_close_matches
from enum import StrEnum
from typing import Any, TypeVar

from data.inputs import texts
from data.money import currencies, taxes
from data.problems import Invalid

_Choice = TypeVar('_Choice', bound=StrEnum)

_MISSING = object()
MOST = 30
"""Things that are wrong, of which people are told at once."""


class Table:
    """One table: what is in it, where it is, and where to write down what is wrong with it."""

    def __init__(
        self, values: object, path: str, wrong: dict[str, str], hints: Mapping[str, str] | None = None
    ) -> None:
        self.path = path
        self.wrong = wrong
        self._hints = hints or {}
        self._seen: set[str] = set()
        self.values: Mapping[str, Any] = values if isinstance(values, dict) else {}
        if not isinstance(values, dict):
            self.refuse('', 'Write a table: { key = value } or lines below [its name].')

    def refuse(self, key: str, sentence: str) -> None:
        """Write down what is wrong with the value of this key, or with the whole table where it is ''."""
        where = '.'.join(filter(None, (self.path, key)))
        if len(self.wrong) < MOST:
            self.wrong.setdefault(where, f'{where}: {sentence}')

    def has(self, key: str) -> bool:
        """Whether the key is there; it may be from here on."""
        self._seen.add(key)
        return key in self.values

    def _value(self, key: str, kind: type, default: Any, sentence: str) -> Any:
        """The value, if it is of this kind; else the default, or, where there is none, `_MISSING` and a sentence."""
        if not self.has(key):
            if default is _MISSING:
                self.refuse(key, f'It is missing. {sentence}')
            return default
        value = self.values[key]
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            self.refuse(key, sentence)
            return _MISSING
        return value

    def text(self, key: str, about: str, default: Any = _MISSING, *, limit: int = 200, lines: bool = False) -> str:
        """A text on one line, or on several; `about` says what to write."""
        value = self._value(key, str, default, about)
        if value is _MISSING or not value:
            return self._nothing(key, value, default, about)
        if lines:
            return str(self.taken(key, '', texts.several_lines, value, field=key, label='It', limit=limit))
        return str(self.taken(key, '', texts.clean, value, field=key, label='It', limit=limit))

    def _nothing(self, key: str, value: Any, default: Any, about: str) -> str:
        if default is _MISSING and value == '':
            self.refuse(key, f'It is empty. {about}')
        return '' if default is _MISSING else str(default)

    def whole(self, key: str, least: int, most: int, default: Any = _MISSING) -> int:
        """A whole number within these bounds."""
        sentence = f'Write a whole number from {least:,} to {most:,}, without quotes.'
        value = self._value(key, int, default, sentence)
        if value is _MISSING:
            return least
        if not least <= value <= most:
            self.refuse(key, sentence)
            return least
        return int(value)

    def flag(self, key: str, *, default: bool) -> bool:
        """true or false."""
        value = self._value(key, bool, default, 'Write true or false, without quotes.')
        return default if value is _MISSING else bool(value)

    def choice(self, key: str, kind: type[_Choice], default: _Choice) -> _Choice:
        """One of these words."""
        words = ', '.join(f'"{it}"' for it in kind)
        sentence = f'Write one of {words}.'
        value = self._value(key, str, default, sentence)
        if value is _MISSING or value not in set(kind):
            self.refuse(key, sentence)
            return default
        return kind(value)

    def amount(self, key: str, currency: str, default: Any = _MISSING) -> int:
        """An amount of money, in quotes."""
        if not self.has(key):
            if default is _MISSING:
                example = currencies.plain(49 * 10 ** currencies.digits(currency), currency)
                self.refuse(key, f'It is missing. Write the amount in quotes, such as "{example}".')
            return 0 if default is _MISSING else int(default)
        return int(self.taken(key, 0, currencies.parse, self.values[key], currency, field=key))

    def rate(self, key: str) -> int:
        """A rate of tax, in per cent and in quotes."""
        return int(self.taken(key, 0, taxes.parse, self.values[key] if self.has(key) else None, field=key))

    def taken(self, key: str, instead: Any, check: Callable[..., Any], *arguments: Any, **options: Any) -> Any:
        """What a check makes of a value; what it finds wrong is written down, and `instead` goes on."""
        try:
            return check(*arguments, **options)
        except Invalid as problem:
            for name, sentence in problem.fields.items():
                self.refuse(key or name, sentence)
            return instead

    def table(self, key: str, hints: Mapping[str, str] | None = None, *, required: bool = True) -> 'Table':
        """The table below this key; an empty one where it is missing."""
        there = self.has(key)
        if not there and required:
            self.refuse(key, 'It is missing.')
        return Table(self.values[key] if there else {}, f'{self.path}.{key}'.strip('.'), self.wrong, hints)

    def listed(self, key: str) -> list[Any]:
        """The list below this key; an empty one where it is missing or something else."""
        value = self._value(key, list, [], 'Write a list.')
        return [] if value is _MISSING else value

    def end(self) -> None:
        """Refuse what nobody has asked for: whoever mistypes a key would believe that it is heard."""
        for key in self.values:
            if key not in self._seen and len(self.wrong) < MOST:
                near = get_close_matches(key[:40], self._seen - self.values.keys(), 1)
                meant = f' Did you mean {near[0]}?' if near else ''
                self.refuse(key[:60], self._hints.get(key) or f'There is nothing of this name here.{meant}')

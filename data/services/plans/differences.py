"""What becomes different when a catalogue is applied, in words, and who has what it is about."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any

from data.money import taxes
from data.services.plans import words
from data.services.plans.catalogue import Catalogue, Plan


class Fate(StrEnum):
    """What becomes of a plan."""

    NEW = 'new'
    CHANGED = 'changed'
    SAME = 'same'
    GONE = 'gone'


@dataclass(frozen=True)
class PlanDifference:
    """What becomes of one plan; `version` is the one that whoever begins with it gets, None where nobody can.

    `organizations` have it now, in any version, and keep what they have.
    """

    id: str
    name: str
    fate: Fate
    changes: tuple[str, ...]
    version: int | None
    organizations: int

    @property
    def sentence(self) -> str:
        """What becomes of it, and whom it touches."""
        what = {
            Fate.NEW: f'new, version {self.version}',
            Fate.SAME: 'unchanged' if self.version is None else f'unchanged, version {self.version}',
            Fate.GONE: 'no longer there',
            Fate.CHANGED: f'version {self.version} for whoever begins with it from now on',
        }
        closed = self.version is None and self.fate in (Fate.NEW, Fate.CHANGED)
        return f'{self.name}: {"nobody can choose it" if closed else what[self.fate]}. {self._who()}'

    def _who(self) -> str:
        if not self.organizations:
            return 'No organization has it.'
        has = '1 organization has' if self.organizations == 1 else f'{self.organizations:,} organizations have'
        keeps = 'keeps' if self.organizations == 1 else 'keep'
        return f'{has} it' + ('.' if self.fate is Fate.SAME else f' and {keeps} what was agreed.')


@dataclass(frozen=True)
class Difference:
    """What becomes different: of plans, and of what holds for all invoices from then on; `doubts` may be mistakes.

    `is_none` is whether all is as it was, `without` how many organizations have no plan yet, and begin with the default
    one.
    """

    is_first: bool
    is_none: bool
    settings: tuple[str, ...]
    plans: tuple[PlanDifference, ...]
    doubts: tuple[str, ...] = ()
    without: int = 0


def of_settings(before: Catalogue | None, after: Catalogue) -> tuple[str, ...]:
    """What becomes different beside the plans, a line for each: 'tax.rate: 19 % → 20 %'."""
    if before is None:
        return ()
    old, new = dict(_said(before)), dict(_said(after))
    here, there = ({plan.id for plan in it.plans} for it in (before, after))
    for said, catalogue in ((old, before), (new, after)):
        said['order'] = ', '.join(plan.id for plan in catalogue.plans if plan.id in here & there)
    return tuple(
        f'{key}: {old.get(key) or "nothing"} \u2192 {new.get(key) or "nothing"}'
        for key in {**old, **new}
        if old.get(key) != new.get(key)
    )


def _said(catalogue: Catalogue) -> Iterator[tuple[str, str]]:
    for field in fields(catalogue):
        value: Any = getattr(catalogue, field.name)
        if field.name in ('seller', 'transfer'):
            quoted = {key: _picture(text) if key == 'logo' else _quoted(text) for key, text in value.items()}
            yield from ((f'{field.name}.{key}', text) for key, text in quoted.items())
        elif field.name == 'tax':
            yield 'tax.rate', taxes.shown(value.rate)
            yield 'tax.name', _quoted(value.name)
            yield 'tax.reverse_charge', 'true' if value.reverse_charge else 'false'
            yield from ((f'tax.rates.{country}', taxes.shown(rate)) for country, rate in value.rates.items())
        elif field.name not in ('plans', 'hash'):
            yield field.name, 'start' if value is None else _quoted(value) if isinstance(value, str) else f'{value}'


def _picture(text: str) -> str:
    return f'a picture ({hashlib.sha256(text.encode()).hexdigest()[:8]})'


def _quoted(text: str) -> str:
    return '\u201c' + text.replace('\n', ' / ') + '\u201d' if text else ''


def of_plan(before: Plan, after: Plan, old_currency: str, currency: str) -> tuple[str, ...]:
    """What becomes different of a plan, a line for each: 'price: €49.00 a month → €59.00 a month'."""
    old, new = dict(_facts(before, old_currency)), dict(_facts(after, currency))
    return tuple(
        f'{key}: {old.get(key, "")} \u2192 {new.get(key, "")}' for key in {**old, **new} if old.get(key) != new.get(key)
    )


def _facts(plan: Plan, currency: str) -> Mapping[str, str]:
    facts = {
        'name': plan.name,
        'price': words.price(plan, currency),
        'trial': words.trial(plan) or 'none',
        'sentence': _quoted(plan.sentence) or 'none',
        'offered': 'yes' if plan.is_offered else 'no',
        'seats': words.seats(plan, currency),
    }
    if plan.seats:
        facts['seats'] += ' (' + ', '.join(plan.seats.roles) + ')'
    return facts | {it.value: words.included(it, there, currency) for it, there in plan.included.items()}

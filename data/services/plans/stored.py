"""The catalogue and its plans as they are kept: as JSON, in which what is as ever is left out, and by its hash.

So a plan whose form gains something new keeps its hash, and with it its version.
"""

import json
from collections.abc import Mapping
from dataclasses import MISSING, Field, fields, is_dataclass, replace
from enum import Enum
from hashlib import sha256
from typing import Any

from data.models import Interval, Role
from data.money.charges import Pricing, Tier
from data.services.plans.catalogue import Catalogue, Included, Over, Plan, Seats, TaxRules
from data.services.usage import Metric

_NOT_IN_CONTENT = {'version', 'is_offered', 'hash'}
"""What a plan or a catalogue is called, not what it says."""


def with_hash(catalogue: Catalogue) -> Catalogue:
    """The same, by its hash: that of all it says."""
    said = {**content(catalogue), 'offered': [plan.id for plan in catalogue.offered]}
    return replace(catalogue, hash=hash_of(said))


def content(of: Catalogue | Plan) -> dict[str, Any]:
    """What a plan or a catalogue says, as JSON has it, without versions."""
    return dict(_plain(of))


def hash_of(said: Mapping[str, Any]) -> str:
    """The SHA-256 of this as canonical JSON."""
    text = json.dumps(said, sort_keys=True, separators=(',', ':'), ensure_ascii=False)
    return sha256(text.encode()).hexdigest()


def kept(catalogue: Catalogue) -> dict[str, Any]:
    """All of a catalogue as JSON has it, with the versions of its plans, and which are not offered."""
    names = [{'version': plan.version, 'is_offered': plan.is_offered} for plan in catalogue.plans]
    said = content(catalogue)
    return {**said, 'plans': [{**plan, **named} for plan, named in zip(said['plans'], names, strict=True)]}


def catalogue_of(said: Mapping[str, Any], named: str) -> Catalogue:
    """The catalogue that was kept so, whose hash this is."""
    values = {
        **said,
        'plans': tuple(plan_of(plan, plan['version'], is_offered=plan['is_offered']) for plan in said['plans']),
        'tax': TaxRules(**said['tax']),
        'hash': named,
    }
    return Catalogue(**values)


def plan_of(said: Mapping[str, Any], version: int, *, is_offered: bool = True) -> Plan:
    """The plan that was kept so; what it includes of something that is not counted any more is left out."""
    values = {key: value for key, value in said.items() if key not in _NOT_IN_CONTENT}
    if 'interval' in values:
        values['interval'] = Interval(values['interval'])
    if values.get('seats'):
        values['seats'] = _seats_of(values['seats'])
    included = {Metric(it): _included_of(there) for it, there in said.get('included', {}).items() if it in set(Metric)}
    return Plan(**{**values, 'included': included, 'version': version, 'is_offered': is_offered})


def _seats_of(said: Mapping[str, Any]) -> Seats:
    values = {**said, 'over': Over(said['over'])}
    if 'roles' in said:
        values['roles'] = tuple(Role(it) for it in said['roles'])
    return Seats(**values)


def _included_of(said: Mapping[str, Any]) -> Included:
    tiers = tuple(Tier(**tier) for tier in said.get('tiers', []))
    values = {**said, 'over': Over(said['over']), 'tiers': tiers}
    return Included(**{**values, 'pricing': Pricing(said.get('pricing', Pricing.LINEAR))})


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        there = [(it, getattr(value, it.name)) for it in fields(value) if it.name not in _NOT_IN_CONTENT]
        return {it.name: _plain(each) for it, each in there if each != _default_of(it)}
    if isinstance(value, Mapping):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    return value.value if isinstance(value, Enum) else value


def _default_of(field: Field[Any]) -> Any:
    return field.default_factory() if field.default_factory is not MISSING else field.default

"""Reading of the catalogue: the text of a file becomes a `Catalogue`, or all that is wrong with it is said at once."""

import tomllib
from typing import Any

from data.inputs import moments
from data.models import Role
from data.money import currencies
from data.problems import Invalid
from data.services.plans import parties, plan_reading, stored
from data.services.plans.catalogue import Catalogue, Plan
from data.services.plans.tables import Table

LARGEST, MOST_DOTS = 200_000, 1_000
"""Characters of a file, and dots in a line of it: many times what there is to say. Keys with more take minutes."""

_ZONE = 'Write the time zone whose days count (IANA), such as "Europe/Berlin".'
_ANCHOR = 'Write the day of the month on which periods begin, 1 to 31, or "start" for that of each beginning.'
_DEFAULT = 'Write the id of the plan of whoever has chosen none; its price is 0.'
_HINTS = {'plans': 'Write each plan below a line [[plan]].', 'seats': 'Seats belong to a plan.'}


def read(text: object) -> Catalogue:
    """The catalogue that the text of a file (TOML) says, not applied yet: the version of each plan is 0.

    Raises Invalid with a sentence for each field that is wrong, named by the way to it ('plan.team.price').
    """
    wrong: dict[str, str] = {}
    catalogue = _read(Table(_parsed(text), '', wrong, _HINTS))
    if wrong:
        raise Invalid(**wrong)
    return stored.with_hash(catalogue)


def _parsed(text: object) -> dict[str, Any]:
    if not isinstance(text, str) or not text.strip('\ufeff \t\r\n'):
        raise Invalid(catalogue='The catalogue is empty.')
    if len(text) > LARGEST:
        raise Invalid(catalogue=f'The catalogue is too long. It can have {LARGEST:,} characters.')
    if any(line.count('.') > MOST_DOTS for line in text.splitlines()):
        raise Invalid(catalogue=f'A line has too many dots. It can have {MOST_DOTS:,}.')
    try:
        return tomllib.loads(text.removeprefix('\ufeff'))
    except RecursionError:
        raise Invalid(catalogue='Lists and tables are nested too deeply.') from None
    except ValueError as error:  # TOMLDecodeError, and numbers of thousands of digits
        said = ascii(str(error))[1:-1][:200]
        raise Invalid(catalogue=f'This is not TOML: {said}.') from None


def _read(table: Table) -> Catalogue:
    currency = table.text('currency', 'Write its code (ISO 4217), such as "EUR".')
    if currency:
        currency = currency if table.taken('currency', None, currencies.digits, currency) is not None else ''
    roles = _seat_roles(table)
    plans = plan_reading.plans(table, currency or 'EUR', roles)
    values: dict[str, Any] = {
        'currency': currency,
        'time_zone': _time_zone(table),
        'anchor': _anchor(table),
        'review_hours': table.whole('review_hours', 0, 24 * 30, 24),
        'default': _default(table, plans),
        'seller': parties.seller(table.table('seller')),
        'transfer': parties.transfer(table.table('transfer')),
        **parties.invoices(table.table('invoices', required=False)),
        'tax': parties.tax(table.table('tax')),
    }
    parties.refuse_reverse_charge(table, values['seller'], values['tax'])
    table.end()
    return Catalogue(plans=plans, **values)


def _time_zone(table: Table) -> str:
    zone = table.text('time_zone', _ZONE)
    if zone and not moments.is_zone(zone):
        table.refuse('time_zone', f'This machine knows no such time zone. {_ZONE}')
    return zone


def _anchor(table: Table) -> int | None:
    value = table.values.get('anchor', 1)
    if table.has('anchor') and value == 'start':
        return None
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= 31:
        table.refuse('anchor', _ANCHOR)
        return None
    return value


def _seat_roles(table: Table) -> tuple[Role, ...]:
    """The roles whose members take seats: all that change something, if nothing else is said."""
    words = table.listed('seat_roles')
    known = [str(role) for role in Role]
    if table.has('seat_roles') and (not words or any(it not in known for it in words) or len(set(words)) < len(words)):
        table.refuse('seat_roles', f'Write the roles that take a seat, each once: {", ".join(known)}.')
        return ()
    return tuple(Role(it) for it in words) or (Role.OWNER, Role.ADMIN, Role.MEMBER)


def _default(table: Table, plans: tuple[Plan, ...]) -> str:
    default = table.text('default', _DEFAULT)
    plan = next((it for it in plans if it.id == default), None)
    if default and plan is None:
        table.refuse('default', f'There is no plan with this id. {_DEFAULT}')
    elif plan and (plan.price or plan.trial_days or plan.interval != 'month'):
        table.refuse('default', 'The plan of whoever has chosen none has the price 0, by the month, and no trial.')
    return default

"""Days: in one time zone for the whole installation, which stays as it is once something was counted.

A month of usage is a calendar month there. Moments are in UTC, as everywhere.
"""

from collections.abc import MutableSet
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import ClassVar
from weakref import WeakSet
from zoneinfo import ZoneInfo

from sqlalchemy import Pool
from sqlalchemy.exc import IntegrityError
from sqlmodel import select

from data import clock
from data.database import TenantSession, accounts, constant
from data.inputs import moments
from data.models import BillingSettings
from data.runtime.data_dir import ConfigError

LEVELS = date(1970, 1, 1)
"""The period of what goes up and down: it is never over."""

_SETTINGS = constant(select(BillingSettings))


class _Zone:
    """The zone of this process, its name, and the databases that are known to have it for good."""

    name = 'UTC'
    zone: tzinfo = UTC
    kept: ClassVar[MutableSet[Pool]] = WeakSet()


def configure(name: str) -> None:
    """Let days be those of this time zone (IANA) from now on. Raises ConfigError where this machine knows none such."""
    if not moments.is_zone(name):
        raise ConfigError(
            f'The days of usage are those of the time zone {name!a}, which this machine does not know. '
            'Install the time zones of the system (tzdata).'
        )
    _Zone.name, _Zone.zone = name, UTC if name == 'UTC' else ZoneInfo(name)


def settle(wanted: str) -> None:
    """Let days be those of the zone that the settings want. Raises ConfigError where others were counted by already."""
    kept = _kept()
    if kept is not None and kept != wanted:
        raise ConfigError(
            f'BOTCADENCE_TIME_ZONE is {wanted}, but usage has been counted by the days of {kept}, and they stay. '
            f'Set BOTCADENCE_TIME_ZONE={kept}.'
        )
    configure(wanted)


def adopt(wanted: str) -> None:
    """Let days be those that usage has been counted by, those of `wanted` where none has: for the command line."""
    configure(_kept() or wanted)


def _kept() -> str | None:
    with accounts(writes=False) as tx:
        row = tx.exec(_SETTINGS).first()
    return None if row is None else row.time_zone


def keep(tx: TenantSession) -> None:
    """Make sure, before something is counted by days in this transaction, that they are those of all that was before.

    The first one writes the zone down, with what it counts.
    """
    pool = tx.get_bind().engine.pool
    if pool in _Zone.kept or 'zone' in tx.info:
        return
    row = tx.exec(_SETTINGS).first()
    if row is None:
        with suppress(IntegrityError), tx.begin_nested():  # somebody else may count for the first time, too
            tx.add(BillingSettings(time_zone=_Zone.name))
        row = tx.exec(_SETTINGS).one()
        tx.info['zone'] = row.time_zone  # it counts from the commit on
    else:
        _Zone.kept.add(pool)
    if row.time_zone != _Zone.name:
        configure(row.time_zone)


def today() -> date:
    """The present day."""
    return day_of(clock.now())


def day_of(moment: datetime) -> date:
    """The day of an aware moment."""
    return moment.astimezone(_Zone.zone).date()


def hour_of(moment: datetime) -> datetime:
    """The beginning of the hour of an aware moment, in UTC."""
    return moment.astimezone(UTC).replace(minute=0, second=0, microsecond=0)


def month_of(day: date) -> date:
    """The first day of the month."""
    return day.replace(day=1)


def next_month(day: date) -> date:
    """The first day of the month after that of `day`."""
    return (month_of(day) + timedelta(days=31)).replace(day=1)


def time_zone() -> str:
    """The name of the zone that days are in."""
    return _Zone.name

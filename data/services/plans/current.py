"""The catalogue that holds, and the versions of plans that somebody has: read once, for neither ever changes."""

from collections.abc import MutableMapping
from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

from sqlalchemy import Pool, bindparam
from sqlmodel import select

from data.database import TenantSession, constant, once
from data.models import BillingSettings, PlanVersion
from data.services.plans import stored
from data.services.plans.catalogue import Catalogue, Plan

_NAMED = constant(select(BillingSettings.catalogue_hash).where(BillingSettings.id == 1))
_SETTINGS = constant(select(BillingSettings.catalogue_hash, BillingSettings.catalogue).where(BillingSettings.id == 1))
_VERSION = constant(
    select(PlanVersion.content).where(
        PlanVersion.plan == bindparam('plan_id'), PlanVersion.version == bindparam('number')
    )
)


@dataclass
class _Known:
    """What was read of one database."""

    catalogue: Catalogue | None = None
    plans: dict[tuple[str, int], Plan] = field(default_factory=dict)


_databases: MutableMapping[Pool, _Known] = WeakKeyDictionary()


def current(tx: TenantSession) -> Catalogue | None:
    """The catalogue that was applied last; None where nothing costs anything."""
    return once(tx, 'catalogue', lambda: _current(tx))


def _current(tx: TenantSession) -> Catalogue | None:
    named = tx.exec(_NAMED).first()
    if not named:
        return None
    known = _known(tx)
    there = known.catalogue  # another thread may put another one in its place
    if there is None or there.hash != named:
        named, said = tx.exec(_SETTINGS).one()
        there = known.catalogue = stored.catalogue_of(said or {}, named)
    return there


def find(tx: TenantSession, plan: str, version: int) -> Plan:
    """What a plan was when this version of it was applied, whether or not it is offered still."""
    known = _known(tx).plans
    if (plan, version) not in known:
        said = tx.exec(_VERSION, params={'plan_id': plan, 'number': version}).one()
        known[plan, version] = stored.plan_of(said, version)
    return known[plan, version]


def _known(tx: TenantSession) -> _Known:
    return _databases.setdefault(tx.get_bind().engine.pool, _Known())

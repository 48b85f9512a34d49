"""What is used on days of a test’s choice, and what a month then says of it."""

import json
from datetime import UTC, datetime

from sqlalchemy import Engine

from data import clock, database
from data.database import Actor, System
from data.services import projects, usage
from data.services.usage import Event, Metric, days, exporting, looking
from tests.support.probes import run
from tests.support.world import World


def at(year: int, month: int, day: int = 1, hour: int = 12) -> None:
    """Let it be this moment from now on."""
    moment = datetime(year, month, day, hour, tzinfo=UTC)
    clock.source = lambda: moment


def count_by(db: Engine, zone: str) -> None:
    """Let days be those of this zone, as if nothing had been counted yet."""
    run(db, 'DELETE FROM billing_settings')
    days._Zone.kept.discard(db.pool)
    days.configure(zone)


def use(world: World, *events: Event) -> None:
    """Let this have been used."""
    with database.transaction(System(world.organization_id)) as tx:
        usage.record_many(tx, events)


def store(world: World, by: int, project_id: str = '') -> None:
    """Let so much more be stored, or less."""
    with database.transaction(System(world.organization_id)) as tx:
        usage.change_level(tx, Metric.STORAGE, by, project_id=project_id)


def project(world: World, name: str) -> str:
    """Make a project; its id."""
    return projects.create(world.owner, {'name': name}).id


def messages(quantity: int, key: str, project_id: str = '', at: datetime | None = None) -> Event:
    """So many messages, under this key."""
    return Event(Metric.MESSAGES, quantity, key, project_id, at)


def by_day(month: looking.Month, metric: Metric) -> dict[int, int]:
    """The days on which there was something."""
    return {day.day: it for day, it in zip(month.days, month.measured[metric].days, strict=True) if it}


def exported(actor: Actor, month: str = '') -> list[dict[str, object]]:
    """The rows of the file of a month."""
    content = exporting.export(actor, month, 'json').content
    found: list[dict[str, object]] = json.loads(content)
    return found

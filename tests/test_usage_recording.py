"""Usage that is recorded: once, in the transaction of its act, and with all its sums."""

import pytest
from sqlalchemy import Engine

from data import database
from data.database import System
from data.services import usage
from data.services.usage import Conflict, Metric
from tests.support.probes import everything, rows
from tests.support.world import World


def test_an_event_is_counted_once(world: World, db: Engine) -> None:
    with database.transaction(System(world.organization_id)) as tx:
        assert usage.record(tx, Metric.MESSAGES, 3, 'one')
    before = everything(db)
    with database.transaction(System(world.organization_id)) as tx:
        assert not usage.record(tx, Metric.MESSAGES, 3, 'one')
    with pytest.raises(Conflict), database.transaction(System(world.organization_id)) as tx:
        usage.record(tx, Metric.MESSAGES, 4, 'one')
    assert everything(db) == before
    for table in ('events', 'hours', 'days'):
        assert rows(db, f'SELECT metric, project_id, quantity FROM usage_{table}') == [('messages', '', 3)]
    assert rows(db, 'SELECT metric, used, cap, told FROM usage_counters') == [('messages', 3, None, 0)]

"""The clock of the machine is set back or forward: people work on, nothing is lost, nobody comes back to life."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest
from sqlalchemy import Engine

from data import clock
from data.problems import SignedOut
from data.runtime.account_rules import IDLE
from data.services import accounts, audit, organizations
from data.services.accounts import sessions
from data.services.audit import verify
from tests.support.probes import value
from tests.support.visitors import Visitor
from tests.support.world import NETWORK, PASSWORD, World, organization

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
Visit = Callable[..., Awaitable[Visitor]]


def shift(by: timedelta) -> None:
    """Set the clock."""
    clock.source = lambda: clock._system() + by


@pytest.mark.parametrize('by', [-HOUR, -DAY, HOUR, DAY])
def test_people_work_on(world: World, db: Engine, by: timedelta) -> None:
    organizations.rename(world.owner, 'Before', version=2)
    shift(by)
    assert organization(world.owner).name == 'Before'
    organizations.rename(world.owner, 'After', version=3)
    assert organizations.portion(world.owner).rows
    newest = audit.portion(world.owner).rows[:2]
    assert [entry.target for entry in newest] == ['After', 'Before'], 'the record is in the order of the acts'
    assert all(verdict.broken is None for verdict in verify.verify())
    shift(timedelta())
    organizations.rename(world.owner, 'Again', version=4)
    assert all(verdict.broken is None for verdict in verify.verify())


def test_people_sign_in_and_out_with_the_clock_set_back(world: World) -> None:
    shift(-HOUR)
    token = accounts.sign_in('olga@acme.test', PASSWORD)
    assert sessions.of_token(token, NETWORK)
    shift(timedelta())
    assert sessions.of_token(token, NETWORK)
    sessions.end(token)
    shift(-HOUR)
    assert sessions.of_token(token, NETWORK) is None, 'what was ended stays ended'


def test_nobody_is_thrown_out_by_an_hour(world: World, db: Engine) -> None:
    before = value(db, 'SELECT count(*) FROM sessions')
    for by in (-HOUR, HOUR):
        shift(by)
        assert sessions.prune() == 0
    assert value(db, 'SELECT count(*) FROM sessions') == before


def test_a_session_that_was_thrown_away_does_not_come_back(world: World) -> None:
    shift(IDLE + HOUR)
    assert sessions.prune() > 0
    shift(-HOUR)
    with pytest.raises(SignedOut):
        organizations.membership(world.owner)


async def test_every_screen_opens_with_the_clock_set_back(visit: Visit, world: World) -> None:
    olga = await visit('olga@acme.test')
    organizations.rename(world.owner, 'Before', version=2)
    shift(-HOUR)
    for path in ('', '/members', '/settings', '/activity'):
        assert (await olga.get(f'/organizations/{world.organization_id}{path}')).status_code == 200
    assert 'Before' in (await olga.get('/organizations')).text

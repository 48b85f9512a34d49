"""Two organizations side by side, for tests of the wall between them."""

from collections.abc import Callable
from typing import Any

from sqlalchemy.engine import Engine
from test_billing import GERMAN
from test_phone_numbers import BERLIN, PARIS

from data.database.tenancy import TenantSession
from data.models import (
    PhoneNumber,
    Purpose,
)
from data.services import billing, phone_numbers
from tests.support.probes import Rows, everything
from tests.support.world import World

OURS, THEIRS = '+4930123456', '+33142685300'
Number = PhoneNumber


class Two:
    """Acme and Sam's organization, each with a number and an address, and what an attack from Acme needs to know."""

    def __init__(self, world: World, db: Engine) -> None:
        self.world, self.db = world, db
        self.ours = phone_numbers.add(world.owner, BERLIN)
        self.theirs = phone_numbers.add(world.stranger, PARIS)
        for owner in (world.owner, world.stranger):
            billing.set_address(owner, GERMAN, version=0)
        self.here, self.there = world.organization_id, world.stranger.organization_id

    def foreign(self) -> Rows:
        """All rows but those of Acme."""
        return {name: [row for row in found if self.here not in row] for name, found in everything(self.db).items()}

    def detached(self) -> PhoneNumber:
        """Sam's number, as his own session has read it."""
        [row] = phone_numbers.of_organization(self.world.stranger)
        return row


def number(organization_id: str) -> PhoneNumber:
    return PhoneNumber(organization_id=organization_id, e164='+4930999999', country='DE', purpose=Purpose.SMS)


Read = Callable[[TenantSession, Two], Any]

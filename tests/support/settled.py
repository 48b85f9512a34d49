"""Settings of an organization for tests of its screen: what is in them, and who opens them."""

from collections.abc import Awaitable, Callable

from data.models import Role
from data.services import billing_address, phone_numbers
from tests.support.visitors import Visitor
from tests.support.world import World, email_of

Visit = Callable[..., Awaitable[Visitor]]

GERMAN = {
    'kind': 'company',
    'country': 'DE',
    'company_name': 'Zebrafink GmbH',
    'street_address': 'Hauptstr. 1',
    'postal_code': '10115',
    'city': 'Berlin',
}
AMERICAN = {'country': 'US', 'number': '(202) 456-1414', 'label': 'Front desk', 'purpose': 'voice'}
FRENCH = {'country': 'FR', 'number': '01 42 34 56 78', 'label': '', 'purpose': 'sms'}

NO_RENAME = 'Only Owners and Admins can rename the organization. You are a {}.'
NO_PHONES = 'Only Owners and Admins can manage phone numbers. You are a {}.'
NO_BILLING = 'Only Owners and Admins can see billing. You are a {}.'
NO_ADDRESS = 'Only Owners can manage billing. You are an Admin.'


def fill(world: World) -> World:
    """Acme with an address and two numbers."""
    billing_address.set_address(world.owner, GERMAN, version=0)
    phone_numbers.add(world.owner, AMERICAN)
    phone_numbers.add(world.owner, FRENCH)
    return world


async def settings_of(visit: Visit, world: World, role: Role) -> Visitor:
    """Acme's settings, opened by whoever has this role."""
    visitor = await visit(email_of(world.of(role)))
    await visitor.open(f'/organizations/{world.organization_id}/settings')
    await visitor.sees('Organization settings', 'Phone numbers')
    return visitor

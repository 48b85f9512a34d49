"""As installed nothing costs anything, and no screen and no letter speaks of what does: there are no plans."""

import re
from collections.abc import Awaitable, Callable

import pytest

from data.database import System, transaction
from data.models import Role
from data.services import billing_address, invitations, members, phone_numbers, projects, usage
from data.services.mail import letters
from data.services.mail.billing_wordings import BILLING
from data.services.mail.wordings import WORDINGS
from data.services.usage import Event, Metric
from tests.support.visitors import Visitor
from tests.support.world import World, email_of

Visit = Callable[..., Awaitable[Visitor]]

ADDRESS = {
    'kind': 'company',
    'country': 'US',
    'company_name': 'Acme',
    'street_address': '1 Main Street',
    'city': 'Springfield',
    'country_area': 'IL',
    'postal_code': '62701',
}
FOR_SALE = re.compile(
    r'plans?\b|pric|upgrad|downgrad|subscri|invoice|trial|credit note|catalogue|included|billed|€|\$|\bfree\b',
    re.IGNORECASE,
)
"""What is said only where something is sold."""

LIMITS = re.compile(r'limit', re.IGNORECASE)
OF_PLANS = {*BILLING, 'included-near', 'included-reached'}
"""The kinds of letters that there are only where there are plans."""


@pytest.fixture
def busy(world: World) -> World:
    """Acme with something of everything, and a million messages."""
    made = projects.create(world.owner, {'name': 'Website', 'description': 'What it is for'})
    billing_address.set_address(world.owner, ADDRESS, version=0)
    phone_numbers.add(world.owner, {'country': 'US', 'number': '(202) 456-1414', 'label': '', 'purpose': 'billing'})
    invitations.invite(world.owner, 'guest@acme.test', Role.MEMBER)
    with transaction(System(world.organization_id)) as tx:
        usage.record_many(tx, [Event(Metric.MESSAGES, 10_000, f'event {it}', made.id) for it in range(100)])
    return world


def paths(home: str, project_id: str) -> list[str]:
    """All screens of the dashboard, also those of billing, which are not there."""
    from pages.shell.screens import SCREENS

    ids = {'organization_id': home, 'project_id': project_id, 'number': 'INV-2027-000001'}
    return [it.path.format_map(ids) for it in SCREENS.values() if {*it.parameters} <= {*ids}]


@pytest.mark.parametrize('role', Role)
async def test_no_screen_says_a_word_of_it(visit: Visit, busy: World, role: Role) -> None:
    somebody = await visit(email_of(busy.of(role)))
    await somebody.open('/organizations')
    [project] = projects.portion(busy.owner).rows
    seen = paths(busy.organization_id, project.id)
    assert len(seen) >= 10
    for path in seen:
        await somebody.open(path)
        said = f'{somebody.title}\n{somebody.shown}'
        assert len(said) > 100, path
        assert not FOR_SALE.findall(said), (path, said)
        assert not LIMITS.findall(said), (path, said)


async def test_what_is_not_sold_is_not_there(visit: Visit, busy: World) -> None:
    olga = await visit(email_of(busy.owner))
    await olga.open('/organizations')
    hidden = [it for it in paths(busy.organization_id, 'x') if '/billing/' in it]
    assert hidden
    for path in hidden:
        await olga.open(path)
        assert olga.title == 'Not found · Acme · Botcadence', path
        assert 'Go to Usage' in olga.shown


def test_no_letter_says_a_word_of_it() -> None:
    facts = dict.fromkeys(
        ('by', 'email', 'new', 'organization', 'role', 'until', 'before', 'what', 'allowed', 'used', 'when', 'next'),
        'x',
    )
    for kind, wording in WORDINGS.items():
        gaps = set(re.findall(r'\{(\w+)\}', ' '.join((wording.subject, *wording.sentences))))
        letter = letters.compose(kind, facts | dict.fromkeys(gaps, 'x'), home='https://bot.test')
        said = f'{letter.subject} {letter.text} {wording.action}'
        assert kind in OF_PLANS or not FOR_SALE.findall(said), (kind, said)


def test_a_million_messages_and_twelve_members_are_refused_by_nothing(busy: World) -> None:
    assert members.portion(busy.owner).total == 4
    for number, newcomer in enumerate(busy.newcomers):
        invitations.invite(busy.owner, email_of(newcomer), Role.MEMBER)
        assert invitations.portion(busy.owner, limit=50).total == number + 2
    with transaction(System(busy.organization_id)) as tx:
        usage.record(tx, Metric.MESSAGES, 10**6, 'at once')

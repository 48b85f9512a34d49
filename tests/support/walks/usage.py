"""A walk through what an organization uses: nothing yet, and much of it, as a chart and as a table."""

from collections.abc import Iterator

from playwright.sync_api import Page, expect

from data.database import Actor, System, transaction
from data.services import projects, usage
from data.services.usage import Event, Metric
from tests.support.walks.registry import HOME, MUCH, NEW, READER, House, menu, walks

STORED = 12_300_000
"""How many bytes an organization keeps, which are all that it may."""


def use(actor: Actor) -> None:
    """Let the projects of an organization use something: nearly all of one limit, and all of another."""
    made = [project.id for project in projects.portion(actor, status='active', limit=6).rows]
    with transaction(System(actor.organization_id)) as tx:
        batch = [Event(Metric.MESSAGES, 900 // number, f'walk {number}', it) for number, it in enumerate(made, 1)]
        usage.record_many(tx, batch)
        usage.change_level(tx, Metric.STORAGE, STORED, project_id=made[0])
        usage.set_cap(tx, Metric.MESSAGES, 2500)
        usage.set_cap(tx, Metric.STORAGE, STORED)


@walks(f'{HOME}/billing', NEW)
def nothing_used(page: Page, house: House) -> Iterator[str]:
    house.open(page, NEW)
    menu(page, 'Usage')
    expect(page.get_by_text('No messages in')).to_be_visible()
    yield 'nothing used'


@walks(f'{HOME}/billing', MUCH)
def much_used(page: Page, house: House) -> Iterator[str]:
    house.open(page, MUCH, '/billing')
    expect(page.locator('.chart svg')).to_be_visible()
    expect(page.get_by_text('of 2,500 messages')).to_be_visible()
    yield 'much used'
    page.get_by_role('button', name='Show as a table').click()
    expect(page.locator('.chart-table').get_by_role('table')).to_be_visible()
    yield 'usage as a table'
    page.get_by_role('button', name='Hide the table').click()
    page.get_by_role('button', name='Storage').click()
    expect(page.get_by_role('heading', name='Storage by day')).to_be_visible()
    yield 'storage'


@walks(f'{HOME}/billing', READER)
def usage_of_a_viewer(page: Page, house: House) -> Iterator[str]:
    house.open(page, READER, '/billing')
    expect(page.get_by_text('Only Owners and Admins can see the usage.')).to_be_visible()
    yield 'usage refused'

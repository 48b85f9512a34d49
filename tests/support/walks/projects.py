"""A walk through the projects of an organization: none, many, some that don't work, and making one."""

from collections.abc import Iterator

from playwright.sync_api import Page, expect

from data.database import Actor
from data.services import projects
from tests.support.steps import box
from tests.support.walks.registry import HOME, MUCH, NEW, READER, House, menu, name_refused, walks

PROJECTS = 35
LONG = 'Whatever a visitor asks about an order, a delivery or an invoice, in any language. ' * 6


def fill(actor: Actor) -> None:
    """Make projects in an organization: one in the archive, one being deleted."""
    made = [projects.create(actor, {'name': f'Shop {number:02}', 'description': ''}).id for number in range(PROJECTS)]
    for project, name in zip(
        made, ('Archive of the old shop', 'Shop in Łódź ' + 'ż' * 60, 'שירות לקוחות'), strict=False
    ):
        projects.change(actor, project, {'name': name, 'description': LONG[:500].strip()}, version=1)
    projects.archive(actor, made[0])
    projects.delete(actor, made[3], 'Shop 03')


@walks(f'{HOME}/projects', NEW)
def no_projects(page: Page, house: House) -> Iterator[str]:
    house.open(page, NEW)
    menu(page, 'Projects')
    expect(page.get_by_text('There is no project yet.')).to_be_visible()
    yield 'no projects'
    yield from name_refused(page, 'project', 'Create the first project')


@walks(f'{HOME}/projects', MUCH)
def many_projects(page: Page, house: House) -> Iterator[str]:
    house.open(page, MUCH, '/projects')
    expect(page.locator('.project-card')).to_have_count(30)
    yield 'many projects'
    box(page, 'Status').click()
    page.get_by_role('option', name='Being deleted', exact=True).click()
    expect(page.locator('.project-card')).to_have_count(1)
    yield 'projects being deleted'
    page.get_by_role('searchbox').fill('zzzz')
    expect(page.get_by_text('No project matches these filters.')).to_be_visible()
    yield 'no such project'
    page.get_by_role('button', name='Clear filters').click()
    expect(page.locator('.project-card')).to_have_count(30)


@walks(f'{HOME}/projects', READER)
def read_projects(page: Page, house: House) -> Iterator[str]:
    house.open(page, READER)
    menu(page, 'Projects')
    expect(
        page.get_by_text('Only Owners, Admins and Members can create, change or delete projects and what is in them.')
    ).to_be_visible()
    yield 'projects of a viewer'

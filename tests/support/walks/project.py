"""A walk through a project's own screen: while it works, in the archive, being deleted, and where none is."""

from collections.abc import Iterator

from playwright.sync_api import Page, expect

from data.services import projects
from tests.support.steps import box, card, standing
from tests.support.walks.registry import HOME, MUCH, READER, House, close, drawer, leave_unsaved, walks

PATH = f'{HOME}/projects/{{project_id}}'


def open_project(page: Page, house: House, person: str, name: str) -> str:
    """Open the first project with this name by its address; its id."""
    with standing(house.server, f'{MUCH}@acme.com', house.homes[MUCH]) as actor:
        project_id = projects.portion(actor, name).rows[0].id
    house.open(page, person, f'/projects/{project_id}')
    expect(page.get_by_role('link', name='All projects')).to_be_visible()
    return project_id


@walks(PATH, MUCH)
def a_project(page: Page, house: House) -> Iterator[str]:
    open_project(page, house, MUCH, 'Shop 10')
    yield 'a project'
    form = card(page, 'Project')
    box(form, 'Name').fill('\u3164')
    form.get_by_role('button', name='Save project').click()
    expect(form).to_contain_text('is required')
    yield 'name of a project refused'
    yield from leave_unsaved(page, 'Team members', 'Keep editing', 'leave a project without saving')
    form.get_by_role('button', name='Discard').click()
    drawer(page)
    expect(page.get_by_role('navigation', name='Project').get_by_role('link', name='Overview')).to_be_visible()
    yield 'menu of a project'
    page.keyboard.press('Escape')
    page.get_by_role('button', name='Archive project').click()
    expect(page.get_by_role('dialog', name='Archive this project?')).to_be_visible()
    yield 'archive a project'
    close(page)
    page.get_by_role('button', name='Delete project').click()
    dialog = page.get_by_role('dialog', name='Delete this project?')
    expect(dialog).to_contain_text('Then it is gone for good')
    yield 'delete a project'
    box(dialog, 'Type Shop 10 to confirm').fill('Shop 10')
    expect(dialog.get_by_role('button', name='Delete project')).to_be_enabled()
    yield 'name of a project typed'
    close(page)


@walks(PATH, MUCH)
def a_project_that_does_not_work(page: Page, house: House) -> Iterator[str]:
    open_project(page, house, MUCH, 'Archive of the old shop')
    expect(page.get_by_role('button', name='Take out of the archive')).to_be_visible()
    yield 'archived project'
    open_project(page, house, MUCH, 'Shop 03')
    expect(page.get_by_role('button', name='Restore project')).to_be_visible()
    yield 'project being deleted'
    house.open(page, MUCH, '/projects/abcdefghijklmnop')
    expect(page.get_by_text('This project is no longer here.')).to_be_visible()
    yield 'no project'


@walks(PATH, READER)
def a_project_of_a_viewer(page: Page, house: House) -> Iterator[str]:
    open_project(page, house, READER, 'שירות לקוחות')
    expect(page.get_by_text('Only Owners, Admins and Members can').first).to_be_visible()
    yield 'project of a viewer'
    open_project(page, house, READER, 'Shop 03')
    expect(page.get_by_text('It can be restored until')).to_be_visible()
    yield 'project being deleted, for a viewer'

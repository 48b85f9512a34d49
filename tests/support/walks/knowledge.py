"""A walk through the knowledge of a project: none, files in every state, written answers, what would be found."""

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import FilePayload, Page, expect

from data.database import Actor
from data.services import sources
from data.services.usage import Metric
from data.services.usage.limits import set_limit
from tests.support.knowledge import ANSWER
from tests.support.steps import box, card, give_up, standing
from tests.support.walks.project import open_project
from tests.support.walks.registry import HOME, MUCH, READER, House, close, walks
from tests.support.walks.usage import STORED

PATH = f'{HOME}/projects/{{project_id}}/knowledge'
READ = 40_000
"""Milliseconds within which a file is read that was put there by another process: it is looked for every 30 seconds."""

TERMS = b'# Returns\n\nWhoever is not happy sends it back within thirty days.\n'
FILES: list[FilePayload] = [
    {'name': 'terms.md', 'mimeType': 'text/markdown', 'buffer': TERMS},
    {'name': f'{"long " * 30}name.pdf', 'mimeType': 'application/pdf', 'buffer': b'No PDF at all'},
    {'name': 'virus.exe', 'mimeType': 'application/octet-stream', 'buffer': b'x'},
]


def open_knowledge(page: Page, house: House, person: str, name: str) -> str:
    """Open the knowledge of the project with this name; the id of that."""
    project_id = open_project(page, house, person, name)
    house.open(page, person, f'/projects/{project_id}/knowledge')
    expect(page.get_by_role('heading', name='Knowledge', level=1)).to_be_visible()
    return project_id


@contextmanager
def without_limit(house: House) -> Iterator[Actor]:
    """Somebody in the organization, which may keep more for a while than it does."""
    with standing(house.server, f'{MUCH}@acme.com', house.homes[MUCH]) as actor:
        set_limit(actor.organization_id, Metric.STORAGE, None)
        yield actor
        set_limit(actor.organization_id, Metric.STORAGE, STORED)


def know(house: House, project_id: str) -> None:
    """Let a project know something, the first time that somebody comes."""
    with without_limit(house) as actor:
        if not sources.portion(actor, project_id, 'answer').rows:
            sources.add_file(actor, project_id, 'terms.md', TERMS)
            sources.write_answer(actor, project_id, ANSWER)
            sources.write_answer(actor, project_id, {'question': 'ש' * 300, 'answer': 'W' * 1200})
            sources.switch_off(actor, sources.add_file(actor, project_id, 'prices.csv', b'a,b\n1,2').source.id)


@walks(PATH, MUCH)
def nothing_known(page: Page, house: House) -> Iterator[str]:
    open_knowledge(page, house, MUCH, 'Shop 12')
    expect(page.get_by_text('No written answers yet.')).to_be_visible()
    yield 'no knowledge'


@walks(PATH, MUCH)
def much_known(page: Page, house: House) -> Iterator[str]:
    know(house, open_knowledge(page, house, MUCH, 'Shop 11'))
    files = card(page, 'Files')
    with without_limit(house):
        files.locator('input[type=file]').set_input_files(FILES)
        expect(files.locator('.upload-why.tone-danger')).to_contain_text('files can be read.')
        expect(files.get_by_text('but it is no PDF')).to_be_visible(timeout=READ)
    expect(files.get_by_text('Ready', exact=True)).to_be_visible(timeout=READ)
    yield 'files'
    while files.get_by_role('button', name='Dismiss').count():
        files.get_by_role('button', name='Dismiss').first.click()
    page.get_by_role('button', name='Actions for terms.md').click()
    expect(page.get_by_role('menuitem', name='Read again')).to_be_visible()
    yield 'menu of a file'
    page.get_by_role('menuitem', name='Delete').click()
    expect(page.get_by_role('dialog', name='Delete this file?')).to_be_visible()
    yield 'delete a file'
    close(page)
    box(page, 'A question').fill('How do I send something back, and do you ship to Norway?')
    expect(page.get_by_text('Found by')).to_have_count(2)
    yield 'what would be found'
    box(page, 'A question').fill('Zebra?')
    expect(page.get_by_text('Nothing would be found')).to_be_visible()
    yield 'nothing would be found'


@walks(PATH, MUCH)
def an_answer_is_written(page: Page, house: House) -> Iterator[str]:
    open_knowledge(page, house, MUCH, 'Shop 11')
    page.get_by_role('button', name='Write an answer').click()
    dialog = page.get_by_role('dialog', name='Write an answer')
    expect(box(dialog, 'Question')).to_be_focused()
    yield 'write an answer'
    box(dialog, 'Question').fill('Why?')
    dialog.get_by_role('button', name='Save answer').click()
    expect(dialog).to_contain_text('The answer is required.')
    yield 'answer refused'
    yield from give_up(page, dialog)


@walks(PATH, READER)
def known_by_a_viewer(page: Page, house: House) -> Iterator[str]:
    know(house, open_knowledge(page, house, READER, 'Shop 11'))
    expect(page.get_by_text('Only Owners, Admins and Members can')).to_be_visible()
    yield 'knowledge for a viewer'


@walks(f'{PATH}/{{source_id}}', READER)
def a_source(page: Page, house: House) -> Iterator[str]:
    know(house, open_knowledge(page, house, READER, 'Shop 11'))
    page.get_by_role('link', name='terms.md').first.click()
    expect(card(page, 'Passages').get_by_text('within thirty days')).to_be_visible(timeout=READ)
    yield 'passages of a file'
    page.get_by_role('link', name='Knowledge').first.click()
    page.get_by_role('link', name='prices.csv').click()
    expect(page.get_by_text('It is kept, and answers nobody.')).to_be_visible()
    yield 'a file that is off'

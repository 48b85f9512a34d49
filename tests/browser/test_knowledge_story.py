"""Files are dropped, sent with their progress, read or not, replaced, deleted; and who only looks sees it all."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from data.models import Role
from data.services import projects
from tests.support.served import Served, let_in
from tests.support.steps import act, befriend, box, card, standing

Open = Callable[..., Page]
READ = 20_000
"""Milliseconds in which a short file is read, in a process that is made for it."""

TERMS = '# Returns\n\nWhoever is not happy sends it back within thirty days.\n'
DROP = """([names, texts]) => {
  const transfer = new DataTransfer();
  names.forEach((name, at) => transfer.items.add(new File([texts[at]], name)));
  const zone = document.querySelector('.drop');
  const how = { bubbles: true, cancelable: true, dataTransfer: transfer };
  for (const sign of ['dragover', 'drop']) zone.dispatchEvent(new DragEvent(sign, how));
}"""


def drop(page: Page, **files: str) -> None:
    """Drop files on the screen, each under its name with an underscore for the dot."""
    page.evaluate(DROP, [[name.replace('_', '.') for name in files], list(files.values())])


def test_files_come_and_are_read_replaced_and_gone(server: Served, browser_page: Open) -> None:
    olga, vera = browser_page(), browser_page()
    at = let_in(olga, server.url, 'olga@acme.com')
    let_in(vera, server.url, 'vera@acme.com')
    befriend(server, 'olga@acme.com', 'vera@acme.com', at, Role.VIEWER)
    with standing(server, 'olga@acme.com', at) as actor:
        here = f'{server.url}/organizations/{at}/projects/{projects.create(actor, {"name": "Shop"}).id}/knowledge'
    for page in (olga, vera):
        page.goto(here)
        page.wait_for_function('window.socket?.connected')
    drop(olga, terms_md=TERMS, broken_pdf='%PDF-1.7 and nothing else', virus_exe='x')
    for page in (olga, vera):
        files = card(page, 'Files')
        expect(files.get_by_role('listitem').filter(has_text='terms.md')).to_contain_text('Ready', timeout=READ)
        expect(files.get_by_role('listitem').filter(has_text='broken.pdf')).to_contain_text('Failed', timeout=READ)
    it_is_told_what_is_none(olga)
    it_can_be_found(olga, vera)
    it_is_replaced(olga)
    its_progress_shows_and_it_can_be_canceled(olga)
    it_is_gone(olga, vera)
    the_keyboard_is_enough(olga)
    a_viewer_drops_in_vain(vera)


def it_is_told_what_is_none(olga: Page) -> None:
    refused = olga.get_by_role('list', name='Files on their way')
    expect(refused).to_contain_text('PDF, Word (.docx), text, Markdown, CSV and HTML files can be read.')
    refused.get_by_role('button', name='Dismiss: virus.exe').click()
    expect(refused).to_have_count(0)


def it_can_be_found(olga: Page, vera: Page) -> None:
    box(vera, 'A question').fill('How do I send it back?')
    found = card(vera, 'What would be found?')
    expect(found).to_contain_text('within thirty days')
    found.get_by_role('link', name='terms.md').click()
    expect(card(vera, 'Passages')).to_contain_text('within thirty days')
    vera.get_by_role('link', name='Knowledge').first.click()
    expect(card(vera, 'Files')).to_be_visible()
    box(vera, 'A question').fill('How do I send it back?')
    expect(found).to_contain_text('within thirty days')


def it_is_replaced(olga: Page) -> None:
    drop(olga, terms_md='# Returns\n\nNobody sends anything back, ever.\n')
    way = olga.get_by_role('list', name='Files on their way')
    expect(way).to_contain_text('There is a file called “terms.md” already, with something else in it.')
    way.get_by_role('button', name='Replace it: terms.md').click()
    expect(way).to_have_count(0)
    drop(olga, terms_md='# Returns\n\nNobody sends anything back, ever.\n')
    expect(way).to_contain_text('This file is in the knowledge already, just like this.')
    way.get_by_role('button', name='Dismiss: terms.md').click()
    with olga.expect_file_chooser() as chooser:
        act(olga, 'broken.pdf', 'Replace with another file')
    chooser.value.set_files({'name': 'whole.txt', 'mimeType': 'text/plain', 'buffer': b'Whole at last.'})
    whole = card(olga, 'Files').get_by_role('listitem').filter(has_text='whole.txt')
    expect(whole).to_contain_text('Ready', timeout=READ)
    expect(card(olga, 'Files')).not_to_contain_text('broken.pdf')


def its_progress_shows_and_it_can_be_canceled(olga: Page) -> None:
    """As on a line on which a file of nine megabytes takes a while."""
    session = olga.context.new_cdp_session(olga)
    session.send('Network.enable')
    slow = {'offline': False, 'latency': 0, 'downloadThroughput': -1, 'uploadThroughput': 200_000}
    session.send('Network.emulateNetworkConditions', slow)
    large = {'name': 'large.txt', 'mimeType': 'text/plain', 'buffer': b'word ' * 1_800_000}
    olga.locator('input[type=file]').set_input_files(large)
    bar = olga.get_by_role('progressbar', name='Sending large.txt')
    expect(bar).to_have_attribute('value', re.compile('^([2-9]|[1-8][0-9])$'))
    olga.get_by_role('button', name='Cancel: large.txt').click()
    expect(bar).to_have_count(0)
    session.send('Network.emulateNetworkConditions', {**slow, 'uploadThroughput': -1})
    session.detach()
    olga.locator('input[type=file]').set_input_files({**large, 'buffer': b'x' * (10 * 1024 * 1024 + 1)})
    way = olga.get_by_role('list', name='Files on their way')
    expect(way).to_contain_text('It is larger than 10 MB.')
    way.get_by_role('button', name='Dismiss: large.txt').click()
    expect(card(olga, 'Files').get_by_role('list', name='Files', exact=True)).not_to_contain_text('large.txt')


def it_is_gone(olga: Page, vera: Page) -> None:
    act(olga, 'terms.md', 'Delete')
    olga.get_by_role('dialog', name='Delete this file?').get_by_role('button', name='Delete file').click()
    expect(card(vera, 'What would be found?')).to_contain_text('Nothing would be found')
    expect(card(vera, 'Files')).not_to_contain_text('terms.md')


def the_keyboard_is_enough(olga: Page) -> None:
    button = olga.get_by_role('button', name='Choose files')
    button.focus()
    with olga.expect_file_chooser() as chooser:
        olga.keyboard.press('Enter')
    chooser.value.set_files({'name': 'by hand.csv', 'mimeType': 'text/csv', 'buffer': b'size;price\nXL;12'})
    expect(card(olga, 'Files').get_by_role('listitem').filter(has_text='by hand.csv')).to_contain_text(
        'Ready', timeout=READ
    )
    expect(button).to_be_focused()


def a_viewer_drops_in_vain(vera: Page) -> None:
    expect(vera.get_by_role('button', name='Choose files')).to_have_count(0)
    expect(vera.locator('.drop')).to_have_count(0)

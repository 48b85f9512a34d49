"""What two people do to a project at the same moment, and a name that is as long and as wide as one can be."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from data.models import Role
from data.services import projects
from tests.support.axe import NARROW, WIDE
from tests.support.served import Served, let_in
from tests.support.steps import befriend, box, standing

Open = Callable[..., Page]
TOO_WIDE = 'document.documentElement.scrollWidth > document.documentElement.clientWidth'


def make(server: Served, owner: str, at: str, **values: str) -> str:
    """A project; where it is."""
    with standing(server, owner, at) as actor:
        return f'{server.url}/organizations/{at}/projects/{projects.create(actor, values).id}'


def test_whoever_deletes_what_is_being_deleted_goes_on_at_its_title(server: Served, browser_page: Open) -> None:
    first, second = browser_page(), browser_page()
    at = let_in(first, server.url, 'first@acme.com')
    let_in(second, server.url, 'second@acme.com')
    befriend(server, 'first@acme.com', 'second@acme.com', at, Role.MEMBER)
    here = make(server, 'first@acme.com', at, name='Shop', description='')
    for page in (first, second):
        page.goto(here)
        page.wait_for_function('window.socket?.connected')
        page.get_by_role('button', name='Delete project').click()
        box(page.get_by_role('dialog'), 'Type Shop to confirm').fill('Shop')
    for page in (first, second):
        page.get_by_role('dialog').get_by_role('button', name='Delete project').click()
        expect(page.get_by_role('dialog')).to_have_count(0)
        expect(page.get_by_role('heading', name='Shop', level=1)).to_be_focused()
        expect(second.get_by_role('button', name='Restore project')).to_be_visible()
    expect(second.get_by_text('This project is being deleted already.')).to_be_visible()


def test_the_longest_word_as_a_name_makes_no_screen_wider(server: Served, browser_page: Open) -> None:
    page = browser_page()
    at = let_in(page, server.url, 'wide@acme.com')
    here = make(server, 'wide@acme.com', at, name='W' * 80, description='x' * 500)
    for size in (WIDE, NARROW):
        page.set_viewport_size(size)
        for url in (here, here.rpartition('/')[0], here.partition('/projects')[0]):
            page.goto(url)
            expect(page.locator('main').get_by_text('W' * 80).first).to_be_visible()
            assert not page.evaluate(TOO_WIDE), (url, size)


def test_the_list_of_organizations_covers_nothing_of_its_button(server: Served, browser_page: Open) -> None:
    page = browser_page()
    at = let_in(page, server.url, 'cover@acme.com')
    here = make(server, 'cover@acme.com', at, name='Shop', description='')
    for size in (WIDE, NARROW):
        page.set_viewport_size(size)
        for url in (here, here.partition('/projects')[0]):
            page.goto(url)
            page.wait_for_function('window.socket?.connected')
            button = page.get_by_role('button', name='Organization cover')
            button.click()
            above, below = button.bounding_box(), page.locator('.switcher-panel').bounding_box()
            assert above and below and below['y'] >= above['y'] + above['height'], (url, size)

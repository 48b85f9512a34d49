"""What is too long for one frame of the socket is refused in the browser, in a sentence, and the connection stays."""

from collections.abc import Callable
from uuid import uuid4

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.support.served import Served, let_in
from tests.support.steps import box

Open = Callable[..., Page]

TOO_LONG = 'This is too long to go in at once. Nothing was changed: paste it in parts.'
ROW = '"Ann Lee"\tann@new.example\n'
"""A row of a spreadsheet, 25 characters; on its way it is longer, for signs that are written as others, twice."""


@pytest.fixture
def page(server: Served, browser_page: Open) -> Page:
    """Somebody's team, and how often its page was connected."""
    page = browser_page()
    page.context.grant_permissions(['clipboard-read', 'clipboard-write'])
    organization_id = let_in(page, server.url, f'olga-{uuid4().hex[:8]}@acme.com')
    page.goto(f'{server.url}/organizations/{organization_id}/members')
    page.wait_for_function('window.socket?.connected')
    page.evaluate('window.lost = 0; socket.on("disconnect", () => lost++)')
    return page


def paste(box: Locator, text: str) -> None:
    box.page.evaluate('text => navigator.clipboard.writeText(text)', text)
    box.press('Control+v')


def addresses_of(page: Page) -> Locator:
    page.get_by_role('button', name='New invitation').click()
    return box(page.get_by_role('dialog', name='Invite users'), 'Email addresses')


@pytest.mark.parametrize(
    'text', [ROW * 6_000, '招待する人' * 10_000, 'word ' * 1_000_000], ids=['rows', 'kanji', '5 MB']
)
def test_what_does_not_go_into_a_frame_is_refused_and_the_connection_stays(page: Page, text: str) -> None:
    addresses = addresses_of(page)
    paste(addresses, 'ann@new.example ')
    paste(addresses, text)
    expect(page.get_by_role('status').filter(has_text=TOO_LONG)).to_be_visible()
    expect(addresses).to_have_value('ann@new.example ')
    expect(page.get_by_text('Will be invited.')).to_be_visible()
    assert page.evaluate('lost') == 0


@pytest.mark.parametrize(
    ('text', 'answer'),
    [
        (ROW * 2_700, 'Enter at most 200'),
        ('招' * 33_000, 'There is no email address in this.'),
        ('a' * 99_900, 'There is no email address in this.'),
    ],
    ids=['rows', 'kanji', 'letters'],
)
def test_what_just_goes_into_a_frame_goes(page: Page, text: str, answer: str) -> None:
    addresses = addresses_of(page)
    for _ in range(2):  # what is replaced does not count
        addresses.press('Control+a')
        paste(addresses, text)
        expect(addresses).to_have_value(text)
    page.get_by_role('button', name='Create invitations').click()
    expect(page.get_by_role('dialog').get_by_text(answer)).to_be_visible()
    assert page.evaluate('lost') == 0


def test_a_search_is_a_frame_too(page: Page) -> None:
    search = box(page, 'Search')
    paste(search, 'word ' * 30_000)
    expect(page.get_by_role('status').filter(has_text=TOO_LONG)).to_be_visible()
    expect(search).to_have_value('')
    assert page.evaluate('lost') == 0

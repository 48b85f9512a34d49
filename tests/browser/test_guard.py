"""What was typed in a dialog is thrown away only by somebody who says so: also in the moment after the last letter."""

from collections.abc import Callable
from uuid import uuid4

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.support.line import Line
from tests.support.served import Served, let_in
from tests.support.steps import box

Open = Callable[..., Page]

QUESTION = 'Discard what you typed?'


@pytest.fixture(
    params=[{}, {'has_touch': True, 'is_mobile': True, 'viewport': {'width': 390, 'height': 844}}],
    ids=['mouse', 'touch'],
)
def page(server: Served, browser_page: Open, request: pytest.FixtureRequest) -> Page:
    """Somebody's team, at which nobody else is."""
    page = browser_page(**request.param)
    organization_id = let_in(page, server.url, f'olga-{uuid4().hex[:8]}@acme.com')
    page.goto(f'{server.url}/organizations/{organization_id}/members')
    page.wait_for_function('window.socket?.connected')
    return page


def opened(page: Page) -> tuple[Locator, Locator]:
    """The dialog that invites, and its box."""
    page.get_by_role('button', name='New invitation').click()
    dialog = page.get_by_role('dialog', name='Invite users')
    expect(dialog).to_be_visible()
    return dialog, box(dialog, 'Email addresses')


def escape(page: Page) -> None:
    page.keyboard.press('Escape')


def backdrop(page: Page) -> None:
    page.mouse.click(4, 4)


def cancel(page: Page) -> None:
    page.get_by_role('button', name='Cancel').click()


WAYS = {way.__name__: way for way in (escape, backdrop, cancel)}


@pytest.mark.parametrize('way', WAYS)
def test_who_has_just_typed_is_asked(page: Page, way: str) -> None:
    _, addresses = opened(page)
    addresses.press_sequentially('ivy@new.com')
    WAYS[way](page)
    question = page.get_by_role('dialog', name=QUESTION)
    expect(question).to_be_visible()
    question.get_by_role('button', name='Keep editing').click()
    expect(question).to_have_count(0)
    expect(addresses).to_have_value('ivy@new.com')
    WAYS[way](page)
    page.get_by_role('dialog', name=QUESTION).get_by_role('button', name='Discard').click()
    expect(page.get_by_role('dialog')).to_have_count(0)
    _, addresses = opened(page)
    expect(addresses).to_have_value('')


def test_a_button_that_is_pressed_is_meant_also_where_it_moves_away(page: Page) -> None:
    """What becomes of the address comes in above the button between pressing and letting go."""
    wire = Line(page)
    page.reload()
    page.wait_for_function('window.socket?.connected')
    dialog, addresses = opened(page)
    wire.hold_all()
    addresses.press_sequentially('ivy@new.com')
    cancel = dialog.get_by_role('button', name='Cancel')
    cancel.hover()
    before = cancel.bounding_box()
    page.mouse.down()
    wire.release()
    expect(dialog.get_by_text('Will be invited.')).to_be_visible()
    assert cancel.bounding_box() != before
    page.mouse.up()
    expect(page.get_by_role('dialog', name=QUESTION)).to_be_visible()


def test_a_button_that_is_let_go_of_elsewhere_is_not_meant(page: Page) -> None:
    dialog, addresses = opened(page)
    addresses.press_sequentially('ivy@new.com')
    expect(dialog.get_by_text('Will be invited.')).to_be_visible()
    dialog.get_by_role('button', name='Cancel').hover()
    page.mouse.down()
    dialog.get_by_role('heading').hover()
    page.mouse.up()
    dialog.get_by_role('button', name='Create invitations').click()
    expect(page.get_by_role('dialog', name='Invitations')).to_be_visible()


def test_a_button_that_is_out_of_reach_when_it_is_let_go_is_not_meant(page: Page) -> None:
    """Something has come over it meanwhile; over all of the page there would be a dialog, and the page keeps count."""
    page.get_by_role('button', name='New invitation').hover()
    page.mouse.down()
    page.evaluate('document.querySelector("main").inert = true')
    page.mouse.up()
    page.evaluate('document.querySelector("main").inert = false')
    box(page, 'Search').fill('nobody of this name')  # what comes of it comes after what would come of the button
    expect(page.get_by_role('list', name='People').get_by_role('listitem')).to_have_count(0)
    expect(page.get_by_role('dialog')).to_have_count(0)


@pytest.mark.parametrize('way', WAYS)
def test_who_has_typed_nothing_is_not_asked(page: Page, way: str) -> None:
    for typed in ('', 'x'):
        dialog, addresses = opened(page)
        if typed:
            addresses.press_sequentially(typed)
            addresses.press('Backspace')
        WAYS[way](page)
        expect(dialog).to_have_count(0)
        expect(page.get_by_role('dialog')).to_have_count(0)


@pytest.mark.parametrize('way', ['escape', 'backdrop'])
def test_letters_that_never_reach_the_server_stay(page: Page, way: str) -> None:
    """The line is cut: the server can't have been asked."""
    dialog, addresses = opened(page)
    page.evaluate('socket.disconnect()')
    addresses.press_sequentially('ivy@new.com')
    WAYS[way](page)
    expect(dialog).to_be_visible()
    expect(addresses).to_have_value('ivy@new.com')


def test_going_back_asks_too(server: Served, page: Page) -> None:
    page.evaluate('document.querySelector(\'.menu a[href$="/activity"]\').click()')
    expect(page).to_have_title('Activity · ' + page.title().split(' · ')[1] + ' · Botcadence')
    page.evaluate('document.querySelector(\'.menu a[href$="/members"]\').click()')
    expect(page.get_by_role('button', name='New invitation')).to_be_visible()
    dialog, addresses = opened(page)
    addresses.press_sequentially('ivy@new.com')
    page.evaluate('history.back()')
    question = page.get_by_role('dialog', name='Leave without saving?')
    expect(question).to_be_visible()
    question.get_by_role('button', name='Keep editing').click()
    expect(addresses).to_have_value('ivy@new.com')
    expect(dialog).to_be_visible()

"""Declining an invitation is for good: it takes a second step, by finger and by keyboard, whoever holds the link."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.support.axe import look
from tests.support.raw import new, sql
from tests.support.served import Served, let_in
from tests.support.steps import standing
from tests.support.world import offered

Open = Callable[..., Page]


def tap(page: Page, words: str) -> None:
    """Touch what says this."""
    page.get_by_text(words, exact=True).tap()


def press(page: Page, words: str) -> None:
    """Go to what says this by Tab, and press Enter."""
    for _ in range(12):
        page.keyboard.press('Tab')
        if page.evaluate('document.activeElement.textContent') == words:
            return page.keyboard.press('Enter')
    raise AssertionError(f'Tab never came to {words}')


@pytest.mark.parametrize('step', [tap, press])
@pytest.mark.parametrize('viewer', ['newcomer', 'signed out', 'signed in'])
def test_declining_takes_a_second_step(
    server: Served, browser_page: Open, viewer: str, step: Callable[[Page, str], None]
) -> None:
    owner, guest = new('owner'), new('guest')
    at = let_in(browser_page(), server.url, owner)
    page = browser_page(viewport={'width': 390, 'height': 700}, has_touch=True)
    if viewer != 'newcomer':
        let_in(page if viewer == 'signed in' else browser_page(), server.url, guest)
    with standing(server, owner, at) as actor:
        token = offered(actor, guest)
    page.goto(f'{server.url}/invitations/{token}')
    question = page.locator('details p.muted')
    expect(page.get_by_role('heading')).to_contain_text('Join')
    expect(question).to_be_hidden()
    step(page, 'Decline')
    expect(page.get_by_role('button', name='Decline invitation')).to_be_in_viewport(ratio=1)
    expect(question).to_have_text(f'This link will no longer work. Ask {owner} for a new one if you change your mind.')
    assert sql(server, f"SELECT state FROM invitations WHERE email = '{guest}'") == [('pending',)]
    assert look(page, 'declining') == []
    step(page, 'Decline invitation')
    expect(page.get_by_role('heading', name='This invitation has been declined')).to_be_visible()
    assert sql(server, f"SELECT state FROM invitations WHERE email = '{guest}'") == [('declined',)]

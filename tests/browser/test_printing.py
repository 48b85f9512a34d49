"""On paper a screen says whose it is, and nothing that only a screen is for."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from data.services import organizations
from tests.support.raw import new
from tests.support.served import Served, let_in
from tests.support.steps import standing

A4, LETTER, WIDE = 718, 740, 1280
"""Pixels between the margins, upright on both kinds of paper; and on one that is wider than any."""


@pytest.mark.parametrize('width', [A4, LETTER, WIDE])
@pytest.mark.parametrize('path', ['', '/members', '/activity', '/settings'])
def test_a_print_names_the_organization(
    server: Served, browser_page: Callable[..., Page], width: int, path: str
) -> None:
    page, owner = browser_page(viewport={'width': width, 'height': 1000}, color_scheme='dark'), new('olga')
    at = let_in(page, server.url, owner)
    with standing(server, owner, at) as actor:
        organizations.rename(actor, 'Weber & Sons', version=organizations.membership(actor).organization.version)
    page.goto(f'{server.url}/organizations/{at}{path}')
    page.wait_for_function('window.socket?.connected')
    title = page.get_by_role('heading', level=1)
    page.emulate_media(media='print')
    name = page.get_by_text('Weber & Sons', exact=True).first
    expect(name).to_be_visible()
    expect(page.get_by_text('Owner', exact=True).first).to_be_hidden()
    for chrome in '.menu-link', '.user-button', '.menu-button', '.switcher-button .monogram':
        expect(page.locator(chrome).first).to_be_hidden()
    above, below = name.bounding_box(), title.bounding_box()
    assert above and below and above['y'] + above['height'] <= below['y']
    assert above['x'] == below['x']

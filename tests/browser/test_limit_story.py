"""A limit in real browsers: set at the command line, reached by an Owner, seen by everybody, lifted while one types."""

import subprocess
import sys
from collections.abc import Callable

from playwright.sync_api import Page, expect

from data.models import Role
from tests.support.served import ROOT, Served, let_in
from tests.support.steps import befriend, box

Open = Callable[..., Page]


def limit(server: Served, at: str, amount: str) -> None:
    """What whoever runs the installation types, in a process of its own."""
    command = [sys.executable, '-m', 'data', 'limit', at, 'projects', amount]
    subprocess.run(command, check=True, env=server.environment, cwd=ROOT, capture_output=True)


def test_a_limit_is_set_reached_and_lifted(server: Served, browser_page: Open) -> None:
    olga, vera = browser_page(), browser_page(viewport={'width': 390, 'height': 800})
    at = let_in(olga, server.url, 'olga.limit@acme.com')
    let_in(vera, server.url, 'vera.limit@acme.com')
    befriend(server, 'olga.limit@acme.com', 'vera.limit@acme.com', at, Role.VIEWER)
    for page, path in ((olga, f'/organizations/{at}/projects'), (vera, f'/organizations/{at}/members')):
        page.goto(server.url + path)
        page.wait_for_function('window.socket?.connected')
    banners = [page.get_by_role('region', name='Status of the organization') for page in (olga, vera)]

    limit(server, at, '1')
    olga.get_by_role('button', name='Create the first project').click()
    dialog = olga.get_by_role('dialog', name='New project')
    box(dialog, 'Name').fill('Helpdesk')
    box(dialog, 'Name').press('Enter')
    for banner in banners:
        expect(banner).to_contain_text('This organization may have 1 project at once and has reached that.')
    expect(banners[0]).to_contain_text('Ask the administrator of this installation about it.')
    expect(banners[1]).to_contain_text('Ask an Owner about it: olga.limit@acme.com')
    expect(banners[1].get_by_role('link')).to_have_count(0)

    banners[0].get_by_role('link', name='See the usage').click()
    olga.wait_for_url('**/billing')
    vera.goto(f'{server.url}/organizations')
    vera.wait_for_function('window.socket?.connected')
    limited = vera.locator('.org-card', has_text='Limit reached')
    expect(limited).to_have_count(1)
    expect(limited).to_have_attribute('href', f'/organizations/{at}')
    first, last = limited.locator('.chip').first.bounding_box(), limited.get_by_text('Open now').bounding_box()
    assert first and last and last['y'] > first['y'] and last['x'] == first['x'], (
        'lines of chips begin below each other'
    )

    olga.goto(f'{server.url}/organizations/{at}/settings')
    olga.wait_for_function('window.socket?.connected')
    name = olga.get_by_label('Name', exact=True).first
    name.fill('Half typed')
    limit(server, at, '2')
    expect(banners[0]).to_have_count(0)
    expect(limited).to_have_count(0)
    expect(name).to_have_value('Half typed')

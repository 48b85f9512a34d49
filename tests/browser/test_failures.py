"""The network goes, the server goes: what was typed is still there, or the person is told."""

from collections.abc import Callable

from playwright.sync_api import Page, expect
from served import Served, sign_up
from test_story import box, card, choose, save, settings

AWAY = 30_000
"""Milliseconds without a network."""

BACK = 20_000
"""Milliseconds within which a browser finds the server again."""


def test_the_network_is_gone_while_somebody_types(server: Served, browser_page: Callable[..., Page]) -> None:
    page = browser_page()
    settings(page, sign_up(page, server.url, 'offline@acme.com'))
    name = card(page, 'Organization name')
    box(name, 'Name').fill('Before')
    page.context.set_offline(True)
    box(name, 'Name').fill('Typed without a network')
    expect(page.get_by_text('Reconnecting…')).to_be_visible(timeout=BACK)
    page.wait_for_timeout(AWAY)  # the time itself is what is tried out
    page.context.set_offline(False)
    expect(page.get_by_text('Reconnecting…')).to_be_hidden(timeout=BACK)
    expect(box(name, 'Name')).to_have_value('Typed without a network')
    save(page, name, 'Save name')
    expect(page).to_have_title('Settings · Typed without a network · Botcadence')


def test_the_server_restarts_while_somebody_types(server: Served, browser_page: Callable[..., Page]) -> None:
    page = browser_page()
    settings(page, sign_up(page, server.url, 'restart@acme.com'))
    address = card(page, 'Billing address')
    box(card(page, 'Organization name'), 'Name').fill('Typed before')
    choose(address, page, 'Country', 'Japan')
    box(address, 'Company name').fill('Half an address')
    choose(address, page, 'Prefecture', 'Osaka')
    server.restart()
    told = 'This is what you had typed before the connection was lost. It is not saved yet.'
    expect(page.get_by_text(told)).to_have_count(2, timeout=BACK)
    expect(box(card(page, 'Organization name'), 'Name')).to_have_value('Typed before')
    expect(box(address, 'Country')).to_have_value('Japan')
    expect(box(address, 'Company name')).to_have_value('Half an address')
    assert 'Osaka' in box(address, 'Prefecture').input_value()
    page.context.pages[0].once('dialog', lambda dialog: dialog.accept())
    page.reload()
    expect(box(card(page, 'Organization name'), 'Name')).to_have_value('restart')

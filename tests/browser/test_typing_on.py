"""Whoever types on at once, while the server still says something, keeps what they typed."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.support.line import Line
from tests.support.served import Served, let_in
from tests.support.steps import card, name_box, save, settings

Open = Callable[..., Page]


@pytest.fixture
def line(server: Served, browser_page: Open) -> tuple[Page, Line]:
    """A browser in the settings, and its line."""
    page = browser_page()
    line = Line(page)
    settings(page, server, let_in(page, server.url, 'john@acme.com'))
    return page, line


def test_what_is_typed_as_soon_as_it_is_shown_what_was_stored_stays(line: tuple[Page, Line]) -> None:
    page, wire = line
    name = card(page, 'Organization name')
    name_box(page).fill(' As stored ')
    wire.hold('"value":"As stored"')
    name.get_by_role('button', name='Save name').click()
    expect(name_box(page)).to_have_value('As stored')
    name_box(page).fill('Typed on')
    wire.release()
    expect(name.locator('form')).to_have_attribute('data-unsaved', 'true')
    save(name, 'Save name')
    expect(name_box(page)).to_have_value('Typed on')
    expect(page).to_have_title('Settings · Typed on · Botcadence')


def test_what_is_stored_is_shown_again_and_again(line: tuple[Page, Line]) -> None:
    page, _ = line
    name = card(page, 'Organization name')
    stored = name_box(page).input_value()
    for _again in range(2):  # the server says nothing else than before
        name_box(page).fill('Not this')
        name.get_by_role('button', name='Discard').click()
        expect(name_box(page)).to_have_value(stored)
        expect(name.get_by_text('Nothing has changed yet.')).to_be_visible()

"""The least there is: a server that answers, a browser that shows it."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.support.served import Served


def test_a_newcomer_sees_the_way_in(server: Served, browser_page: Callable[..., Page]) -> None:
    page = browser_page()
    page.goto(server.url)
    expect(page.get_by_label('Email')).to_be_visible()
    expect(page.get_by_role('heading', name='Sign in')).to_be_visible()

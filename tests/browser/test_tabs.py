"""One person, several tabs: each acts where its address bar says, and all of them end together."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Dialog, Page, expect

from tests.support.served import Served, let_in, sign_up
from tests.support.steps import card, create_organization, name_box, save, settings, user_menu

Open = Callable[..., Page]

TYPE_AND_RELOAD = """box => {
  box.value = 'Half typed';
  box.dispatchEvent(new Event('input', {bubbles: true}));
  setTimeout(() => location.reload());
}"""
"""Too quick for the server to have heard what was typed."""


@pytest.fixture
def john(server: Served, browser_page: Open, request: pytest.FixtureRequest) -> Page:
    """A page of somebody who has just signed up."""
    page = browser_page()
    sign_up(page, server.url, f'john.{request.node.name[:40]}@acme.com')
    return page


def home(page: Page) -> str:
    return page.url.split('/organizations/')[1].split('/')[0]


def test_two_tabs_in_two_organizations_act_each_in_its_own(server: Served, john: Page) -> None:
    alpha = home(john)
    beta = create_organization(john, server, 'Beta')
    other = john.context.new_page()
    settings(john, server, alpha)
    settings(other, server, beta)

    name_box(john).fill('Alpha works')
    save(card(john, 'Organization name'), 'Save name')
    name_box(other).fill('Beta works')
    save(card(other, 'Organization name'), 'Save name')
    expect(name_box(john)).to_have_value('Alpha works')
    expect(john).to_have_title('Settings · Alpha works · Botcadence')
    expect(other).to_have_title('Settings · Beta works · Botcadence')

    for page, mine, others in ((john, 'Alpha works', 'Beta works'), (other, 'Beta works', 'Alpha works')):
        page.get_by_role('link', name='Overview', exact=True).click()
        expect(page).to_have_title(f'Overview · {mine} · Botcadence')
        expect(card(page, 'Latest activity')).to_contain_text(f'renamed the organization to “{mine}”')
        expect(page.locator('body')).not_to_contain_text(others)

    other.goto(server.url)
    expect(other).to_have_url(f'{server.url}/organizations/{beta}')
    john.get_by_role('link', name='Settings', exact=True).click()
    expect(john).to_have_title('Settings · Alpha works · Botcadence')
    other.goto(server.url)
    expect(other).to_have_url(f'{server.url}/organizations/{alpha}')


def test_the_root_leads_to_the_last_active_one(server: Served, john: Page) -> None:
    alpha = home(john)
    beta = create_organization(john, server, 'Beta')
    for last in (alpha, beta):
        john.goto(f'{server.url}/organizations')
        john.locator(f'a[href="/organizations/{last}"].org-card').click()
        expect(john).to_have_url(f'{server.url}/organizations/{last}')
        tab = john.context.new_page()
        tab.goto(server.url)
        expect(tab).to_have_url(f'{server.url}/organizations/{last}')
        tab.close()


def test_signing_out_in_one_tab_takes_the_other_along(server: Served, john: Page) -> None:
    alpha = home(john)
    other = john.context.new_page()
    settings(other, server, alpha)
    expect(other).to_have_title(re.compile('^Settings'))

    user_menu(john)
    john.get_by_role('menuitem', name='Sign out').click()
    for page in (john, other):
        expect(page).to_have_url(re.compile('/sign-in$'))
        expect(page.get_by_role('heading', name='Sign in')).to_be_visible()

    john.go_back()
    expect(john.get_by_role('heading', name='Sign in')).to_be_visible()
    other.go_back()
    expect(other.get_by_role('heading', name='Sign in')).to_be_visible()
    expect(other).to_have_url(re.compile('/sign-in'))


def test_a_theme_is_that_of_all_tabs_of_the_browser_and_of_no_other(
    server: Served, john: Page, browser_page: Open
) -> None:
    john.wait_for_function('window.socket?.connected')
    other, elsewhere = john.context.new_page(), browser_page(color_scheme='light')
    let_in(elsewhere, server.url, 'jane@elsewhere.test')
    elsewhere.goto(server.url)
    other.goto(f'{server.url}/organizations')
    other.wait_for_function('window.socket?.connected')
    for page, theme, look in (john, 'Dark', 'dark'), (other, 'Light', 'light'), (john, 'Dark', 'dark'):
        user_menu(page)
        page.get_by_role('menuitemradio', name=f'Theme: {theme}').click()
        for each in (john, other):
            expect(each.locator('body')).to_have_class(re.compile(f'body--{look}'))
            expect(each.get_by_role('menu')).to_have_count(0)
            user_menu(each)
            expect(each.get_by_role('menuitemradio', checked=True)).to_have_text(f'Theme: {theme}')
            each.keyboard.press('Escape')
            expect(each.get_by_role('menu')).to_have_count(0)
        expect(elsewhere.locator('body')).to_have_class(re.compile('body--light'))


def test_signing_out_does_not_stumble_over_what_was_typed(server: Served, john: Page) -> None:
    other = john.context.new_page()
    settings(other, server, home(john))
    name_box(other).fill('Half typed')
    user_menu(john)
    john.get_by_role('menuitem', name='Sign out').click()
    expect(other).to_have_url(re.compile('/sign-in$'))


def test_leaving_with_something_typed_asks_first(server: Served, john: Page) -> None:
    alpha = home(john)
    settings(john, server, alpha)
    name_box(john).fill('Half typed')

    john.get_by_role('link', name='Overview', exact=True).click()
    question = john.get_by_role('dialog', name='Leave without saving?')
    expect(question).to_be_visible()
    question.get_by_role('button', name='Keep editing').click()
    expect(question).to_be_hidden()
    expect(name_box(john)).to_have_value('Half typed')
    expect(john).to_have_url(f'{server.url}/organizations/{alpha}/settings')

    john.get_by_role('link', name='Organizations', exact=True).click()
    question.get_by_role('button', name='Leave').click()
    expect(john).to_have_url(f'{server.url}/organizations')

    settings(john, server, alpha)
    expect(name_box(john)).to_have_value(re.compile('^john'))


def test_the_back_button_asks_too(server: Served, john: Page) -> None:
    alpha = home(john)
    john.get_by_role('link', name='Settings', exact=True).click()
    name_box(john).fill('Half typed')

    john.go_back()
    question = john.get_by_role('dialog', name='Leave without saving?')
    expect(question).to_be_visible()
    question.get_by_role('button', name='Keep editing').click()
    expect(john).to_have_url(f'{server.url}/organizations/{alpha}/settings')
    expect(name_box(john)).to_have_value('Half typed')

    john.go_back()
    question.get_by_role('button', name='Leave').click()
    expect(john).to_have_url(f'{server.url}/organizations/{alpha}')
    expect(john).to_have_title(re.compile('^Overview'))


def test_a_reload_with_something_typed_asks_in_the_browsers_own_words(server: Served, john: Page) -> None:
    settings(john, server, home(john))
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    john.once('dialog', stay)
    with john.expect_event('dialog'):
        name_box(john).evaluate(TYPE_AND_RELOAD)
    expect(name_box(john)).to_have_value('Half typed')
    expect(card(john, 'Organization name').locator('form')).to_have_attribute('data-unsaved', 'true')
    john.once('dialog', stay)
    with john.expect_event('dialog'):
        john.evaluate('setTimeout(() => location.reload())')
    expect(name_box(john)).to_have_value('Half typed')
    assert asked == ['beforeunload', 'beforeunload']

    name_box(john).fill('')
    name_box(john).fill('Saved in the end')
    save(card(john, 'Organization name'), 'Save name')
    john.reload()
    expect(name_box(john)).to_have_value('Saved in the end')
    assert len(asked) == 2, 'what is saved needs no question'

"""Somebody says what they are called: everybody who works with them sees it within a second, nobody else ever."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from data.models import Role
from tests.support.axe import look
from tests.support.served import Served, let_in
from tests.support.steps import act, befriend, box, card, save

Open = Callable[..., Page]
LIVE = 1_000
"""Milliseconds within which a change is seen on every other open screen."""


def team(server: Served, browser_page: Open, domain: str, **options: object) -> tuple[str, Page, Page, Page]:
    """An organization with an Owner and a Member, and a stranger who stands in one of their own."""
    olga, mia, sam = browser_page(), browser_page(**options), browser_page()
    at = let_in(olga, server.url, f'olga@{domain}')
    let_in(mia, server.url, f'mia@{domain}')
    let_in(sam, server.url, f'sam@other-{domain}')
    befriend(server, f'olga@{domain}', f'mia@{domain}', at, Role.ADMIN)
    return at, olga, mia, sam


def account(page: Page, server: Served) -> None:
    page.goto(f'{server.url}/account')
    page.wait_for_function('window.socket?.connected')


def say(page: Page, name: str) -> None:
    """Save a name on the screen of the account."""
    box(card(page, 'Display name'), 'Name (optional)').fill(name)
    save(card(page, 'Display name'), 'Save name')


def test_a_name_is_seen_by_everybody_here_at_once_and_by_no_stranger(server: Served, browser_page: Open) -> None:
    at, olga, mia, sam = team(server, browser_page, 'names.com')
    mia.goto(f'{server.url}/organizations/{at}/members')
    line = mia.locator('.person', has_text='olga@names.com')
    expect(line).to_be_visible()
    watching = mia.context.new_page()
    watching.goto(f'{server.url}/organizations/{at}')
    sam.goto(f'{server.url}/organizations')
    account(olga, server)
    working = olga.context.new_page()
    working.goto(f'{server.url}/organizations/{at}')
    expect(watching.locator('.faces')).to_contain_text('olga@names.com')
    say(olga, 'Olga Berg')
    expect(line.locator('.person-name > span').first).to_have_text('Olga Berg', timeout=LIVE)
    expect(line.locator('.person-address')).to_have_text('olga@names.com')
    expect(line.locator('.monogram')).to_have_text('OB')
    expect(watching.locator('.faces')).to_contain_text('Olga Berg (olga@names.com)', timeout=LIVE)
    expect(working.get_by_role('button', name='Account of Olga Berg, olga@names.com')).to_be_visible(timeout=LIVE)
    expect(olga.locator('.user-name')).to_have_text('Olga Berg')
    expect(sam.locator('body')).not_to_contain_text('Olga')
    assert 'Olga' not in sam.content()
    say(olga, '')
    expect(line.locator('.person-name > span').first).to_have_text('olga@names.com', timeout=LIVE)
    expect(line.locator('.person-address')).to_have_count(0)


def test_two_of_one_name_are_told_apart_everywhere(server: Served, browser_page: Open) -> None:
    at, olga, mia, _ = team(server, browser_page, 'twins.com')
    for page in (olga, mia):
        account(page, server)
        say(page, 'Mia Novak')
    mia.goto(f'{server.url}/organizations/{at}')
    olga.goto(f'{server.url}/organizations/{at}')
    names = olga.locator('.faces .unseen')
    expect(names).to_have_text(['Mia Novak (mia@twins.com)', 'Mia Novak (olga@twins.com)'])
    expect(olga.locator('.faces > li').first).to_have_attribute('title', 'Mia Novak (mia@twins.com)')
    olga.goto(f'{server.url}/organizations/{at}/members')
    olga.wait_for_function('window.socket?.connected')
    box(olga, 'Search').fill('novak')
    expect(olga.locator('.person')).to_have_count(2)
    act(olga, 'Mia Novak (mia@twins.com)', 'Remove')
    question = olga.get_by_role('dialog', name='Remove this person?')
    expect(question).to_contain_text('Mia Novak (mia@twins.com) loses access at once')
    question.get_by_role('button', name='Remove person').click()
    expect(olga.get_by_text('Mia Novak (mia@twins.com) has been removed.')).to_be_visible()
    olga.goto(f'{server.url}/organizations/{at}/activity')
    expect(olga.locator('.event').first).to_contain_text('Mia Novak (olga@twins.com) removed Mia Novak (mia@twins.com)')
    person = box(olga, 'Person')
    person.click()
    person.press_sequentially('novak')
    expect(olga.get_by_role('option')).to_have_text(['Mia Novak (olga@twins.com)'])
    assert look(olga, 'names') == []


@pytest.mark.parametrize('scheme', ['light', 'dark'])
def test_a_name_from_right_to_left_keeps_its_direction_to_itself(
    server: Served, browser_page: Open, scheme: str
) -> None:
    at, olga, mia, _ = team(server, browser_page, f'rtl-{scheme}.com', color_scheme=scheme)
    account(olga, server)
    say(olga, 'מרים כהן')
    mia.goto(f'{server.url}/organizations/{at}/members')
    line = mia.locator('.person', has_text=f'olga@rtl-{scheme}.com')
    name, address = line.locator('.person-name > span').first, line.locator('.person-address')
    assert name.evaluate('it => getComputedStyle(it).direction') == 'rtl'
    assert address.evaluate('it => getComputedStyle(it).direction') == 'ltr'
    left, right = name.bounding_box(), address.bounding_box()
    assert left and right and left['x'] < right['x'], 'the name comes first'
    assert look(mia, 'names') == []


def test_exact_dates_follow_what_was_chosen(server: Served, browser_page: Open) -> None:
    at, olga, mia, _ = team(server, browser_page, 'dates.com')
    mia.goto(f'{server.url}/organizations/{at}/members')
    moment = mia.locator('.person time').first
    expect(moment).to_have_attribute('title', re.compile(r'^[A-Z][a-z]+ \d'))
    account(mia, server)
    settings = card(mia, 'Dates and times')
    for label, typed, option in (
        ('Language of dates', 'deutsch', 'German – Deutsch'),
        ('Time zone', 'nepal', 'Asia/Kathmandu'),
    ):
        box(settings, label).click()
        box(settings, label).fill(typed)
        mia.get_by_role('option', name=option, exact=True).click()
    other = mia.context.new_page()
    other.goto(f'{server.url}/organizations/{at}/members')
    expect(other.locator('.person time').first).to_have_attribute('title', re.compile(r'^[A-Z][a-z]+ \d'))
    save(settings, 'Save dates')
    german = re.compile(r'^\d+\. \w+ \d{4} um \d\d:\d\d:\d\d GMT\+5:45$')
    expect(other.locator('.person time').first).to_have_attribute('title', german, timeout=LIVE)
    mia.bring_to_front()
    assert look(mia, 'dates of one’s own') == []
    olga.goto(f'{server.url}/organizations/{at}/members')
    expect(olga.locator('.person time').first).to_have_attribute('title', re.compile(r'^[A-Z][a-z]+ \d'))

"""The switcher as people meet it: a menu button in its place, a list that opens under it, and what ends that list."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from data.inputs import texts
from data.services import organizations
from tests.support.axe import NARROW, WIDE
from tests.support.served import Served, let_in, sign_up
from tests.support.steps import box, create_organization, standing

Open = Callable[..., Page]


@pytest.mark.parametrize('size', [WIDE, NARROW], ids=['wide', 'narrow'])
def test_it_is_a_button_that_stays_and_a_list_that_goes(server: Served, browser_page: Open, size: dict) -> None:
    page = browser_page(viewport=size)
    name = f'menu{size["width"]}'
    sign_up(page, server.url, f'{name}@acme.com')
    create_organization(page, server, 'Café Größe')
    button = page.get_by_role('button', name='Organization Café Größe, Owner')
    expect(button).to_be_in_viewport()
    expect(button).to_have_text(re.compile('Café Größe *Owner$'))
    expect(page.locator('.switcher input')).to_have_count(0)
    if size == NARROW:
        spot = button.bounding_box()
        assert spot
        assert spot['y'] + spot['height'] <= 56, 'it sits in the top bar'
    button.click()
    expect(box(page, 'Organization')).to_be_focused()
    expect(button).to_be_visible()
    expect(button).to_have_attribute('aria-expanded', 'true')
    expect(page.get_by_role('option')).to_have_text(['Café Größe Owner', f'{name} Owner'])
    expect(page.get_by_role('option', selected=True)).to_have_text('Café Größe Owner')
    under = page.locator('.switcher-panel').bounding_box()
    assert under
    assert under['x'] >= 0
    assert under['x'] + under['width'] <= size['width']
    expect(page.locator('.switcher-panel > :last-child')).to_have_text('New organization')

    for typed in (
        'cafe gro',
        'CAFE GROSSE',
        'ｃａｆé größe',
        'café gröss',
    ):  # without the accents, UAX #15, SpecialCasing
        box(page, 'Organization').fill(typed)
        expect(page.get_by_role('option')).to_have_text(['Café Größe Owner'])
    box(page, 'Organization').fill('zzz')
    expect(page.get_by_text('Nothing found')).to_be_visible()
    page.keyboard.press('Escape')
    expect(box(page, 'Organization')).to_have_count(0)
    expect(button).to_be_focused()

    button.click()
    expect(page.get_by_role('option')).to_have_count(2)
    button.click()
    expect(page.get_by_role('option')).to_have_count(0)
    button.click()
    expect(page.get_by_role('option')).to_have_count(2)
    page.mouse.click(size['width'] - 20, size['height'] - 20)
    expect(page.get_by_role('option')).to_have_count(0)

    button.click()
    page.get_by_role('option', name=name).click()
    expect(page).to_have_title(f'Overview · {name} · Botcadence')
    expect(page.get_by_role('option')).to_have_count(0)


def test_a_new_organization_is_at_its_end(server: Served, browser_page: Open) -> None:
    page = browser_page()
    organization_id = let_in(page, server.url, 'end@acme.com')
    page.goto(f'{server.url}/organizations/{organization_id}/settings')
    page.wait_for_function('window.socket?.connected')
    page.get_by_role('button', name='Organization end').click()
    expect(box(page, 'Organization')).to_be_focused()
    page.keyboard.press('Enter')  # nothing is marked, nothing was typed
    expect(box(page, 'Organization')).to_have_count(0)
    page.keyboard.press('ArrowDown')
    expect(box(page, 'Organization')).to_be_focused()
    page.keyboard.press('Tab')
    expect(page.get_by_role('button', name='New organization')).to_be_focused()
    page.keyboard.press('Enter')
    dialog = page.get_by_role('dialog', name='New organization')
    expect(box(dialog, 'Name')).to_be_focused()
    page.keyboard.press('Escape')
    expect(dialog).to_have_count(0)
    expect(page.get_by_role('button', name='Organization end')).to_be_focused()


def test_of_very_many_some_are_drawn_and_all_are_found(server: Served, browser_page: Open) -> None:
    page = browser_page()
    sign_up(page, server.url, 'many@acme.com')
    with standing(server, 'many@acme.com') as actor:
        for number in range(301):
            organizations.create(actor, f'Branch {number:03}')
    page.get_by_role('button', name='Organization many').click()
    expect(page.get_by_role('option')).to_have_count(300)
    expect(page.get_by_text('These are 300 of 302. Type to find another.')).to_be_visible()
    expect(page.get_by_role('button', name='New organization')).to_be_in_viewport(ratio=1)
    box(page, 'Organization').fill('300')
    expect(page.get_by_role('option')).to_have_text(['Branch 300 Owner'])
    page.keyboard.press('Enter')
    expect(page).to_have_title('Overview · Branch 300 · Botcadence')


def test_arrows_go_round_and_the_first_of_what_is_found_is_meant(server: Served, browser_page: Open) -> None:
    page = browser_page()
    sign_up(page, server.url, 'arrows@acme.com')
    for name in ('Alpha', 'Alpine'):
        create_organization(page, server, name)
    page.get_by_role('button', name='Organization Alpine').click()
    combobox = box(page, 'Organization')
    expect(combobox).to_be_focused()
    for key, name in (('ArrowUp', 'arrows'), ('ArrowDown', 'Alpine'), ('ArrowDown', 'Alpha')):
        page.keyboard.press(key)
        marked = page.locator('.switcher-option.marked')
        expect(marked).to_contain_text(name)
        assert combobox.get_attribute('aria-activedescendant') == marked.get_attribute('id')
    page.keyboard.type('al')
    expect(page.get_by_role('option')).to_have_count(2)
    page.keyboard.type('pha')
    expect(page.get_by_role('option')).to_have_count(1)
    page.keyboard.press('Enter')
    expect(page).to_have_title('Overview · Alpha · Botcadence')
    expect(page.get_by_role('heading', name='Overview')).to_be_focused()


@pytest.mark.parametrize(
    ('name', 'typed', 'other'),
    [
        ('İstanbul Łódź', 'istanbul lodz', 'istanbul lodzi'),
        ('Isparta', 'ıSPARTA', 'ispartam'),
        ('Søren & Ærø', 'soren & aero', 'sören & ero'),
        ('край', 'КРАЙ', 'краи'),
        ('ёлка', 'елка', 'йлка'),
        ('ガス', 'ｶﾞｽ', 'カス'),
        ('हिन्दी', 'हिन्दी', 'हनद'),
        ('Ann’s Müller–Schmidt', "ann's muller-schmidt", 'anns'),
        ("Ann's Bäckerei", 'ＡＮＮ’Ｓ  \u200bbackerei', 'ann-s'),
        ('GROẞ', 'gross', 'gros s'),
        ('שָׁלוֹם', 'שלום', 'שלו֗ך'),
        ('أسرة محمد', 'أُسْرَة مُحَمَّد', 'اسرة'),
    ],
)
def test_it_folds_as_searches_do(server: Served, browser_page: Open, name: str, typed: str, other: str) -> None:
    """What data/inputs/texts.py makes of both, made in the browser."""
    assert texts.plain_key(typed) in texts.plain_key(name)
    assert texts.plain_key(other) not in texts.plain_key(name)
    page = browser_page()
    let_in(page, server.url, f'fold{abs(hash(name))}@acme.com')
    create_organization(page, server, name)
    page.get_by_role('button', name=f'Organization {name}').click()
    box(page, 'Organization').fill(other)
    expect(page.get_by_text('Nothing found')).to_be_visible()
    box(page, 'Organization').fill(typed)
    expect(page.get_by_role('option')).to_have_text([f'{name} Owner'])

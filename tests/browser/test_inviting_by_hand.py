"""Inviting where no mail is set up: links are copied and passed on, and what was refused is corrected on the spot."""

import re
from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

from playwright.sync_api import Page, expect

from data.models import Role
from data.services import invitations
from tests.support.served import Served, let_in
from tests.support.steps import box, card, standing


def test_links_are_copied_one_by_one_or_all_at_once(server: Served, browser_page: Callable[..., Page]) -> None:
    page = browser_page()
    at = let_in(page, server.url, 'olga@byhand.com')
    page.context.grant_permissions(['clipboard-read', 'clipboard-write'], origin=server.url)
    page.goto(f'{server.url}/organizations/{at}/members')
    page.get_by_role('button', name='New invitation').click()
    dialog = page.get_by_role('dialog', name='Invite users')
    box(dialog, 'Email addresses').fill('Ann\tLee\tann@new.com\n- bo@new.com\nCleo Park cleo@exam_ple.com\nnobody')
    expect(dialog.locator('.verdict')).to_have_count(4)
    expect(dialog.locator('.verdict').first).to_contain_text('Ann Lee')
    dialog.get_by_role('button', name='Create invitations').click()

    done = page.get_by_role('dialog', name='Invitations')
    links = [done.locator('.verdict-link > .muted').nth(place).inner_text() for place in range(2)]
    done.get_by_role('button', name='Copy the link for bo@new.com').click()
    expect(done.get_by_text('Copied')).to_be_visible()
    assert page.evaluate('navigator.clipboard.readText()') == links[1]
    done.get_by_role('button', name='Copy all links').click()
    page.wait_for_function('navigator.clipboard.readText().then((text) => text.includes("\\n"))')
    copied = page.evaluate('navigator.clipboard.readText()')
    assert copied == f'ann@new.com, {links[0]}\nbo@new.com, {links[1]}'

    again = box(done, 'Email addresses')
    expect(again).to_have_value('Cleo Park <cleo@exam_ple.com>')
    expect(done.get_by_role('button', name='Create invitations')).to_be_disabled()
    again.fill('cleo@example.com')
    done.get_by_role('button', name='Create invitations').click()
    expect(done.locator('.verdict')).to_have_count(1)
    expect(done.locator('.verdict')).to_contain_text('Invited.')
    done.get_by_role('button', name='Done').click()
    expect(page.get_by_role('dialog')).to_have_count(0)
    expect(card(page, 'Invitations').locator('.person')).to_have_count(3)


def test_until_when_it_is_good_is_said_in_the_zone_of_who_reads_it(
    server: Served, browser_page: Callable[..., Page]
) -> None:
    olga, ivy = browser_page(timezone_id='Asia/Kathmandu'), browser_page(timezone_id='America/New_York')
    at = let_in(olga, server.url, 'olga@zones.com')
    with standing(server, 'olga@zones.com', at) as actor:
        [made] = invitations.invite(actor, 'ivy@zones.com', Role.MEMBER)
        [waiting] = invitations.portion(actor).rows
    olga.goto(f'{server.url}/organizations/{at}/members')
    expect(card(olga, 'Invitations').locator('time[data-exact]')).to_have_text(
        in_zone(waiting.expires_at, 'Asia/Kathmandu'), timeout=10_000
    )
    expect(card(olga, 'Invitations').locator('time[data-exact]')).to_have_attribute('title', re.compile('GMT.5:45'))
    ivy.goto(f'{server.url}/invitations/{made.token}')
    expect(ivy.locator('time')).to_have_text(in_zone(waiting.expires_at, 'America/New_York'), timeout=10_000)
    expect(ivy.get_by_text('For ivy@zones.com, until')).to_be_visible()


def in_zone(moment: datetime, zone: str) -> str:
    """A moment as it stands on a screen there: '3 December 2026 at 01:01'."""
    there = moment.astimezone(ZoneInfo(zone))
    return f'{there.day} {there:%B %Y at %H:%M}'

"""An Owner invites somebody without an account, who signs up from the link; everybody else sees it happen."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect
from served import PASSWORD, Served, sign_up
from steps import act, befriend, box, card

from data.models import Role

LIVE = 1_500
"""Milliseconds within which a change is seen on every other open screen: a second, and a slow machine's share."""


def invite(page: Page, addresses: str) -> None:
    """Send invitations as a person does."""
    page.get_by_role('button', name='New invitation').click()
    dialog = page.get_by_role('dialog', name='Invite users')
    box(dialog, 'Email addresses').fill(addresses)
    expect(dialog.locator('.verdict').first).to_contain_text('Will be invited.')
    dialog.get_by_role('button', name='Send invitations').click()
    done = page.get_by_role('dialog', name='Invitations')
    expect(done.locator('.verdict').first).to_contain_text('Invited.')
    done.get_by_role('button', name='Done').click()
    expect(page.get_by_role('dialog')).to_have_count(0)


def link_for(page: Page, email: str) -> str:
    """Read the link of an invitation from the screen."""
    act(page, email, 'Copy link')
    dialog = page.get_by_role('dialog', name='Invitation link')
    link = box(dialog, 'Link').input_value()
    dialog.get_by_role('button', name='Close').click()
    expect(dialog).to_have_count(0)
    return link


def test_from_an_address_to_a_colleague(server: Served, browser_page: Callable[..., Page]) -> None:
    olga, mia, ivy = (browser_page() for _ in range(3))
    at = sign_up(olga, server.url, 'olga@inviting.com')
    sign_up(mia, server.url, 'mia@inviting.com')
    befriend(server, 'olga@inviting.com', 'mia@inviting.com', at, Role.ADMIN)
    for page in (olga, mia):
        page.goto(f'{server.url}/organizations/{at}/members')
        expect(page.locator('.person')).to_have_count(2)

    invite(olga, 'Ivy <ivy@new.com>, mia@inviting.com, nobody')
    waiting = card(mia, 'Invitations').locator('.person')
    expect(waiting).to_contain_text('ivy@new.com', timeout=LIVE)
    first = link_for(olga, 'ivy@new.com')
    act(mia, 'ivy@new.com', 'Renew')
    expect(mia.get_by_text('has a new link')).to_be_visible()
    link = link_for(olga, 'ivy@new.com')
    assert first != link
    ivy.goto(first)
    expect(ivy.get_by_role('heading', name='This invitation link is not good')).to_be_visible()

    ivy.goto(link)
    expect(ivy.get_by_role('heading', name='Join olga')).to_be_visible()
    expect(ivy.get_by_label('Email')).to_have_value('ivy@new.com')
    ivy.get_by_label('Password', exact=True).fill(PASSWORD)
    ivy.get_by_label('Confirm password').fill(PASSWORD)
    ivy.get_by_role('button', name='Sign up and join').click()
    expect(ivy).to_have_url(f'{server.url}/organizations/{at}')
    for page in (olga, mia):
        expect(page.locator('.person', has_text='ivy@new.com')).to_contain_text('Member', timeout=LIVE)
        expect(card(page, 'Invitations')).to_contain_text('Nobody is invited at the moment.', timeout=LIVE)

    ivy.goto(f'{server.url}/organizations/{at}/members')
    expect(ivy.get_by_text('Only Owners and Admins can change roles. You are a Member.')).to_be_visible()
    expect(ivy.get_by_role('button', name='New invitation')).to_be_hidden()
    act(olga, 'ivy@new.com', 'Make Admin')
    expect(ivy.get_by_role('button', name='New invitation')).to_be_visible(timeout=LIVE)
    act(olga, 'ivy@new.com', 'Remove')
    olga.get_by_role('button', name='Remove person').click()
    expect(ivy).not_to_have_url(re.compile('/members$'), timeout=LIVE)
    expect(ivy.get_by_text('You no longer have access to olga.')).to_be_visible()


def test_the_wrong_person_switches_and_comes_back(server: Served, browser_page: Callable[..., Page]) -> None:
    olga, sam = browser_page(), browser_page()
    at = sign_up(olga, server.url, 'olga@switching.com')
    olga.goto(f'{server.url}/organizations/{at}/members')
    invite(olga, 'ivy@switching.com')
    link = link_for(olga, 'ivy@switching.com')
    sign_up(sam, server.url, 'sam@switching.com')
    sam.goto(link)
    expect(sam.get_by_text('This invitation is for ivy@switching.com. You are signed in as sam@')).to_be_visible()
    sam.get_by_role('button', name='Sign out and switch').click()
    expect(sam.get_by_role('button', name='Sign up and join')).to_be_visible()
    sam.get_by_role('button', name='Decline').click()
    expect(sam.get_by_text('This invitation has been declined.')).to_be_visible()
    expect(card(olga, 'Invitations')).to_contain_text('Nobody is invited at the moment.', timeout=LIVE)

"""An Owner invites somebody without an account, who signs up from the link; everybody else sees it happen."""

import json
import re
from collections.abc import Callable, Iterator
from email.message import EmailMessage

import pytest
from playwright.sync_api import Page, expect

from data.models import Role
from tests.support.ports import free_port
from tests.support.post_office import Box, running, text_of
from tests.support.raw import sql
from tests.support.served import PASSWORD, Served, let_in
from tests.support.steps import act, befriend, box, card

LIVE = 1_500
"""Milliseconds within which a change is seen on every other open screen: a second, and a slow machine's share."""


@pytest.fixture(scope='module')
def box_of_mails() -> Box:
    """What arrives."""
    return Box()


@pytest.fixture(scope='module')
def server(serve: Callable[..., Served], box_of_mails: Box) -> Iterator[Served]:
    """A server that sends mails."""
    port = free_port()
    with running(box_of_mails, port):
        yield serve(BOTCADENCE_SMTP_URL=f'smtp://127.0.0.1:{port}', BOTCADENCE_MAIL_FROM='Bots <bots@example.com>')


def link_in(message: EmailMessage) -> str:
    """The one link for whoever reads the mail in a terminal."""
    [link] = re.findall(r'http\S+/invitations/\S+', text_of(message))
    return str(link)


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
    act(page, email, 'Show link')
    dialog = page.get_by_role('dialog', name='Invitation link')
    link = box(dialog, 'Link').input_value()
    dialog.get_by_role('button', name='Close').click()
    expect(dialog).to_have_count(0)
    return link


def replayed(page: Page, act_there: Callable[[], None]) -> Callable[[], object]:
    """Do something on a page that then hears nothing any more, so that it stays; a call does the same once more."""
    sent: list[str] = []
    page.on('websocket', lambda socket: socket.on('framesent', lambda frame: sent.append(str(frame))))
    page.reload()
    sent.clear()
    act_there()
    [event] = [json.loads(frame[2:])[1] for frame in sent if frame.startswith('42["event"') and '"args":["\\"' in frame]
    page.evaluate('socket.removeAllListeners()')
    twice = 'it => { socket.emit("event", it); return socket.emitWithAck("handshake", socket.io.opts.query) }'
    return lambda: page.evaluate(twice, event)  # the answer comes after the event has been looked at


def test_from_an_address_to_a_colleague(server: Served, browser_page: Callable[..., Page], box_of_mails: Box) -> None:
    olga, mia, ivy = (browser_page() for _ in range(3))
    at = let_in(olga, server.url, 'olga@inviting.com')
    let_in(mia, server.url, 'mia@inviting.com')
    sql(server, 'UPDATE users SET verified_at = created_at')
    befriend(server, 'olga@inviting.com', 'mia@inviting.com', at, Role.ADMIN)
    for page in (olga, mia):
        page.goto(f'{server.url}/organizations/{at}/members')
        expect(page.locator('.person')).to_have_count(2)

    invite(olga, 'Ivy <ivy@new.com>, mia@inviting.com, nobody')
    waiting = card(mia, 'Invitations').locator('.person')
    expect(waiting).to_contain_text('ivy@new.com', timeout=LIVE)
    for page in (olga, mia):
        expect(card(page, 'Invitations')).to_contain_text('Email sent')
    first = link_in(box_of_mails.wait_for('ivy@new.com')[0])
    act(mia, 'ivy@new.com', 'Send again')
    expect(mia.get_by_text('has a new link')).to_be_visible()
    link = link_in(box_of_mails.wait_for('ivy@new.com', 2)[1])
    assert len({first, link, link_for(olga, 'ivy@new.com')}) == 3, (
        'the mail has a secret that those who invite never see'
    )
    ivy.goto(first)
    expect(ivy.get_by_role('heading', name='This invitation link doesn’t work')).to_be_visible()

    ivy.goto(link)
    expect(ivy.get_by_role('heading', name='Join olga')).to_be_visible()
    expect(ivy.get_by_label('Email')).to_have_value('ivy@new.com')
    ivy.get_by_label('Password', exact=True).fill(PASSWORD)
    ivy.get_by_label('Confirm password').fill(PASSWORD)
    ivy.get_by_role('button', name='Sign up and join').click()
    expect(ivy).to_have_url(f'{server.url}/organizations/{at}')
    for page in (olga, mia):
        expect(page.locator('.person', has_text='ivy@new.com')).to_contain_text('Member', timeout=LIVE)
        expect(card(page, 'Invitations')).to_contain_text('No open invitations.', timeout=LIVE)

    ivy.goto(f'{server.url}/organizations/{at}/members')
    expect(ivy.get_by_text('Only Owners and Admins can change roles. You are a Member.')).to_be_visible()
    expect(ivy.get_by_role('button', name='New invitation')).to_be_hidden()
    act(olga, 'ivy@new.com', 'Make Admin')
    expect(ivy.get_by_role('button', name='New invitation')).to_be_visible(timeout=LIVE)
    box_of_mails.wait_for('ivy@new.com', 3)

    deaf = ivy.context.new_page()
    deaf.goto(f'{server.url}/organizations/{at}/members')
    again = replayed(deaf, lambda: act(deaf, 'mia@inviting.com', 'Make Viewer'))
    mias_role = olga.locator('.person', has_text='mia@inviting.com').locator('.person-role')
    expect(mias_role).to_have_text('Viewer', timeout=LIVE)
    act(olga, 'mia@inviting.com', 'Make Member')
    expect(mias_role).to_have_text('Member', timeout=LIVE)
    act(olga, 'ivy@new.com', 'Remove')
    olga.get_by_role('button', name='Remove person').click()
    expect(ivy).not_to_have_url(re.compile('/members$'), timeout=LIVE)
    expect(ivy.get_by_text('You no longer have access to olga.')).to_be_visible()
    again()
    act(olga, 'mia@inviting.com', 'Make Admin')
    expect(mias_role).to_have_text('Admin', timeout=LIVE)
    done = "SELECT count(*) FROM audit_events WHERE action = 'member:change_role' AND actor_email = 'ivy@new.com'"
    assert sql(server, done) == [(1,)]
    subjects = [str(mail['Subject']) for mail in box_of_mails.wait_for('ivy@new.com', 4)]
    assert subjects == [
        *['You are invited to olga'] * 2,
        'You are now Admin of olga',
        'You are no longer a member of olga',
    ]
    assert box_of_mails.wait_for('olga@inviting.com', 2)[1]['Subject'] == 'ivy@new.com is no longer a member of olga'
    assert [it for it in (first, link) if it.rpartition('/')[2] in server.log] == []


def test_the_wrong_person_switches_and_comes_back(server: Served, browser_page: Callable[..., Page]) -> None:
    olga, sam = browser_page(), browser_page()
    at = let_in(olga, server.url, 'olga@switching.com')
    sql(server, 'UPDATE users SET verified_at = created_at')
    olga.goto(f'{server.url}/organizations/{at}/members')
    invite(olga, 'ivy@switching.com')
    link = link_for(olga, 'ivy@switching.com')
    let_in(sam, server.url, 'sam@switching.com')
    sam.goto(link)
    expect(sam.get_by_text('This invitation is for ivy@switching.com. You are signed in as sam@')).to_be_visible()
    sam.get_by_role('button', name='Sign out and switch').click()
    expect(sam.get_by_role('button', name='Sign up and join')).to_be_visible()
    sam.get_by_text('Decline', exact=True).click()
    sam.get_by_role('button', name='Decline invitation').click()
    heading = sam.get_by_role('heading', name='This invitation has been declined')
    expect(heading).to_be_visible()
    expect(sam).to_have_title('This invitation has been declined · Botcadence')
    edges = [it.evaluate('it => it.getBoundingClientRect().x') for it in (heading, sam.get_by_role('link'))]
    assert edges[0] == edges[1], 'the way on begins where the text begins'
    expect(card(olga, 'Invitations')).to_contain_text('No open invitations.', timeout=LIVE)

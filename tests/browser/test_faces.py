"""Who is here beyond the faces that are drawn: their names are read by hovering, by a tap and by a key."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from playwright.sync_api import Page, expect

from components.kit.facts import FACES
from data.models import Role
from tests.support.raw import Person, new, socket
from tests.support.served import Served, let_in
from tests.support.steps import befriend

Open = Callable[..., Page]

PHONE = {'viewport': {'width': 390, 'height': 844}, 'has_touch': True, 'is_mobile': True}


@pytest.fixture(scope='module')
def crowd(server: Served) -> Iterator[tuple[str, list[str]]]:
    """An organization and who is here, without whoever comes to look."""
    owner = Person(server)
    owner.sign_up(email := new('aaron'))
    at = owner.home.rsplit('/', 1)[-1]
    emails, people = [email], [owner]
    with ExitStack() as open_pages:
        for number in range(FACES + 2):
            people.append(Person(server))
            emails.append(new(f'colleague-{number}'))
            people[-1].sign_up(emails[-1])
            befriend(server, email, emails[-1], at, Role.MEMBER)
        for each in people:
            open_pages.enter_context(socket(server, each.open(f'/organizations/{at}'))).enter()
        yield at, emails
    for each in people:
        each.http.close()


@pytest.mark.parametrize('how', ['tap', 'key', 'click'])
def test_the_others_are_named_to_whoever_asks(
    server: Served, browser_page: Open, crowd: tuple[str, list[str]], how: str
) -> None:
    page, zoe, (at, emails) = browser_page(**(PHONE if how == 'tap' else {})), new('zoe'), crowd
    let_in(page, server.url, zoe)
    befriend(server, emails[0], zoe, at, Role.MEMBER)
    page.goto(f'{server.url}/organizations/{at}')
    others = page.get_by_role('button', name='and 4 more')
    named = ' '.join(sorted([*emails, zoe])[FACES:])
    expect(others).to_have_accessible_description(named)
    press = {'tap': others.tap, 'click': others.click, 'key': lambda: others.press('Enter')}[how]
    press()
    said = page.get_by_role('status').filter(has_text=named)
    expect(said).to_be_in_viewport(ratio=1)
    if how == 'key':
        expect(others).to_be_focused()
        page.keyboard.press('Escape')
        expect(said).to_have_count(0)
        press()
        expect(said).to_be_visible()
        page.keyboard.press('Shift+Tab')
        expect(said).to_have_count(0)
        return
    press()
    expect(said).to_have_count(0)
    press()
    expect(said).to_be_visible()
    page.get_by_role('heading', name='Overview').click()
    expect(said).to_have_count(0)

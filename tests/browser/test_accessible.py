"""For everybody: axe-core finds nothing on any screen, whoever looks, in both themes, wide and on a phone."""

import re
import subprocess
import sys
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, ViewportSize

from data.models import Role
from data.services import billing_address, organizations, phone_numbers
from tests.support.axe import NARROW, WIDE, look
from tests.support.raw import Person
from tests.support.served import PASSWORD, ROOT, Served
from tests.support.steps import befriend, standing
from tests.support.touch import fields
from tests.support.walks import MUCH, NEW, NOBODY, READER, WALKS, House
from tests.support.walks.projects import fill
from tests.support.walks.settings import GERMAN, NUMBERS
from tests.support.walks.usage import use

REGISTERED = """
import pages
from nicegui import Client
from pages.shell.screens import SCREENS
print(*SCREENS, *Client.page_routes.values(), sep='\\n')
"""
"""In a process of its own: importing the screens registers them in NiceGUI, for good."""

COLLEAGUE = 'colleague@acme.com'
BRANCHES = 65


@pytest.fixture(scope='module')
def house(server: Served) -> House:
    """Whoever looks, and what they look at."""
    emails = {name: f'{name}@acme.com' for name in (NEW, MUCH, READER)}
    homes = {}
    for email in (*emails.values(), COLLEAGUE):
        person = Person(server)
        assert person.sign_up(email).status_code == 303
        homes[email.partition('@')[0]] = person.home.rpartition('/')[2]
        person.http.close()
    homes[READER] = homes[MUCH]
    with standing(server, emails[MUCH], homes[MUCH]) as actor:
        billing_address.set_address(actor, GERMAN, version=0)
        for number in NUMBERS:
            phone_numbers.add(actor, number)
        fill(actor)
        use(actor)
        for number in range(BRANCHES):
            organizations.create(actor, f'Branch {number}')
    befriend(server, emails[MUCH], COLLEAGUE, homes[MUCH], Role.MEMBER)
    befriend(server, emails[MUCH], emails[READER], homes[MUCH], Role.VIEWER)
    return House(server, homes, COLLEAGUE)


@pytest.fixture(scope='module')
def page_of(house: House, lasting: Callable[..., Page]) -> Callable[[str, ViewportSize], Page]:
    """A browser of each person in each size, which has been here before."""
    pages: dict[tuple[str, int], Page] = {}

    def come(person: str, size: ViewportSize) -> Page:
        if (person, size['width']) not in pages:
            touch = {'has_touch': True, 'is_mobile': True} if size == NARROW else {}
            page = pages[person, size['width']] = lasting(viewport=size, reduced_motion='reduce', **touch)
            if person != NOBODY:
                page.goto(f'{house.server.url}/sign-in')
                page.get_by_label('Email').fill(f'{person}@acme.com')
                page.get_by_label('Password', exact=True).fill(PASSWORD)
                page.get_by_role('button', name='Sign in').click()
                page.wait_for_url('**/organizations/*')
        return pages[person, size['width']]

    return come


def test_every_screen_is_walked_through() -> None:
    done = subprocess.run([sys.executable, '-c', REGISTERED], capture_output=True, text=True, check=True, cwd=ROOT)
    assert set(done.stdout.split()) == set(WALKS) - {''}


@pytest.mark.parametrize('size', [WIDE, NARROW], ids=['wide', 'narrow'])
@pytest.mark.parametrize('path', WALKS)
def test_axe_finds_nothing(
    house: House, page_of: Callable[[str, ViewportSize], Page], path: str, size: ViewportSize
) -> None:
    here, complaints = re.compile(re.sub(r'{\w+}', '[^/]+', path) or '.*'), list[str]()
    for person, walk in WALKS[path]:
        page = page_of(person, size)
        for name in walk(page, house):
            page.wait_for_url(lambda url: bool(here.fullmatch(urlsplit(url).path)))  # it comes with the screen
            complaints += look(page, name)
            complaints += fields(page, name) if size == NARROW else []
    assert not complaints, '\n'.join(complaints)

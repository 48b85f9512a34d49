"""The activity screen in real browsers: refusals as they happen, files on the disk, and nothing in anybody's way."""

import csv
import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect
from sqlalchemy import insert, update

from data import database
from data.database import transaction
from data.models import AuditEvent, Organization, Role
from data.permissions import Permission, authorize
from data.services import audit, organizations
from data.services.audit.looking import STEP
from tests.support.served import Served, let_in
from tests.support.steps import befriend, box, standing

Open = Callable[..., Page]
MANY = 120
NOTE_WHAT_IS_SAID = """() => {
    window.said = []
    new MutationObserver(() => {
        const time = document.querySelector('p > time[data-exact]')
        if (time) window.said.push(time.parentElement.textContent, time.dateTime)
    }).observe(document.body, {childList: true, subtree: true, attributes: true})
}"""
"""What is said while a search goes on, with its moment: it goes as soon as the search is at its end."""


@pytest.fixture
def olga(server: Served, browser_page: Open, request: pytest.FixtureRequest) -> Page:
    """Olga in front of the activity of an organization with a name made to break file names."""
    page = browser_page()
    email = f'olga.{abs(hash(request.node.name))}@acme.com'
    at = let_in(page, server.url, email)
    with standing(server, email, at) as actor:
        organizations.rename(actor, '"; a: =1+1', version=1)
    page.goto(f'{server.url}/organizations/{at}/activity')
    expect(page.locator('.event')).to_have_count(2)
    return page


def organization_of(page: Page) -> str:
    return page.url.split('/organizations/')[1].split('/')[0]


def email_of(page: Page) -> str:
    return page.locator('.user-email').inner_text()


def violations(page: Page) -> list[str]:
    page.wait_for_function('!document.querySelector("#q-loading-bar :not([aria-hidden])")')
    return [f'{it["id"]}: {it["nodes"][0]["html"]}' for it in Axe().run(page).response['violations']]


def test_a_refusal_is_there_within_a_second(server: Served, olga: Page, browser_page: Open) -> None:
    vera = browser_page()
    let_in(vera, server.url, email := f'vera.{organization_of(olga)}@acme.com')
    befriend(server, email_of(olga), email, organization_of(olga), Role.VIEWER)
    vera.goto(f'{server.url}/organizations/{organization_of(olga)}')
    expect(vera.get_by_role('heading', name='Overview')).to_be_visible()
    vera.get_by_role('link', name='Activity').click()
    expect(vera.locator('main')).to_contain_text('Only Owners and Admins can see the activity log. You are a Viewer.')
    first = olga.locator('.event').first
    expect(first).to_contain_text(f'{email} tried to see the activity log', timeout=1_000)
    expect(first).to_contain_text('Refused')
    expect(first).to_contain_text('Viewers can’t do this')
    expect(first.locator('time')).to_have_text('just now')
    expect(first.locator('time')).to_have_attribute('title', re.compile(r', 20\d\d at '))


def test_files_arrive_with_safe_names(olga: Page, tmp_path: Path) -> None:
    for kind in ('csv', 'json'):
        with olga.expect_download() as download:
            olga.get_by_role('button', name=f'Export {kind.upper()}').click()
        assert download.value.suggested_filename.startswith('activity-a-1-1-20')
        download.value.save_as(tmp_path / f'it.{kind}')
    with open(tmp_path / 'it.csv', encoding='utf-8-sig', newline='') as file:
        assert next(csv.DictReader(file))['target'] == '"; a: =1+1'
    events = json.loads((tmp_path / 'it.json').read_text(encoding='utf-8'))
    assert [event['action'] for event in events] == ['audit:export', 'organization:rename', 'organization:create']
    expect(olga.locator('.event').first).to_contain_text('3 events as JSON')


def test_a_file_is_as_a_spreadsheet_of_its_reader_wants_it(server: Served, browser_page: Open, tmp_path: Path) -> None:
    page = browser_page(locale='de-DE', timezone_id='America/New_York')
    at = let_in(page, server.url, 'olga@spreadsheets.com')
    page.goto(f'{server.url}/organizations/{at}/activity')
    with page.expect_download() as download:
        page.get_by_role('button', name='Export CSV').click()
    download.value.save_as(tmp_path / 'it.csv')
    with open(tmp_path / 'it.csv', encoding='utf-8-sig', newline='') as file:
        [row] = csv.DictReader(file, delimiter=';')
    there = datetime.fromisoformat(row['at']).astimezone(ZoneInfo('America/New_York'))
    assert row['date and time (America/New_York)'] == f'{there:%Y-%m-%d %H:%M:%S}'


def test_typing_and_choosing_narrow_it_down(olga: Page) -> None:
    box(olga, 'Search').press_sequentially('RENAMED a')
    expect(olga.locator('.event')).to_have_count(1)
    box(olga, 'Search').fill('%')
    expect(olga.locator('main')).to_contain_text('No events match these filters.')
    assert violations(olga) == []
    olga.get_by_role('button', name='Clear filters').press('Enter')
    expect(box(olga, 'Search')).to_have_value('')
    expect(box(olga, 'Search')).to_be_focused()
    expect(olga.locator('.event')).to_have_count(2)
    box(olga, 'Person').click()
    olga.get_by_role('option', name=email_of(olga)).click()
    olga.get_by_label('Outcome').click()
    olga.get_by_role('option', name='Refused').click()
    expect(olga.locator('.event')).to_have_count(0)


def test_older_ones_follow_when_asked_for(server: Served, olga: Page) -> None:
    with standing(server, email_of(olga), organization_of(olga)) as actor, transaction(actor) as tx:
        member = authorize(tx, actor, Permission.AUDIT_VIEW)
        for number in range(MANY):
            audit.record(tx, member, audit.Act.PHONE_ADD, str(number))
    olga.reload()
    for count in (50, 100, MANY + 2):
        expect(olga.locator('.event')).to_have_count(count)
        if count < MANY:
            olga.get_by_role('button', name='Show more').click()
    expect(olga.get_by_role('button', name='Show more')).to_be_hidden()
    expect(olga.locator('.event').last).to_contain_text('created the organization')
    heights = olga.locator('.event').evaluate_all('them => them.map(it => it.getBoundingClientRect())')
    gaps = {round(below['top'] - above['bottom']) for above, below in pairwise(heights)}
    assert gaps == {0}


@pytest.mark.parametrize('scheme', ['light', 'dark'])
@pytest.mark.parametrize('width', [1280, 390])
def test_it_can_be_read_by_everybody_on_every_screen(scheme: str, width: int, olga: Page, server: Served) -> None:
    with standing(server, email_of(olga), organization_of(olga)) as actor:
        organizations.rename(actor, 'W' * 80, version=2)
    olga.set_viewport_size({'width': width, 'height': 900})
    olga.emulate_media(color_scheme=scheme)
    olga.reload()
    expect(olga.locator('.event')).to_have_count(3)
    assert violations(olga) == []
    assert olga.evaluate('document.documentElement.scrollWidth') <= width


def test_how_far_has_been_looked_is_a_moment_that_the_browser_puts_into_words(
    server: Served, browser_page: Open
) -> None:
    page = browser_page()
    at = let_in(page, server.url, 'olga@far.example')
    row = {'organization_id': at, 'actor_email': 'olga@far.example', 'action': 'phone:add', 'details': {}, 'said': 'x'}
    times = [datetime(2026, 3, 4, tzinfo=UTC) + timedelta(minutes=number) for number in range(5 * STEP)]
    engine = database.connect(server.database_url)
    with engine.begin() as connection:
        connection.execute(insert(AuditEvent), [{**row, 'seq': 2 + it, 'at': when} for it, when in enumerate(times)])
        connection.execute(update(Organization).where(Organization.id == at).values(audit_seq=5 * STEP + 1))
    engine.dispose()
    page.goto(f'{server.url}/organizations/{at}/activity')
    expect(page.locator('.event')).to_have_count(50)
    page.evaluate(NOTE_WHAT_IS_SAID)
    box(page, 'Search').fill('nothing like this')
    page.wait_for_function('window.said.length > 0')
    [said, moment, *_] = page.evaluate('window.said')
    assert said.startswith('Searched back to ') and datetime.fromisoformat(moment) in times
    expect(page.get_by_text('No events match these filters.')).to_be_visible()

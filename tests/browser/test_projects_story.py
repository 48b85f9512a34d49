"""A project as two people live with it, as a third one reads it, and as a fourth one never finds it."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from data.models import Role
from data.services import projects
from tests.support.axe import NARROW
from tests.support.raw import Person, frame, new, socket, sql
from tests.support.served import Served, let_in
from tests.support.steps import befriend, box, card, standing

Open = Callable[..., Page]
LIVE = 1_500
"""Milliseconds within which a change is seen on every other open screen: a second, and a slow machine's share."""

NO_EDIT = 'Only Owners, Admins and Members can create, change or delete projects and what is in them. You are a Viewer.'


@pytest.fixture(scope='module')
def home(server: Served, lasting: Open) -> tuple[str, list[Page]]:
    """Acme's id, and the browsers of Olga, its Owner, Mia, a Member, and Vera, a Viewer."""
    pages = [lasting() for _ in range(3)]
    at = let_in(pages[0], server.url, 'olga@acme.com')
    for page, name, role in ((pages[1], 'mia', Role.MEMBER), (pages[2], 'vera', Role.VIEWER)):
        let_in(page, server.url, f'{name}@acme.com')
        befriend(server, 'olga@acme.com', f'{name}@acme.com', at, role)
    return f'{server.url}/organizations/{at}', pages


def visit(page: Page, url: str) -> None:
    """Open a dashboard by its address, ready to be typed in."""
    page.goto(url)
    page.wait_for_function('window.socket?.connected')


def make(server: Served, home: str, name: str) -> str:
    """A project of Acme; where it is."""
    with standing(server, 'olga@acme.com', home.rpartition('/')[2]) as olga:
        return f'{home}/projects/{projects.create(olga, {"name": name, "description": ""}).id}'


def name_of(page: Page) -> Locator:
    """The field for the name of a project."""
    return box(card(page, 'Project'), 'Name')


def follow(page: Page, group: str, name: str) -> None:
    """Follow a link of the menu."""
    page.get_by_role('navigation', name=group, exact=True).get_by_role('link', name=name, exact=True).click()


def test_a_project_from_its_beginning_to_its_end_and_back(server: Served, home: tuple[str, list[Page]]) -> None:
    at, (olga, mia, vera) = home
    for page in (olga, mia, vera):
        visit(page, f'{at}/projects')
    mia.get_by_role('button', name='Create the first project').click()
    box(mia.get_by_role('dialog'), 'Name').fill('Website')
    mia.get_by_role('button', name='Create project').click()
    expect(mia).to_have_title('Overview · Website · olga · Botcadence')
    here = mia.url
    assert re.fullmatch(rf'{at}/projects/[a-z0-9]{{16}}', here)
    for page in (olga, vera):
        expect(page.locator('.project-card')).to_have_text(re.compile('Website'), timeout=LIVE)
        page.locator('.project-card').click()
        expect(page).to_have_url(here)
        expect(page).to_have_title('Overview · Website · olga · Botcadence')
        expect(page.get_by_role('button', name=re.compile('^Organization olga, .*, project Website$'))).to_be_visible()
        expect(page.get_by_role('heading', name='Website', level=1)).to_be_focused()
    a_viewer_may_nothing(vera)
    it_is_renamed(olga, mia, vera)
    it_is_put_away(olga, mia, vera)
    it_is_deleted_and_restored(olga, mia, vera, here)


def a_viewer_may_nothing(vera: Page) -> None:
    """Vera reads all of it, and there is nothing that she could press."""
    expect(name_of(vera)).to_have_value('Website')
    expect(name_of(vera)).not_to_be_editable()
    expect(box(card(vera, 'Project'), 'Description (optional)')).not_to_be_editable()
    expect(vera.locator('.screen').get_by_role('button')).to_have_count(0)
    expect(card(vera, 'Danger zone')).to_contain_text(NO_EDIT)


def it_is_renamed(olga: Page, mia: Page, vera: Page) -> None:
    """Mia gives it another name; what Olga has half typed stays, and her next save is on top of it."""
    description = box(card(olga, 'Project'), 'Description (optional)')
    description.click()
    olga.keyboard.type('Answers questns')
    for _ in range(2):
        olga.keyboard.press('ArrowLeft')
    name_of(mia).fill('Shop <b>')
    name_of(mia).press('Enter')
    for page in (mia, olga, vera):
        expect(page).to_have_title('Overview · Shop <b> · olga · Botcadence', timeout=LIVE)
        expect(page.get_by_role('heading', name='Shop <b>', level=1)).to_be_visible(timeout=LIVE)
        expect(page.get_by_role('button', name='project Shop <b>')).to_be_visible()
        expect(name_of(page)).to_have_value('Shop <b>', timeout=LIVE)
    expect(description).to_be_focused()
    olga.keyboard.type('io')
    expect(description).to_have_value('Answers questions')
    card(olga, 'Project').get_by_role('button', name='Save project').click()
    for page in (mia, vera):
        expect(page.locator('.screen-head')).to_contain_text('Answers questions', timeout=LIVE)


def it_is_put_away(olga: Page, mia: Page, vera: Page) -> None:
    """Olga archives it, and Mia takes it out again."""
    olga.get_by_role('button', name='Archive project').click()
    olga.get_by_role('dialog').get_by_role('button', name='Archive project').click()
    for page in (olga, mia, vera):
        expect(card(page, 'Status')).to_contain_text('Archived', timeout=LIVE)
    mia.get_by_role('button', name='Take out of the archive').click()
    for page in (mia, olga, vera):
        expect(card(page, 'Status')).to_contain_text('Active', timeout=LIVE)


def it_is_deleted_and_restored(olga: Page, mia: Page, vera: Page, here: str) -> None:
    """Mia deletes it by its name, all of them stay there and are told, and Olga restores it."""
    visit(olga, here.rpartition('/')[0])
    mia.get_by_role('button', name='Delete project').click()
    question = mia.get_by_role('dialog', name='Delete this project?')
    go = question.get_by_role('button', name='Delete project')
    expect(go).to_be_disabled()
    box(question, 'Type Shop <b> to confirm').fill('Shop')
    expect(go).to_be_disabled()
    box(question, 'Type Shop <b> to confirm').fill('shop <b>')
    go.click()
    for page in (mia, vera):
        expect(card(page, 'Status')).to_contain_text('It can be restored until', timeout=LIVE)
        expect(page).to_have_url(here)
        expect(name_of(page)).not_to_be_editable()
    expect(mia.get_by_role('heading', name='Shop <b>', level=1)).to_be_focused()
    expect(vera.get_by_role('button', name='Restore project')).to_have_count(0)
    expect(olga.locator('.project-card')).to_contain_text('Being deleted', timeout=LIVE)
    olga.locator('.project-card').click()
    olga.get_by_role('button', name='Restore project').click()
    for page in (olga, mia, vera):
        expect(card(page, 'Status')).to_contain_text('Active', timeout=LIVE)
    expect(name_of(mia)).to_be_editable()


def test_deep_links_and_the_back_button_lead_in_and_out(server: Served, home: tuple[str, list[Page]]) -> None:
    at, (olga, *_) = home
    first, second = make(server, at, 'First'), make(server, at, 'Second')
    visit(olga, first)
    group = olga.get_by_role('navigation', name='Project', exact=True)
    expect(group.get_by_role('link', name='Overview')).to_have_attribute('aria-current', 'page')
    olga.get_by_role('link', name='All projects').click()
    expect(olga).to_have_title('Projects · olga · Botcadence')
    expect(group).to_be_hidden()
    expect(olga.get_by_role('button', name='Organization olga, Owner', exact=True)).to_be_visible()
    olga.locator('.project-card', has_text='Second').click()
    expect(olga).to_have_title('Overview · Second · olga · Botcadence')
    follow(olga, 'Organization', 'Settings')
    expect(olga).to_have_title('Settings · olga · Botcadence')
    expect(group).to_be_hidden()
    for url, title in (
        (second, 'Overview · Second · olga'),
        (f'{at}/projects', 'Projects · olga'),
        (first, 'Overview · First · olga'),
    ):
        olga.go_back()
        expect(olga).to_have_url(url)
        expect(olga).to_have_title(f'{title} · Botcadence')
    expect(name_of(olga)).to_have_value('First')
    olga.go_forward()
    expect(olga).to_have_title('Projects · olga · Botcadence')
    olga.go_back()
    olga.reload()
    expect(olga).to_have_title('Overview · First · olga · Botcadence')
    expect(name_of(olga)).to_have_value('First')


def test_a_stranger_finds_nothing_at_its_address(server: Served, home: tuple[str, list[Page]], lasting: Open) -> None:
    at, (olga, *_) = home
    secret = make(server, at, 'Confidential')
    sam = lasting()
    own = let_in(sam, server.url, 'sam@other.com')
    visit(sam, secret)
    expect(sam).to_have_url(f'{server.url}/organizations/{own}')
    expect(sam.get_by_text('That organization doesn’t exist, or you don’t have access to it.')).to_be_visible()
    mine = f'{server.url}/organizations/{own}/projects/{secret.rpartition("/")[2]}'
    visit(sam, mine)
    expect(sam.get_by_text('This project is no longer here.')).to_be_visible()
    expect(sam).to_have_title('Not found · sam · Botcadence')
    for page in (sam.content(), sam.request.get(mine).text(), sam.request.get(secret).text()):
        assert 'Confidential' not in page
    sam.get_by_role('link', name='Go to Projects').click()
    expect(sam).to_have_title('Projects · sam · Botcadence')
    visit(olga, secret)
    expect(olga).to_have_title('Overview · Confidential · olga · Botcadence')


def test_on_a_phone_the_bar_names_organization_and_project(server: Served, browser_page: Open) -> None:
    page = browser_page(viewport=NARROW, has_touch=True, is_mobile=True)
    at = f'{server.url}/organizations/{let_in(page, server.url, "phone@acme.com")}'
    with standing(server, 'phone@acme.com', at.rpartition('/')[2]) as actor:
        name = 'A project with a name that is far too long for the bar'
        here = projects.create(actor, {'name': name, 'description': ''}).id
    visit(page, f'{at}/projects/{here}')
    button = page.get_by_role('button', name=f'Organization phone, Owner, project {name}')
    expect(button.locator('.switcher-project')).to_be_in_viewport()
    spot = button.bounding_box()
    assert spot
    assert (spot['y'] >= 0, spot['y'] + spot['height'] <= 56) == (True, True), 'it sits in the top bar'
    assert spot['x'] + spot['width'] <= NARROW['width']
    page.get_by_role('button', name='Menu', exact=True).click()
    follow(page, 'Organization', 'Projects')
    expect(page).to_have_title('Projects · phone · Botcadence')
    expect(button).to_have_count(0)
    page.locator('.project-card').click()
    expect(page).to_have_title(f'Overview · {name} · phone · Botcadence')
    page.get_by_role('link', name='All projects').click()
    expect(page).to_have_title('Projects · phone · Botcadence')


def test_frames_of_a_stranger_and_of_a_viewer_bring_nothing(
    server: Served, home: tuple[str, list[Page]], come: Callable[..., Person], logged: Callable[[], list[str]]
) -> None:
    at, _ = home
    secret = make(server, at, 'Unspoken').removeprefix(server.url)
    project_id = secret.rpartition('/')[2]
    sam, vera = come(new('sam')), come()
    assert vera.sign_in('vera@acme.com').status_code == 303
    own, page = f'{sam.home}/projects', sam.open()
    with socket(server, page) as line:
        assert line.enter().startswith('40')
        for strange in (
            project_id,
            project_id.upper(),
            f'{project_id}/',
            f'{project_id}\x00',
            f'..{secret}',
            'x' * 400,
        ):
            line.say(page.go(f'{own}/{strange}'))
            assert line.hear('42["update"', containing='There is nothing here')
        for elsewhere in (page.go(secret), page.event('sub_pages_open', secret)):
            line.say(elsewhere)
            assert line.hear('42["notify"', containing='you don’t have access to it')
        assert line.is_heard(page)
    assert 'Unspoken' not in ''.join(line.heard)
    page = vera.open(secret)
    with socket(server, page) as line:
        assert line.enter().startswith('40')
        for number, element in page.elements.items():
            for listener in element.get('events', ()):
                if listener['type'] in ('click', 'submit', 'remedy', 'back', 'update:model-value', 'update:value'):
                    known = {'id': int(number), 'client_id': page.id, 'listener_id': listener['listener_id']}
                    line.say(
                        *(
                            frame('event', **known, args=args)
                            for args in ([], ['"Mine"'], ['{"detail":{"name":"Mine"}}'])
                        )
                    )
        assert line.is_heard(page)
    [row] = sql(server, 'SELECT name, version, archived_at, deleted_at FROM projects WHERE id = ?', project_id)
    assert row == ('Unspoken', 1, None, None)
    assert [it for it in logged() if 'Traceback' in it or 'error' in it] == []

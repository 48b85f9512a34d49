"""Conversations in a browser: many of them cost little, all of it goes by keyboard, and a half-typed reply survives."""

import time
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from playwright.sync_api import Page, WebSocketRoute, expect

from data.models import Role, new_id
from data.services import conversations
from tests.support.conversing import crowd, serving_project
from tests.support.line import Line
from tests.support.raw import new, sql
from tests.support.served import Served, let_in
from tests.support.steps import befriend, standing
from tests.support.waiting_files import until

Open = Callable[..., Page]
OLGA, MIA, VERA = 'olga', 'mia', 'vera'
OPEN = 1_000
FIRST_PAGE, ONE_CHANGE = 200_000, 1_000
"""Bytes that the first page may take with so many open conversations, and that one change is to each viewer."""

SOON = 1.0
"""Seconds within which what a visitor says is on every open screen, where the machine has nothing else to do."""

LONG = '我的包裹还没有到，网页上说星期一已经送达了。' * 9


class Caller:
    """A visitor's browser, without the browser: it says something to the agent as the frame of the chat does."""

    def __init__(self, server: Served, agent: str) -> None:
        self.at, self.server, self.token = f'{server.url}/widget/{agent}', server, ''

    def post(self, path: str, **words: object) -> dict[str, Any]:
        """What is answered."""
        headers = {'Origin': self.server.url, 'Sec-Fetch-Site': 'same-origin', 'Content-Type': 'application/json'}
        if self.token:
            headers['Authorization'] = f'Bearer {self.token}'
        answer = httpx.post(f'{self.at}/{path}', json=words, headers=headers)
        assert answer.status_code == 200, answer.text
        said: dict[str, Any] = answer.json()
        self.token = said.get('token') or self.token
        return said

    def say(self, text: str) -> None:
        """Write a message."""
        self.post('messages', text=text, key=new_id())

    def erase(self) -> None:
        """Delete all of it."""
        headers = {'Origin': self.server.url, 'Authorization': f'Bearer {self.token}'}
        assert httpx.delete(f'{self.at}/conversation', headers=headers).status_code == 200


class Watched:
    """A page, and the frames that its socket brings."""

    def __init__(self, page: Page) -> None:
        self.page, self.frames = page, list[bytes]()
        page.on('websocket', lambda socket: socket.on('framereceived', self._keep))

    def _keep(self, frame: str | bytes) -> None:
        whole = frame.encode() if isinstance(frame, str) else frame
        if whole != b'2':  # the ping of the socket
            self.frames.append(whole)

    def settle(self) -> None:
        """Wait until all that was sent before has come."""
        self.page.evaluate('socket.emitWithAck("handshake", socket.io.opts.query)')

    def come(self) -> list[int]:
        """How many bytes each frame had that has come since the last time, but for the answer to this question."""
        self.settle()
        sizes = [len(frame) for frame in self.frames if b'run_javascript' in frame or b'"update"' in frame]
        self.frames.clear()
        return sizes


@pytest.fixture
def talk(server: Served, browser_page: Open) -> dict[str, Any]:
    """Three people of one organization, each in a browser, and a project whose agent answers."""
    pages = {name: browser_page() for name in (OLGA, MIA, VERA)}
    emails = {name: new(name) for name in pages}
    homes = {name: let_in(page, server.url, emails[name]) for name, page in pages.items()}
    home = homes[OLGA]
    befriend(server, emails[OLGA], emails[MIA], home, Role.MEMBER)
    befriend(server, emails[OLGA], emails[VERA], home, Role.VIEWER)
    with standing(server, emails[OLGA], home) as actor:
        project_id, serving = serving_project(actor)
        caller = Caller(server, serving.agent_id)
        caller.say('Where is my parcel?')
        caller.post('person')
        at = conversations.portion(actor, project_id).rows[0].id
    url = f'{server.url}/organizations/{home}/projects/{project_id}/conversations'
    return {
        'pages': pages,
        'owner': emails[OLGA],
        'home': home,
        'serving': serving,
        'caller': caller,
        'at': at,
        'url': url,
        'project': project_id,
    }


def enter(page: Page, url: str) -> None:
    """Open the screen by its address."""
    page.goto(url)
    page.wait_for_function('window.socket?.connected')


def reply(page: Page) -> Any:
    """The box in which somebody answers."""
    return page.get_by_role('textbox', name='Reply', exact=True)


def many(server: Served, talk: dict[str, Any]) -> list[str]:
    """A thousand conversations that wait."""
    with standing(server, talk['owner'], talk['home']):
        return crowd(talk['serving'], OPEN - 1, text=LONG)


def test_a_thousand_open_conversations_cost_little(server: Served, talk: dict[str, Any]) -> None:
    ids = many(server, talk)
    pages, url = talk['pages'], talk['url']
    watched = {email: Watched(pages[email]) for email in (MIA, VERA)}
    answer = pages[MIA].request.get(url)
    assert (answer.status, len(answer.body()) < FIRST_PAGE) == (200, True), len(answer.body())
    enter(pages[MIA], url)
    enter(pages[VERA], f'{url}/{ids[3]}')
    enter(pages[OLGA], f'{url}/{ids[3]}')
    for email in (MIA, VERA):
        expect(pages[email].locator('.inbox-row')).to_have_count(50)
        expect(pages[email].locator('.inbox-views').first).to_contain_text(f'{OPEN:,}'.replace(',', ''))
    expect(pages[OLGA].locator('.inbox-fresh', has_text='Visitor 0003')).to_have_count(0)  # it is read by now
    expect(pages[VERA].locator('.inbox-fresh', has_text='Visitor 0003')).to_have_count(0)
    for it in watched.values():
        it.come()
    costs: dict[str, list[list[int]]] = {MIA: [], VERA: []}

    def cost(act: Callable[[], object], seen: Callable[[Page], object]) -> None:
        act()
        for email, it in watched.items():
            seen(pages[email])
            costs[email].append(it.come())

    olga = pages[OLGA]
    gone = '.inbox-row:has-text("Visitor 0003")'
    cost(
        lambda: olga.get_by_role('button', name='Take over').click(),
        lambda page: expect(page.locator(gone)).to_have_count(0),
    )
    for page in (pages[MIA], pages[VERA]):
        page.get_by_role('button', name='All', exact=True).click()
        expect(page.locator(gone)).to_have_count(1)
    for it in watched.values():
        it.come()
    for text in ('It is on its way', '您好，我马上查一下。'):
        reply(olga).fill(text)
        cost(
            lambda: reply(olga).press('Enter'),
            lambda page, text=text: expect(page.locator(gone)).to_contain_text(text),
        )
    cost(
        lambda: olga.get_by_role('button', name='Resolve', exact=True).click(),
        lambda page: expect(page.locator(gone)).to_contain_text('Resolved'),
    )
    cost(
        lambda: talk['caller'].say('还在等吗？'),
        lambda page: expect(page.locator('.inbox-row').first).to_contain_text('还在等吗？'),
    )
    expect(pages[VERA].get_by_role('log')).to_contain_text('您好')
    for each in costs.values():
        assert all(sum(frames) <= ONE_CHANGE for frames in each), costs  # those of one change together
        assert all(frames for frames in each), costs


def test_all_of_it_goes_by_keyboard(server: Served, talk: dict[str, Any]) -> None:
    with standing(server, talk['owner'], talk['home']):
        crowd(talk['serving'], 3)
    page = talk['pages'][MIA]
    enter(page, talk['url'])
    page.get_by_role('searchbox', name='Search conversations').focus()
    page.keyboard.press('Tab')
    rows = page.locator('.inbox-row')
    expect(rows.nth(0)).to_be_focused()
    page.keyboard.press('End')
    expect(rows.nth(3)).to_be_focused()
    page.keyboard.press('ArrowUp')
    page.keyboard.press('ArrowUp')
    page.keyboard.press('ArrowDown')
    page.keyboard.press('ArrowDown')
    page.keyboard.press('Enter')
    expect(page.get_by_role('log')).to_contain_text('Where is my parcel?')
    expect(page).to_have_url(f'{talk["url"]}/{talk["at"]}')
    expect(reply(page)).to_be_focused()
    page.keyboard.type('First line')
    page.keyboard.press('Shift+Enter')
    page.keyboard.type('second line')
    page.keyboard.press('Enter')
    said = page.locator('.of-member .inbox-text', has_text='First line\nsecond line')
    expect(said).to_have_count(1)
    expect(page.locator('.inbox-pending')).to_have_count(0)
    expect(reply(page)).to_have_value('')
    expect(reply(page)).to_be_focused()
    page.keyboard.press('Escape')
    expect(rows.nth(0)).to_be_focused()  # what is open waits no longer
    page.reload()
    expect(said).to_have_count(1)


def test_a_half_typed_reply_survives_everything(server: Served, talk: dict[str, Any]) -> None:
    with standing(server, talk['owner'], talk['home']):
        [other] = crowd(talk['serving'], 1)
    mia, olga, at = talk['pages'][MIA], talk['pages'][OLGA], talk['at']
    one = f'{talk["url"]}/{at}'
    enter(mia, one)
    enter(olga, one)
    reply(mia).click()
    mia.keyboard.type('I have asked the carr')
    mia.keyboard.press('ArrowLeft')
    olga.get_by_role('button', name='Note', exact=True).click()
    olga.get_by_role('textbox', name='Note', exact=True).fill('I look into it')
    olga.keyboard.press('Enter')
    expect(mia.get_by_role('log')).to_contain_text('I look into it')
    took = []
    for text in ('Are you there?', 'Hello?', 'It is urgent'):
        began = time.monotonic()
        talk['caller'].say(text)
        expect(mia.get_by_role('log')).to_contain_text(text)
        took.append(time.monotonic() - began)
    assert min(took) < SOON, took
    talk['caller'].post('typing')
    expect(mia.get_by_text('is typing…')).to_be_visible()
    talk['caller'].say('It is very urgent')
    expect(mia.get_by_role('log')).to_contain_text('It is very urgent')
    expect(mia.get_by_text('is typing…')).to_have_count(0, timeout=1_000)
    expect(reply(mia)).to_be_focused()
    expect(reply(mia)).to_have_value('I have asked the carr')
    olga.get_by_role('button', name='Take over').click()
    expect(mia.get_by_text('has this conversation').first).to_be_visible()
    mia.keyboard.type('!')
    expect(reply(mia)).to_have_value('I have asked the car!r')
    mia.keyboard.press('Enter')
    expect(mia.get_by_role('alert').filter(has_text='took this')).to_be_visible()
    expect(reply(mia)).to_have_value('I have asked the car!r')
    mia.locator(f'.inbox-row[data-id="{other}"]').click()
    expect(mia.get_by_role('heading', name='Visitor 0000')).to_be_visible()
    expect(reply(mia)).to_have_value('')
    reply(mia).fill('To somebody else')
    mia.get_by_role('button', name='All', exact=True).click()
    mia.locator(f'.inbox-row[data-id="{at}"]').click()
    expect(reply(mia)).to_have_value('I have asked the car!r')
    mia.reload()
    expect(reply(mia)).to_have_value('I have asked the car!r')
    mia.wait_for_function('window.socket?.connected')
    olga.get_by_role('button', name='Give back').click()
    expect(mia.get_by_role('button', name='Take over')).to_be_visible()
    server.stop()
    reply(mia).press('Enter')  # nobody hears it yet
    reply(mia).fill('And I will write again')
    server.start()
    said = mia.locator('.of-member:not(.inbox-pending) .inbox-text', has_text='I have asked the car!r')
    expect(said).to_have_count(1, timeout=30_000)
    expect(mia.locator('.inbox-pending')).to_have_count(0)
    expect(reply(mia)).to_have_value('And I will write again')
    with standing(server, talk['owner'], talk['home']) as actor:
        lines = conversations.get(actor, talk['project'], at).lines
    assert [line.text for line in lines].count('I have asked the car!r') == 1


def test_a_conversation_is_shown_as_theirs_only_once_it_is(talk: dict[str, Any]) -> None:
    olga = talk['pages'][OLGA]
    wire = Line(olga)
    enter(olga, f'{talk["url"]}/{talk["at"]}')
    olga.get_by_role('button', name='About the visitor').click()
    assigned = olga.get_by_label('Assigned to')
    wire.hold_all()
    assigned.select_option(label=assigned.locator('option', has_text=MIA).text_content())
    expect(assigned.locator('option:checked')).to_have_text('Nobody')
    wire.release()
    expect(assigned.locator('option:checked')).to_contain_text(MIA)


def test_what_comes_back_while_another_one_is_open_is_not_sent_again(server: Served, talk: dict[str, Any]) -> None:
    with standing(server, talk['owner'], talk['home']) as olga:
        [other] = crowd(talk['serving'], 1)
        conversations.take(olga, talk['at'])
    mia, said, on = talk['pages'][MIA], list[str | bytes](), list[WebSocketRoute]()

    def between(socket: WebSocketRoute) -> None:
        on.append(socket.connect_to_server())
        socket.on_message(lambda it: said.append(it) if 'It is on its way' in str(it) else on[-1].send(it))

    mia.route_web_socket('**/socket.io/**', between)
    enter(mia, f'{talk["url"]}/{talk["at"]}')
    reply(mia).fill('It is on its way')
    reply(mia).press('Enter')
    mia.locator(f'.inbox-row[data-id="{other}"]').click()
    expect(mia.get_by_role('heading', name='Visitor 0000')).to_be_visible()
    draft = f'sessionStorage.getItem(Object.keys(sessionStorage).find((it) => it.endsWith("{talk["at"]}")))'
    assert '"key"' in mia.evaluate(draft)
    on[-1].send(said[0])  # to be refused: somebody else has it
    mia.wait_for_function(f'!{draft}.includes("key")')
    mia.get_by_role('button', name='All', exact=True).click()
    mia.locator(f'.inbox-row[data-id="{talk["at"]}"]').click()
    expect(reply(mia)).to_have_value('It is on its way')
    Watched(mia).settle()
    assert len(said) == 1
    expect(mia.locator('.inbox-pending')).to_have_count(0)


def test_there_is_one_pane_at_a_time_on_a_phone(server: Served, talk: dict[str, Any]) -> None:
    page = talk['pages'][MIA]
    page.set_viewport_size({'width': 390, 'height': 844})
    enter(page, talk['url'])
    log, rows = page.get_by_role('log'), page.locator('.inbox-row')
    expect(log).to_have_count(0)
    rows.first.click()
    expect(log).to_be_visible()
    expect(rows.first).to_be_hidden()
    page.get_by_role('button', name='About the visitor').click()
    expect(page.get_by_role('region', name='About the visitor')).to_be_visible()
    page.get_by_role('button', name='About the visitor').click()
    page.get_by_role('button', name='Back to the list').click()
    expect(rows.first).to_be_focused()
    expect(log).to_be_hidden()
    talk['caller'].say('Is anybody there?')
    expect(page.locator('.inbox-log')).to_contain_text('Is anybody there?')
    expect(rows.first.locator('.inbox-row-text')).to_have_text('Is anybody there?')
    Watched(page).settle()
    expect(rows.first.locator('.inbox-fresh')).to_have_count(1)  # nobody has seen it
    unread = 'SELECT team_seq < last_seq FROM conversations WHERE id = ?'
    assert sql(server, unread, talk['at']) == [(1,)]
    rows.first.click()
    expect(log).to_be_visible()
    until(lambda: sql(server, unread, talk['at']) == [(0,)])
    talk['caller'].erase()
    expect(page.get_by_text('This conversation is no longer here.')).to_be_visible()
    page.get_by_role('button', name='Back to the list').click()
    expect(page.get_by_role('searchbox', name='Search conversations')).to_be_focused()
    assert not page.evaluate('document.documentElement.scrollWidth > document.documentElement.clientWidth')

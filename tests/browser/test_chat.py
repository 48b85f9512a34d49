"""The chat in real browsers, on pages of another origin: what is asked and kept before and after each step."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import FrameLocator, Page, Route, expect

from data.security import tokens
from data.services import agents, conversations
from tests.support.axe import NARROW, WIDE, look
from tests.support.chats import know, serve_agent
from tests.support.raw import Person, new, sql
from tests.support.served import Served
from tests.support.shop import HOSTILE, STRICT, Shop, opened
from tests.support.steps import standing
from tests.support.talking import signed
from tests.support.waiting_files import until

Open = Callable[..., Page]
GREETING = 'Hello. Ask a question'
LATEST = 'SELECT id FROM conversations ORDER BY opened_at DESC LIMIT 1'


@dataclass(frozen=True)
class Embedded:
    """A shop, and the agent whose chat is on its pages."""

    shop: Shop
    agent: str
    server: Served
    owner: str
    home: str
    project: str

    @property
    def url(self) -> str:
        """Where its chat is."""
        return self.server.environment.get('BOTCADENCE_WIDGET_URL') or self.server.url

    def frame(self, page: Page) -> FrameLocator:
        """The chat in a page."""
        return page.frame_locator('iframe')

    def visit(self, page: Page, path: str = '/', **at: str) -> FrameLocator:
        """Go there and press the button."""
        page.goto(self.shop.url(path, **at))
        page.get_by_role('button', name='Ask us').click()
        expect(self.frame(page).get_by_label('Your message')).to_be_focused()
        return self.frame(page)


@pytest.fixture(scope='module')
def embedded(serve: Callable[..., Served]) -> Iterator[Embedded]:
    """A shop whose pages have the tag in them: a plain one, one with hostile CSS, one with a strict policy."""
    server = serve(BOTCADENCE_WIDGET_URL='http://chat.lan.test:{port}', BOTCADENCE_ALLOW_INSECURE='1')
    email, person = new('olga'), Person(server)
    assert person.sign_up(email).status_code == 303
    at = person.home.rsplit('/', 1)[-1]
    person.http.close()
    with opened() as shop:
        with standing(server, email, at) as olga:
            from data.services import projects

            project = projects.create(olga, {'name': 'Shop'}).id
            know(at, project)
            site = shop.url('')
            sites = [site, shop.url('', '127.0.0.1')]
            agent = serve_agent(at, project, sites=sites, label='Ask us', suggestions=['How are refunds paid?'])
        there = Embedded(shop, agent, server, email, at, project)
        tag = f'<script async src="{there.url}/widget.js?agent={agent}"></script>'
        shop.put('/', tag)
        shop.put('/hostile', tag, HOSTILE)
        shop.put('/strict', tag, policy=STRICT.format(chat=there.url))
        yield there


def ask(chat: FrameLocator, text: str) -> None:
    """Write and send, by keyboard."""
    chat.get_by_label('Your message').fill(text)
    chat.get_by_label('Your message').press('Enter')


def kept(page: Page, embedded: Embedded) -> list[str]:
    """What the chat has stored, in the browser of whoever visits."""
    assert page.context.cookies() == []
    [chat] = [frame for frame in page.frames if frame.url.startswith(embedded.url)]
    names: list[str] = chat.evaluate('[...Object.keys(localStorage), ...Object.keys(sessionStorage)]')
    return names


def heard_by(page: Page, embedded: Embedded, name: str = 'token()') -> object:
    """What the chat knows under a name: the token with which it reads what was said, None where it reads nothing."""
    [chat] = [frame for frame in page.frames if frame.url.startswith(embedded.url)]
    known: object = chat.evaluate(name)
    return known


def test_a_visitor_asks_reads_comes_again_and_deletes(embedded: Embedded, browser_page: Open) -> None:
    page, asked = browser_page(), list[str]()
    page.on('request', lambda request: asked.append(request.url.removeprefix(embedded.url)))
    page.goto(embedded.shop.url())
    button = page.get_by_role('button', name='Ask us')
    expect(button).to_be_visible()
    assert [url for url in asked if url.startswith('/')] == [f'/widget.js?agent={embedded.agent}']
    assert page.context.cookies() == [] and page.evaluate('localStorage.length + sessionStorage.length') == 0

    button.press('Enter')
    chat = embedded.frame(page)
    expect(chat.get_by_label('Your message')).to_be_focused()
    expect(chat.get_by_text(GREETING)).to_be_visible()
    assert not [url for url in asked if re.search('/(messages|events|conversation|read)', url)]
    assert kept(page, embedded) == []

    chat.get_by_role('button', name='How are refunds paid?').press('Enter')
    answer = chat.locator('.agent', has_text='fourteen days')
    expect(answer).to_have_count(1)
    source = answer.locator('summary', has_text='handbook.pdf: Returns > Refunds, page 4')
    source.press('Enter')
    expect(answer.locator('details .said')).to_be_visible()
    answer.get_by_role('button', name='Yes').press('Enter')
    expect(answer.get_by_role('button', name='Yes')).to_have_attribute('aria-pressed', 'true')
    assert kept(page, embedded) == [f'botcadence {embedded.agent}']

    ask(chat, 'Who won the football cup of 1974?')
    expect(chat.get_by_text('Our documents say nothing about that.')).to_be_visible()
    ask(chat, '<img src=x onerror="parent.postMessage(1)"> https://shop.example/a.')
    link = chat.get_by_role('link', name='https://shop.example/a', exact=True)
    expect(link).to_have_attribute('rel', 'noopener noreferrer nofollow')
    expect(chat.locator('img')).to_have_count(0)

    beside = page.context.new_page()
    second = embedded.visit(beside)
    expect(second.get_by_text('fourteen days').first).to_be_visible()
    page.bring_to_front()
    chat.get_by_label('Your message').press('Escape')
    expect(page.locator('iframe')).to_be_hidden()
    expect(button).to_be_focused()
    expect(button).to_have_attribute('aria-expanded', 'false')
    ask(second, 'Do you deliver to islands?')
    expect(second.locator('.visitor', has_text='Do you deliver to islands?')).to_have_count(1)
    page.get_by_role('button', name='Ask us, 1 new').click()
    expect(chat.locator('.visitor', has_text='Do you deliver to islands?')).to_have_count(1)
    expect(chat.locator('.agent', has_text='Islands take a week longer')).to_have_count(1)
    expect(button).to_have_accessible_name('Ask us')
    beside.close()
    assert sql(embedded.server, 'SELECT site FROM agent_sites') == [(embedded.shop.url(''),)]

    page.reload()
    chat = embedded.visit(page)
    expect(chat.locator('.visitor')).to_have_count(4)

    held = list[Route]()
    page.route('**/conversation?*', lambda route: held.append(route))
    with page.expect_request('**/conversation?*'):
        [frame] = [frame for frame in page.frames if frame.url.startswith(embedded.url)]
        frame.evaluate('void refresh()')  # as where no events come through
    seen = {'state': 'answering', 'lines': [{'seq': 99, 'role': 'agent', 'text': 'What is gone'}]}
    chat.get_by_label('More').press('Enter')
    chat.get_by_role('button', name='Delete this conversation').press('Enter')
    chat.get_by_role('button', name='Delete it').press('Enter')
    expect(chat.get_by_text('Everything was deleted.')).to_be_visible()
    with page.expect_event('requestfinished', lambda it: it == held[0].request):
        held[0].fulfill(json=seen)  # what was read before
    expect(chat.get_by_text('What is gone')).to_have_count(0)
    expect(chat.locator('.visitor')).to_have_count(0)
    assert kept(page, embedded) == []
    assert sql(embedded.server, 'SELECT count(*) FROM messages') == [(0,)]


def test_who_signs_in_on_the_site_reads_nothing_of_who_did_before(
    embedded: Embedded, browser_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = (embedded.server.folder / 'secret_key').read_text().strip()
    monkeypatch.setattr(tokens, '_keys', [key.encode()])  # the secret is sealed with that of the server
    with standing(embedded.server, embedded.owner, embedded.home) as olga:
        secret = agents.renew_secret(olga, embedded.project)
    for name in ('vic', 'ann', 'bob'):
        identity = signed(secret, embedded.agent, id=name, name=name.title())
        tag = f'<script src="{embedded.url}/widget.js?agent={embedded.agent}" data-visitor="{identity}"></script>'
        embedded.shop.put(f'/{name}', tag)
    page, heard = browser_page(), list[str]()
    chat = embedded.visit(page, '/vic')
    ask(chat, 'How are refunds paid?')
    expect(chat.get_by_text('fourteen days').first).to_be_visible()
    page.on('response', lambda it: '/widget/' in it.url and heard.append(it.text() if 'conversation' in it.url else ''))
    held = list[Route]()
    page.route('**/recognized', lambda route: held.append(route))
    with page.expect_request('**/recognized'):
        chat = embedded.visit(page, '/ann')
    ask(chat, 'Do you deliver to islands?')
    expect(chat.locator('.visitor:not(.late)')).to_have_count(1)
    held[0].fulfill(json={'token': None, 'other': True})  # what was true when it was asked
    page.unroute('**/recognized')
    expect(chat.locator('.agent', has_text='Islands take a week longer')).to_have_count(1)
    expect(chat.locator('.visitor')).to_have_count(1)
    assert not any('fourteen days' in text for text in heard)
    chat = embedded.visit(page, '/vic')
    expect(chat.locator('.visitor')).to_have_text(['You: How are refunds paid?'])
    embedded.visit(page)  # nobody is signed in
    assert heard_by(page, embedded) is None
    page.route('**/recognized', lambda route: route.fulfill(status=503, json={'sentence': 'The server is busy.'}))
    chat = embedded.visit(page, '/ann')
    expect(chat.get_by_text('The server is busy.')).to_be_visible()
    expect(chat.locator('.visitor')).to_have_count(0)
    browser_page.complaints.clear()  # type: ignore[attr-defined]  # that nobody could say who it is

    page = browser_page()
    beside = page.context.new_page()
    nobodys = embedded.visit(beside)
    ask(nobodys, 'How are refunds paid?')
    expect(nobodys.locator('.visitor:not(.late)')).to_have_count(1)
    chat = embedded.visit(page, '/bob')
    expect(chat.locator('.visitor')).to_have_text(['You: How are refunds paid?'])
    ask(chat, 'Do you deliver to islands?')  # from here on it is Bob who says all of that
    expect(chat.locator('.visitor:not(.late)')).to_have_count(2)
    expect(nobodys.locator('.visitor')).to_have_count(0)
    assert heard_by(beside, embedded) is None
    beside.close()
    expect(embedded.visit(page, '/bob').locator('.visitor')).to_have_count(2)
    tag = page.locator('[data-visitor]')
    anew = signed(secret, embedded.agent, id='bob', name='Robert')
    tag.evaluate('(tag, anew) => { tag.dataset.visitor = anew; }', anew)
    with page.expect_response('**/conversation?*'):
        chat.get_by_label('Your message').press('Escape')
    expect(chat.locator('.visitor')).to_have_count(2)
    assert heard_by(page, embedded, 'unread') == 0, 'nothing of it is new'
    tag.evaluate('(tag) => tag.removeAttribute("data-visitor")')  # he signs out, in place
    page.get_by_role('button', name='Ask us').click()
    expect(chat.locator('.visitor')).to_have_count(0)
    assert heard_by(page, embedded) is None


def test_a_page_with_hostile_css_and_one_with_a_strict_policy(embedded: Embedded, browser_page: Open) -> None:
    for path, host in (('/hostile', 'shop.lan.test'), ('/strict', '127.0.0.1')):  # there, nothing may be stored
        page = browser_page(reduced_motion='reduce')
        chat = embedded.visit(page, path, host=host)
        box, frame = page.get_by_role('button', name='Ask us').bounding_box(), page.locator('iframe').bounding_box()
        assert box and frame and (frame['width'], frame['height']) == (400, 640), path
        assert 1280 - box['x'] - box['width'] == 20 and 900 - box['y'] - box['height'] == 20, path
        ask(chat, 'How are refunds paid?')
        expect(chat.get_by_text('fourteen days').first).to_be_visible()


def test_on_a_phone_it_fills_the_screen_and_nothing_moves_sideways(embedded: Embedded, browser_page: Open) -> None:
    page = browser_page(
        viewport={'width': 320, 'height': 640}, has_touch=True, color_scheme='dark', reduced_motion='reduce'
    )
    chat = embedded.visit(page)
    assert page.locator('iframe').bounding_box() == {'x': 0, 'y': 0, 'width': 320, 'height': 640}
    expect(page.get_by_role('button', name='Ask us')).to_be_hidden()
    ask(chat, 'verylongword' * 20)
    expect(chat.get_by_text('Our documents say nothing about that.')).to_be_visible()
    ask(chat, 'How are refunds paid?')
    expect(chat.get_by_text('fourteen days').first).to_be_visible()
    chat.get_by_role('button', name='Talk to a person').tap()
    expect(chat.get_by_text('Nobody is here right now.')).to_be_visible()
    chat.get_by_role('button', name='Leave your email address').tap()
    chat.get_by_label('Email address', exact=True).fill('vi@home.test')
    chat.get_by_role('button', name='Leave it').tap()
    expect(chat.get_by_text('You left your address.')).to_have_count(0)  # nothing was agreed to
    chat.get_by_label('You may keep this address').check()
    chat.get_by_role('button', name='Leave it').tap()
    expect(chat.get_by_text('You left your address.')).to_be_visible()
    for frame in page.frames:
        assert frame.evaluate('document.documentElement.scrollWidth') <= 320, frame.url
    chat.get_by_role('button', name='Close the chat').tap()
    expect(page.get_by_role('button', name='Ask us')).to_be_focused()


def test_a_site_that_is_not_listed_and_an_agent_at_rest(embedded: Embedded, browser_page: Open) -> None:
    page, said = browser_page(), list[str]()
    page.on('console', lambda message: said.append(message.text))
    page.goto(embedded.shop.url(host='evil.lan.test'))
    page.get_by_role('button', name='Ask us').click()
    expect(page.get_by_text('The chat can’t be opened here right now.')).to_be_visible()
    expect(page.locator('iframe')).to_have_count(0)
    assert any('frame-ancestors' in each for each in said), said
    browser_page.complaints.clear()  # type: ignore[attr-defined]  # that it was refused

    sql(embedded.server, "UPDATE agents SET state = 'paused' WHERE id = ?", embedded.agent)
    try:
        rested = browser_page()
        with rested.expect_response('**/widget.js**') as script:
            rested.goto(embedded.shop.url())
        assert script.value.text() == '// This chat is not available.\n'
        expect(rested.locator('botcadence-chat')).to_have_count(0)
    finally:
        sql(embedded.server, "UPDATE agents SET state = 'live' WHERE id = ?", embedded.agent)


def ask_without_connection(page: Page, chat: FrameLocator) -> None:
    """Read an answer, and ask again once there is no connection any more."""
    ask(chat, 'How are refunds paid?')
    expect(chat.get_by_text('fourteen days').first).to_be_visible()
    page.context.set_offline(True)
    ask(chat, 'Do you deliver to islands?')
    expect(chat.get_by_text('There is no connection.')).to_be_visible()


def test_what_is_written_without_a_connection_is_sent_later(embedded: Embedded, browser_page: Open) -> None:
    page = browser_page()
    chat = embedded.visit(page)
    ask_without_connection(page, chat)
    page.context.set_offline(False)
    expect(chat.locator('.visitor:not(.late)', has_text='Do you deliver to islands?')).to_have_count(1)
    expect(chat.locator('.agent', has_text='Islands take a week longer')).to_have_count(1)

    embedded.server.restart()
    ask(chat, 'And how are refunds paid?')
    expect(chat.locator('.agent', has_text='fourteen days')).to_have_count(2, timeout=20_000)
    cut_off = [each for each in browser_page.complaints if 'net::ERR_' in each]  # type: ignore[attr-defined]
    assert browser_page.complaints == cut_off  # type: ignore[attr-defined]
    browser_page.complaints.clear()  # type: ignore[attr-defined]  # the server was away


def test_what_others_said_before_a_message_of_ones_own_is_never_passed_over(
    embedded: Embedded, browser_page: Open
) -> None:
    page = browser_page()
    elsewhere = {'content_type': 'text/event-stream', 'body': 'event: elsewhere\ndata: {}\n\n'}
    page.route('**/events*', lambda route: route.fulfill(**elsewhere))  # type: ignore[arg-type]  # text both
    chat = embedded.visit(page)
    with page.expect_response('**/events*'):
        ask(chat, 'How are refunds paid?')
    answered = f"SELECT count(*) FROM messages WHERE role = 'agent' AND conversation_id = ({LATEST})"
    until(lambda: sql(embedded.server, answered) == [(1,)])
    [(conversation,)] = sql(embedded.server, LATEST)
    with standing(embedded.server, embedded.owner, embedded.home) as olga:
        conversations.say(olga, conversation, 'I am here.', 'k')
    page.unroute('**/events*')
    ask(chat, 'Do you deliver to islands?')  # this tab would look again in half a minute
    said = ['Hello', 'How are refunds paid', 'fourteen days', 'joined', 'I am here', 'Do you deliver']
    expect(chat.locator('.line')).to_have_text([re.compile(it) for it in said])


def test_what_is_sent_after_all_was_deleted_begins_anew(embedded: Embedded, browser_page: Open) -> None:
    page = browser_page()
    chat = embedded.visit(page)
    ask_without_connection(page, chat)
    sql(embedded.server, 'DELETE FROM visitors')
    page.context.set_offline(False)
    expect(chat.locator('.agent', has_text='Islands take a week longer')).to_have_count(1)
    expect(chat.locator('.visitor')).to_have_text(['You: Do you deliver to islands?'])
    browser_page.complaints.clear()  # type: ignore[attr-defined]  # there was no connection


def test_what_perhaps_arrived_is_sent_again_as_the_same_message(embedded: Embedded, browser_page: Open) -> None:
    page, keys = browser_page(), list[str]()
    page.on('request', lambda it: it.url.endswith('/messages') and keys.append(it.post_data_json['key']))
    lost = {'status': 503, 'json': {'sentence': 'Nobody knows whether this was kept.'}}
    page.route('**/messages', lambda route: route.fulfill(**lost), times=1)  # type: ignore[arg-type]  # as it takes them
    chat = embedded.visit(page)
    ask(chat, 'How are refunds paid?')
    expect(chat.get_by_text('Nobody knows whether')).to_be_visible()
    expect(chat.get_by_label('Your message')).to_have_value('')
    chat.locator('body').evaluate('dispatchEvent(new Event("online"))')  # sooner than by itself
    expect(chat.locator('.agent', has_text='fourteen days')).to_have_count(1)
    assert len(keys) == 2 and keys[0] == keys[1]
    browser_page.complaints.clear()  # type: ignore[attr-defined]  # that it was refused


def test_what_is_refused_comes_back_before_what_was_written_since(embedded: Embedded, browser_page: Open) -> None:
    page, held = browser_page(), list[Route]()
    page.route('**/messages', lambda route: held.append(route))
    chat = embedded.visit(page)
    with page.expect_request('**/messages'):
        ask(chat, 'How are refunds paid?')
    chat.get_by_label('Your message').fill('And')
    held[0].fulfill(status=429, json={'sentence': 'Enough for today.', 'wait': 9})
    expect(chat.get_by_text('Enough for today. You can write again in 9 seconds.')).to_be_visible()
    expect(chat.get_by_label('Your message')).to_have_value('How are refunds paid?\nAnd')
    browser_page.complaints.clear()  # type: ignore[attr-defined]  # that it was refused


def test_the_chat_as_a_page_is_accessible(embedded: Embedded, browser_page: Open) -> None:
    wide, narrow = browser_page(viewport=WIDE), browser_page(viewport=NARROW)
    complaints = []
    for page in (wide, narrow):
        page.goto(f'{embedded.url}/widget/{embedded.agent}')
        complaints += look(page, 'greeting')
        page.get_by_role('button', name='How are refunds paid?').click()
        expect(page.get_by_text('Did this help?')).to_be_visible()
        page.locator('.source summary').click()
        complaints += look(page, 'answer')
        page.get_by_role('button', name='Leave your email address').click()
        complaints += look(page, 'address')
        page.keyboard.press('Escape')
    wide.goto(f'{embedded.url}/widget/{embedded.agent}/try')
    wide.get_by_role('button', name='Ask us').click()
    expect(wide.frame_locator('iframe').get_by_label('Your message')).to_be_focused()
    complaints += look(wide, 'try')
    assert complaints == []

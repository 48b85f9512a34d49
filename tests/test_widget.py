"""The way of visitors: what they fetch and do, what each answer says to a browser, and who is answered nothing."""

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import Engine

from data.models import Project
from data.problems import Unavailable
from data.runtime import limits
from data.services import agents, conversations, projects
from data.services.agents import sites
from tests.support.chats import SITE, URL, Guest, door, know, serve_agent
from tests.support.mailing import mail_set_up
from tests.support.probes import run, value
from tests.support.talking import signed
from tests.support.world import World

pytestmark = pytest.mark.parametrize('databases', ['sqlite'], indirect=True)

SCRIPT_LIMIT, PANEL_LIMIT = 5_000, 20_000
"""Bytes, as they are without compression."""

NOBODY = 'a' * 16


@pytest.fixture
def agent(world: World, project: Project) -> str:
    """The public id of an agent that knows a handbook, and may be embedded on one site."""
    know(world.organization_id, project.id)
    return serve_agent(world.organization_id, project.id, limit='Enough for today.', away='Nobody is here.')


@pytest.fixture
async def http(world: World, tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    """A browser."""
    async with door(tmp_path) as browser:
        yield browser


@pytest.fixture
def guest(http: httpx.AsyncClient, agent: str) -> Guest:
    """Somebody who visits the agent."""
    return Guest(http, agent)


async def answered(guest: Guest, number: int = 2) -> list[dict[str, Any]]:
    """The conversation, once there are so many lines."""
    for _ in range(200):
        if len(lines := await guest.lines()) >= number:
            return lines
    raise AssertionError(lines)


# what they do --------------------------------------------------------------------------------------------------------


async def test_a_visitor_asks_and_reads_where_it_stands(guest: Guest, world: World, project: Project) -> None:
    said = await guest.say('How are refunds paid?', page=f'{SITE}/cart')
    assert said.status_code == 200 and guest.token
    question, answer = await answered(guest)
    assert (question['role'], question['text']) == ('visitor', 'How are refunds paid?')
    assert answer['outcome'] == 'answered' and 'fourteen days' in answer['text']
    [source] = answer['sources']
    assert (source['name'], source['heading'], source['page']) == ('handbook.pdf', 'Returns > Refunds', 4)
    assert not {'passage', 'source', 'author_id'} & {*source, *answer}, 'nothing names a row'
    assert (await guest.ask('POST', '/vote', {'seq': answer['seq'], 'vote': 1})).status_code == 200
    assert (await guest.lines())[1]['vote'] == 1
    assert (await guest.ask('POST', '/read', {'seq': 2})).status_code == 200
    assert (await guest.ask('POST', '/typing', {})).status_code == 200
    [row] = conversations.portion(world.member, project.id, conversations.View.ALL, offset=0, limit=9).rows
    assert row.opening == 'How are refunds paid?'


async def test_the_same_message_twice_is_one(guest: Guest) -> None:
    await guest.say('Hello there', 'one')
    first = await guest.say('Delivery?', 'two')
    again = await guest.say('Delivery?', 'two')
    assert first.json()['seq'] == again.json()['seq']
    assert [line['text'] for line in await guest.lines() if line['role'] == 'visitor'] == ['Hello there', 'Delivery?']


async def test_who_asks_for_a_person_while_nobody_is_here_leaves_an_address(guest: Guest) -> None:
    asked = await guest.ask('POST', '/person', {'page': f'{SITE}/'})
    assert asked.json()['here'] is False
    guest.token = asked.json()['token']
    assert [line['text'] for line in await guest.lines()] == ['Nobody is here.']
    refused = await guest.ask('POST', '/lead', {'email': 'vi@home.test', 'name': '', 'agreed': 'yes'})
    assert refused.status_code == 422 and 'agreed' in refused.json()['fields']
    refused = await guest.ask('POST', '/lead', {'email': 'vi@', 'name': [], 'agreed': True})
    assert refused.status_code == 422 and 'email' in refused.json()['fields']
    left = await guest.ask('POST', '/lead', {'email': 'vi@home.test', 'name': 'Vi', 'agreed': True})
    assert left.status_code == 200
    assert (await guest.lines())[-1]['outcome'] == 'left_address'


async def test_a_copy_comes_by_mail_and_not_too_often(guest: Guest, db: Engine) -> None:
    assert (await guest.ask('POST', '/transcript', {'email': 'vi@home.test'})).status_code == 401
    await guest.say('How are refunds paid?')
    await answered(guest)
    without = await guest.ask('POST', '/transcript', {'email': 'vi@home.test'})
    assert without.status_code == 422 and 'mail' in without.json()['sentence']
    with mail_set_up():
        assert (await guest.ask('POST', '/transcript', {'email': 'vi@'})).status_code == 422
        sent = [await guest.ask('POST', '/transcript', {'email': 'vi@home.test'}) for _ in range(8)]
    assert (sent[0].status_code, sent[-1].status_code) == (200, 429)
    assert 1 <= value(db, "SELECT count(*) FROM mails WHERE recipient = 'vi@home.test'") < 8


async def test_who_is_signed_in_on_a_site_has_one_conversation_everywhere(
    guest: Guest, world: World, project: Project
) -> None:
    secret = agents.renew_secret(world.member, project.id)
    identity = signed(secret, guest.agent, id='4711', name='Vi')
    await guest.say('How are refunds paid?', identity=identity)
    elsewhere = Guest(guest.http, guest.agent)
    for told, known in ((identity, True), (identity[:-3], False), ('x' * 5000, False), (None, False), (7, False)):
        answer = await elsewhere.ask('POST', '/recognized', {'identity': told})
        assert bool(answer.json()['token']) == known, told
        elsewhere.token = elsewhere.token or answer.json()['token']
    assert [line['text'] for line in await answered(elsewhere)][:1] == ['How are refunds paid?']


# who is answered nothing ---------------------------------------------------------------------------------------------


ROUTES: dict[str, Callable[[Guest], Awaitable[httpx.Response]]] = {
    'script': lambda it: it.http.get(f'/widget.js?agent={it.agent}'),
    'frame': lambda it: it.ask('GET', '/frame'),
    'hosted': lambda it: it.ask('GET', ''),
    'try': lambda it: it.ask('GET', '/try'),
    'conversation': lambda it: it.ask('GET', '/conversation'),
    'events': lambda it: it.ask('GET', '/events'),
    'erase': lambda it: it.ask('DELETE', '/conversation'),
    **{
        name: (lambda it, name=name: it.ask('POST', f'/{name}', {'text': 'Hello', 'key': 'k'}))  # type: ignore[misc]
        for name in ('messages', 'person', 'lead', 'vote', 'read', 'typing', 'transcript', 'recognized')
    },
}


async def test_all_that_do_not_answer_are_byte_for_byte_one(guest: Guest, world: World, db: Engine) -> None:
    await guest.say('Hello')
    served, at = guest.agent, world.organization_id
    drafted = serve_agent(at, projects.create(world.member, {'name': 'Never'}).id)
    run(db, "UPDATE agents SET state = 'draft', published = NULL WHERE id = :id", id=drafted)

    async def say_all() -> dict[str, tuple[int, bytes, list[tuple[str, str]]]]:
        answers = {name: await ask(guest) for name, ask in ROUTES.items()}
        return {name: (it.status_code, it.content, it.headers.multi_items()) for name, it in answers.items()}

    guest.agent = NOBODY
    unknown = await say_all()
    assert {status for status, _, _ in unknown.values()} == {200, 404}  # the script is there, and does nothing
    assert b'not available' in unknown['script'][1] and b'not available' in unknown['frame'][1]
    for guest.agent in ('x', drafted):
        assert await say_all() == unknown
    guest.agent = served
    for do, undo in (
        ("UPDATE agents SET state = 'paused'", "UPDATE agents SET state = 'live'"),
        ("UPDATE organizations SET status = 'suspended'", "UPDATE organizations SET status = 'active'"),
        ("UPDATE organizations SET status = 'restricted'", "UPDATE organizations SET status = 'active'"),
        ('UPDATE projects SET archived_at = created_at', 'UPDATE projects SET archived_at = NULL'),
    ):
        run(db, do)
        assert await say_all() == unknown, do
        run(db, undo)
    assert (await guest.ask('GET', '/frame')).status_code == 200


async def test_a_token_is_good_at_its_own_agent_only(guest: Guest, world: World) -> None:
    await guest.say('Hello')
    token, seq = guest.token, len(await answered(guest))
    other = serve_agent(world.organization_id, projects.create(world.member, {'name': 'Other'}).id)
    for agent, bad in (
        (other, token),
        (guest.agent, token[:-1]),
        (guest.agent, f'{token}x'),
        (guest.agent, token.swapcase()),
        (guest.agent, f'{NOBODY}.{token[17:]}'),
        (guest.agent, '.'),
        (guest.agent, 'x' * 5000),
    ):
        stranger = Guest(guest.http, agent, bad)
        assert (await stranger.ask('GET', '/conversation')).json() == {'state': None, 'lines': []}
        assert (await stranger.ask('GET', '/events')).status_code == 410
        for path, words in (('/vote', {'seq': 1, 'vote': 1}), ('/read', {'seq': 1}), ('/typing', {})):
            assert (await stranger.ask('POST', path, words)).status_code in (401, 404), (bad, path)
    assert len(await guest.lines()) == seq


# what a browser is told ----------------------------------------------------------------------------------------------


def policy(answer: httpx.Response) -> dict[str, str]:
    """The content security policy of an answer."""
    parts = (part.strip().partition(' ') for part in answer.headers['content-security-policy'].split(';'))
    return {name: allowed for name, _, allowed in parts}


async def test_no_answer_has_a_cookie_and_each_says_what_a_browser_may_do(guest: Guest) -> None:
    await guest.say('Hello')
    del ROUTES['erase']
    for name, ask in ROUTES.items():
        if name != 'events':  # it has no end
            answer = await ask(guest)
            assert 'set-cookie' not in answer.headers, name
            assert answer.headers['x-content-type-options'] == 'nosniff', name
            allowed = policy(answer)
            assert allowed['default-src'] == "'none'" and 'unsafe' not in str(allowed), name


async def test_only_the_sites_of_an_agent_may_frame_it(http: httpx.AsyncClient, world: World, project: Project) -> None:
    at = world.organization_id
    sites = [SITE, 'https://*.shop.example', 'http://localhost:3000']
    for settings, allowed in (
        ({'sites': sites}, f"'self' {' '.join(sites)}"),
        ({'sites': []}, "'self'"),
        ({'sites': [], 'in_apps': True}, "'self' file: app: capacitor: ionic: content:"),
    ):
        agent = serve_agent(at, project.id, **settings)
        assert policy(await http.get(f'/widget/{agent}/frame'))['frame-ancestors'] == allowed
        for path in ('', '/try'):
            assert policy(await http.get(f'/widget/{agent}{path}'))['frame-ancestors'] == "'none'"


async def test_a_chat_opens_where_nothing_can_be_written(guest: Guest, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise Unavailable('The disk is full.')

    monkeypatch.setattr(sites, 'seen', full)
    opened = await guest.ask('GET', '/frame', Referer=f'{SITE}/cart')
    assert (opened.status_code, SITE in policy(opened)['frame-ancestors']) == (200, True)


async def test_what_a_customer_typed_is_text(http: httpx.AsyncClient, world: World, project: Project) -> None:
    evil = '</script><script>alert(1)</script>"\'><img src=x onerror=alert(1)>${1}`{{7*7}}'
    settings = {'name': evil, 'greeting': evil, 'suggestions': [evil], 'consent': evil, 'label': evil}
    agent = serve_agent(world.organization_id, project.id, **settings)
    for path in ('/frame', '', '/try'):
        text = (await http.get(f'/widget/{agent}{path}')).text
        assert '<script>alert' not in text and '<img' not in text and '49' not in re.sub(r'\?\w+', '', text)
    script = (await http.get(f'/widget.js?agent={agent}')).text
    assert script.count('alert(1)') == 2 and '"label":"</script>' in script, 'in one string of JSON'


async def test_the_script_is_small_and_so_is_the_panel(guest: Guest) -> None:
    script = await guest.http.get(f'/widget.js?agent={guest.agent}')
    assert len(script.content) <= SCRIPT_LIMIT
    frame = await guest.ask('GET', '/frame')
    files = re.findall(r'(?:href|src)="(/widget/assets/[^"]+)"', frame.text)
    assert len(files) == 2
    sizes = [len((await guest.http.get(path)).content) for path in files]
    assert len(frame.content) + sum(sizes) <= PANEL_LIMIT, sizes
    for path in files:
        again = await guest.http.get(path, headers={'If-None-Match': f'"{path.partition("?")[2]}"'})
        assert again.status_code == 304 and not again.content
    assert (await guest.http.get('/widget/assets/launcher.js')).status_code == 404
    assert (await guest.http.get('/widget/assets/..%2f..%2fbotcadence.css')).status_code == 404


# what can't be ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ('headers', 'status'),
    [
        ({'Origin': 'https://evil.test'}, 403),
        ({'Origin': 'https://evil.test', 'Sec_Fetch_Site': 'cross-site'}, 403),
        ({'Sec_Fetch_Site': 'cross-site'}, 403),
        ({'Origin': SITE, 'Sec_Fetch_Site': 'same-site'}, 403),
        ({'Origin': 'null'}, 403),
        ({'Origin': '', 'Sec_Fetch_Site': ''}, 403),
        ({'Content_Type': 'text/plain'}, 415),
        ({'Content_Type': 'application/x-www-form-urlencoded'}, 415),
        ({'Origin': '', 'Sec_Fetch_Site': 'same-origin'}, 200),
        ({'Sec_Fetch_Site': ''}, 200),
    ],
    ids=range(10),
)
async def test_only_the_chat_itself_acts(guest: Guest, headers: dict[str, str], status: int) -> None:
    answer = await guest.ask('POST', '/messages', {'text': 'Hello', 'key': 'k'}, **headers)
    assert answer.status_code == status, answer.text
    assert (await guest.ask('DELETE', '/conversation', **headers)).status_code in ({403} if status == 403 else {401})


async def test_what_is_wrong_is_told_in_a_sentence(guest: Guest) -> None:
    for text in ('', ' \n ', '\u200b', 'x' * 2001, None, 7, ['Hello'], {'a': 1}):
        answer = await guest.say(text)
        assert answer.status_code == 422 and answer.json()['sentence'].endswith('.'), text
        limits_forgotten()
    for key in ('', 'k' * 37, 'ü', None, 7):
        assert (await guest.say('Hello', key)).status_code == 422, key  # type: ignore[arg-type]
        limits_forgotten()
    assert not guest.token, 'nobody was made'
    for words in (b'', b'{', b'[]', b'"x"', b'null', b'[' * 9000, b'\xff', b'{"text": NaN}x'):
        headers = {'Origin': URL, 'Content-Type': 'application/json'}
        answer = await guest.http.post(f'/widget/{guest.agent}/messages', content=words, headers=headers)
        assert answer.status_code == 400 and answer.json()['sentence'], words
    assert (await guest.say('x' * 20_000)).status_code == 413
    await guest.say('Hello')
    for after in ('-1', '1e3', '10' * 9, '٣', '', 'x'):
        for path in ('conversation', 'events'):
            assert (await guest.ask('GET', f'/{path}?after={after}')).status_code == 400, after
    for path, words in (
        ('vote', {'seq': 1, 'vote': 2}),
        ('vote', {'seq': 1, 'vote': True}),
        ('vote', {'seq': '1', 'vote': 1}),
        ('vote', {'seq': 10**18, 'vote': 1}),
        ('read', {'seq': -1}),
        ('read', {}),
    ):
        assert (await guest.ask('POST', f'/{path}', words)).status_code == 400, words
    assert (await guest.ask('POST', '/vote', {'seq': 77, 'vote': 1})).status_code == 404
    assert (await guest.ask('PUT', '/messages', {})).status_code == 405
    assert (await guest.ask('GET', '/messages')).status_code == 405
    assert [(await guest.ask(method, '/events')).status_code for method in ('HEAD', 'POST')] == [405, 405]
    assert (await guest.ask('GET', '/nothing')).status_code == 404


def limits_forgotten() -> None:
    """Let everybody write as if nobody had."""
    from data.runtime import rate_limiter

    rate_limiter.reset()


async def test_hostile_texts_stay_texts(guest: Guest) -> None:
    texts = ['<img src=x onerror=alert(1)>', '😀😀', 'the and of', 'a\x00b', '\u202eevil', 'data: x\n\nevent: gone']
    for number, text in enumerate(texts):
        assert (await guest.say(text, f'k{number}')).status_code in (200, 422), text
    kept = [line['text'] for line in await guest.lines() if line['role'] == 'visitor']
    assert '<img src=x onerror=alert(1)>' in kept and '😀😀' in kept
    assert not any('\x00' in text or '\u202e' in text for text in kept)


# how much ------------------------------------------------------------------------------------------------------------


async def test_the_eleventh_message_of_a_minute_waits_and_others_notice_nothing(agent: str, tmp_path: Path) -> None:
    async with door(tmp_path, client=('127.0.0.1', 1)) as http:  # no limit of networks: all seem to come from here
        guest, *others = (Guest(http, agent) for _ in range(201))
        for number, other in enumerate(others):
            if number % 100 == 0:
                limits_forgotten()  # as many are new in a minute at most
            assert (await other.say('Hello')).status_code == 200
        limits_forgotten()
        statuses = [(await guest.say('Hello', f'k{number}')).status_code for number in range(10)]
        assert statuses == [200] * 10
        refused = await guest.say('Hello', 'k11')
        assert refused.status_code == 429
        assert refused.json()['sentence'] == 'Enough for today.' and 0 < refused.json()['wait'] <= 60
        assert refused.headers['retry-after'] == str(refused.json()['wait'])
        assert [(await other.say('Hello', 'once more')).status_code for other in others] == [200] * 200


async def test_new_visitors_are_counted_by_network_and_by_agent(
    guest: Guest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    statuses = [(await Guest(guest.http, guest.agent, 'x.y').say('Hello')).status_code for _ in range(6)]
    assert statuses == [200] * 5 + [429], 'tokens that somebody made up are those of somebody new'
    limits_forgotten()
    monkeypatch.setattr(limits.NEW_AT_AGENT, 'amount', 7)
    async with door(tmp_path, client=('127.0.0.1', 1)) as local:  # where everybody seems to come from
        statuses = [(await Guest(local, guest.agent).say('Hello')).status_code for _ in range(8)]
    assert statuses == [200] * 7 + [429]


async def test_the_ceilings_of_agent_organization_and_process_hold_for_all(
    guest: Guest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with door(tmp_path, client=('127.0.0.1', 1)) as local:
        of_all = limits.SAYS_AT_AGENT, limits.SAYS_AT_ORGANIZATION, limits.SAYS_IN_ALL, limits.ACTS_AT_AGENT
        for rule in (limits.SAYS_HERE, *of_all):
            limits_forgotten()
            with monkeypatch.context() as patch:
                patch.setattr(rule, 'amount', 2)
                people = [Guest(guest.http if rule is limits.SAYS_HERE else local, guest.agent) for _ in range(3)]
                statuses = [(await person.say('Hello')).status_code for person in people]
                if rule is limits.ACTS_AT_AGENT:
                    statuses = [(await person.ask('POST', '/typing', {})).status_code for person in people]
            assert statuses == [200, 200, 429], rule


async def test_what_is_fetched_or_sent_is_counted_by_network(guest: Guest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits.READS, 'amount', 3)
    monkeypatch.setattr(limits.SENDS, 'amount', 3)
    statuses = [(await guest.http.get('/widget.js')).status_code for _ in range(4)]
    assert statuses == [200] * 3 + [429]
    sent = [(await Guest(guest.http, NOBODY, f'x.{it}').ask('POST', '/typing', {})).status_code for it in range(4)]
    assert sent == [404] * 3 + [429]


async def test_who_asks_who_they_are_takes_no_message_away(guest: Guest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits.SAYS_HERE, 'amount', 1)
    monkeypatch.setattr(limits.COMES_AT_AGENT, 'amount', 2)
    statuses = [(await guest.ask('POST', '/recognized', {'identity': 'x.y.z'})).status_code for _ in range(3)]
    assert statuses == [200, 200, 429]
    assert (await guest.say('Hello')).status_code == 200


async def test_made_up_tokens_take_nothing_away_from_others(guest: Guest, monkeypatch: pytest.MonkeyPatch) -> None:
    await guest.say('Hello')
    monkeypatch.setattr(limits.ACTS_AT_AGENT, 'amount', 1)
    for number in range(3):
        stranger = Guest(guest.http, guest.agent, f'{NOBODY}.{number}')
        assert (await stranger.ask('POST', '/typing', {})).status_code == 404
    assert (await guest.ask('DELETE', '/conversation')).status_code == 200


# another host name ---------------------------------------------------------------------------------------------------


async def test_with_an_address_of_their_own_chats_are_there_and_nowhere_else(agent: str, tmp_path: Path) -> None:
    async with door(tmp_path, public_url='https://bots.example', widget_url='https://chat.example') as http:
        script = await http.get(f'/widget.js?agent={agent}')
        assert '"url":"https://chat.example"' in script.text
        assert 'strict-transport-security' in script.headers
        assert (await http.get(f'/widget/{agent}/frame')).status_code == 200
        for path in ('/', '/sign-in', '/assets/theme.css', '/healthz', '/widgetx'):
            assert (await http.get(path)).status_code == 404, path
        moved = await http.get(f'https://bots.example/widget.js?agent={agent}')
        assert (moved.status_code, moved.headers['location']) == (302, f'https://chat.example/widget.js?agent={agent}')
        assert moved.headers['x-content-type-options'] == 'nosniff'
        assert (await http.get('https://bots.example/sign-in')).status_code == 299
        assert (await http.get('https://elsewhere.example/widget.js')).status_code == 299, 'refused further in'
        for host, origin, status in (
            ('chat', 'chat', 200),
            ('chat', 'bots', 403),
            ('bots', 'bots', 299),
        ):
            answer = await http.post(
                f'https://{host}.example/widget/{agent}/messages',
                json={'text': 'Hello', 'key': 'k'},
                headers={'Origin': f'https://{origin}.example'},
            )
            assert answer.status_code == status, (host, origin)


async def test_where_a_visitor_writes_from_is_kept_where_it_can_be(guest: Guest, db: Engine) -> None:
    for number, (page, kept) in enumerate(
        [
            (f'{SITE}/cart', (f'{SITE}/cart', SITE)),
            ('https://evil.test/x', ('', '')),
            ('javascript:alert(1)', ('', '')),
            ('https://[', ('', '')),
            (f'{URL}/widget/{guest.agent}', (f'{URL}/widget/{guest.agent}', URL)),
        ]
    ):
        limits_forgotten()
        await Guest(guest.http, guest.agent).say('Hello', f'k{number}', page=page)
        with db.connect() as connection:
            found = connection.exec_driver_sql(
                'SELECT page, site FROM conversations JOIN visitors ON visitors.id = visitor_id '
                'ORDER BY conversations.rowid DESC LIMIT 1'
            ).one()
        assert tuple(found) == kept, page

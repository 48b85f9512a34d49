"""Who may open the socket of a page, and for how long: tried from outside, with no browser and no manners."""

import time
from collections.abc import Callable
from contextlib import ExitStack

import httpx
import pytest

from data.runtime.limits import HELLO
from tests.support.raw import SOCKET, Fetched, Person, frame, new, query, refused, socket, sql
from tests.support.served import MAIN, Served

RELOAD = 'Implicit handshake failed'

# who may open one ----------------------------------------------------------------------------------------------------


def test_the_page_itself_is_let_in_and_listened_to(server: Served, page: Fetched) -> None:
    with socket(server, page) as own:
        assert own.enter().startswith('40{"sid"')
        assert own.is_heard(page)


def test_a_socket_that_says_no_hello_is_closed(server: Served, page: Fetched) -> None:
    began = time.monotonic()
    with socket(server, page) as silent, socket(server, page, client_id='nobody') as unknown:
        assert (silent.hear(), unknown.hear()) == ('', '')
        assert HELLO - 1 < time.monotonic() - began < HELLO + 10
    with socket(server, page) as own:
        assert own.enter().startswith('40'), 'the page is as it was'


def test_an_office_has_more_sockets_than_the_system_begins_with(
    serve: Callable[..., Served], come: Callable[..., Person]
) -> None:
    server = serve(command=('sh', '-c', f'ulimit -Sn 200; exec {" ".join(MAIN)}'))
    page = come(new('olga'), at=server).open()
    with ExitStack() as office:
        for _ in range(250):
            office.enter_context(socket(server, page, client_id='another'))
        own = office.enter_context(socket(server, page))
        assert own.enter().startswith('40')


@pytest.mark.parametrize('origin', ['https://evil.test', 'null', '-', 'http://127.0.0.1:1', 'https://127.0.0.1:{port}'])
def test_a_socket_of_another_site_is_refused(server: Served, page: Fetched, origin: str) -> None:
    answer = refused(server, page, origin=origin.replace('{port}', str(server.port)))
    assert answer.status_code == 403
    assert 'access-control-allow-origin' not in answer.headers


@pytest.mark.parametrize('name', ['localhost', '127.0.0.1', '[::1]'])
def test_a_socket_may_name_this_machine_as_it_likes(server: Served, page: Fetched, name: str) -> None:
    with socket(server, page, origin=f'http://{name}:{server.port}') as own:
        assert own.enter().startswith('40')


@pytest.mark.parametrize('origin', ['', 'https://evil.test', 'null'])
def test_there_is_no_polling_for_any_site(server: Served, olga: Person, page: Fetched, origin: str) -> None:
    asked = query(page, transport='polling')
    for method in ('GET', 'POST', 'OPTIONS'):
        headers = {'Origin': origin or server.url, 'Access-Control-Request-Method': 'POST'}
        answer = olga.http.request(method, f'{SOCKET}?{asked}', headers=headers)
        assert answer.status_code == 400
        assert 'access-control-allow-origin' not in answer.headers
        assert "default-src 'none'" in answer.headers['content-security-policy']


def test_without_its_cookie_a_page_has_no_socket(server: Served, page: Fetched) -> None:
    with socket(server, page, cookie='-') as stolen:
        assert RELOAD in stolen.enter()
        stolen.say(page.go('/organizations'))
        assert stolen.hear() == ''


def test_with_the_cookie_of_somebody_else_a_page_has_no_socket(server: Served, page: Fetched, mallory: Person) -> None:
    with socket(server, page, cookie=mallory.cookie) as stolen:
        assert RELOAD in stolen.enter()


def test_with_a_forged_cookie_a_page_has_no_socket(server: Served, page: Fetched) -> None:
    forged = page.cookie[:-9] + ('A' if page.cookie[-9] != 'A' else 'B') + page.cookie[-8:]
    with socket(server, page, cookie=forged) as stolen:
        assert RELOAD in stolen.enter()


def test_a_socket_of_another_page_can_not_act_on_this_one(server: Served, page: Fetched, mallory: Person) -> None:
    theirs = mallory.open()
    with socket(server, page) as own, socket(server, theirs) as third:
        assert own.enter().startswith('40')
        assert third.enter().startswith('40')
        third.say(page.go('/organizations'), frame('ack', client_id=page.id, next_message_id=10**9))
        third.say(frame('javascript_response', client_id=page.id, request_id='x', result=1))
        assert third.shake(page) == '437[false]'
        assert third.is_heard(theirs), 'its own page does listen to it'
        assert own.shake(page)
        assert 'Organizations' not in ''.join(own.heard)


def test_a_socket_that_shook_no_hand_is_not_listened_to(server: Served, page: Fetched) -> None:
    with socket(server, page) as own, socket(server, page, implicit_handshake='false') as second:
        assert own.enter().startswith('40')
        assert second.enter().startswith('40')
        second.say(page.go('/organizations'))
        assert own.shake(page)
        assert 'Organizations' not in ''.join(own.heard)


def test_a_page_that_was_fetched_ahead_shakes_hands_later(server: Served, page: Fetched) -> None:
    with socket(server, page, implicit_handshake='false') as own:
        assert own.enter().startswith('40')
        assert own.shake(page) == '437[true]'
        assert own.is_heard(page)


@pytest.mark.parametrize('other', ['tab_id', 'document_id'])
def test_a_page_belongs_to_one_document_in_one_tab(server: Served, page: Fetched, other: str) -> None:
    with socket(server, page) as own:
        assert own.enter().startswith('40')
        with socket(server, page, **{other: 'another'}) as second:
            assert RELOAD in second.enter()
        with socket(server, page, implicit_handshake='false') as third:
            third.enter()
            setattr(page, other.removesuffix('_id'), 'another')
            assert third.shake(page) == '437[false]'


@pytest.mark.parametrize(
    'instead',
    [
        {'client_id': ''},
        {'client_id': 'x' * 65},
        {'client_id': '../../etc'},
        {'tab_id': ''},
        {'document_id': ''},
        {'next_message_id': ''},
        {'next_message_id': 'abc'},
        {'next_message_id': '-1'},
        {'next_message_id': '9' * 400},
        {'EIO': '3'},
        {'transport': 'polling'},
        {'sid': 'abcdef'},
        {'old_tab_id': '\x00'},
        {'path': '/_nicegui_ws/'},
        {'path': '/_nicegui_ws/other/'},
        {'path': '/'},
    ],
    ids=str,
)
def test_a_strange_query_opens_no_socket(
    server: Served, page: Fetched, logged: Callable[[], list[str]], instead: dict[str, str]
) -> None:
    answer = refused(server, page, **instead)
    assert answer.status_code == 400
    assert answer.headers['x-content-type-options'] == 'nosniff'
    assert logged() == []


def test_a_page_that_is_named_twice_is_none(server: Served, page: Fetched, mallory: Person) -> None:
    theirs = mallory.open()
    for own, other, cookie in ((page, theirs, mallory.cookie), (theirs, page, mallory.cookie)):
        name = f'client_id={other.id}'
        assert refused(server, own, cookie=cookie, before=f'{name}&').status_code == 400
        assert refused(server, own, cookie=cookie, after=f'&{name}').status_code == 400


def test_the_id_of_a_page_that_is_gone_means_load_again(server: Served, page: Fetched) -> None:
    with socket(server, page, client_id='00000000-0000-4000-8000-000000000000') as late:
        assert RELOAD in late.enter()


# whose session is over -----------------------------------------------------------------------------------------------


def test_signing_out_ends_every_page_of_the_session_and_no_other(server: Served, come: Callable[..., Person]) -> None:
    email = new('olga')
    olga, phone = come(email), come()
    assert phone.sign_in(email).status_code == 303
    home, first, second, elsewhere = olga.home, olga.open(), olga.open('/organizations'), phone.open()
    with (
        socket(server, first) as one,
        socket(server, second) as two,
        socket(server, elsewhere) as three,
    ):
        assert all(it.enter().startswith('40') for it in (one, two, three))
        old = olga.cookie
        assert olga.post('/auth/sign-out').headers['location'] == '/sign-in'
        for it, page in ((one, first), (two, second)):
            assert it.hear('42["run_javascript"', containing='/sign-in')
            it.say(page.go('/organizations'), page.go(f'{home}/settings'))
            everything = it.hear('42["update"', containing='"0":null')
            assert 'Settings' not in everything
            assert 'Organizations' not in everything
        assert three.is_heard(elsewhere)
    for page in (first, second):
        with socket(server, page, cookie=old) as again:
            assert RELOAD in again.enter()
    replayed = httpx.get(f'{server.url}{home}', headers={'Cookie': old})
    assert replayed.headers['location'].startswith('/sign-in')


def test_a_session_that_is_ended_elsewhere_is_noticed(server: Served, page: Fetched, olga: Person) -> None:
    [[user]] = sql(server, 'SELECT user_id FROM sessions ORDER BY created_at DESC LIMIT 1')
    with socket(server, page) as own:
        assert own.enter().startswith('40')
        sql(server, 'DELETE FROM sessions WHERE user_id = ?', user)
        assert own.hear('42["run_javascript"', containing='/sign-in')
        assert own.hear('42["update"', containing='"0":null')
    with socket(server, page) as again:
        assert RELOAD in again.enter()


def test_a_cookie_from_before_signing_in_opens_nothing_afterwards(server: Served, come: Callable[..., Person]) -> None:
    victim = come()
    victim.http.get('/sign-in')
    planted = victim.cookie
    assert victim.sign_up(new('victim')).status_code == 303
    assert victim.cookie != planted
    page = victim.open()
    assert httpx.get(f'{server.url}/', headers={'Cookie': planted}).headers['location'] == '/sign-in'
    with socket(server, page, cookie=planted) as stolen:
        assert RELOAD in stolen.enter()


def test_whoever_signs_in_elsewhere_meanwhile_gets_no_socket_for_the_old_page(
    server: Served, come: Callable[..., Person]
) -> None:
    anonymous = come()
    before = anonymous.open('/sign-in')
    assert anonymous.sign_up(new('late')).status_code == 303
    with socket(server, before, cookie=anonymous.cookie) as late:
        assert RELOAD in late.enter()

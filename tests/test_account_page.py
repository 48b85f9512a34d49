"""The screen of an account: where one is signed in and what has happened, true while one looks at it."""

from collections.abc import Awaitable, Callable, Iterator
from datetime import timedelta

import pytest
from sqlalchemy import Engine

from data import clock
from data.runtime import account_rules
from data.runtime.account_rules import AccountRules
from data.services import members
from data.services.accounts import sessions
from tests.support.probes import run, value
from tests.support.visitors import Visitor, until
from tests.support.world import World, inside

Visit = Callable[..., Awaitable[Visitor]]
OLGA = 'olga@acme.test'
ENDED = 'You are signed out here: your session ran out, or was ended somewhere else. Sign in to go on.'


async def opened(visit: Visit) -> Visitor:
    olga = await visit(OLGA)
    await olga.open('/account')
    await olga.sees('Your account', 'Sessions', 'Security events')
    return olga


def browsers(visitor: Visitor) -> list[dict[str, object]]:
    return [row for row in visitor.rows if 'is_this' in row]


def events(visitor: Visitor) -> list[str]:
    return [row['text'] for row in visitor.rows if 'refused' in row]


async def test_another_browser_appears_and_is_signed_out(visit: Visit, world: World, db: Engine) -> None:
    olga = await opened(visit)
    before = len(browsers(olga))
    assert [row['is_this'] for row in browsers(olga)] == [True, *[False] * (before - 1)]
    phone = await visit(OLGA)
    await phone.open(f'/organizations/{world.organization_id}')
    await until(lambda: len(browsers(olga)) == before + 1)
    assert events(olga)[0] == 'You signed in with your password'
    newest = browsers(olga)[1]
    olga.choose(newest, 'end')
    await until(lambda: len(browsers(olga)) == before)
    await olga.is_told('You are signed out of Unknown browser.')
    assert phone.client
    from pages.shell import live

    assert live.has_ended(phone.client.id), 'its open page, at once'
    assert (await phone.get('/organizations')).headers['location'].startswith('/sign-in')
    await phone.open('/sign-in')
    assert ENDED in phone.shown
    await phone.open('/sign-in')
    assert ENDED not in phone.shown, 'it is said once'


async def test_all_others_are_signed_out_after_a_question(visit: Visit, world: World) -> None:
    olga = await opened(visit)
    await visit(OLGA)
    await until(lambda: len(browsers(olga)) > 1)
    olga.press('Sign out all other browsers')
    await olga.sees('Sign out all other browsers?')
    olga.press('Cancel')
    await until(lambda: 'Everywhere else you have to sign in again' not in olga.shown)
    assert len(browsers(olga)) > 1
    olga.press('Sign out all other browsers')
    await olga.sees('Sign out all other browsers?')
    olga.press('Sign out the others')
    await until(lambda: [row['is_this'] for row in browsers(olga)] == [True])
    assert 'Sign out all other browsers' not in olga.shown
    assert sessions.ended_of([world.owner.session_id])
    assert not sessions.ended_of([world.admin.session_id])


async def test_a_row_that_is_not_on_screen_ends_nothing(visit: Visit, world: World, db: Engine) -> None:
    olga = await opened(visit)
    before = value(db, 'SELECT count(*) FROM sessions')
    row = browsers(olga)[0]
    grid = next(it for it in olga._elements() if row in getattr(it, 'rows', ()))
    for wrong in (world.admin.session_id, 'a' * 16, None, 7, [world.admin.session_id, 'x'], {'id': 1}):
        olga._fire(grid, 'end', wrong)
    olga.choose(row, 'end')
    await olga.is_told('This is the browser you are in. Use “Sign out” in the menu with your address.')
    assert value(db, 'SELECT count(*) FROM sessions') == before


async def test_what_happens_is_there_at_once_and_older_things_on_request(visit: Visit, world: World) -> None:
    olga = await opened(visit)
    stranger = await visit()
    for _ in range(9):
        await stranger.sign_in(OLGA, 'not the right one')
    await until(lambda: events(olga).count('Somebody tried to sign in') == 9)
    await olga.open('/account')
    assert len(events(olga)) == 10
    assert 'You created this account' not in events(olga)
    olga.press('Show more')
    await until(lambda: 'You created this account' in events(olga))
    sam = await visit('sam@other.test')
    await sam.open('/account')
    assert set(events(sam)) == {'You signed in with your password', 'You created this account'}


async def test_an_open_page_whose_session_ends_elsewhere_goes_to_sign_in(
    visit: Visit, world: World, db: Engine
) -> None:
    from pages.server import sockets
    from pages.shell import live

    olga = await opened(visit)
    assert olga.client
    run(db, 'DELETE FROM sessions WHERE user_id = :olga', olga=world.owner.user_id)  # as another process does it
    await sockets.look_again()
    assert live.has_ended(olga.client.id)
    await olga.open('/sign-in')
    assert ENDED in olga.shown


@pytest.fixture(autouse=True)
def _rules() -> Iterator[None]:
    before = account_rules.current()
    yield
    account_rules.configure(before)


HOURS = AccountRules(idle=timedelta(hours=1), absolute=timedelta(hours=3))
"""A session lives for an hour unused, and for three in any case."""


@pytest.mark.parametrize(('is_used', 'end'), [(False, 60), (True, 180)])
async def test_an_open_page_learns_that_its_session_has_run_out(
    visit: Visit, world: World, is_used: bool, end: int
) -> None:
    from pages.server import sockets
    from pages.shell import live

    visitor = await visit()
    account_rules.configure(HOURS)
    await visitor.sign_in(OLGA)
    await visitor.open('/account')
    assert visitor.client
    actor, began = live.viewers[visitor.client.id].actor, clock.now()
    for minutes in range(30, end, 30):
        clock.source = lambda minutes=minutes: began + timedelta(minutes=minutes)
        await sockets.look_again()
        assert not live.has_ended(visitor.client.id), f'after {minutes} minutes'
        if is_used:
            members.touch(inside(actor, world.organization_id))
    clock.source = lambda: began + timedelta(minutes=end)
    await sockets.look_again()
    assert live.has_ended(visitor.client.id)
    await visitor.open('/sign-in')
    assert ENDED in visitor.shown


async def test_what_is_done_on_a_page_whose_session_has_run_out_is_not_done(
    visit: Visit, world: World, db: Engine
) -> None:
    olga = await opened(visit)
    account_rules.configure(HOURS)
    await visit(OLGA)
    await until(lambda: len(browsers(olga)) > 1)
    before, now = value(db, 'SELECT count(*) FROM sessions'), clock.now()
    clock.source = lambda: now + timedelta(hours=1)
    olga.choose(browsers(olga)[1], 'end')
    await olga.is_told('You are signed out. Sign in to go on.')
    assert value(db, 'SELECT count(*) FROM sessions') == before


@pytest.mark.parametrize('path', ['/account', '/account?x=1'])
async def test_a_stranger_signs_in_first(visit: Visit, path: str) -> None:
    answer = await (await visit()).get(path)
    assert (answer.status_code, answer.headers['location']) == (303, '/sign-in?next=%2Faccount')


async def test_the_theme_is_chosen_for_this_browser_in_all_its_tabs(visit: Visit, world: World) -> None:
    from pages.shell.access import Bookmark

    olga, phone = await opened(visit), await opened(visit)
    assert olga.client
    first = olga.client
    await olga.open('/account')
    second = olga.client
    with second:
        assert Bookmark.of_page().theme == 'system'
    field = olga.field('theme')
    with field:
        field.value = 'dark'
    for client in (first, second):
        with client:
            assert Bookmark.of_page().theme == 'dark'
        [shown] = [it for it in client.layout.descendants() if it.props.get('name') == 'theme']
        assert shown.value == 'dark'
    assert phone.field('theme').value == 'system'
    with second:
        Bookmark.of_page().choose_theme('light')  # by the menu
    assert field.value == 'light'
    await olga.go('/organizations')
    await olga.go('/account')
    await olga.sees('How Botcadence looks in this browser.')
    with second:
        assert len(Bookmark.of_page()._shows) == 2, 'that of the frame, and that of this card'

"""Keep me signed in: a cookie that outlives the browser, or one that does not."""

from collections.abc import Awaitable, Callable

import pytest

from tests.support.visitors import OURS, Visitor
from tests.support.world import PASSWORD, World

Visit = Callable[..., Awaitable[Visitor]]
OLGA = 'olga@acme.test'
SCRIPT = {**OURS, 'Accept': 'application/json'}


@pytest.fixture
def ninety_days(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv('BOTCADENCE_SESSION_DAYS', '90')


async def cookie_of(visitor: Visitor, kept: list[str] | None, headers: dict[str, str] = OURS) -> str:
    """What the browser is told to keep, by what the form has posted of the box."""
    form = {'email': OLGA, 'password': PASSWORD, **({'kept': kept} if kept else {})}
    answer = await visitor.http_client.post('/auth/sign-in', data=form, headers=headers)
    [cookie] = [it for it in answer.headers.get_list('set-cookie') if it.startswith('session=')]
    return cookie.lower()


async def test_the_box_is_ticked_at_first_and_posts_what_it_is(visit: Visit) -> None:
    olga = await visit()
    await olga.open('/sign-in')
    boxes = [it.props for it in olga._elements() if it.props.get('name') == 'kept']
    assert [(box['type'], box['value'], bool(box.get('checked'))) for box in boxes] == [
        ('hidden', 'off', False),
        ('checkbox', 'on', True),
    ]
    assert 'Keep me signed in' in olga.shown


async def test_a_session_that_is_kept_outlives_its_browser(visit: Visit, world: World) -> None:
    for kept in (['off', 'on'], None):
        assert 'max-age=' in await cookie_of(await visit(), kept)


async def test_its_cookie_lives_as_long_as_the_settings_let_sessions_live(
    ninety_days: None, visit: Visit, world: World
) -> None:
    assert f'max-age={90 * 24 * 3600};' in await cookie_of(await visit(), None)


async def test_one_that_is_not_kept_ends_with_it(visit: Visit, world: World) -> None:
    for headers in (OURS, SCRIPT):
        olga = await visit()
        cookie = await cookie_of(olga, ['off'], headers)
        assert 'max-age' not in cookie
        assert 'expires' not in cookie
        for path in ('/organizations', '/account'):
            again = await olga.get(path)
            assert again.status_code == 200
            for set_again in again.headers.get_list('set-cookie'):
                assert 'max-age' not in set_again.lower(), 'not by a later page either'


async def test_whoever_comes_next_chooses_anew(visit: Visit, world: World) -> None:
    olga = await visit()
    await cookie_of(olga, ['off'])
    await olga.post('/auth/sign-out')
    assert 'max-age=' in await cookie_of(olga, ['off', 'on'])

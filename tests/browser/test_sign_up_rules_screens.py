"""Where nobody may sign up, or only from some domains: screens that say so, for everybody to read."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from tests.support.axe import NARROW, WIDE, look
from tests.support.served import Served


@pytest.mark.parametrize('size', [WIDE, NARROW], ids=['wide', 'narrow'])
def test_axe_finds_nothing_where_nobody_signs_up(
    serve: Callable[..., Served], browser_page: Callable[..., Page], size: ViewportSize
) -> None:
    server, page = serve(BOTCADENCE_SIGN_UP='closed'), browser_page(viewport=size, reduced_motion='reduce')
    page.goto(f'{server.url}/sign-up')
    expect(page.get_by_text('Nobody can sign up here.')).to_be_visible()
    expect(page.get_by_role('textbox')).to_have_count(0)
    complaints = look(page, 'nobody signs up')
    page.get_by_role('link', name='Sign in').click()
    expect(page.get_by_label('Keep me signed in')).to_be_checked()
    expect(page.get_by_role('link', name='Create an account')).to_have_count(0)
    complaints += look(page, 'sign in only')
    assert not complaints, '\n'.join(complaints)


@pytest.mark.parametrize('size', [WIDE, NARROW], ids=['wide', 'narrow'])
def test_axe_finds_nothing_where_some_domains_sign_up(
    serve: Callable[..., Served], browser_page: Callable[..., Page], size: ViewportSize
) -> None:
    server, page = (
        serve(BOTCADENCE_SIGN_UP_DOMAINS='a.com, b.com'),
        browser_page(viewport=size, reduced_motion='reduce'),
    )
    page.goto(f'{server.url}/sign-up')
    hint = page.get_by_text('Use your address in a.com or b.com.')
    expect(hint).to_be_visible()
    assert hint.get_attribute('id') in str(page.get_by_label('Email').get_attribute('aria-describedby')).split()
    complaints = look(page, 'domains')
    page.get_by_label('Email').fill('john@c.com')
    for label in ('Password', 'Confirm password'):
        page.get_by_label(label, exact=True).fill('violet harbor cactus 71')
    page.get_by_role('button', name='Sign up').click()
    expect(page.get_by_text('You can’t sign up with this address.')).to_be_visible()
    complaints += look(page, 'another domain')
    assert not complaints, '\n'.join(complaints)


def test_a_session_that_is_not_kept_ends_with_the_browser(
    serve: Callable[..., Served], browser_page: Callable[..., Page]
) -> None:
    server, page = serve(), browser_page()
    page.goto(f'{server.url}/sign-up')
    page.get_by_label('Email').fill('john@acme.com')
    for label in ('Password', 'Confirm password'):
        page.get_by_label(label, exact=True).fill('violet harbor cactus 71')
    page.get_by_role('button', name='Sign up').click()
    page.wait_for_url('**/organizations/*')
    for is_kept in (False, True):
        page.context.clear_cookies()
        page.goto(f'{server.url}/sign-in')
        page.get_by_label('Email').fill('john@acme.com')
        page.get_by_label('Password', exact=True).fill('violet harbor cactus 71')
        page.get_by_label('Keep me signed in').set_checked(is_kept)
        page.get_by_role('button', name='Sign in').click()
        page.wait_for_url('**/organizations/*')
        [session] = [it for it in page.context.cookies() if it['name'] == 'session']
        assert (session['expires'] > 0) is is_kept, 'a cookie without an end is one of the browser'

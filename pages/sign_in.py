"""The screen for signing in; its form is posted to `auth`."""

from urllib.parse import quote

from fastapi import Request, Response
from nicegui import ui

from components.kit.calls import call
from components.kit.entry import PostForm, entry_card, way_to
from components.kit.passkey_form import PasskeyForm
from components.kit.text import Text
from data.security import passkey_site
from data.services.accounts import policy, recovery
from pages.shell import access, other_ways

ENDED = 'You are signed out here: your session ran out, or was ended somewhere else. Sign in to go on.'


@ui.page('/sign-in', title='Sign in · Botcadence', response_timeout=access.PATIENCE)
async def sign_in(request: Request) -> Response | None:
    """E-mail, password, one button; providers."""
    if response := await access.past_sign_in(request):
        return response
    tried, then = access.tried(request), access.own_path(request.query_params.get('next'))
    had_session = request.session.pop('token', None)
    notice = request.session.pop('notice', '') or (ENDED if had_session else '')
    with entry_card('Sign in', theme=access.Bookmark().theme):
        if notice:
            Text('p', notice, 'notice tone-info').props('role=status')
        has_passwords = policy.has_passwords()
        if has_passwords:
            form = PostForm('/auth/sign-in', tried.errors, hidden={'next': then})
            form.email(tried.email)
            form.password()
            form.stay('Keep me signed in')
            form.submit('Sign in', 'Signing in…')
            if recovery.is_offered():
                way_to('', 'Forgot your password?', '/forgot-password')
        else:
            other_ways.offer_nothing_else(tried.errors)
        if site := passkey_site.site_at(request.url.hostname or ''):
            passkey = PasskeyForm('/auth/passkey', ask='/auth/passkey/options', at=site.origin, hidden={'next': then})
            if not has_passwords:
                passkey.stay('Keep me signed in')
            passkey.submit('Sign in with a passkey', 'Waiting for your passkey…', look='button')
        other_ways.offer_providers(then=then)
    if not await call(policy.outlook):
        way_to('New here?', 'Create an account', f'/sign-up?next={quote(then)}' if then else '/sign-up')
    return None

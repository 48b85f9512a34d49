"""The screen for signing up; its form is posted to `auth`."""

from urllib.parse import quote

from fastapi import Request, Response
from nicegui import ui

from components.kit.calls import call
from components.kit.entry import ADDRESS, PostForm, entry_card, way_to
from components.kit.text import Text
from data.services.accounts import policy
from pages.shell import access


@ui.page('/sign-up', title='Sign up · Botcadence', response_timeout=access.PATIENCE)
async def sign_up(request: Request) -> Response | None:
    """E-mail, password twice, one button; or why nobody can sign up here now."""
    if response := await access.past_sign_in(request):
        return response
    tried, then = access.tried(request), access.own_path(request.query_params.get('next'))
    why_not = await call(policy.outlook)
    sentence = why_not or 'It comes with an organization of your own.'
    with entry_card('Create your account', sentence, theme=access.Bookmark().theme):
        if why_not:
            pass
        elif policy.has_passwords():
            form = PostForm('/auth/sign-up', tried.errors, hidden={'next': then})
            form.email(tried.email, like=ADDRESS, hint=policy.domains_in_words())
            form.new_password()
            form.submit('Sign up', 'Creating account…')
        elif domains := policy.domains_in_words():
            Text('p', domains, 'muted')
    way_to('Already have an account?', 'Sign in', f'/sign-in?next={quote(then)}' if then else '/sign-in')
    return None

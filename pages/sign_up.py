"""The screen for signing up; its form is posted to `auth`."""

from urllib.parse import quote

from fastapi import Request, Response
from nicegui import ui

from components.kit.calls import call
from components.kit.entry import ADDRESS, PostForm, entry_card, way_to
from components.kit.text import Text
from data.services.accounts import policy
from pages.shell import access, other_ways


@ui.page('/sign-up', title='Sign up · Botcadence', response_timeout=access.PATIENCE)
async def sign_up(request: Request) -> Response | None:
    """E-mail, password twice, one button; providers; or why nobody can sign up here now."""
    if response := await access.past_sign_in(request):
        return response
    tried, then = access.tried(request), access.own_path(request.query_params.get('next'))
    why_not = await call(policy.outlook)
    sentence = why_not or 'It comes with an organization of your own.'
    with entry_card('Create your account', sentence, theme=access.Bookmark().theme):
        if policy.has_passwords() and not why_not:
            form = PostForm('/auth/sign-up', tried.errors, hidden={'next': then})
            form.email(tried.email, like=ADDRESS, hint=policy.domains_in_words())
            form.new_password()
            form.submit('Sign up', 'Creating account…')
        else:
            other_ways.offer_nothing_else(tried.errors)
            if not why_not and (domains := policy.domains_in_words()):
                Text('p', domains, 'muted')
        if not why_not:
            other_ways.offer_providers(then=then, back='/sign-up')
    way_to('Already have an account?', 'Sign in', f'/sign-in?next={quote(then)}' if then else '/sign-in')
    return None

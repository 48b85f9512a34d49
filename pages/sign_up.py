"""The screen for signing up; its form is posted to `auth`."""

from urllib.parse import quote

from fastapi import Request, Response
from nicegui import ui

from components.kit.entry import ADDRESS, PostForm, entry_card, way_to
from pages.shell import access


@ui.page('/sign-up', title='Sign up · Botcadence', response_timeout=access.PATIENCE)
async def sign_up(request: Request) -> Response | None:
    """E-mail, password twice, one button."""
    if response := await access.past_sign_in(request):
        return response
    tried, then = access.tried(request), access.own_path(request.query_params.get('next'))
    with entry_card('Create your account', 'It comes with an organization of your own.', theme=access.Bookmark().theme):
        form = PostForm('/auth/sign-up', tried.errors, hidden={'next': then})
        form.email(tried.email, like=ADDRESS)
        form.new_password()
        form.submit('Sign up', 'Creating account…')
    way_to('Already have an account?', 'Sign in', f'/sign-in?next={quote(then)}' if then else '/sign-in')
    return None

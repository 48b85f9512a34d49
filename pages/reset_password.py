"""The screen on which whoever has a link from a mail sets a new password. Looking changes nothing; it is posted."""

from fastapi import Request, Response
from nicegui import ui

from components.kit.calls import call
from components.kit.entry import PostForm, entry_card, way_to
from data.problems import NotFound
from data.services.accounts import policy, recovery
from data.services.accounts.policy import NoSignUp
from pages.shell import access, errors

NOT_GOOD = 'This link doesn’t work any more'
AGAIN = 'Ask for a new link'
THEN = 'Once it is set, you are signed out everywhere, and sign in with it.'


@ui.page('/reset-password/{token}', title='New password · Botcadence', response_timeout=access.PATIENCE)
async def reset_password(request: Request, token: str) -> Response | None:
    """A new password, twice; what makes a good one is said as at sign-up."""
    tried = access.tried(request)
    try:
        email = await call(recovery.look, token)
    except NotFound as gone:
        return errors.page(404, NOT_GOOD, str(gone), label=AGAIN, href='/forgot-password')
    except NoSignUp:
        return errors.page(404, NOT_GOOD, policy.NO_PASSWORDS, label='Back to sign in', href='/sign-in')
    with entry_card('Set a new password', THEN, theme=access.Bookmark().theme):
        form = PostForm(f'/reset-password/{token}', tried.errors)
        form.email(email, fixed=True)
        form.new_password('New password')
        form.submit('Set password', 'Setting password…')
    way_to('', 'Back to sign in', '/sign-in')
    return None

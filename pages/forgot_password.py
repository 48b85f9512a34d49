"""The screen for a forgotten password: an address, and the same answer for every one."""

from fastapi import Request
from nicegui import ui

from components.kit.entry import ADDRESS, PostForm, entry_card, way_to
from components.kit.text import Text, hint, sentence
from data.services.accounts import policy, recovery
from pages.shell import access

FOR_ALL = 'If there is an account with {email}, an email with a link is on its way. The link is good for an hour.'
NOTHING_CAME = (
    'Nothing there after some minutes? Look among the spam, and whether the address is the one of your account. '
    'Each account gets five such emails an hour at most.'
)


@ui.page('/forgot-password', title='Forgot your password · Botcadence', response_timeout=access.PATIENCE)
async def forgot_password(request: Request) -> None:
    """Where to send the link; once it is asked for, what to do next; where there is none, who can help."""
    tried, asked = access.tried(request), access.asked(request)
    with entry_card('Check your email' if asked else 'Forgot your password?', theme=access.Bookmark().theme):
        if asked:
            sentence(FOR_ALL, 'muted', email=asked)
            Text('p', NOTHING_CAME, 'muted later')
        elif not policy.has_passwords():
            hint(policy.NO_PASSWORDS)
        elif not recovery.is_offered():
            hint(recovery.NO_MAIL)
        else:
            Text('p', 'We send you a link with which you set a new one.', 'muted')
            form = PostForm('/forgot-password', tried.errors)
            form.email(tried.email, like=ADDRESS)
            form.submit('Send link', 'Sending…')
    way_to('', 'Back to sign in', '/sign-in')

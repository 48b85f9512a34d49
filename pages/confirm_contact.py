"""The screen on which somebody says yes to mail about billing. Looking changes nothing; the answer is posted."""

from fastapi import Request, Response
from nicegui import app, ui

from components.kit.calls import call
from components.kit.entry import PostForm, entry_card
from components.kit.text import hint, isolated, sentence
from data.problems import NotFound
from data.services import billing_contacts
from pages.shell import access, errors

NOT_GOOD = 'This link doesn’t work any more'


@ui.page('/confirm-contact/{token}', title='Mail about billing · Botcadence', response_timeout=access.PATIENCE)
async def confirm_contact(token: str) -> Response | None:
    """Who wants to send what to which address, and one button."""
    try:
        question = await call(billing_contacts.look, token)
    except NotFound as gone:
        return errors.page(404, NOT_GOOD, str(gone))
    with entry_card('Mail about billing', theme=access.Bookmark().theme):
        gaps = {'organization': question.organization, 'email': question.email}
        sentence(f'{{organization}} wants to send {question.gets.words} to {{email}}.', **gaps)
        hint('You need no account for it. If you did not expect this, close this page: nothing else comes.')
        PostForm(f'/confirm-contact/{token}', {}).submit('Yes, send them', 'Confirming…')
    return None


@app.post('/confirm-contact/{token}')
async def post_confirm_contact(request: Request, token: str) -> Response:
    """Let the address get mail from now on."""
    try:
        done = await call(billing_contacts.confirm, token, access.network(request))
    except NotFound as gone:
        return errors.page(404, NOT_GOOD, str(gone))
    told = f'{isolated(done.organization)} now sends {done.gets.words} to {done.email}.'
    stop = 'To stop it, ask its Owners to remove this address.'
    return errors.page(200, 'Confirmed', f'{told} {stop}', href='')

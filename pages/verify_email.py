"""The screen on which somebody proves that an address is theirs. Looking changes nothing; the answer is posted."""

from urllib.parse import quote

from fastapi import Request, Response
from nicegui import ui

from components.kit.calls import call
from components.kit.entry import PostForm, entry_card, way_on, way_to
from components.kit.text import Text, isolated, sentence
from data.problems import NotFound
from data.services.accounts import verifying
from data.services.accounts.verifying import Claim, OtherAccount
from pages.shell import access, errors

NOT_GOOD = 'This link doesn’t work any more'


@ui.page('/verify-email/{token}', title='Confirm your address · Botcadence', response_timeout=access.PATIENCE)
async def verify_email(request: Request, token: str) -> Response | None:
    """Whose address, and one button; who is not signed in to that account does that first."""
    tried = access.tried(request)
    try:
        claim = await call(verifying.look, token, await access.actor_of(request))
    except NotFound as gone:
        return errors.page(404, NOT_GOOD, str(gone), label='Go to your account', href='/account')
    title = 'Confirm your new address' if claim.change else 'Confirm your email address'
    with entry_card(title, theme=access.Bookmark().theme):
        if not claim.viewer:
            ask_to_sign_in(request, claim, token)
        elif not claim.is_right:
            switch(claim, token)
        else:
            explain(claim)
            PostForm(f'/verify-email/{token}', tried.errors).submit('Confirm this address', 'Confirming…')
    if claim.is_right:
        way_to('', 'Not now', '/')
    return None


def explain(claim: Claim) -> None:
    """What confirming means."""
    if claim.change:
        sentence('You sign in with {email} from then on, instead of {before}.', email=claim.email, before=claim.viewer)
    else:
        sentence('{email} is yours, and you read what comes there.', email=claim.email)


def ask_to_sign_in(request: Request, claim: Claim, token: str) -> None:
    """Nobody is signed in: only in the account that it is about the link means something."""
    if claim.change:  # who got it by mistake learns nothing of the address before
        sentence('Sign in to the account that is to have the address {email}.', email=claim.email)
    else:
        access.propose(request, claim.email)
        sentence('Sign in as {email} first.', email=claim.email)
    way_on('Sign in', f'/sign-in?next={quote(f"/verify-email/{token}")}')


def switch(claim: Claim, token: str) -> None:
    """Somebody else is signed in."""
    Text('p', str(OtherAccount(claim.viewer)), 'notice tone-warn').props('role=status')
    form = PostForm('/auth/sign-out', {}, hidden={'next': f'/verify-email/{token}'})
    form.submit('Sign out and switch', 'Signing out…')
    way_to('', f'Stay signed in as {isolated(claim.viewer)}', '/')

"""An invitation, as whoever holds its link sees it. Looking changes nothing; the answers are posted."""

from urllib.parse import quote

from fastapi import Request, Response
from fastapi.responses import RedirectResponse
from nicegui import app, ui

from components.kit.calls import call
from components.kit.entry import PostForm, entry_card, second_step, way_on, way_to
from components.kit.text import Text, hint, isolated, moment, sentence
from data.inputs import moments
from data.permissions import STATUS_RULES
from data.problems import NotFound
from data.runtime import account_rules
from data.services import invitations
from data.services.accounts import policy
from data.services.invitations import Offer
from data.services.invitations.states import OUTLOOK_SENTENCES, InvitationOutlook
from pages.shell import access, errors, other_ways

NOT_GOOD = 'It may be mistyped, or a newer one has taken its place. Ask whoever invited you for a new link.'


@ui.page('/invitations/{token}', title='Invitation · Botcadence', response_timeout=access.PATIENCE)
async def invitation(request: Request, token: str) -> Response | None:
    """What is offered, and what this person can do about it."""
    tried = access.tried(request)
    try:
        offer = await call(invitations.look, token, await access.actor_of(request))
    except NotFound:
        return errors.page(404, 'This invitation link doesn’t work', NOT_GOOD)
    title, then = in_short(offer)
    ui.page_title(f'{title} · Botcadence')
    with entry_card(title, theme=access.Bookmark().theme):
        if offer.state is not InvitationOutlook.OPEN:
            closed(offer, then)
            if offer.state is InvitationOutlook.FULL and (offer.is_right or not offer.viewer):
                decline_form(offer, token)
            return None
        role = offer.role.label
        sentence(f'{{by}} invites you to {{at}} as {role}.', by=offer.invited_by, at=offer.organization)
        is_others = bool(offer.viewer) and not offer.is_right  # then the notice says whose it is
        until('Good until ' if is_others else f'For {isolated(offer.email)}, until ', offer, '.')
        if offer.is_right:
            PostForm(f'/invitations/{token}/accept', tried.errors).submit('Accept invitation', 'Joining…')
        elif offer.viewer:
            switch(offer, token)
        elif offer.has_account:
            access.propose(request, offer.email)
            other_ways.offer_nothing_else(tried.errors)
            way_on('Sign in to accept', f'/sign-in?next={quote(f"/invitations/{token}")}')
        elif why_not := await call(policy.why_not, offer.email, invited=True):
            Text('p', why_not, 'notice tone-warn').props('role=status')
        elif policy.has_passwords():
            sign_up_form(offer, token, tried)
        if offer.is_right or not offer.viewer:
            decline_form(offer, token)
    return None


def in_short(offer: Offer) -> tuple[str, str]:
    """The title, which says how the invitation stands, and what else is to be said of that."""
    at = isolated(offer.organization)
    if offer.state is InvitationOutlook.OPEN:
        return f'Join {at}', ''
    if offer.state is InvitationOutlook.CLOSED:
        return f'{at} is {STATUS_RULES[offer.status].word.lower()}', 'It can’t take anybody in at the moment.'
    if offer.state is InvitationOutlook.FULL:
        return f'{at} is full', 'It has as many members as it may have at the moment.'
    title, _, then = OUTLOOK_SENTENCES[offer.state].partition('. ')
    return title.removesuffix('.'), then


def until(before: str, offer: Offer, after: str) -> None:
    """A sentence with the end of the offer in it."""
    with ui.element('p').classes('muted'):
        Text('span', before)
        moment(offer.expires_at.isoformat(), moments.in_words(offer.expires_at))
        Text('span', after)


def closed(offer: Offer, then: str) -> None:
    """It can't be answered: what to do."""
    if then:
        hint(then)
    if offer.state in {InvitationOutlook.CLOSED, InvitationOutlook.FULL}:
        until('The invitation stays good until ', offer, f'. Ask {isolated(offer.invited_by)} about it.')
    if offer.state is InvitationOutlook.ACCEPTED and offer.is_right:
        way_on(f'Open {isolated(offer.organization)}', f'/organizations/{offer.organization_id}')
    else:
        way_to('', 'Go to Botcadence', '/')


def switch(offer: Offer, token: str) -> None:
    """Somebody else is signed in."""
    Text('p', str(invitations.SomebodyElse(offer.email, offer.viewer)), 'notice tone-warn').props('role=status')
    form = PostForm('/auth/sign-out', {}, hidden={'next': f'/invitations/{token}'})
    form.submit('Sign out and switch', 'Signing out…')
    way_to('', f'Stay signed in as {isolated(offer.viewer)}', '/')


def sign_up_form(offer: Offer, token: str, tried: access.Tried) -> None:
    """An account with the address that is invited."""
    then = f'/organizations/{offer.organization_id}'
    if account_rules.current().passwords:
        form = PostForm('/auth/sign-up', tried.errors, hidden={'invitation': token, 'next': then})
        form.email(offer.email, fixed=True)
        form.new_password()
        form.submit('Sign up and join', 'Creating account…')
    else:
        other_ways.offer_nothing_else(tried.errors)
    other_ways.offer_providers(then=then, invitation=token)


def decline_form(offer: Offer, token: str) -> None:
    """The way to decline, which is for good."""
    with second_step('Decline'):
        sentence('This link will no longer work. Ask {by} for a new one if you change your mind.', by=offer.invited_by)
        form = PostForm(f'/invitations/{token}/decline', {})
        form.submit('Decline invitation', 'Declining…', look='button-danger')


@app.post('/invitations/{token}/accept')
async def post_accept(request: Request, token: str) -> Response:
    """Become a member; whoever is signed out signs in first."""
    actor = await access.actor_of(request)
    if actor is None:
        return RedirectResponse(f'/sign-in?next={quote(f"/invitations/{token}", safe="")}', 303)
    try:
        at = await call(invitations.accept, actor, token)
        await access.welcome(request, actor, token)
        return RedirectResponse(f'/organizations/{at}', 303)
    except NotFound:
        return errors.page(404, 'This invitation link doesn’t work', NOT_GOOD)
    except (invitations.Closed, invitations.SomebodyElse):  # the page itself says it
        return RedirectResponse(f'/invitations/{token}', 303)


@app.post('/invitations/{token}/decline')
async def post_decline(request: Request, token: str) -> Response:
    """Decline the invitation."""
    try:
        await call(invitations.decline, token, access.network(request))
    except NotFound:
        return errors.page(404, 'This invitation link doesn’t work', NOT_GOOD)
    except invitations.Closed:
        pass
    return RedirectResponse(f'/invitations/{token}', 303)

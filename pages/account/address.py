"""The address of the account: changed by a link that goes to the new one, and whether it is proved."""

from functools import partial

from nicegui import ui

from components.kit.calls import call, told
from components.kit.card import Card
from components.kit.fields import ADDRESSES, Values
from components.kit.form import Form
from components.kit.note import Note
from components.kit.saved import Saved
from components.kit.text import isolated
from data.database import Actor
from data.services.accounts import moving
from data.services.accounts.moving import Address
from pages.shell import live
from pages.shell.proving import ProofNote

BY_MAIL = 'You sign in with it, and mails go there. A new one is confirmed by a link that we send to it.'
AT_ONCE = 'You sign in with it. Email is not set up here, so a new one counts at once.'
WAITS = 'A link went to {}. Your address stays as it is until you confirm the new one. The link is good until'
ELSEWHERE = 'Your address was changed in another window.'


def address_card(actor: Actor, stored: Address) -> None:
    """A form with one field, what waits to be confirmed, and what is not proved yet."""

    def values(now: Address) -> Saved:
        return Saved({'email': now.email}, form.stored.version + 1)

    def save(typed: Values, _: int) -> Saved:
        moving.change(actor, typed['email'])
        return load()

    def load() -> Saved:
        return values(moving.address_of(actor))

    with Card('Email address', hint=BY_MAIL if stored.by_mail else AT_ONCE, at='address'):
        form = Form(load, save, Saved({'email': stored.email}, 1), refused=None, kept='address')
        with form.element:
            form.fields.text('email', 'Email', autocomplete='email', type='email').props.update(ADDRESSES)
            form.actions('Change address', saved='Link sent' if stored.by_mail else 'Saved')
        open_matters = OpenMatters(actor)
    open_matters.show(stored)

    @live.watch_own(moving.address_of)
    def refresh(now: Address) -> None:
        open_matters.show(now)
        if now.email != form.stored.values['email']:
            form.take(values(now), ELSEWHERE)


class OpenMatters:
    """What waits to be confirmed, and what is not proved yet, each with what can be done about it."""

    def __init__(self, actor: Actor) -> None:
        with ui.element('div').classes('after-form') as self._place:
            self._waits = Note(told(partial(withdraw, actor)))
            self._proof = ProofNote(actor)

    def show(self, now: Address) -> None:
        """Show how it stands."""
        self._place.set_visibility(now.missing is not None or now.move is not None)
        if now.move:
            self._waits.show_moment(WAITS.format(isolated(now.move.email)), now.move.expires_at, 'Keep my address')
        else:
            self._waits.show('')
        self._proof.show(now.missing)


async def withdraw(actor: Actor) -> None:
    """Let the link to the new address be worth nothing."""
    await call(moving.withdraw, actor)
    ui.notify('Your address stays as it is. The link no longer works.')

"""The second factor: what somebody has, whether it is proved in this browser, and the dialog that sets up an app."""

from functools import partial

from nicegui import ui

from components.kit.calls import call, told
from components.kit.card import Card
from components.kit.dialog import confirm, dialog
from components.kit.fields import Values
from components.kit.form import Form
from components.kit.note import Note
from components.kit.saved import NOTHING, Saved
from components.second_factor import app_secret
from data.database import Actor
from data.security.recovery import CODES
from data.services.accounts import second_factor, totp
from data.services.accounts.second_factor import SecondFactors
from pages.account.recovery_codes import give_new_codes, show_codes
from pages.shell import live, reauthentication

HINT = 'What you need besides your password or a provider. Whoever learns your password does not get in without it.'
NONE = 'You have none yet. Set up an authenticator app, or add a passkey.'
BY_PASSKEY = 'Your passkeys are a second factor: signing in with a password asks for one of them.'
NOT_PROVED = 'In this browser you have not proved it. Some organizations ask for that.'


def second_factor_card(actor: Actor, stored: SecondFactors) -> None:
    """An authenticator app, recovery codes, and whether this browser has proved one."""
    with Card('Second factor', hint=HINT, at='second-factor'):
        proof, app = Note(told(prove)), Note(lambda: change_app(actor, latest))
        codes = Note(told(partial(ask_for_new_codes, actor)))
    latest = stored

    @live.watch_own(second_factor.factors_of)
    def draw(now: SecondFactors) -> None:
        nonlocal latest
        latest = now
        is_due = now.any and not now.proved
        proof.show(NOT_PROVED if is_due else '', 'Prove it' if is_due else '')
        app.show(_app_words(now), 'Remove authenticator app' if now.app_at else 'Set up an authenticator app')
        left = f'{now.codes} of {CODES} recovery codes are left.'
        codes.show(left if now.any else '', 'Make new recovery codes' if now.any else '')

    draw(stored)


def _app_words(now: SecondFactors) -> str:
    if now.app_at:
        return 'An authenticator app is set up: signing in with a password asks for one of its codes.'
    return BY_PASSKEY if now.passkeys else NONE


async def prove() -> None:
    """Prove a second factor in this browser: what requires one lets in at once."""
    if await reauthentication.ask(True):
        ui.notify('Your second factor is proved in this browser.')


async def change_app(actor: Actor, now: SecondFactors) -> None:
    """Set up an app, or remove the one there is."""
    await (ask_to_remove_app(actor) if now.app_at else set_up_app(actor))


@told
async def set_up_app(actor: Actor) -> None:
    """A dialog with the secret, and the field for the first code."""
    new = await call(totp.begin, actor)
    codes: list[str] = []

    def save(values: Values, _: int) -> Saved:
        codes[:] = totp.confirm(actor, values['code'])
        return Saved(values, 1)

    around = ui.context.slot  # what comes after the dialog stands where it stood

    def go_on() -> None:
        with around:
            box.close()
            ui.notify('The authenticator app is set up.')
            if codes:
                show_codes(codes)

    with dialog('Set up an authenticator app') as box:
        app_secret(new.secret, new.uri)
        form = Form(lambda: NOTHING, save, NOTHING, refused=None, kept='app-code', on_saved=go_on)
        with form.element:
            hint = 'Six digits. They change every 30 seconds.'
            code = form.fields.text('code', 'Code that the app shows', hint=hint, autocomplete='one-time-code')
            code.props('inputmode=numeric autofocus')
            form.actions('Confirm', dialog=box)


@told
async def ask_to_remove_app(actor: Actor) -> None:
    """Remove the app, after a question."""
    sentence = 'Its codes are not asked for any more, and are worth nothing. What requires a second factor may close.'
    if await confirm('Remove the authenticator app?', sentence, action='Remove app'):
        await call(totp.remove, actor)
        ui.notify('The authenticator app is removed.')


async def ask_for_new_codes(actor: Actor) -> None:
    """Make new codes, after a question: those on paper are worth nothing then."""
    sentence = 'The codes that you have are worth nothing then.'
    if await confirm('Make new recovery codes?', sentence, action='Make new codes', danger=False):
        await give_new_codes(actor)

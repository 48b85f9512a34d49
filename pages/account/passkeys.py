"""Passkeys: the list, and the dialogs that add, rename and remove one."""

from functools import partial

from nicegui import ui

from components.kit.calls import call, told
from components.kit.card import Card
from components.kit.dialog import confirm, dialog
from components.kit.fields import Values
from components.kit.form import Form
from components.kit.grid import Row
from components.kit.passkey_form import PasskeyForm
from components.kit.saved import Saved
from components.passkeys import PasskeyList, PasskeyRow
from data.database import Actor
from data.inputs import devices
from data.security import passkey_site
from data.services.accounts import passkeys, second_factor
from data.services.accounts.passkeys import OwnPasskey
from pages.account.recovery_codes import give_new_codes
from pages.shell import access, live

HINT = 'Sign in with your face, your finger or the PIN of a device. No false site gets at it, and nobody guesses it.'
NO_SITE = (
    'Browsers have passkeys at addresses with a name only, and with https. Whoever runs Botcadence can give it one.'
)


def passkeys_card(actor: Actor, stored: list[OwnPasskey]) -> None:
    """Those that there are, and the button for another."""
    with Card('Passkeys', hint=HINT, at='passkeys'):
        listed = PasskeyList(
            on_rename=partial(rename, actor),
            on_remove=partial(ask_to_remove, actor),
            on_add=told(partial(add, actor)),
            refused='' if passkey_site.site() else NO_SITE,
        )

    @live.watch_own(passkeys.passkeys_of)
    def draw(now: list[OwnPasskey]) -> None:
        listed.show([passkey_row(passkey) for passkey in now])

    draw(stored)


def passkey_row(passkey: OwnPasskey) -> PasskeyRow:
    """A passkey in words."""
    return PasskeyRow(
        id=passkey.id,
        name=passkey.name,
        created_at=passkey.created_at.isoformat(),
        used_at=passkey.used_at.isoformat() if passkey.used_at else None,
        backed_up=passkey.backed_up,
    )


async def add(actor: Actor) -> None:
    """A dialog in which the browser makes a passkey; with the first one there are recovery codes."""
    site = passkey_site.required()
    await call(passkeys.make_sure_of_more, actor)

    around = ui.context.slot  # what comes after the dialog stands where it stood

    async def go_on() -> None:
        with around:
            box.close()
            ui.notify('The passkey is added.')
            if not (await call(second_factor.factors_of, actor)).codes:
                await give_new_codes(actor)

    sentence = (
        'Your browser asks where to keep it, and makes sure that it is you. From then on, signing in with a password '
        'asks for a passkey or a code, too.'
    )
    with dialog('Add a passkey', sentence) as box:
        form = PasskeyForm('/auth/passkeys', ask='/auth/passkeys/options', at=site.origin, new=True)
        form.text('name', 'Name', devices.in_words(access.agent()), 'Give it a name.')
        form.submit('Create passkey', 'Waiting for your browser…')
        form.element.on('done', told(go_on), [])
        with ui.element('div').classes('actions'):
            ui.button('Cancel', on_click=box.close, color=None).classes('button')


def rename(actor: Actor, row: Row) -> None:
    """A dialog for another name."""

    def save(values: Values, _: int) -> Saved:
        passkeys.rename(actor, row['id'], values['name'])
        return Saved(values, 1)

    stored = Saved({'name': row['name']}, 1)
    with dialog('Rename passkey') as box:
        form = Form(
            lambda: stored, save, stored, refused=None, kept=f'passkey-{row["id"]}', on_saved=lambda: box.close()
        )
        with form.element:
            form.fields.text('name', 'Name', autocomplete='off').props('autofocus')
            form.actions('Save name', dialog=box)


@told
async def ask_to_remove(actor: Actor, row: Row) -> None:
    """Remove a passkey, after a question."""
    sentence = '{name} can’t sign in to your account any more. Remove it from your device, too.'
    if await confirm('Remove this passkey?', sentence, action='Remove passkey', name=str(row['name'])):
        await call(passkeys.remove, actor, row['id'])
        ui.notify('The passkey is removed.')

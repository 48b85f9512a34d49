"""Which providers somebody can sign in with: what was added, the way to add and to remove."""

from functools import partial

from nicegui import ui

from components.identities import IdentityList, IdentityRow
from components.kit.calls import call, told
from components.kit.card import Card
from components.kit.dialog import confirm
from components.kit.grid import Row
from data.database import Actor
from data.runtime import providers
from data.services.accounts import linking
from data.services.accounts.journeys import Purpose
from data.services.accounts.linking import LinkedIdentity
from pages.shell import live


def providers_card(actor: Actor, stored: list[LinkedIdentity]) -> None:
    """The providers that were added, and those that can be; nothing where there are neither."""
    if not stored and not providers.known():
        return
    with Card('Sign-in with other accounts', hint='Accounts elsewhere that let you in here.', at='providers'):
        added = IdentityList(on_remove=partial(ask_to_remove, actor))
        with ui.element('div').classes('actions below'):
            buttons = {each.name: add_button(actor, each.name, each.label) for each in providers.known()}

    @live.watch_own(linking.of_actor)
    def draw(now: list[LinkedIdentity]) -> None:
        added.show([identity_row(each) for each in now])
        known = {each.provider for each in now if each.is_usable}
        for name, button in buttons.items():
            button.set_visibility(name not in known)

    draw(stored)


def add_button(actor: Actor, name: str, label: str) -> ui.button:
    """The way to a provider, from which somebody comes back with one more way in."""
    return ui.button(f'Add {label}', on_click=told(partial(set_out, actor, name)), color=None).classes('button')


def identity_row(identity: LinkedIdentity) -> IdentityRow:
    """An identity in words."""
    return IdentityRow(
        id=identity.id,
        label=identity.label,
        email=identity.email,
        created_at=identity.created_at.isoformat(),
        used_at=identity.used_at.isoformat() if identity.used_at else '',
        is_usable=identity.is_usable,
    )


async def set_out(actor: Actor, name: str) -> None:
    """Go to the provider, once it is sure who goes; the whole page does, it is another site."""
    client = ui.context.client
    await call(linking.require_recent, actor)
    client.open(f'/auth/oidc/{name}?purpose={Purpose.LINK}')


@told
async def ask_to_remove(actor: Actor, row: Row) -> None:
    """Remove a provider, after a question."""
    sentence = 'It will not let you in here any more. Your account there stays as it is.'
    if await confirm(f'Remove {row["label"]}?', sentence, action='Remove'):
        await call(linking.unlink, actor, row['id'])
        ui.notify(f'{row["label"]} does not sign you in any more.')

"""Recovery codes: the dialog that shows them, once."""

from collections.abc import Sequence

from nicegui import ui

from components.kit.calls import call
from components.kit.copying import copy_button
from components.kit.dialog import dialog
from components.second_factor import recovery_codes as codes_to_write_down
from data.database import Actor
from data.services.accounts import recovery_codes

SENTENCE = (
    'Each signs you in once in place of your second factor, when you have lost it. Write them down or print them, and '
    'keep them where you would keep a key. Nobody can show them to you again.'
)


async def give_new_codes(actor: Actor) -> None:
    """Make ten new codes and show them."""
    show_codes(await call(recovery_codes.make_anew, actor))


def show_codes(codes: Sequence[str]) -> None:
    """The codes, until somebody says that they have them."""
    with dialog('Your recovery codes', SENTENCE) as box:
        box.props('persistent')
        codes_to_write_down(codes)
        with ui.element('div').classes('actions'):
            ui.button('I have them', on_click=box.close, color=None).classes('button-primary')
            copy_button('\n'.join(codes), 'Copy all')

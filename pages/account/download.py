"""All that is kept about somebody, as a file."""

from functools import partial

from nicegui import ui

from components.kit.calls import busy, call, told
from components.kit.card import Card
from data import clock
from data.database import Actor
from data.services import exports
from data.services.accounts import own_data


def download_card(actor: Actor) -> None:
    """What is in the file, and the button for it."""
    sentence = 'Everything that is kept about you, as a JSON file: it names nobody else and holds no secrets.'
    with Card('Your data', hint=sentence, at='your-data'):
        button = ui.button('Download my data', color=None).classes('button')
        button.on_click(partial(download, actor, button))


@told
async def download(actor: Actor, button: ui.button) -> None:
    """Hand over the file; it goes over the page's own connection, so that nothing in between keeps it."""
    with busy(button):
        content = await call(own_data.export_own, actor)
    name = exports.file_name('botcadence', 'my-data', f'{clock.now():%Y-%m-%d}', kind='json')
    ui.download(content, name, 'application/json')

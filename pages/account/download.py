"""All that is kept about somebody, as a file."""

from nicegui import ui

from components.kit.calls import call, told
from components.kit.card import Card
from data import clock
from data.database import Actor
from data.services import exports
from data.services.accounts import own_data


def download_card(actor: Actor) -> None:
    """What is in the file, and the button for it, which takes no second press while the first one is at work."""
    at_work = False

    @told
    async def download() -> None:
        nonlocal at_work
        if at_work:
            return
        at_work = True  # closed it would lose the focus, and who was asked first could not come back to it
        try:
            await hand_over(actor)
        finally:
            at_work = False

    sentence = 'Everything that is kept about you, as a JSON file: it names nobody else and holds no secrets.'
    with Card('Your data', hint=sentence, at='your-data'):
        ui.button('Download my data', on_click=download, color=None).classes('button')


async def hand_over(actor: Actor) -> None:
    """Send the file over the page's own connection, so that nothing in between keeps it."""
    content = await call(own_data.export_own, actor)
    name = exports.file_name('botcadence', 'my-data', f'{clock.now():%Y-%m-%d}', kind='json')
    ui.download(content, name, 'application/json')

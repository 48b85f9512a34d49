"""Closing an account: what it means, and the question before it. What is typed there is posted to `auth`."""

from functools import partial

from nicegui import ui

from components.kit.calls import call, told
from components.kit.card import Card
from components.kit.dialog import dialog
from components.kit.entry import PostForm
from components.kit.note import Note
from components.kit.text import Text, hint
from data.database import Actor
from data.services.accounts import closing
from data.services.accounts.closing import NOT_YET, ClosingOutlook, Fate
from pages.shell import live

MEANING = {
    Fate.HANDED_OVER: 'You are the last Owner here, and others work here. Make somebody else Owner first:',
    Fate.HELD: 'Whoever runs Botcadence has suspended this. Talk to them first:',
    Fate.DELETED: 'Nobody else is here. It is deleted with your account, with everything in it:',
    Fate.LEFT: 'You leave:',
}
"""What is said above the organizations of which this becomes."""

ALL_ELSE = 'Everything else of you is deleted at once: ways to sign in, sessions, events, mails.'
STAYS = 'What you did in organizations that go on stays on their record, with your name and address.'
BACKUPS = 'Backups of this installation keep what is in them until they are thrown away.'


def closing_card(actor: Actor, stored: ClosingOutlook) -> None:
    """What it means, and the button where nothing has to be done first."""
    with Card('Close your account', hint='For good: nobody can bring it back.', at='close-account'):
        place = ui.element('div').classes('closing')
        note = Note(told(partial(ask_to_close, actor)), look='button-danger')

    @live.watch_own(closing.closing_outlook)
    def draw(now: ClosingOutlook) -> None:
        place.clear()
        with place:
            meaning(now)
        note.show('' if now.can_close else 'Then you can close your account.', 'Close account' if now.can_close else '')

    draw(stored)


def meaning(now: ClosingOutlook) -> None:
    """What becomes of each organization, and what stays."""
    for fate, sentence in MEANING.items():
        if standings := now.of(fate):
            Text('p', sentence, '' if fate in closing.BLOCKING else 'muted')
            with ui.element('ul').classes('closing-list'):
                for standing in standings:
                    with ui.element('li'):
                        link = Text('a', standing.name, 'link').props('dir=auto')
                        link.props['href'] = f'/organizations/{standing.id}/members'
    for sentence in (ALL_ELSE, STAYS, BACKUPS):
        hint(sentence)


async def ask_to_close(actor: Actor) -> None:
    """Say once more what it means, as it is now, and let them type their address."""
    now = await call(closing.ready_to_close, actor)
    if not now.can_close:
        ui.notify(NOT_YET)
        return
    with dialog('Close your account for good?') as box:
        with ui.element('div').classes('closing'):
            meaning(now)
        form = PostForm('/auth/close-account', {}, hidden={'edition': now.edition})
        form.typed('email', f'Type {now.email} to confirm', missing='Type the address of your account.')
        form.submit('Close account for good', 'Closing…', look='button-danger')
        with ui.element('div').classes('actions'):
            ui.button('Keep account', on_click=box.close, color=None).classes('button')

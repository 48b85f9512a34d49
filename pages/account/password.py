"""The password, on the screen of the account: changed by a form over HTTP, set for the first time, or removed."""

from functools import partial

from nicegui import ui

from components.kit.calls import call, told
from components.kit.card import Card
from components.kit.dialog import confirm, dialog
from components.kit.entry import PostForm
from components.kit.note import Note
from data.database import Actor
from data.services.accounts import own_password, policy, reauthentication
from data.services.accounts.reauthentication import WaysIn
from data.services.accounts.ways import label_of
from pages.shell import live

CHANGED = 'Your password is changed. All your other browsers are signed out.'
SET = 'You have a password now.'
HINT = 'With another password, every other browser is signed out.'
REMOVED = 'Your password is removed.'
REMOVE = 'You sign in with {ways} alone then, and every other browser is signed out.'


def password_card(actor: Actor, stored: WaysIn) -> None:
    """A form where there is a password, a button where there is none; nothing where nobody has one."""
    if not policy.has_passwords():
        return
    with Card('Password', hint=HINT, at='password'):
        place = ui.element('div')
    shown = ('', False, '')

    def draw(ways: WaysIn) -> None:
        nonlocal shown
        if shown == (now := (ways.email, ways.password, _others(ways))):
            return  # what somebody types stays
        shown = now
        place.clear()
        with place:
            if not ways.password:
                Note(told(partial(ask_for_first, actor, ways.email))).show(none_yet(ways), 'Set a password')
                return
            change_form(actor, ways)
            if _others(ways):
                with ui.element('div').classes('after-form'):
                    Note(told(partial(ask_to_remove, actor, _others(ways)))).show('', 'Remove password')

    draw(stored)
    live.watch_own(reauthentication.ways_in)(draw)


def change_form(actor: Actor, ways: WaysIn) -> None:
    """The password somebody has, and another one twice."""
    form = PostForm('/auth/password', {}, hidden={'email': ways.email})
    form.current_password()
    form.new_password('New password')
    form.submit('Change password', 'Changing…', wide=False)
    form.on_done(lambda: ui.notify(CHANGED))
    form.on_confirm(told(partial(go_on, actor, form)))


def none_yet(ways: WaysIn) -> str:
    """How somebody signs in who has none."""
    return f'You have no password: you sign in with {_others(ways)}.' if _others(ways) else 'You have no password.'


async def ask_for_first(actor: Actor, email: str) -> None:
    """A dialog with a form for the first password, for who has shown a moment ago who they are."""
    await call(own_password.ready, actor)
    here = ui.context.client.content  # the card is drawn anew before the answer has come
    with here, dialog('Set a password', 'One more way to sign in.') as box:
        form = PostForm('/auth/password', {}, hidden={'email': email})
        form.new_password('New password')
        form.submit('Set password', 'Setting password…')

        def done() -> None:
            box.close()
            ui.notify(SET)

        form.on_done(done)
        form.on_confirm(told(partial(go_on, actor, form)))
        with ui.element('div').classes('actions'):
            ui.button('Cancel', on_click=box.close, color=None).classes('button')


async def go_on(actor: Actor, form: PostForm) -> None:
    """Find out once more whether it is still the same person, then send what they typed."""
    await call(own_password.ready, actor)
    form.element.run_method('requestSubmit')


async def ask_to_remove(actor: Actor, others: str) -> None:
    """Have no password any more, after a question."""
    with ui.context.client.content:  # the card is drawn anew before the answer has come
        if await confirm('Remove your password?', REMOVE, action='Remove password', ways=others):
            for session_id in await call(own_password.remove, actor):
                live.end_session(session_id)
            ui.notify(REMOVED)


def _others(ways: WaysIn) -> str:
    """What else somebody can sign in with, in words; '' for nothing."""
    passkeys = ['a passkey'] if ways.passkeys else []
    return ' or '.join([*passkeys, *(label_of(name) for name in dict.fromkeys(ways.providers))])

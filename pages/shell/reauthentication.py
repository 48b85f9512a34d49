"""Asking somebody to confirm who they are, in place: what they were about to do goes on after it, nothing is lost."""

from weakref import WeakSet

from nicegui import ui

from components.kit.calls import call
from components.kit.dialog import Question
from components.kit.entry import PostForm
from components.kit.text import Text
from data.services.accounts import reauthentication
from data.services.accounts.journeys import Purpose
from data.services.accounts.reauthentication import WaysIn
from data.services.accounts.ways import label_of
from pages.shell import live


class Asked(Question):
    """The question, in one open page of a session."""

    session_id = ''


_asked: WeakSet[Asked] = WeakSet()


async def ask() -> bool:
    """Ask whoever looks at this page; whether it was confirmed."""
    actor = live.of_client().actor
    ways = await call(reauthentication.ways_in, actor)
    with Asked() as question, ui.element('div').classes('card dialog'):
        question.session_id = actor.session_id
        heading = Text('h2', 'Confirm that it is you', 'card-title')
        question.props['aria-labelledby'] = heading.html_id
        Text('p', 'You have been signed in for a while. What you typed stays.', 'muted')
        _offer(ways)
        with ui.element('div').classes('actions'):
            ui.button('Cancel', on_click=lambda: question.submit(False), color=None).classes('button')
    _asked.add(question)
    try:
        return bool(await question)
    finally:
        if not question.is_deleted:  # it is when the whole page has gone meanwhile
            question.delete()


def _offer(ways: WaysIn) -> None:
    """Each way that this person has."""
    if ways.password:
        form = PostForm('/auth/confirm', {})
        form.email(ways.email, fixed=True)
        form.password(first=True)
        form.submit('Confirm', 'Confirming…')
    for name in dict.fromkeys(ways.providers):
        link = Text('a', f'Confirm with {label_of(name)}', 'wide').props('target=_blank')  # what was typed stays here
        link.props['href'] = f'/auth/oidc/{name}?purpose={Purpose.CONFIRM}'


def confirmed(session_id: str) -> None:
    """It was confirmed in this session: whoever was asked in it goes on."""
    for question in list(_asked):
        if question.session_id == session_id and not question.is_deleted:
            question.submit(True)

"""Asking somebody to confirm who they are, in place: what they were about to do goes on after it, nothing is lost."""

from weakref import WeakSet

from nicegui import ui

from components.kit.calls import call
from components.kit.dialog import Question
from components.kit.entry import PostForm
from components.kit.passkey_form import PasskeyForm
from components.kit.text import Text
from data.security import passkey_site
from data.services.accounts import reauthentication, second_factor
from data.services.accounts.journeys import Purpose
from data.services.accounts.reauthentication import WaysIn
from data.services.accounts.second_factor import SecondFactors
from data.services.accounts.ways import label_of
from pages.shell import live

ONE_OF_THEM = 'One of your recovery codes. Each is good once.'
NOWHERE = 'Passkeys don’t work at this address. Whoever runs Botcadence can help you.'


class Asked(Question):
    """The question, in one open page of a session."""

    session_id = ''


_asked: WeakSet[Asked] = WeakSet()


async def ask(second: bool = False) -> bool:
    """Ask whoever looks at this page; whether it was confirmed. Only a `second` factor counts, where that is asked."""
    actor = live.of_client().actor
    ways = await call(reauthentication.ways_in, actor)
    factors = await call(second_factor.factors_of, actor)
    with Asked() as question, ui.element('div').classes('card dialog'):
        question.session_id = actor.session_id
        heading = Text('h2', 'Confirm that it is you', 'card-title')
        question.props['aria-labelledby'] = heading.html_id
        why = 'Prove your second factor in this browser.' if second else 'You have been signed in for a while.'
        Text('p', f'{why} What you typed stays.', 'muted')
        if not second:
            _offer_first(ways)
        _offer_second(factors, paper=second or not (ways.password or ways.providers))
        with ui.element('div').classes('actions'):
            ui.button('Cancel', on_click=lambda: question.submit(False), color=None).classes('button')
    _asked.add(question)
    try:
        return bool(await question)
    finally:
        if not question.is_deleted:  # it is when the whole page has gone meanwhile
            question.delete()


def _offer_first(ways: WaysIn) -> None:
    """A password, and providers."""
    if ways.password:
        form = PostForm('/auth/confirm', {})
        form.email(ways.email, fixed=True)
        form.password(first=True)
        form.submit('Confirm', 'Confirming…')
    for name in dict.fromkeys(ways.providers):
        link = Text('a', f'Confirm with {label_of(name)}', 'wide').props('target=_blank')  # what was typed stays here
        link.props['href'] = f'/auth/oidc/{name}?purpose={Purpose.CONFIRM}'


def _offer_second(factors: SecondFactors, *, paper: bool) -> None:
    """A passkey, and codes; those on `paper` for whoever has little else, for each is good once."""
    if paper and factors.passkeys and not (passkey_site.site() or factors.app_at or factors.codes):
        Text('p', NOWHERE, 'notice tone-warn')
    if factors.passkeys and (site := passkey_site.site()):
        passkey = PasskeyForm('/auth/confirm', ask='/auth/confirm/options', at=site.origin)
        passkey.submit('Use your passkey', 'Waiting for your passkey…', look='button')
    if factors.app_at or (paper and factors.codes):
        code = PostForm('/auth/confirm', {})
        code.code('From your authenticator app, or one of your recovery codes.' if factors.app_at else ONE_OF_THEM)
        code.submit('Confirm with the code', 'Confirming…', look='button')


def confirmed(session_id: str) -> None:
    """It was confirmed in this session: whoever was asked in it goes on."""
    for question in list(_asked):
        if question.session_id == session_id and not question.is_deleted:
            question.submit(True)

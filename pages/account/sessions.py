"""Where somebody is signed in, and the way to sign out somewhere else."""

from functools import partial

from nicegui import ui

from components.kit.calls import call, told
from components.kit.card import Card
from components.kit.dialog import confirm
from components.kit.grid import Row
from components.sessions import SessionList, SessionRow
from data.database import Actor
from data.services.accounts import own_sessions
from data.services.accounts.own_sessions import OpenSession, OpenSessions
from pages.shell import live


def sessions_card(actor: Actor, stored: OpenSessions) -> None:
    """The browsers, this one marked."""
    with Card('Sessions', hint='The browsers you are signed in with.', at='sessions'):
        browsers = SessionList(
            on_end=partial(end_session, actor), on_end_others=told(partial(ask_to_end_others, actor))
        )

    @live.watch_own(own_sessions.sessions_of)
    def draw(now: OpenSessions) -> None:
        browsers.show([session_row(session) for session in now.rows], now.others)

    draw(stored)


def session_row(session: OpenSession) -> SessionRow:
    """A browser in words."""
    return SessionRow(
        id=session.id,
        device=session.device,
        network=session.network,
        way=session.way,
        began_at=session.began_at.isoformat(),
        seen_at=session.seen_at.isoformat(),
        is_this=session.is_this,
    )


@told
async def end_session(actor: Actor, row: Row) -> None:
    """Sign out there, at once on every page that is open there."""
    device = await call(own_sessions.end_session_of, actor, row['id'])
    live.end_session(row['id'])
    ui.notify(f'You are signed out of {device}.')


async def ask_to_end_others(actor: Actor) -> None:
    """Sign out everywhere else, after a question."""
    sentence = 'You stay signed in here. Everywhere else you have to sign in again.'
    if await confirm('Sign out all other browsers?', sentence, action='Sign out the others'):
        ended = await call(own_sessions.end_other_sessions, actor)
        for session_id in ended:
            live.end_session(session_id)
        ui.notify('You are signed out everywhere else.')

"""Live updates: which parts of a screen follow what, and how a change reaches them.

A change is published in the thread that committed it; `spread` hops to the event loop, where every dashboard concerned
looks again, as itself. What a screen watches is forgotten when the screen goes.
"""

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any

from nicegui import app, core, ui

from data import changes
from data.changes import Change
from data.database import Actor
from data.permissions import Member, Permission
from data.services.audit import Topic
from pages.shell import access
from pages.shell.pace import OFTEN, Pace
from pages.shell.pictures import Read
from pages.shell.viewers import STANDING, Viewer, spread_here, tell_presence, viewers
from pages.shell.watches import Refresh, Subject

OwnRefresh = Callable[[Any], Awaitable[None] | None]
"""Draws a part of a screen about the person."""


_pace = Pace(spread_here)


def register(viewer: Viewer) -> None:
    """Know a dashboard for as long as its client lives."""
    client = viewer.client
    viewers[client.id] = viewer
    client.on_connect(lambda: _connected(viewer, True))
    client.on_disconnect(lambda: _connected(viewer, client.has_socket_connection))
    client.on_delete(lambda: viewers.pop(client.id, None))


def of_client() -> Viewer:
    """The dashboard being built right now."""
    return viewers[ui.context.client.id]


def watch(*topics: Topic, subject: Subject = '', read: Read | None = None) -> Callable[[Refresh], Refresh]:
    """Keep a part of the screen being built live: the decorated function runs at every such change.

    With a `subject`, the id of a row or what says it, at those only that are about this row or may be. With `read`, it
    is handed what that reads as well; it is called in a thread, once for all parts that the change is about.
    """

    def register(refresh: Refresh) -> Refresh:
        of_client().watch(topics, refresh, subject, read)
        return refresh

    return register


def watch_own(read: Callable[[Actor], Any]) -> Callable[[OwnRefresh], OwnRefresh]:
    """Keep a part of a screen about the person live: the decorated function gets what `read(actor)` reads, anew."""

    def register(refresh: OwnRefresh) -> OwnRefresh:
        of_client().watch_own(refresh, read)
        return refresh

    return register


def watch_right(allow: Callable[[str | None], None], permission: Permission) -> None:
    """Keep a form in a dialog as open as role and status let it be: `allow` gets why not, or None."""

    @watch(*STANDING)
    def refresh(now: Member, _: Change) -> None:
        allow(now.refused(permission))


def here(organization_id: str) -> dict[str, str | None]:
    """What the people are called who have this organization open right now, None for no name, by their addresses."""
    members = [viewer.member for viewer in viewers.values() if viewer.connected and viewer.member]
    there = [it for it in members if it.organization_id == organization_id and not it.kept_out]
    return {it.email: it.name for it in sorted(there, key=lambda it: it.email)}


def _connected(viewer: Viewer, is_connected: bool) -> None:
    """A dashboard's browser has come or gone."""
    if viewer.connected != is_connected:
        viewer.connected = is_connected
        if viewer.member:
            tell_presence(viewer.member.organization_id)
        viewer.catch_up()


def spread(change: Change) -> None:
    """Bring a change from the thread that committed it to the event loop, and there to the open dashboards.

    What changes often does so at its own pace.
    """
    if core.loop is None or not core.loop.is_running():
        return
    if change.topic in OFTEN:
        _pace.take(change, core.loop)
    else:
        core.loop.call_soon_threadsafe(spread_here, change)


def session_ids() -> set[str]:
    """The sessions of all open dashboards."""
    return {viewer.actor.session_id for viewer in viewers.values() if not viewer.ended}


def has_ended(client_id: str) -> bool:
    """Whether this is a dashboard whose session is over: nothing that still comes from it is listened to."""
    viewer = viewers.get(client_id)
    return viewer is not None and viewer.ended


def end_session(session_id: str) -> None:
    """Send every open page of a session to sign in, and empty those that do not go."""
    for viewer in [it for it in viewers.values() if it.actor.session_id == session_id and not it.ended]:
        viewer.ended = True
        _connected(viewer, False)
        viewer.client.run_javascript("window.leaving = true; location.assign('/sign-in')")
        app.timer(0.5, viewer.client.remove_all_elements, once=True)


@contextmanager
def held(session_id: str) -> Iterator[None]:
    """Keep the open pages of a session where they are, whatever becomes of it: somebody else leads one of them on."""
    pages = [viewer for viewer in viewers.values() if viewer.actor.session_id == session_id and not viewer.ended]
    for viewer in pages:
        viewer.ended = True
    try:
        yield
    finally:
        for viewer in pages:
            viewer.ended = False


def renew_session(session_id: str, token: str) -> None:
    """Let the open pages of a session go on with its new token."""
    for viewer in viewers.values():
        if viewer.actor.session_id == session_id:
            access.renew(viewer.client.request, token)


def start() -> None:
    """Listen to what the application changes; harmless when called twice."""
    changes.listen(spread)

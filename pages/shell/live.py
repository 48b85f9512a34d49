"""Live updates: which open dashboard is looking at what, and how a change reaches it.

A change is published in the thread that committed it; `spread` hops to the event loop, where every dashboard concerned
looks again, as itself. What a screen watches is forgotten when the screen goes.
"""

from collections.abc import Awaitable, Callable, Iterable

from nicegui import Client, app, background_tasks, core, ui
from nicegui.element import Element

from components.kit.calls import call
from data import changes
from data.changes import Change
from data.database import Actor
from data.permissions import Member, Permission, refusal
from data.problems import Forbidden, NotFound, Problem, SignedOut
from data.services import organizations
from data.services.audit import Topic
from pages.shell.watches import Refresh, Watch, drawn

CardRefresh = Callable[[Change], Awaitable[None]]

STANDING = {Topic.ORGANIZATION, Topic.MEMBER}
"""What may change who sees what: every screen of the organization asks anew, whatever it shows."""


class RowGone(Problem):
    """What a screen is about does not exist any more, in an organization that this person still belongs to."""


def _nothing(_: str) -> bool:
    return False


class Viewer:
    """One open dashboard: a browser tab that shows one screen, of one organization or of all of a person's."""

    def __init__(
        self, client: Client, actor: Actor, on_gone: Callable[[Problem], None], on_member: Callable[[Member], None]
    ) -> None:
        self.client = client
        self.actor = actor
        self.permission = Permission.ORGANIZATION_VIEW
        self.email = ''
        self.member: Member | None = None
        self.connected = False
        self.ended = False
        self._on_gone, self._on_member = on_gone, on_member
        self._watched: dict[str, list[Watch]] = {}
        self._elsewhere: tuple[Element, CardRefresh] | None = None
        self._lists: Callable[[str], bool] = _nothing
        self._pending: dict[tuple[str, str], Change] = {}
        self._working = False

    def show(self, member: Member | None, permission: Permission = Permission.ORGANIZATION_VIEW) -> None:
        """Another screen begins: what the one before watched is forgotten."""
        before = self.member.organization_id if self.member else None
        self.member, self.permission = member, permission
        self.forget()
        after = member.organization_id if member else None
        if member:
            self.email = member.email
        if self.connected and before != after:
            _tell_presence(before, after)

    def forget(self) -> None:
        """Watch nothing any more."""
        self._watched.clear()
        self._elsewhere, self._lists = None, _nothing

    def watch(self, topics: Iterable[Topic], refresh: Refresh, subject: str = '') -> None:
        """Call `refresh(member, change)` when one of these changes in the organization on screen.

        With a `subject`, the id of a row, only where the change is about that row or may be.
        """
        for topic in topics:
            self._watched.setdefault(topic, []).append(Watch(ui.context.slot.parent, subject, refresh))

    def watch_cards(self, refresh: CardRefresh, lists: Callable[[str], bool]) -> None:
        """Call `refresh(change)` for changes in the organizations that the screen `lists`, by their ids."""
        self._elsewhere = ui.context.slot.parent, refresh
        self._lists = lists

    def concerns(self, change: Change) -> bool:
        """Whether this dashboard shows something of what changed."""
        if self.ended:
            return False
        here = self.member is not None and self.member.organization_id == change.organization_id
        return here or self._lists(change.organization_id) or self.actor.user_id in change.users

    def receive(self, change: Change) -> None:
        """Take a change in; many at once are worked off one after the other, each topic once."""
        key = change.organization_id, change.topic
        self._pending[key] = self._pending[key].joined(change) if key in self._pending else change
        if not self._working:
            self._working = True
            background_tasks.create(self._work(), name='live', context=self.client)

    async def _work(self) -> None:
        try:
            while self._pending:
                change = self._pending.pop(next(iter(self._pending)))
                await self._apply(change)
        finally:
            self._working = False

    async def _apply(self, change: Change) -> None:
        if self._is_nothing_here(change):
            return
        try:
            if self._elsewhere:
                place, refresh = self._elsewhere
                await drawn(place, refresh, change)
            elif self.member and self.member.organization_id == change.organization_id:
                await self._refresh(self.member, change)
        except (SignedOut, NotFound, Forbidden, RowGone) as problem:
            self._watched, self.permission = {}, Permission.ORGANIZATION_VIEW  # it is told once
            self._on_gone(problem)
        except Problem as problem:
            with self.client.content:
                ui.notify(f'This screen may be out of date. {problem}')

    def _watches(self, change: Change) -> list[Watch]:
        return [watch for watch in self._watched.get(change.topic, ()) if watch.concerns(change)]

    def _is_nothing_here(self, change: Change) -> bool:
        """Whether a change costs this screen nothing: it shows nothing of it, and may go on showing what it shows."""
        if self._elsewhere and change.topic != Topic.AUDIT:  # a refusal changes nothing but the record
            return False
        return change.topic not in STANDING and not self._watches(change)

    async def _refresh(self, member: Member, change: Change) -> None:
        if change.topic != Topic.PRESENCE:  # presence is not read from the database
            if (now := await self._now(member)) is None:
                return
            member = self.member = now
            if refused := refusal(member.role, member.organization.status, self.permission):
                raise refused  # nobody tried anything: this is not for the record
            self._on_member(member)
        for watch in self._watches(change):
            try:
                await drawn(watch.place, watch.refresh, member, change)
            except NotFound as problem:
                raise RowGone(str(problem)) from problem

    async def _now(self, member: Member) -> Member | None:
        """The member as they are now, None where another organization is on screen meanwhile: this is not about it."""
        try:
            now = await call(organizations.membership, member)
        except NotFound:
            if self.member and self.member.organization_id == member.organization_id:
                raise
            return None
        return now if self.member and self.member.organization_id == member.organization_id else None


viewers: dict[str, Viewer] = {}
"""By client id, as long as the client lives."""


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


def watch(*topics: Topic, subject: str = '') -> Callable[[Refresh], Refresh]:
    """Keep a part of the screen being built live: the decorated function runs at every such change.

    With a `subject`, the id of a row, at those only that are about this row or may be.
    """

    def register(refresh: Refresh) -> Refresh:
        of_client().watch(topics, refresh, subject)
        return refresh

    return register


def here(organization_id: str) -> list[str]:
    """E-mail addresses of the people who have this organization open right now, each once."""
    connected = (
        v for v in viewers.values() if v.connected and v.member and v.member.organization_id == organization_id
    )
    return sorted({viewer.email for viewer in connected})


def pages_open(organization_id: str) -> int:
    """How many pages show this organization right now."""
    return sum(1 for v in viewers.values() if v.connected and v.member and v.member.organization_id == organization_id)


def _tell_presence(*organization_ids: str | None) -> None:
    for organization_id in organization_ids:
        if organization_id:
            _spread(Change(organization_id, Topic.PRESENCE))


def _connected(viewer: Viewer, is_connected: bool) -> None:
    """A dashboard's browser has come or gone."""
    if viewer.connected != is_connected:
        viewer.connected = is_connected
        if viewer.member:
            _tell_presence(viewer.member.organization_id)


def _spread(change: Change) -> None:
    for viewer in list(viewers.values()):
        if viewer.concerns(change):
            viewer.receive(change)


def spread(change: Change) -> None:
    """Bring a change from the thread that committed it to the event loop, and there to the open dashboards."""
    if core.loop is not None and core.loop.is_running():
        core.loop.call_soon_threadsafe(_spread, change)


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


def start() -> None:
    """Listen to what the application changes; harmless when called twice."""
    changes.listen(spread)

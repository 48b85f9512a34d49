"""Viewers: the open dashboards, what each is looking at, and what a change means for it."""

from collections.abc import Awaitable, Callable, Iterable

from nicegui import Client, app, background_tasks, ui
from nicegui.element import Element

from components.kit.calls import call
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
        self,
        client: Client,
        actor: Actor,
        *,
        on_gone: Callable[[Problem], None],
        on_member: Callable[[Member], None],
        on_named: Callable[[], Awaitable[None]],
    ) -> None:
        self.client = client
        self.actor = actor
        self.permission = Permission.ORGANIZATION_VIEW
        self.email = ''
        self.member: Member | None = None
        self.connected = False
        self.ended = False
        self.named = ''
        """The organization that the frame names; around a screen of the person, it is live by itself."""
        self._on_gone, self._on_member, self._on_named = on_gone, on_member, on_named
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
            tell_presence(before, after)

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
        here = (self.member.organization_id if self.member else self.named) == change.organization_id
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
                try:
                    await self._apply(change)
                except Exception as error:  # a defect: what waits behind it is not to blame
                    app.handle_exception(error)
        finally:
            self._working = False

    async def _apply(self, change: Change) -> None:
        if self._is_nothing_here(change):
            return
        try:
            if self.member is None and change.organization_id == self.named and change.topic in STANDING:
                await self._on_named()
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


def spread_here(change: Change) -> None:
    """Bring a change to the open dashboards that it concerns; on the event loop."""
    for viewer in list(viewers.values()):
        if viewer.concerns(change):
            viewer.receive(change)


def tell_presence(*organization_ids: str | None) -> None:
    """Say that somebody has come to or gone from these organizations."""
    for organization_id in organization_ids:
        if organization_id:
            spread_here(Change(organization_id, Topic.PRESENCE))

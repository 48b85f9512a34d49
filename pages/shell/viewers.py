"""Viewers: the open dashboards, what each is looking at, and what a change means for it."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from nicegui import Client, app, background_tasks, ui
from nicegui.element import Element

from components.kit.calls import call
from data.changes import ACCOUNT, Change
from data.database import Actor
from data.permissions import Member, Permission
from data.problems import Forbidden, NotFound, Problem, SignedOut
from data.services.audit import Topic
from pages.shell import pictures
from pages.shell.pictures import Read, RowGone
from pages.shell.presence import face, seen_at
from pages.shell.watches import OwnWatch, Refresh, Subject, Watch, drawn

CardRefresh = Callable[[Change], Awaitable[None]]

ANSWER = 0.001
"""Seconds until anybody looks at what has been written: at once would hold up the answer to whoever wrote it."""

STANDING = {Topic.ORGANIZATION, Topic.MEMBER}
"""What may change who sees what: every screen of the organization asks anew, whatever it shows."""


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
        self._own: list[OwnWatch] = []
        self._pending: dict[tuple[str, str], Change] = {}
        self._working = False
        self._standing: Change | None = None

    def show(self, member: Member | None, permission: Permission = Permission.ORGANIZATION_VIEW) -> None:
        """Another screen begins: what the one before watched is forgotten."""
        before = seen_at(self.member)
        self.member, self.permission, self._standing = member, permission, None
        self.forget()
        after = seen_at(member)
        if member:
            self.email = member.email
        if self.connected and before != after:
            tell_presence(before, after)

    def _know(self, member: Member) -> None:
        """Whoever looks, as they are now; the faces that others see are by name."""
        before, self.member, self.email = self.member, member, member.email
        if self.connected and before and face(before) != face(member):
            tell_presence(member.organization_id)

    def forget(self) -> None:
        """Watch nothing any more."""
        self._watched = {}
        self._elsewhere, self._lists, self._own = None, _nothing, []

    def watch_own(self, refresh: Callable[[Any], Awaitable[None] | None], read: Callable[[Actor], Any]) -> None:
        """Call `refresh` with what `read` reads of the person's account, whenever something of that has changed."""
        self._own.append(OwnWatch(ui.context.slot.parent, refresh, read))

    def watch(self, topics: Iterable[Topic], refresh: Refresh, subject: Subject = '', read: Read | None = None) -> None:
        """Call `refresh(member, change)` when one of these changes in the organization on screen.

        With a `subject`, the id of a row, only where the change is about that row or may be. With `read`, what that
        reads comes third.
        """
        for topic in topics:
            kept = [it for it in self._watched.get(topic, ()) if not it.place.is_deleted]  # dialogs come and go
            self._watched[topic] = [*kept, Watch(ui.context.slot.parent, subject, refresh, read)]

    def watch_cards(self, refresh: CardRefresh, lists: Callable[[str], bool]) -> None:
        """Call `refresh(change)` for changes in the organizations that the screen `lists`, by their ids."""
        self._elsewhere = ui.context.slot.parent, refresh
        self._lists = lists

    def concerns(self, change: Change) -> bool:
        """Whether this dashboard shows something of what changed."""
        if self.ended or change.topic == ACCOUNT:
            return not self.ended and self.actor.user_id in change.users
        here = (self.member.organization_id if self.member else self.named) == change.organization_id
        return here or self._lists(change.organization_id) or self.actor.user_id in change.users

    @property
    def has_left(self) -> bool:
        """Whether this person's standing in the organization on screen was last changed by themselves."""
        return self._standing is not None and self._standing.by == self.email

    def receive(self, change: Change) -> None:
        """Take in a change, if it concerns what is shown; many at once are worked off in turn, each topic once.

        Where the browser has gone, or is not there yet, it waits: nobody looks.
        """
        if not self.concerns(change) or (change.topic == Topic.PRESENCE and self.member and not self.connected):
            return  # who comes back is told who is here anyway
        if self.member and self.member.organization_id == change.organization_id and self.actor.user_id in change.users:
            self._standing = change  # of whichever topic it is that then can't be read
        key = change.organization_id, change.topic
        self._pending[key] = self._pending[key].joined(change) if key in self._pending else change
        self.catch_up(0 if change.topic == Topic.PRESENCE else ANSWER)

    def catch_up(self, wait: float = 0) -> None:
        """Work off what is pending, for whoever looks, in so many seconds."""
        if self.connected and self._pending and not self._working:
            self._working = True
            background_tasks.create(self._work(wait), name='live', context=self.client)

    async def _work(self, wait: float) -> None:
        try:
            if wait:
                await asyncio.sleep(wait)
            while self._pending and self.connected:
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
            if change.topic == ACCOUNT or (self.member is None and change.topic in STANDING):
                for own in list(self._own):
                    await own.draw(self.actor)
            if change.topic == ACCOUNT:
                return
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
        if change.topic == ACCOUNT:
            return not self._own
        if self._elsewhere and change.topic != Topic.AUDIT:  # a refusal changes nothing but the record
            return False
        return change.topic not in STANDING and not self._watches(change)

    async def _refresh(self, member: Member, change: Change) -> None:
        watches, screen, standing = self._watches(change), self._watched, self._standing
        data: list[Any] = [None] * len(watches)
        if change.topic != Topic.PRESENCE:  # presence is not read from the database
            try:
                picture = await call(pictures.of_parts, member, self.permission, [watch.read for watch in watches])
            except Problem:
                if self._watched is screen:
                    raise
                return  # another screen has come meanwhile: this is not about it
            if self._watched is not screen or picture.member is None:
                return
            if picture.problem and not (member.kept_out and picture.member.kept_out):  # that is said on the screen
                raise picture.problem
            data = picture.data or data
            self._know(picture.member)
            if self._standing is standing:
                self._standing = None  # whoever changed it then, this person is still a member
            self._on_member(picture.member)
        for watch, read in zip(watches, data, strict=True):
            try:
                await watch.draw(self.member or member, change, read)
            except NotFound as problem:
                raise RowGone(str(problem)) from problem


viewers: dict[str, Viewer] = {}
"""By client id, as long as the client lives."""


_gathering: list[list[Change]] = []


@contextmanager
def gathering() -> Iterator[list[Change]]:
    """What changes meanwhile: a screen that is being read and built cannot watch it yet."""
    changes: list[Change] = []
    _gathering.append(changes)
    try:
        yield changes
    finally:
        _gathering[:] = [others for others in _gathering if others is not changes]


def may_be_refused(organization_id: str | None, missed: Iterable[Change]) -> bool:
    """Whether something has changed meanwhile that decides who may see what of this organization."""
    return any(change.organization_id == organization_id and change.topic in STANDING for change in missed)


def spread_here(change: Change) -> None:
    """Bring a change to the open dashboards that it concerns; on the event loop."""
    if change.topic != Topic.PRESENCE:  # who is here is known here, and never late
        for changes in _gathering:
            changes.append(change)
    for viewer in list(viewers.values()):
        viewer.receive(change)


def tell_presence(*organization_ids: str | None) -> None:
    """Say that somebody has come to or gone from these organizations."""
    for organization_id in organization_ids:
        if organization_id:
            spread_here(Change(organization_id, Topic.PRESENCE))

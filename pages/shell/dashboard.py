"""The dashboard: one client with sidebar, switcher and user menu, whose content is the screen in the path."""

import asyncio
import time
from functools import partial

from fastapi import Request, Response
from fastapi.responses import RedirectResponse
from nicegui import Client, background_tasks, json, ui

from components.calls import call
from components.dialog import confirm
from components.frame import Frame, Item
from components.text import heading, hint
from data.database import Actor
from data.logs import log
from data.permissions import Member, Permission
from data.problems import Forbidden, NotFound, Problem, SignedOut
from data.services import members, organizations
from pages import door, errors, live
from pages.door import SCREENS, Bookmark, Screen
from pages.organizations import picker

SEEN_EVERY = 60
"""Seconds between two notes that somebody is here."""

LATER = 1
"""Seconds until it is noted: the screen comes first, and does not share the processor with it."""


@ui.page('/organizations', response_timeout=door.PATIENCE)
@ui.page('/organizations/{_:path}', response_timeout=door.PATIENCE)
async def dashboard(request: Request, client: Client) -> Response | None:
    """Every screen of the signed-in, on first request; from there on the dashboard changes screens by itself."""
    actor = await door.actor_of(request)
    if actor is None:
        return door.to_sign_in(request)
    shell = Shell(client, actor, Bookmark())
    await shell.screens.settled()
    if shell.turned_away:
        path, request.session['notice'] = shell.turned_away
        return RedirectResponse(path, 303)
    if notice := request.session.pop('notice', None):
        ui.notify(notice)
    return None


class Screens(ui.sub_pages):
    """The content of the dashboard. Knows when its screen is built, and asks before what was typed is lost."""

    def __init__(self, shell: 'Shell') -> None:
        self._shell = shell
        routes = {'/organizations': shell.show_picker}
        routes |= {'/organizations/{organization_id}' + path: partial(shell.show, it) for path, it in SCREENS.items()}
        super().__init__(routes)

    async def settled(self) -> None:
        """Wait for the screen that is being built, so that it is part of the first response."""
        while self._active_tasks:
            await asyncio.wait(set(self._active_tasks))

    def _show(self) -> None:
        if not self._shell.holds_back(self._router.current_path):
            super()._show()

    def _render_404(self) -> None:
        self._shell.no_such_screen()

    def _render_error(self, exception: Exception) -> None:
        errors.gone_wrong(exception)


class Shell:
    """One open dashboard: its frame, its screens, and whoever is looking at them."""

    def __init__(self, client: Client, actor: Actor, bookmark: Bookmark) -> None:
        self.client, self.actor, self.bookmark = client, actor, bookmark
        self.path = client.sub_pages_router.current_path
        self.screen: Screen | None = None
        self.turned_away: tuple[str, str] | None = None
        self._seen: dict[str, float] = {}
        self.viewer = live.Viewer(client, actor, self._lose, self._place)
        live.register(self.viewer)
        ui.on_exception(errors.toast)
        self.frame = Frame(
            theme=bookmark.theme,
            items=[Item(screen.path, screen.title, screen.icon) for screen in SCREENS.values()],
            choices=partial(call, organizations.names, actor),
            on_switch=lambda organization_id: ui.navigate.to(f'/organizations/{organization_id}'),
            on_theme=partial(setattr, bookmark, 'theme'),
        )
        with self.frame.content:
            self.screens = Screens(self)

    # screens ---------------------------------------------------------------------------------------------------------

    async def show(self, screen: Screen, organization_id: str) -> None:
        """Build a screen of an organization, for whoever may see it."""
        try:
            member = await self._enter(screen, organization_id)
            if member is not None:
                await screen.build(member)
        except SignedOut:
            self._sign_in()
        except NotFound:
            await self._turn_away(door.NO_ACCESS)
        except Exception as error:
            self._give_up(error)

    def _give_up(self, error: Exception) -> None:
        """Half a screen is worse than none."""
        self.screens.clear()
        with self.screens:
            errors.gone_wrong(error)

    async def _enter(self, screen: Screen, organization_id: str) -> Member | None:
        self._arrive()
        try:
            member, why = await door.enter(self.actor, organization_id, screen.permission), None
        except Forbidden as problem:
            member, why = await door.enter(self.actor, organization_id, Permission.ORGANIZATION_VIEW), str(problem)
        self.bookmark.organization_id = member.organization_id
        self.viewer.show(member, screen.permission if why is None else Permission.ORGANIZATION_VIEW)
        self.screen = screen
        self._place(member)
        self._note_seen(member)
        if why is None:
            return member
        heading(screen.title)
        hint(why)
        return None

    async def show_picker(self) -> None:
        """Build the list of all organizations."""
        self._arrive()
        self.viewer.show(None)
        self.screen = None
        try:
            last = self.frame.organization_id or await self._place_last()
            self.frame.mark('picker')
            ui.page_title('Organizations · Botcadence')
            await picker(self.actor, last)
        except SignedOut:
            self._sign_in()
        except Exception as error:
            self._give_up(error)

    async def _place_last(self) -> str:
        """Say in the frame where this person was last, before they are anywhere; the id, '' where they are nowhere."""
        last = await call(organizations.latest_of, self.actor, self.bookmark.organization_id)
        if last:
            self._place(await door.enter(self.actor, last, Permission.ORGANIZATION_VIEW))
        return last or ''

    def _arrive(self) -> None:
        self.path = self.client.sub_pages_router.current_path
        self.viewer.forget()

    def no_such_screen(self) -> None:
        """Say so, with no entry of the menu marked."""
        self._arrive()
        self.screen = None
        self.frame.mark(None)
        ui.page_title('Not found · Botcadence')
        errors.no_such_screen()

    def _place(self, member: Member) -> None:
        """Say in the frame and in the title where one is."""
        organization = member.organization
        self.frame.sign(member.email)
        self.frame.place(organization.id, organization.name, member.role.label, self.screen and self.screen.path)
        if self.screen:
            with self.client:
                ui.page_title(f'{self.screen.title} · {organization.name} · Botcadence')

    def _note_seen(self, member: Member) -> None:
        now = time.monotonic()
        if now - self._seen.get(member.organization_id, -SEEN_EVERY) >= SEEN_EVERY:
            self._seen[member.organization_id] = now
            background_tasks.create(_touch(member), name='seen')

    # ways out --------------------------------------------------------------------------------------------------------

    def _sign_in(self) -> None:
        if self.client.has_socket_connection:
            self.client.open('/sign-in')
        else:
            self.turned_away = '/sign-in', 'You are signed out. Sign in to go on.'

    async def _turn_away(self, sentence: str) -> None:
        path = await door.home(self.actor, self.bookmark)
        if not self.client.has_socket_connection:
            self.turned_away = path, sentence
            return
        ui.notify(sentence)
        ui.navigate.to(path)

    def _lose(self, problem: Problem) -> None:
        """Something changed, and this person may no longer see what is on screen."""
        with self.client.content:
            if isinstance(problem, SignedOut):
                self._sign_in()
            elif isinstance(problem, Forbidden):
                ui.notify(str(problem))
                self.screens.refresh()
            else:
                self._discard_typed()
                name = self.viewer.member.organization.name if self.viewer.member else 'this organization'
                gone = f'You no longer have access to {name}.'
                background_tasks.create(self._turn_away(gone), name='turn away', context=self.client.content)

    # unsaved ---------------------------------------------------------------------------------------------------------

    def _typed(self) -> bool:
        return any(element.props.get('data-unsaved') for element in self.client.elements.values())

    def _discard_typed(self) -> None:
        for element in self.client.elements.values():
            element.props.pop('data-unsaved', None)

    def holds_back(self, path: str) -> bool:
        """Whether going to `path` would lose what was typed; then the person is asked, and the screen stays so far."""
        if path == self.path or not self._typed():
            return False
        self.client.sub_pages_router.current_path = self.path
        background_tasks.create(self._ask(path), name='unsaved', context=self.client.content)
        return True

    async def _ask(self, path: str) -> None:
        self.client.run_javascript(f'keepAddress({json.dumps(self.path)})')  # the Back button has already changed it
        if await confirm('Leave without saving?', 'What you typed here is not saved yet.', action='Leave'):
            self._discard_typed()
            ui.navigate.to(path)
        elif self.viewer.member:
            self._place(self.viewer.member)


async def _touch(member: Member) -> None:
    await asyncio.sleep(LATER)
    try:
        await call(members.touch, member)
    except Problem as problem:  # knowing when somebody was last here is not worth an error
        log.info('not noted as seen', reason=str(problem))

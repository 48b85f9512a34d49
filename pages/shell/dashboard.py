"""The dashboard: one client with sidebar, switcher and user menu, whose content is the screen in the path."""

import asyncio
import time
from dataclasses import replace
from functools import partial

from fastapi import Request, Response
from fastapi.responses import RedirectResponse
from nicegui import Client, background_tasks, json, ui

from components.kit.calls import call
from components.kit.dialog import confirm
from components.kit.frame import Frame, Item
from components.kit.text import heading, hint
from data.database import Actor
from data.permissions import Member, Permission
from data.problems import Forbidden, NotFound, Problem, SignedOut
from data.runtime.logs import log
from data.services import members, organizations
from pages.shell import access, errors, live
from pages.shell.access import Bookmark
from pages.shell.routing import Screens
from pages.shell.screens import SCREENS, Menu, Screen, roots

SEEN_EVERY = 60
"""Seconds between two notes that somebody is here."""

LATER = 1
"""Seconds until it is noted: the screen comes first, and does not share the processor with it."""


def register() -> None:
    """Let the dashboard answer wherever a screen is; the screens are registered before."""
    for root in roots():
        for path in (f'/{root}', f'/{root}/{{_:path}}'):
            ui.page(path, response_timeout=access.PATIENCE)(dashboard)


async def dashboard(request: Request, client: Client) -> Response | None:
    """Every screen of the signed-in, on first request; from there on the dashboard changes screens by itself."""
    actor = await access.actor_of(request)
    if actor is None:
        return access.to_sign_in(request)
    shell = Shell(client, actor, Bookmark())
    await shell.screens.settled()
    if shell.turned_away:
        path, request.session['notice'] = shell.turned_away
        return RedirectResponse(path, 303)
    if notice := request.session.pop('notice', None):
        ui.notify(notice)
    return None


class Shell:
    """One open dashboard: its frame, its screens, and whoever is looking at them."""

    def __init__(self, client: Client, actor: Actor, bookmark: Bookmark) -> None:
        self.client, self.actor, self.bookmark = client, actor, bookmark
        self.path = client.sub_pages_router.current_path
        self.screen: Screen | None = None
        self.ids: dict[str, str] = {}
        self.turned_away: tuple[str, str] | None = None
        self._seen: dict[str, float] = {}
        self.viewer = live.Viewer(client, actor, self._lose, self._place)
        live.register(self.viewer)
        ui.on_exception(errors.toast)
        self.frame = Frame(
            theme=bookmark.theme,
            menus={menu: entries(menu) for menu in Menu},
            choices=partial(call, organizations.names, actor),
            on_switch=lambda organization_id: ui.navigate.to(f'/organizations/{organization_id}'),
            on_theme=partial(setattr, bookmark, 'theme'),
        )
        with self.frame.content:
            self.screens = Screens(self)

    # screens ---------------------------------------------------------------------------------------------------------

    async def show(self, screen: Screen, ids: dict[str, str]) -> None:
        """Build a screen, for whoever may see it."""
        self._arrive(screen, ids)
        try:
            with ui.element('div').classes('screen'):  # goes with the screen: whoever draws too late can see that
                if screen.permission is None:
                    await self._show_own(screen)
                else:
                    await self._show_of_organization(screen, screen.permission)
        except SignedOut:
            self._sign_in()
        except NotFound:
            await self._turn_away(access.NO_ACCESS)
        except Exception as error:
            self._give_up(error)

    def _arrive(self, screen: Screen | None, ids: dict[str, str]) -> None:
        self.path = self.client.sub_pages_router.current_path
        self.screen, self.ids = screen, ids
        self.viewer.forget()

    async def _show_of_organization(self, screen: Screen, permission: Permission) -> None:
        organization_id, why = self.ids['organization_id'], ''
        try:
            member = await access.enter(self.actor, organization_id, permission)
        except Forbidden as problem:
            permission, why = Permission.ORGANIZATION_VIEW, str(problem)
            member = await access.enter(self.actor, organization_id, permission)
        self.bookmark.organization_id = member.organization_id
        self.viewer.show(member, permission)
        self._place(member)
        self._note_seen(member)
        if why:
            heading(screen.title)
            hint(why)
        else:
            parameters = {name: value for name, value in self.ids.items() if name != 'organization_id'}
            await self._build(screen, member, parameters)

    async def _build(self, screen: Screen, member: Member, ids: dict[str, str]) -> None:
        """Build what is inside of an organization that is there: what is not found is a row of it."""
        try:
            await screen.build(member, **ids)
        except NotFound as problem:
            self._give_up(problem)

    async def _show_own(self, screen: Screen) -> None:
        """Build a screen of the person, in a frame that says where they were last."""
        self.viewer.show(None)
        if not self.frame.organization_id:
            await self._place_last()
        self.frame.mark(screen.path)
        ui.page_title(f'{screen.title} · Botcadence')
        await screen.build(replace(self.actor, organization_id=self.frame.organization_id), **self.ids)

    async def _place_last(self) -> None:
        last = await call(organizations.latest_of, self.actor, self.bookmark.organization_id)
        if last:
            self._place(await access.enter(self.actor, last, Permission.ORGANIZATION_VIEW))

    def _give_up(self, error: Exception) -> None:
        """Clear what was drawn of the screen so far, and show the error instead."""
        self.screens.clear()
        with self.screens:
            errors.gone_wrong(error)

    def no_such_screen(self) -> None:
        """Say so, with no entry of the menu marked."""
        self._arrive(None, {})
        self.frame.mark(None)
        ui.page_title('Not found · Botcadence')
        errors.no_such_screen()

    def _place(self, member: Member) -> None:
        """Say in the frame and in the title where one is."""
        organization = member.organization
        self.frame.sign(member.email)
        self.frame.place(
            organization.id,
            organization.name,
            member.role.label,
            ids={**self.ids, 'organization_id': organization.id},
            path=self.screen.path if self.screen else None,
        )
        if self.screen and self.screen.permission:
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
        path = await access.home(self.actor, self.bookmark)
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
            elif isinstance(problem, Forbidden | live.RowGone):
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


def entries(menu: Menu) -> list[Item]:
    """The entries of a group of the menu."""
    return [Item(screen.path, screen.title, screen.icon) for screen in SCREENS.values() if screen.menu is menu]


async def _touch(member: Member) -> None:
    await asyncio.sleep(LATER)
    try:
        await call(members.touch, member)
    except Problem as problem:  # knowing when somebody was last here is not worth an error
        log.info('not noted as seen', reason=str(problem))

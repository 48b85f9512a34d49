"""The dashboard: one client with sidebar, switcher and user menu, whose content is the screen in the path."""

from collections.abc import Iterable
from dataclasses import replace
from functools import partial

from fastapi import Request, Response
from fastapi.responses import RedirectResponse
from nicegui import Client, background_tasks, ui

from components.kit.calls import call
from components.kit.frame import Frame
from data.changes import Change
from data.permissions import Member, Permission
from data.problems import Forbidden, NeedsSecondFactor, NotFound, Problem, SignedOut
from pages.shell import access, errors, explaining, framing, live, pictures
from pages.shell.access import Bookmark
from pages.shell.founding import ask_for_new
from pages.shell.frames import Frames
from pages.shell.pictures import Opening, Picture, RowGone
from pages.shell.presence import Presence
from pages.shell.routing import Screens, screen_at
from pages.shell.screens import Menu, Screen, entries, roots, way_back
from pages.shell.unsaved import Unsaved
from pages.shell.viewers import Viewer, gathering, may_be_refused
from pages.shell.way_out import WayOut, why_gone
from pages.shell.whereabouts import Whereabouts

SENT = 0.1
"""Seconds after which a screen is out, and what nobody waits for may begin."""

READ_AGAIN = 4  # times that a screen is read at most where something changes each time; what comes then is live


def register() -> None:
    """Let the dashboard answer wherever a screen is; the screens are registered before."""
    for root in roots():
        for path in (f'/{root}', f'/{root}/{{_:path}}'):
            ui.page(path, response_timeout=access.PATIENCE)(dashboard)


async def dashboard(request: Request, client: Client) -> Response | None:
    """Every screen of the signed-in, on first request; from there on the dashboard changes screens by itself."""
    bookmark, (screen, ids) = Bookmark(), screen_at(client.sub_pages_router.current_path)
    token, network = access.token(request), access.network(request)
    with gathering() as missed:
        opening = await call(pictures.opening, token, network, bookmark.organization_id, screen, ids)
        if opening is None:
            return access.to_sign_in(request)
        is_old = may_be_refused(ids.get('organization_id'), missed)
        shell = Shell(client, replace(opening, picture=None) if is_old else opening, bookmark)
        await shell.settled()
    shell.catch_up(missed)
    if shell.way_out.taken:
        path, request.session['notice'] = shell.way_out.taken
        return RedirectResponse(path, 303)
    if notice := request.session.pop('notice', None):
        ui.notify(notice)
    return None


class Shell:
    """One open dashboard: its frame, its screens, and whoever is looking at them."""

    def __init__(self, client: Client, opening: Opening, bookmark: Bookmark) -> None:
        self.client, self.bookmark = client, bookmark
        self.actor = actor = opening.actor
        self._first = opening.picture
        self.path = client.sub_pages_router.current_path
        self.unsaved = Unsaved(client, at=lambda: self.path, on_stay=self._place_again)
        self.holds_back = self.unsaved.holds_back
        self.way_out = WayOut(client, actor, bookmark)
        self.presence = Presence()
        self.viewer = Viewer(client, actor, on_gone=self._lose, on_member=self._place, on_named=self._place_last)
        live.register(self.viewer)
        ui.on_exception(errors.toast)
        self.frame = Frame(
            theme=bookmark.theme,
            menus={menu: entries(menu) for menu in Menu},
            choices=partial(framing.choices, actor),
            on_switch=lambda organization_id: ui.navigate.to(f'/organizations/{organization_id}'),
            on_new=self._ask_for_new,
            on_theme=bookmark.choose_theme,
            on_account=lambda: ui.navigate.to('/account'),
        )
        self.at = Whereabouts(client, self.frame)
        bookmark.follow_theme(self.frame.show_theme)
        with self.frame.content:
            self.screens = Screens(self, Frames(client))

    async def settled(self) -> None:
        """Wait until there is what the first response shows; around what is no screen, the frame as it was last."""
        await self.screens.settled()
        if self.at.screen is None:
            await self._place_last()

    # screens ---------------------------------------------------------------------------------------------------------

    async def show(self, screen: Screen, ids: dict[str, str]) -> None:
        """Build a screen, for whoever may see it."""
        self._arrive(screen, ids)
        try:
            with gathering() as missed, ui.element('div').classes('screen'):  # whoever draws too late can see that
                picture = await self._picture(screen, ids, missed)
                if screen.permission and picture.member:
                    await self._show_of_organization(screen, screen.permission, picture.member, picture)
                else:
                    await self._show_own(screen, picture)
            self.catch_up(missed)
        except SignedOut:
            self.way_out.sign_in()
        except NotFound:
            await self.way_out.turn_away(access.NO_ACCESS)
        except Exception as error:
            self._give_up(error)
            self._stay()

    def catch_up(self, missed: Iterable[Change]) -> None:
        """Take in what has changed while the screen was read and built."""
        for change in missed:
            self.viewer.receive(change)

    async def _picture(self, screen: Screen, ids: dict[str, str], missed: list[Change]) -> Picture:
        """What a screen shows; for the first one it came with the request. Raises what it raised there.

        It is read again where somebody may see less of it meanwhile.
        """
        first, self._first = self._first, None
        if isinstance(first, Problem):
            raise first
        if first:
            return first
        last = None if self.frame.organization_id else self.bookmark.organization_id
        here = replace(self.actor, organization_id=self.frame.organization_id)
        for _ in range(READ_AGAIN):
            known = len(missed)
            picture = await call(pictures.of_screen, here, screen, ids, last)
            if not may_be_refused(ids.get('organization_id'), missed[known:]):
                break
        return picture

    def _stay(self) -> None:
        """Let the frame lead from where one was: nobody knows what is where the path leads. It can be tried again."""
        self.screens.forget()
        member, at = self.viewer.member, self.at.ids.get('organization_id')
        self._place_again()
        if at and (member is None or member.organization_id != at):
            self.frame.mark(None)
            self.at.title('Could not be shown')

    def _arrive(self, screen: Screen | None, ids: dict[str, str]) -> None:
        self.path = self.client.sub_pages_router.current_path
        self.at.arrive(screen, ids)
        self.viewer.forget()

    async def _show_of_organization(
        self, screen: Screen, permission: Permission, member: Member, picture: Picture
    ) -> None:
        self.bookmark.put(member.organization_id, after=SENT if self.client.has_socket_connection else 0)
        refused = isinstance(picture.problem, Forbidden)
        self.viewer.show(member, Permission.ORGANIZATION_VIEW if refused else permission)
        self.at.enter(picture.project, self.viewer, self._place)
        self._place(member)
        self.presence.note(member)
        if isinstance(picture.problem, Forbidden):
            title = screen.called(is_billed=member.is_billed)
            explaining.explain(screen, title, picture.problem, look_again=self.screens.refresh)
        elif picture.problem:
            self._lack(screen, member, picture.problem)
        else:
            ids = {name: value for name, value in self.at.ids.items() if name != 'organization_id'}
            try:
                await screen.draw(member, picture.data, ids)
            except NotFound as gone:  # the organization is there: it is a row of it
                self._lack(screen, member, gone)

    async def _show_own(self, screen: Screen, picture: Picture) -> None:
        """Build a screen of the person, in a frame that says where they were last."""
        self.viewer.show(None)
        self.at.place_person(screen)
        if picture.member:
            self._place(picture.member)
        await screen.draw(replace(self.actor, organization_id=self.frame.organization_id), picture.data, self.at.ids)

    async def _place_last(self) -> None:
        """Say in the frame around a screen of the person where they were last, as that is now."""
        preferred = self.frame.organization_id or self.bookmark.organization_id
        member = await call(pictures.latest, self.actor, preferred)
        if member and self.viewer.member is None:  # else a screen of another organization has come meanwhile
            self._place(member)

    def _give_up(self, error: Exception) -> None:
        """Clear what was drawn of the screen so far, and show the error instead."""
        self.screens.clear()
        with self.screens:
            errors.gone_wrong(error)

    def _lack(self, screen: Screen, member: Member, problem: Problem) -> None:
        """Say that what the screen is about is not there, and where one may look for it."""
        self.at.lose()
        self._place(member)
        self.screens.clear()
        with self.screens:
            ids = self.at.known(member.organization_id)
            errors.row_gone(problem, way_back(screen, ids, is_billed=member.is_billed))

    def no_such_screen(self) -> None:
        """Say so, with no entry of the menu marked."""
        self._arrive(None, {})
        self.at.lose()
        errors.no_such_screen()

    def _place(self, member: Member) -> None:
        """Say in the frame and in the title where one is."""
        self.viewer.named = member.organization_id
        self.at.place(member)

    def _ask_for_new(self) -> None:
        with self.client.content:
            ask_for_new(self.actor)

    def _place_again(self) -> None:
        if self.viewer.member:
            self._place(self.viewer.member)

    # ways out --------------------------------------------------------------------------------------------------------

    def _lose(self, problem: Problem) -> None:
        """Something changed, and this person may no longer see what is on screen."""
        with self.client.content:
            if isinstance(problem, SignedOut):
                self.way_out.sign_in()
            elif isinstance(problem, Forbidden | RowGone):
                if not isinstance(problem, NeedsSecondFactor):  # the screen says it
                    ui.notify(str(problem))
                self.screens.refresh()
            else:
                self.unsaved.discard()
                gone = why_gone(self.viewer.member, self.viewer.has_left)
                background_tasks.create(self.way_out.turn_away(gone), name='turn away', context=self.client.content)

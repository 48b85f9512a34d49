"""Whereabouts: what the frame and the title of the window say of where one is, and what that is called now."""

from collections.abc import Callable
from functools import partial

from nicegui import Client, ui

from components.kit.frame import Frame
from data.changes import Change
from data.models import Project
from data.permissions import Member
from data.services.audit import Topic
from pages.shell import pictures
from pages.shell.framing import is_of_organization, show_banner
from pages.shell.screens import Screen, billed_titles, entry_of
from pages.shell.viewers import Viewer

NOT_HERE = 'Not found'
"""What the title says where nothing is, or not any more."""


class Whereabouts:
    """Where one open dashboard is: the screen, the ids in its path, and the project that it is about, None for none."""

    def __init__(self, client: Client, frame: Frame) -> None:
        self._client, self._frame = client, frame
        self.screen: Screen | None = None
        self.ids: dict[str, str] = {}
        self.project: Project | None = None
        self._is_lost = False

    def arrive(self, screen: Screen | None, ids: dict[str, str]) -> None:
        """Somebody is on their way to a screen, None for what is none; the frame says so once that is there."""
        self.screen, self.ids, self._is_lost = screen, ids, False
        at = self.project
        if at and (at.organization_id, at.id) != (ids.get('organization_id'), ids.get('project_id')):
            self.project = None
        if not is_of_organization(screen):
            self._frame.banner.hide()

    def enter(self, project: Project | None, viewer: Viewer, place: Callable[[Member], None]) -> None:
        """Stand in this project as it was read with the screen; `place` is called whenever that is called otherwise."""
        self.project = project

        def follow(member: Member, _: Change, now: Project) -> None:
            self.project = now
            place(member)

        if project:
            with self._frame.content:  # whatever becomes of the screen
                viewer.watch([Topic.PROJECT], follow, project.id, partial(pictures.project, project_id=project.id))

    def place(self, member: Member) -> None:
        """Say where a member is."""
        organization, project, screen = member.organization, self.project, self.screen
        self._frame.sign(member.name, member.email)
        self._frame.tell_dates(member.language, member.time_zone)
        self._frame.name_entries(billed_titles(is_billed=member.is_billed))
        self._frame.place(
            organization.id,
            organization.name,
            member.role.label,
            project=project.name if project else '',
            ids=self.known(organization.id),
            path=entry_of(screen) if screen and not self._is_lost else None,
        )
        if screen and screen.permission:
            show_banner(self._frame.banner, member)
            names = [project.name] if project else []
            self.title(
                NOT_HERE if self._is_lost else screen.called(is_billed=member.is_billed), *names, organization.name
            )

    def known(self, organization_id: str) -> dict[str, str]:
        """The ids in the path, as far as there is something to which they lead in this organization."""
        here = {'organization_id': organization_id}
        if self.ids.get('organization_id', organization_id) != organization_id:
            return here  # they are of another organization
        return {name: value for name, value in self.ids.items() if name != 'project_id' or self.project} | here

    def place_person(self, screen: Screen) -> None:
        """Say that somebody is at a screen of their own, in the organization where they were, and in no project."""
        self._frame.step_out(screen.path)
        self.title(screen.title)

    def lose(self) -> None:
        """Say that nothing is here."""
        self._is_lost = True
        if not is_of_organization(self.screen):
            self._frame.step_out(None)
            self.title(NOT_HERE)

    def title(self, *words: str) -> None:
        """Set the title of the window, where it is another one."""
        title = ' · '.join([*words, 'Botcadence'])
        if self._client.title != title:
            with self._client:
                ui.page_title(title)

"""A project's own screen: where it stands, who made it, what it uses, what it is called, and how it ends."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from components.kit.card import Card, screen_head
from components.kit.note import Note
from components.kit.status import Standing
from data.changes import Change
from data.models import Project, ProjectStatus
from data.permissions import STATUS_RULES, Member, Permission
from data.services import projects
from data.services.audit import Topic
from data.services.projects import PROJECT_RULES, ProjectView
from pages.projects.about import about_card, visible_messages
from pages.projects.ending import danger_card, restore
from pages.projects.figures import Goings, figures_card, goings
from pages.projects.naming import project_card
from pages.shell import live
from pages.shell.screens import ORGANIZATION, Menu, org_page

RESTS = 'Nothing can be changed in it while the organization is'
NOT_DESCRIBED = 'What this project is for is not described yet.'


@dataclass(frozen=True)
class Picture:
    """All that the screen shows; `messages` is None for those who may not see what is used."""

    view: ProjectView
    goings: Goings
    messages: int | None


def picture(member: Member, project_id: str) -> Picture:
    """What there is to show, as this member may see it. Raises NotFound."""
    view = projects.get(member, project_id)
    return Picture(view, goings(member, project_id), visible_messages(member, project_id))


@org_page(
    '/projects/{project_id}',
    title='Overview',
    icon='layout-dashboard',
    menu=Menu.PROJECT,
    permission=Permission.ORGANIZATION_VIEW,
    load=picture,
)
def project_overview(member: Member, picture: Picture, project_id: str) -> None:
    """What goes on in the project, where it stands, who made it, what it is called, how it ends; all of it live."""
    at_top = head(member)
    figures_card(member, project_id, picture.goings)
    parts = [
        at_top,
        status_card(project_id),
        about_card(project_id, picture.messages),
        project_card(member, picture.view),
        danger_card(project_id),
    ]

    def draw(now: Member, change: Change | None, view: ProjectView) -> None:
        for part in parts:
            part(now, change, view)

    draw(member, None, picture.view)
    read = partial(projects.get, project_id=project_id)
    live.watch(Topic.PROJECT, subject=project_id, read=read)(draw)
    live.watch(Topic.ORGANIZATION, Topic.MEMBER, read=read)(draw)


Draw = Callable[[Member, Change | None, ProjectView], None]
"""Draws a part of the screen for whoever looks, with the change that it is drawn anew for."""


def head(member: Member) -> Draw:
    """Name and description, and above them the way to all projects."""
    way = ORGANIZATION.format(organization_id=member.organization_id) + '/projects'
    part = screen_head('', '', way=('All projects', way))

    def draw(_: Member, __: Change | None, view: ProjectView) -> None:
        part.tell(title=view.project.name, hint=view.project.description or NOT_DESCRIBED)

    return draw


def status_card(project_id: str) -> Draw:
    """Whether it works, since when it does not, and the way back as long as there is one."""
    with Card('Status', hint='Whether this project works.'):
        standing = Standing()
        note = Note(lambda: restore(latest, project_id))
    latest: Member

    def draw(now: Member, _: Change | None, view: ProjectView) -> None:
        nonlocal latest
        latest = now
        show_status(standing, view.project, now)
        if view.erased_at:
            label = 'Restore project' if now.may(Permission.PROJECT_EDIT) else ''
            note.show_moment('It can be restored until', view.erased_at, label)
        else:
            note.show('')

    return draw


def show_status(standing: Standing, project: Project, member: Member) -> None:
    """Put a project's status into words; of one that works nobody asks since when, nor where the organization rests."""
    rule, of_all = PROJECT_RULES[project.status], STATUS_RULES[member.organization.status]
    is_active = project.status is ProjectStatus.ACTIVE
    rests = is_active and Permission.PROJECT_EDIT not in of_all.others
    meaning = f'{RESTS} {of_all.word.lower()}.' if rests else rule.meaning
    standing.show(rule.word, rule.tone, None if is_active else project.status_since, meaning, '')

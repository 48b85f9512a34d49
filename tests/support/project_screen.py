"""The screen of a project, as whoever visits it sees it."""

from collections.abc import Awaitable, Callable

from components.kit.part import Part
from components.kit.switcher import Switcher
from data.models import Project, Role
from tests.support.visitors import Visitor
from tests.support.world import World, email_of

Visit = Callable[..., Awaitable[Visitor]]

NO_EDIT = 'Only Owners, Admins and Members can create, change or delete projects and what is in them. You are a Viewer.'
BUTTONS = {'Archive project', 'Take out of the archive', 'Delete project', 'Restore project', 'Save project'}


async def at_project(visit: Visit, world: World, project: Project, role: Role = Role.MEMBER) -> Visitor:
    """A project's screen, opened by whoever has this role."""
    visitor = await visit(email_of(world.of(role)))
    await visitor.open(path_of(world, project.id))
    await visitor.sees('All projects', project.name)
    return visitor


def path_of(world: World, project_id: str) -> str:
    """Where the screen of a project is."""
    return f'/organizations/{world.organization_id}/projects/{project_id}'


def head_of(visitor: Visitor) -> tuple[str, str]:
    """Title and sentence of the screen, '' while there is none."""
    heads = [it for it in visitor._elements() if isinstance(it, Part) and it.props['kind'] == 'head']
    return (heads[0].props['title'], heads[0].props['hint']) if heads else ('', '')


def named(visitor: Visitor) -> tuple[str, str, str]:
    """What the project is called on screen, in the switcher, and in the title of the window."""
    [switcher] = [it for it in visitor._elements() if isinstance(it, Switcher)]
    return head_of(visitor)[0], switcher.props['project'], visitor.title


def is_named(visitor: Visitor, name: str) -> bool:
    """Whether it is called so everywhere."""
    return named(visitor) == (name, name, f'Overview · {name} · Acme · Botcadence')


def buttons(visitor: Visitor) -> set[str]:
    """What the screen offers."""
    return BUTTONS & set(visitor.shown.split('\n'))

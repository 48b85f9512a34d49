"""The knowledge of a project: its files, its written answers, and what would be found for a question."""

from dataclasses import dataclass

from components.kit.card import screen_head
from data.models import SourceKind
from data.permissions import Member, Permission
from data.services import sources
from data.services.sources import Sources
from pages.knowledge import source, uploading  # they register a screen and a route
from pages.knowledge.answers import AnswersCard
from pages.knowledge.files import FilesCard
from pages.knowledge.probe import ProbeCard
from pages.shell.screens import Menu, org_page

HINT = 'What the agent of this project answers from. What is not in here, it doesn’t know.'


@dataclass(frozen=True)
class Picture:
    """What the screen begins with."""

    files: Sources
    answers: Sources


def picture(member: Member, project_id: str) -> Picture:
    """The first files and written answers. Raises NotFound."""
    files = sources.portion(member, project_id, SourceKind.FILE)
    return Picture(files, sources.portion(member, project_id, SourceKind.ANSWER))


@org_page(
    '/projects/{project_id}/knowledge',
    title='Knowledge',
    icon='book-open',
    menu=Menu.PROJECT,
    permission=Permission.ORGANIZATION_VIEW,
    load=picture,
)
def knowledge(member: Member, picture: Picture, project_id: str) -> None:
    """Files, written answers, and what would be found, all of it live."""
    screen_head('Knowledge', HINT)
    FilesCard(member, project_id).draw(picture.files)
    AnswersCard(member, project_id).draw(picture.answers)
    ProbeCard(member, project_id).draw()

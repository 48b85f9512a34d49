"""How a project ends, for a while or for good, and how it comes back."""

from collections.abc import Callable

from components.kit.calls import call, told
from components.kit.card import Card
from components.kit.dialog import confirm
from components.kit.note import Note
from data import clock
from data.changes import Change
from data.inputs import moments, texts
from data.models import ProjectStatus
from data.permissions import Member, Permission
from data.services import projects
from data.services.projects import KEPT, ProjectView

PUT_AWAY = 'Put it away for a while: it answers nobody and counts nothing, and all of it stays.', 'Archive project'
PUT_BACK = 'It is put away. Taken out of the archive, it works again as it did before.', 'Take out of the archive'
DELETE = f'Once deleted, it can be restored for {KEPT.days} days. Then it is gone for good.'
GOES = (
    'From now on {name} answers nobody and counts nothing. Until {until} it can be restored on this screen. Then it is '
    'gone for good, with its name, its description and everything in it. What it has used stays in the usage of this '
    'organization, and what was done in it on the record.'
)


def danger_card(project_id: str) -> Callable[[Member, Change | None, ProjectView], None]:
    """Archiving and deleting; for those who may not, why, and nothing while the project is being deleted."""
    latest: Member
    latest_view: ProjectView
    with Card('Danger zone', hint='Put it away, or delete it with everything in it.').classes('danger') as card:
        archiving = Note(lambda: put_away_or_back(latest, latest_view))
        deleting = Note(lambda: ask_to_delete(latest, project_id), look='button-danger')

    def draw(now: Member, _: Change | None, view: ProjectView) -> None:
        nonlocal latest, latest_view
        latest, latest_view = now, view
        status, refused = view.project.status, now.refused(Permission.PROJECT_EDIT)
        card.set_visibility(status is not ProjectStatus.DELETING)
        if refused or status is ProjectStatus.DELETING:  # a button that is only hidden would keep the focus
            archiving.show(refused or '')
            deleting.show('')
        else:
            archiving.show(*(PUT_BACK if status is ProjectStatus.ARCHIVED else PUT_AWAY))
            deleting.show(DELETE, 'Delete project')

    return draw


async def put_away_or_back(member: Member, view: ProjectView) -> None:
    """Archive a project, after a question, or take it out of the archive, without one."""
    is_archived = view.project.status is ProjectStatus.ARCHIVED
    await (reopen if is_archived else ask_to_archive)(member, view.project.id)


@told
async def reopen(member: Member, project_id: str) -> None:
    """Take a project out of the archive."""
    await call(projects.reopen, member, project_id)


@told
async def ask_to_archive(member: Member, project_id: str) -> None:
    """Archive a project, after a question."""
    sentence = 'It answers nobody and counts nothing until somebody takes it out of the archive.'
    if await confirm('Archive this project?', sentence, action='Archive project', danger=False):
        await call(projects.archive, member, project_id)


@told
async def ask_to_delete(member: Member, project_id: str) -> None:
    """Delete a project, after its name is typed: what it is called now."""
    name = (await call(projects.get, member, project_id)).project.name
    until = moments.in_words(clock.now() + KEPT, language=member.language, zone=member.time_zone)
    if await confirm(
        'Delete this project?',
        GOES,
        action='Delete project',
        typed=name,
        alike=texts.plain_key,
        name=name,
        until=until,
    ):
        await call(projects.delete, member, project_id, name)


@told
async def restore(member: Member, project_id: str) -> None:
    """Bring a project back that is being deleted."""
    await call(projects.restore, member, project_id)

"""What a project is called and what it is for."""

from collections.abc import Callable

from components.kit.card import Card
from components.kit.choice import OPTIONAL
from components.kit.fields import Values
from components.kit.form import Form
from components.kit.saved import Saved
from data.changes import Change
from data.models import Project, ProjectStatus
from data.permissions import Member, Permission
from data.services import projects
from data.services.projects import ProjectView
from pages.shell.words import saved_meanwhile

ENDING = 'This project is being deleted. Restore it first.'


def project_card(member: Member, view: ProjectView) -> Callable[[Member, Change | None, ProjectView], None]:
    """Name and description; closed for those who may not change them, and while the project is being deleted."""
    project_id = view.project.id

    def load() -> Saved:
        return as_saved(projects.get(member, project_id).project)

    def save(values: Values, version: int) -> Saved:
        return as_saved(projects.change(member, project_id, values, version=version))

    with Card('Project', hint='What it is called, and what it is for. Everybody who works here reads it.'):
        why = refused(member, view.project)
        form = Form(load, save, as_saved(view.project), refused=why, kept=f'project-{project_id}')
        with form.element:
            form.fields.text('name', 'Name', autocomplete='off')
            form.fields.text('description', f'Description{OPTIONAL}', lines=3, autocomplete='off')
            form.actions('Save project')

    def draw(now: Member, change: Change | None, view: ProjectView) -> None:
        form.allow(refused(now, view.project))
        if change:
            form.take(as_saved(view.project), saved_meanwhile(change, now))

    return draw


def as_saved(project: Project) -> Saved:
    """A project as its form wants it."""
    return Saved({'name': project.name, 'description': project.description}, project.version)


def refused(member: Member, project: Project) -> str | None:
    """Why this person can't change this project now, None where they can."""
    ending = ENDING if project.status is ProjectStatus.DELETING else None
    return member.refused(Permission.PROJECT_EDIT) or ending

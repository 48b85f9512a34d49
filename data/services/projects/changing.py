"""Projects are made, renamed, described."""

from collections.abc import Mapping

from data import clock, problems
from data.database import Actor, transaction
from data.inputs import texts
from data.models import Agent, Project, ProjectStatus
from data.permissions import Member, Permission, authorize
from data.problems import TooMany
from data.runtime import limits, rate_limiter
from data.services import audit, usage
from data.services.audit import Act
from data.services.projects.standing import expect_status, find_project
from data.services.usage import Metric

DESCRIPTION_LIMIT = 500
"""Characters of a description, the breaks between its lines among them."""

_KEY_LIMIT = 400


def create(actor: Actor, values: Mapping[str, object]) -> Project:
    """Make an active project with an agent that answers nobody yet; names need not be unique, its id is.

    `values`: name, description. Raises Invalid('name', 'description'), TooMany, LimitReached, Forbidden, NotFound,
    SignedOut.
    """
    checked = _checked({'name': None, **(values if isinstance(values, Mapping) else {})})
    with transaction(actor) as tx:
        member = authorize(tx, actor, Permission.PROJECT_EDIT)
        _count(member)
        usage.change_level(tx, Metric.PROJECTS, 1)
        project = Project(
            organization_id=member.organization_id,
            name=checked['name'],
            name_key=_key(checked['name']),
            description=checked.get('description', ''),
            created_by=member.user_id,
        )
        project.changed_at = project.created_at
        tx.add(project)
        tx.flush()  # its agent refers to it
        tx.add(Agent(organization_id=member.organization_id, project_id=project.id))
        audit.record(tx, member, Act.PROJECT_CREATE, project.name, subject=project.id)
    return project


def change(actor: Actor, project_id: object, values: Mapping[str, object], *, version: int) -> Project:
    """Give a project another name, another description, or both; what is not among the values stays.

    Raises Invalid('name', 'description'), Stale when somebody saved after `version`, OtherStatus for one that is being
    deleted, Forbidden, NotFound, SignedOut.
    """
    checked = _checked(values)
    with transaction(actor) as tx:
        member = authorize(tx, actor, Permission.PROJECT_EDIT)
        project = find_project(tx, project_id)
        expect_status(project, ProjectStatus.ACTIVE, ProjectStatus.ARCHIVED)
        before = project.name
        name, description = checked.get('name', before), checked.get('description', project.description)
        is_described = description != project.description
        if name == before and not is_described and project.version == version:
            return project
        project.expect(version)
        project.name, project.name_key, project.description = name, _key(name), description
        project.changed_at = clock.now()
        if name != before:
            audit.record(tx, member, Act.PROJECT_RENAME, name, subject=project.id, before=before)
        if is_described:
            audit.record(tx, member, Act.PROJECT_DESCRIBE, name, subject=project.id)
    return project


def _checked(values: Mapping[str, object]) -> dict[str, str]:
    """Name and description as they are kept, of those that are given; every wrong one is named at once."""
    values, checked = values if isinstance(values, Mapping) else {}, {}
    with problems.collect() as checks:
        if 'name' in values:
            checked['name'] = checks.of(project_name, values['name'])
        if 'description' in values:
            text, limit = values['description'], DESCRIPTION_LIMIT
            label = 'The description'
            checked['description'] = checks.of(
                texts.several_lines, '' if text is None else text, field='description', label=label, limit=limit
            )
    return checked


def project_name(value: object) -> str:
    """A usable name for a project: 1 to 80 printable characters. Raises Invalid('name')."""
    return texts.clean('' if value is None else value, field='name', label='The name', limit=texts.NAME_LIMIT)


def _key(name: str) -> str:
    return texts.plain_key(name)[:_KEY_LIMIT]


def _count(member: Member) -> None:
    for subject, key in {'You have': member.user_id, 'This organization has': member.organization_id}.items():
        for rule in (limits.PROJECTS, limits.PROJECTS_A_DAY):
            if seconds := rate_limiter.wait(rule, key):
                raise TooMany(f'{subject} made many projects lately. This one was not made.', seconds)

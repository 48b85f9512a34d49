"""Who made a project and when, and what it has used this month."""

from collections.abc import Callable
from functools import partial

from components.kit.facts import Facts
from data.changes import Change
from data.permissions import Member, Permission
from data.services.audit import Topic
from data.services.projects import ProjectView
from data.services.usage import looking
from pages.shell import live

CREATOR, CREATED, MESSAGES = 'Created by', 'Created', 'Messages this month'
LEFT = 'Somebody who has left'


def about_card(project_id: str, messages: int | None) -> Callable[[Member, Change | None, ProjectView], None]:
    """Who made it and when, and the `messages` that were counted; None for those who may not see that."""
    facts = Facts('About', CREATOR, CREATED, MESSAGES)
    show_messages(facts, messages)

    @live.watch(Topic.USAGE, Topic.MEMBER, Topic.ORGANIZATION, read=partial(visible_messages, project_id=project_id))
    def refresh(_: Member, __: Change, messages: int | None) -> None:
        show_messages(facts, messages)

    def draw(_: Member, __: Change | None, view: ProjectView) -> None:
        facts.show({CREATOR: view.creator or LEFT, CREATED: view.project.created_at})

    return draw


def visible_messages(member: Member, project_id: str) -> int | None:
    """How many messages of the project were counted this month, for those who may see it."""
    return looking.of_project(member, project_id) if member.may(Permission.USAGE_VIEW) else None


def show_messages(facts: Facts, messages: int | None) -> None:
    """Draw the number, or none."""
    facts.show({MESSAGES: '' if messages is None else f'{messages:,}'})

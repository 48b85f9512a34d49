"""Who made a project and when, and what it has used this month."""

from collections.abc import Callable

from components.kit.facts import Facts
from data.changes import Change
from data.permissions import Member
from data.services.projects import ProjectView

CREATOR, CREATED = 'Created by', 'Created'
LEFT = 'Somebody who has left'


def about_card() -> Callable[[Member, Change | None, ProjectView], None]:
    """Who made it and when."""
    facts = Facts('About', CREATOR, CREATED)

    def draw(_: Member, __: Change | None, view: ProjectView) -> None:
        facts.show({CREATOR: view.creator or LEFT, CREATED: view.project.created_at})

    return draw

"""Answerers: whether somebody who may answer visitors has a screen of an organization open."""

from data.permissions import Permission
from data.services import conversations
from pages.shell.viewers import Viewer, viewers


def start() -> None:
    """Let the services know, from now on."""
    conversations.look_for_people(is_here)


def is_here(organization_id: str) -> bool:
    """Whether one is; from any thread."""
    return any(_answers(viewer, organization_id) for viewer in list(viewers.values()))


def _answers(viewer: Viewer, organization_id: str) -> bool:
    member = viewer.member if viewer.connected and not viewer.ended else None
    is_theirs = member is not None and member.organization_id == organization_id
    return is_theirs and member is not None and member.may(Permission.CONVERSATION_ANSWER)

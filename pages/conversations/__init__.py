"""Conversations of a project: what needs a person, what the agent answers, what is mine, and one of them open."""

from dataclasses import dataclass
from functools import partial

from components.kit.card import screen_head
from data.permissions import Member, Permission
from data.services import conversations
from data.services.conversations import Conversations, ConversationView, View
from pages.conversations import replies
from pages.conversations.inbox import ConversationsScreen
from pages.shell.screens import Menu, org_page

TITLE = 'Conversations'
PATH = '/projects/{project_id}/conversations'


@dataclass(frozen=True)
class Picture:
    """All that the screen begins with; `open` is the conversation in the path, None for none."""

    view: View
    portion: Conversations
    open: ConversationView | None = None


def picture(member: Member, project_id: str) -> Picture:
    """Who needs a person; where nobody does, everything. Raises NotFound."""
    waiting = conversations.portion(member, project_id, View.NEEDS)
    if waiting.rows:
        return Picture(View.NEEDS, waiting)
    return Picture(View.ALL, conversations.portion(member, project_id, View.ALL))


def picture_of_one(member: Member, project_id: str, conversation_id: str) -> Picture:
    """The same, with one of them open. Raises NotFound."""
    opened = conversations.get(member, project_id, conversation_id)
    around = picture(member, project_id)
    return Picture(around.view, around.portion, opened)


page = partial(org_page, title=TITLE, icon='messages-square', permission=Permission.CONVERSATION_VIEW)


@page(PATH, menu=Menu.PROJECT, load=picture)
def all_conversations(member: Member, picture: Picture, project_id: str) -> None:
    """The list, with none of them open."""
    screen_head(TITLE, '')
    ConversationsScreen(member, project_id, picture.view).draw(picture.portion, picture.open)


@page(PATH + '/{conversation_id}', menu=None, load=picture_of_one)
def one_conversation(member: Member, picture: Picture, project_id: str, conversation_id: str) -> None:
    """The list, with one of them open."""
    all_conversations(member, picture, project_id)

"""Canned replies of a project: texts that whoever answers puts into a message by their titles."""

from collections.abc import Callable
from functools import partial

from nicegui import ui

from components.kit.calls import call, told
from components.kit.card import Card, screen_head
from components.kit.dialog import confirm, dialog
from components.kit.fields import Values
from components.kit.grid import Row
from components.kit.saved import NOTHING, Saved
from components.kit.text import Text
from components.replies import ReplyForm, ReplyList
from data.changes import Change
from data.models import Reply
from data.permissions import Member, Permission
from data.services import replies
from data.services.audit import Topic
from pages.shell import live
from pages.shell.screens import org_page

MAY = Permission.CONVERSATION_ANSWER


def stored(member: Member, project_id: str) -> list[Reply]:
    """All of them, by their titles. Raises NotFound."""
    return replies.of_project(member, project_id)


@org_page(
    '/projects/{project_id}/conversations/replies',
    title='Canned replies',
    icon='messages-square',
    menu=None,
    permission=Permission.CONVERSATION_VIEW,
    load=stored,
)
def canned_replies(member: Member, first: list[Reply], project_id: str) -> None:
    """The list, what can be done to each, and the way to another one; all of it live."""
    path = f'/organizations/{member.organization_id}/projects/{project_id}/conversations'
    with screen_head(
        'Canned replies',
        'Texts that whoever answers in this project puts into a message, instead of typing them again.',
        way=('Conversations', path),
    ):
        new = ui.button('New reply', on_click=lambda: edit(member, project_id, {}), color=None)
        new.classes('button-primary')
    why = Text('p', '', 'muted why')
    with Card('Replies', hint='Found by title or by words, beside the reply that somebody writes.'):
        rows = ReplyList(on_edit=lambda row: edit(member, project_id, row), on_remove=partial(ask_to_remove, member))

    def draw(now: Member, found: list[Reply]) -> None:
        refused = now.refused(MAY)
        why.text = refused or ''
        why.set_visibility(bool(refused))
        new.set_visibility(not refused)
        rows.show([reply_row(it) for it in found], may=not refused)

    draw(member, first)

    @live.watch(Topic.REPLY, Topic.ORGANIZATION, Topic.MEMBER, read=partial(stored, project_id=project_id))
    def refresh(now: Member, _: Change, found: list[Reply]) -> None:
        draw(now, found)


def reply_row(reply: Reply) -> Row:
    """A canned reply as the list and its form want it."""
    return {'id': reply.id, 'title': reply.title, 'text': reply.text, 'version': reply.version}


def stored_reply(reply: Reply) -> Saved:
    """The same as its form keeps it."""
    return Saved(reply_row(reply), reply.version)


def edit(member: Member, project_id: str, row: Row) -> None:
    """A dialog for a canned reply: a new one when `row` is empty."""
    reply_id = str(row.get('id', ''))

    def save(values: Values, version: int) -> Saved:
        if reply_id:
            return stored_reply(replies.change(member, reply_id, values, version=version))
        return stored_reply(replies.add(member, project_id, values))

    with dialog('Canned reply' if row else 'New canned reply') as box:
        form = ReplyForm(
            loader(member, project_id, reply_id),
            save,
            Saved(row, int(row['version'])) if row else NOTHING,
            refused=None,
            kept=f'reply-{reply_id or project_id}',
            on_saved=box.close,
            dialog=box,
        )
        live.watch_right(form.allow, MAY)


def loader(member: Member, project_id: str, reply_id: str) -> Callable[[], Saved]:
    """What reads a reply as it is stored now."""

    def load() -> Saved:
        found = next((it for it in replies.of_project(member, project_id) if it.id == reply_id), None)
        return stored_reply(found) if found else NOTHING

    return load


@told
async def ask_to_remove(member: Member, row: Row) -> None:
    """Remove a canned reply, after a question."""
    sentence = '“{called}” is offered to nobody any more. Messages that were written with it stay.'
    if await confirm('Remove this reply?', sentence, action='Remove reply', called=str(row['title'])):
        await call(replies.remove, member, str(row['id']))

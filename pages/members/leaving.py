"""Leaving an organization: the last card of its members' screen."""

from functools import partial

from components.kit.calls import call, told
from components.kit.card import Card
from components.kit.dialog import confirm
from components.kit.note import Note
from data.changes import Change
from data.models import Role
from data.permissions import Member, Permission
from data.services import members
from data.services.audit import Topic
from data.services.members import ALWAYS_AN_OWNER, LAST_OWNER
from pages.shell import live


def leave_card(member: Member, owners: int) -> None:
    """What leaving means, and the button for it where that is possible."""
    with Card('Leave this organization'):
        note = Note(told(partial(ask_to_leave, member)), look='button-danger')

    def draw(now: Member, owners: int) -> None:
        last = LAST_OWNER if now.may(Permission.OWNER_APPOINT) else f'{ALWAYS_AN_OWNER} You are the only one.'
        is_last = now.role is Role.OWNER and owners == 1
        why = now.refused(Permission.ORGANIZATION_LEAVE) or (last if is_last else None)
        sentence = why or 'You lose access at once. To come back, you need a new invitation.'
        note.show(sentence, '' if why else 'Leave organization')

    draw(member, owners)

    @live.watch(Topic.MEMBER, Topic.ORGANIZATION, read=members.owners)
    def refresh(now: Member, _: Change, owners: int) -> None:
        draw(now, owners)


async def ask_to_leave(member: Member) -> None:
    """Leave the organization, after a question; the screen goes where the person still belongs."""
    sentence = 'You will no longer see anything of {at}.'
    if await confirm('Leave this organization?', sentence, action='Leave organization', at=member.organization.name):
        await call(members.leave, member)

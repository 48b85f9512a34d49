"""Team members: who belongs to the organization, as what, and who is invited."""

from nicegui import ui

from components.kit.frame import screen_head
from data.changes import Change
from data.permissions import Member, Permission
from data.services.audit import Topic
from pages.members.invitations import ask_whom, invitations_card
from pages.members.leaving import leave_card
from pages.members.people import TeamList
from pages.members.roles import roles_card
from pages.shell import live
from pages.shell.screens import org_page


@org_page('/members', title='Team members', icon='users', permission=Permission.ORGANIZATION_VIEW)
async def team_members(member: Member) -> None:
    """Everybody who belongs here, what the roles mean, and the way out."""
    with screen_head('Team members', 'Who belongs to this organization, and as what.'):
        new_invitation(member)
    await TeamList(member).draw()
    await invitations_card(member)
    roles_card()
    await leave_card(member)


def new_invitation(member: Member) -> None:
    """The button that invites, for those who may."""
    button = ui.button('New invitation', color=None).classes('button-primary')
    button.on_click(lambda: ask_whom(member))

    @live.watch(Topic.ORGANIZATION, Topic.MEMBER)
    def refresh(now: Member, _: Change) -> None:
        nonlocal member
        member = now
        button.set_visibility(not now.refused(Permission.MEMBER_INVITE))

    button.set_visibility(not member.refused(Permission.MEMBER_INVITE))

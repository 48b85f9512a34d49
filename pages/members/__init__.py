"""Team members: who belongs to the organization, as what, and who is invited."""

from dataclasses import dataclass

from nicegui import ui

from components.kit.card import screen_head
from data.changes import Change
from data.permissions import Member, Permission
from data.services import members
from data.services.audit import Topic
from data.services.invitations import Pending
from data.services.members import People
from data.services.portions import Portion
from pages.members.invitations import invitations_card, invited
from pages.members.inviting import ask_whom
from pages.members.leaving import leave_card
from pages.members.people import TeamList
from pages.members.roles import roles_card
from pages.shell import live
from pages.shell.screens import org_page


@dataclass(frozen=True)
class Team:
    """The first portions of both lists; `invited` is empty for those who may not see it."""

    people: People
    invited: Portion[Pending]


def team(member: Member) -> Team:
    """Who is here and who is invited, as this member may see it."""
    return Team(members.portion(member, limit=members.PORTION), invited(member))


@org_page('/members', title='Team members', icon='users', permission=Permission.ORGANIZATION_VIEW, load=team)
def team_members(member: Member, team: Team) -> None:
    """Everybody who belongs here, what the roles mean, and the way out."""
    with screen_head('Team members', 'Who belongs to this organization, and what they may do.'):
        new_invitation(member)
    people = TeamList(member)
    people.draw(team.people)
    people.others.append(invitations_card(member, team.invited, lambda: people.search))
    roles_card()
    leave_card(member, team.people.owners)


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

"""Team members: who belongs to the organization, as what, and who is invited."""

from dataclasses import dataclass

from nicegui import ui

from components.kit.card import screen_head
from data.changes import Change
from data.permissions import Member, Permission
from data.services import members
from data.services.accounts import verifying
from data.services.audit import Topic
from data.services.invitations import Pending
from data.services.members import People
from data.services.portions import Portion
from pages.members.invitations import invitations_card, invited
from pages.members.inviting import ask_whom
from pages.members.leaving import leave_card
from pages.members.people import TeamList
from pages.members.proving import ProofFirst
from pages.members.roles import roles_card
from pages.shell import live
from pages.shell.screens import org_page


@dataclass(frozen=True)
class Team:
    """The first portions of both lists; `invited` is empty for those who may not see it.

    `unproved` is the address of whoever looks, where they have to prove it before they invite anybody.
    """

    people: People
    invited: Portion[Pending]
    unproved: str


def team(member: Member) -> Team:
    """Who is here and who is invited, as this member may see it."""
    return Team(members.portion(member, limit=members.PORTION), invited(member), unproved(member))


def unproved(member: Member) -> str:
    """The address that somebody who may invite has to prove first, '' for none."""
    return '' if member.refused(Permission.MEMBER_INVITE) else verifying.unverified(member)


@org_page('/members', title='Team members', icon='users', permission=Permission.ORGANIZATION_VIEW, load=team)
def team_members(member: Member, team: Team) -> None:
    """Everybody who belongs here, what the roles mean, and the way out."""
    with screen_head('Team members', 'Who belongs to this organization, and what they may do.'):
        place = ui.element('div')
    proof_first = ProofFirst(member)
    with place:
        new_invitation(member, team.unproved, proof_first)
    people = TeamList(member)
    people.draw(team.people)
    people.others.append(invitations_card(member, team.invited, lambda: people.search))
    roles_card()
    leave_card(member, team.people.owners)


def new_invitation(member: Member, unproved_address: str, proof: ProofFirst) -> None:
    """The button that invites, for those who may; who has to prove their address first is told so."""
    button = ui.button('New invitation', color=None).classes('button-primary')
    button.on_click(lambda: ask_whom(member))

    def draw(now: Member, address: str) -> None:
        nonlocal member
        member = now
        may = not now.refused(Permission.MEMBER_INVITE)
        button.set_visibility(may and not address)
        proof.ask_for(address if may else '')

    draw(member, unproved_address)

    @live.watch(Topic.ORGANIZATION, Topic.MEMBER, read=unproved)
    def refresh(now: Member, _: Change, address: str) -> None:
        draw(now, address)

    @live.watch_own(verifying.unverified)
    def refresh_own(address: str) -> None:
        draw(member, address)

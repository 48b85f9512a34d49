"""Team members: who belongs to the organization, as what, and who is invited."""

from dataclasses import dataclass

from nicegui import ui

from components.kit.card import screen_head
from data.changes import Change
from data.permissions import Member, Permission
from data.services import members
from data.services.accounts.proof import MissingProof, missing_proof
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
from pages.shell.proving import ProofNote
from pages.shell.screens import org_page


@dataclass(frozen=True)
class Team:
    """The first portions of both lists; `invited` is empty for those who may not see it.

    `missing` is what whoever looks has to do about their address before they invite anybody.
    """

    people: People
    invited: Portion[Pending]
    missing: MissingProof | None


def team(member: Member) -> Team:
    """Who is here and who is invited, as this member may see it."""
    return Team(members.portion(member, limit=members.PORTION), invited(member), missing_first(member))


def missing_first(member: Member) -> MissingProof | None:
    """What somebody who may invite has to do first about their address, None for nothing."""
    return None if member.refused(Permission.MEMBER_INVITE) else missing_proof(member)


@org_page('/members', title='Team members', icon='users', permission=Permission.ORGANIZATION_VIEW, load=team)
def team_members(member: Member, team: Team) -> None:
    """Everybody who belongs here, what the roles mean, and the way out."""
    with screen_head('Team members', 'Who belongs to this organization, and what they may do.'):
        button = ui.button('New invitation', color=None).classes('button-primary')
    with ui.element('div').classes('notice tone-info proof') as place:
        proof = ProofNote(member, look='button-quiet')
    new_invitation(member, team.missing, button, proof, place)
    people = TeamList(member)
    people.draw(team.people)
    people.others.append(invitations_card(member, team.invited, lambda: people.search))
    roles_card()
    leave_card(member, team.people.owners)


def new_invitation(
    member: Member, first: MissingProof | None, button: ui.button, proof: ProofNote, place: ui.element
) -> None:
    """The button that invites, for those who may; in its place what has to be done `first`."""
    button.on_click(lambda: ask_whom(member))

    def draw(now: Member, missing: MissingProof | None) -> None:
        nonlocal member
        member = now
        may = not now.refused(Permission.MEMBER_INVITE)
        button.set_visibility(may and missing is None)
        place.set_visibility(may and missing is not None)
        proof.show(missing if may else None)

    draw(member, first)

    @live.watch(Topic.ORGANIZATION, Topic.MEMBER, read=missing_first)
    def refresh(now: Member, _: Change, missing: MissingProof | None) -> None:
        draw(now, missing)

    @live.watch_own(missing_proof)
    def refresh_own(missing: MissingProof | None) -> None:
        draw(member, missing)

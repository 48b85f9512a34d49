"""Invitations on the screen of the members: who has not answered yet, and what can be done about it."""

from collections.abc import Callable
from functools import partial

from nicegui import ui

from components.invitations import InvitationRow, invitation_list, show_link
from components.kit.calls import call, told
from components.kit.card import Card
from components.kit.dialog import confirm
from components.kit.grid import Row
from components.kit.text import isolated
from data.inputs import moments
from data.inputs.names import called
from data.models import MailState, Role
from data.permissions import Member, Permission
from data.runtime import mail_server
from data.services import invitations
from data.services.audit import Topic
from data.services.invitations import Pending
from data.services.invitations.states import InvitationOutlook
from data.services.portions import Portion
from pages.members.inviting import how_sent
from pages.members.roles import ask_to_appoint
from pages.shell import access
from pages.shell.live_list import LiveList

NONE: Portion[Pending] = Portion([], 0, more=False)
Shown = LiveList[Member, Portion[Pending]]
ON_HOLD = 'Nobody can accept until that is over.'
NOBODY, NOBODY_LIKE_THIS = 'No open invitations.', 'No invitation matches your search.'
MAILED = {
    MailState.WAITING: 'Email on its way',
    MailState.SENT: 'Email sent',
    MailState.FAILED: 'Email not delivered',
}

ENDED = {
    InvitationOutlook.EXPIRED: 'Expired',
    InvitationOutlook.INVITER_LOST: 'No longer valid',
    InvitationOutlook.CLOSED: 'On hold',
}
"""What is said of an invitation that nobody can accept as things are."""

STILL_GOOD = InvitationOutlook.OPEN, InvitationOutlook.CLOSED
WHY_ENDED = {
    InvitationOutlook.INVITER_LOST: '{by} can no longer invite anybody as {role}',
}


def invited(member: Member, search: str = '', offset: int = 0, limit: int = invitations.PORTION) -> Portion[Pending]:
    """Who is invited, for those who may see that."""
    if member.refused(Permission.INVITATION_VIEW):
        return NONE
    return invitations.portion(member, search, offset=offset, limit=limit)


def invitations_card(member: Member, portion: Portion[Pending], search: Callable[[], str]) -> Shown:
    """Who is invited and is like what is searched for; for those who may see that, and not there for others.

    What can't be done now is said above.
    """
    sentence = f'An invitation is good for seven days, once, and for its address only. {how_sent()}'
    card = Card('Invitations', hint=sentence)

    def fetch(now: Member, drawn: list[Row], limit: int) -> Portion[Pending]:
        return invited(now, search(), len(drawn), limit)

    def words(portion: Portion[Pending]) -> list[Row]:
        card.set_visibility(listed.reader.may(Permission.INVITATION_VIEW))
        no_more = listed.reader.refused(Permission.MEMBER_INVITE)
        card.tell(hint=f'{no_more} {ON_HOLD}' if no_more else sentence)
        rows.say_of_none(NOBODY_LIKE_THIS if search() else NOBODY)
        return [invitation_row(invitation, listed.reader).row() for invitation in portion.rows]

    first = invitations.PORTION
    listed = LiveList(member, fetch=fetch, words=words, first=first, step=4 * first)
    acts = {'link': give_link, 'again': renew, 'revoke': ask_to_revoke}
    with card:
        rows = invitation_list(
            acts={name: partial(act, listed) for name, act in acts.items()},
            on_role=partial(offer, listed),
            on_more=listed.more,
        )
    listed.draw(rows, portion, Topic.INVITATION, Topic.MEMBER, Topic.ORGANIZATION)
    return listed


def invitation_row(invitation: Pending, viewer: Member) -> InvitationRow:
    """An invitation in words, with what may be done about it."""
    is_theirs = invitation.invited_by == viewer.email
    by = 'You' if is_theirs else called(invitation.inviter_name, invitation.invited_by)
    may_offer = [role for role in Role if not viewer.refused_about(Permission.MEMBER_INVITE, role)]
    return InvitationRow(
        id=invitation.id,
        email=invitation.email,
        role=invitation.role.label,
        invited_by='you' if is_theirs else by,
        created_at=invitation.created_at.isoformat(),
        expires_at=invitation.expires_at.isoformat(),
        until=good_until(invitation, viewer) if invitation.outlook in STILL_GOOD else '',
        ended=ENDED.get(invitation.outlook, ''),
        why=WHY_ENDED.get(invitation.outlook, '').format(by=by, role=invitation.role.label),
        mail='. '.join(
            part for part in (MAILED[invitation.mail] if invitation.mail else '', invitation.problem) if part
        ),
        lost=invitation.mail is MailState.FAILED,
        again='Send again' if mail_server.is_configured() else 'Make a new link',
        open=invitation.role in may_offer,
        roles={role.value: role.label for role in may_offer if role is not invitation.role},
    )


def good_until(invitation: Pending, viewer: Member) -> str:
    """How long it is good, in the words of whoever looks, until their browser has its own."""
    return moments.in_words(invitation.expires_at, language=viewer.language, zone=viewer.time_zone)


@told
async def give_link(shown: Shown, row: Row) -> None:
    """Show the link."""
    token = await call(invitations.link, shown.reader, row['id'])
    show_link(access.link_to(f'/invitations/{token}'), 'Only {email} can accept with it.', email=row['email'])


@told
async def renew(shown: Shown, row: Row) -> None:
    """Make it good for another week, with another link."""
    await call(invitations.resend, shown.reader, row['id'])
    ui.notify(f'The invitation for {isolated(row["email"])} has a new link. The old link no longer works.')


@told
async def ask_to_revoke(shown: Shown, row: Row) -> None:
    """Withdraw the invitation, after a question."""
    sentence = 'The link of {email} will no longer work.'
    if await confirm('Withdraw this invitation?', sentence, action='Withdraw', email=row['email']):
        await call(invitations.revoke, shown.reader, row['id'])


@told
async def offer(shown: Shown, row: Row, role: str) -> None:
    """Offer another role; who offers the one of an Owner is asked first."""
    if not await ask_to_appoint(role, row['email'], 'Invite as Owner'):
        return
    expected = next(it for it in Role if it.label == row['role'])
    await call(invitations.change_role, shown.reader, row['id'], role, expected=expected)
    ui.notify(f'{isolated(row["email"])} is now invited as {Role(role).label}.')

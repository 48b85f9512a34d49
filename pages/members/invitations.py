"""The part of the team's screen that is about those who are invited and have not answered yet."""

from functools import partial
from typing import Any

from nicegui import ui

from components.invitations import InvitationList, InvitationRow, InviteForm, show_link, show_verdicts
from components.kit.calls import call, told
from components.kit.card import Card
from components.kit.dialog import confirm, dialog
from components.kit.fields import Values
from components.kit.form import NOTHING, Saved
from data.changes import Change, Topic
from data.inputs import moments
from data.models import MailState, Role
from data.permissions import Member, Permission
from data.runtime import mail_server
from data.services import invitations
from data.services.invitations import Pending
from data.services.invitations.verdicts import Judged, Verdict
from data.services.portions import Portion
from pages.shell import access, live

NONE: Portion[Pending] = Portion([], 0, more=False)
NO_MAIL = 'Mail is not set up: copy the link of each invitation and pass it on yourself.'
BY_MAIL = 'Everybody gets a mail with a link.'
MAILED = {
    MailState.WAITING: 'Mail on its way',
    MailState.SENT: 'Mail sent',
    MailState.FAILED: 'Mail not delivered',
}


def how_sent() -> str:
    """How an invitation gets to whom it is for."""
    return BY_MAIL if mail_server.is_configured() else NO_MAIL


async def invitations_card(member: Member) -> None:
    """Who is invited; for those who may invite."""
    with Card(
        'Invitations', hint=f'An invitation is good for seven days, once, and for its address only. {how_sent()}'
    ) as it:
        shown = InvitationsShown(member, it.element)
    await shown.fetch()
    live.watch(Topic.INVITATION, Topic.MEMBER, Topic.ORGANIZATION)(shown.catch_up)


class InvitationsShown:
    """The list in its card, which is not there for those who may not invite."""

    def __init__(self, member: Member, card: ui.element) -> None:
        self.member, self.card = member, card
        self.limit = invitations.PORTION
        acts = {'link': copy_link, 'again': renew, 'revoke': revoke}
        self.list = InvitationList(
            acts={name: partial(act, self) for name, act in acts.items()},
            on_role=partial(offer, self),
            on_more=told(self.more),
        )

    async def more(self) -> None:
        """Draw the next portion as well."""
        self.limit += 2 * invitations.PORTION
        await self.fetch()

    async def catch_up(self, now: Member, _: Change) -> None:
        """Draw what is true now."""
        self.member = now
        await self.fetch()

    async def fetch(self) -> None:
        """Read the invitations and draw them."""
        refused = self.member.refused(Permission.MEMBER_INVITE)
        found = NONE if refused else await call(invitations.portion, self.member, limit=self.limit)
        self.card.set_visibility(not refused)
        self.list.show([as_row(it, self.member) for it in found.rows], found.total or 0)


def as_row(it: Pending, viewer: Member) -> InvitationRow:
    """An invitation in words, with what may be done about it."""
    may_offer = [role for role in Role if not viewer.refused_about(Permission.MEMBER_INVITE, role)]
    return InvitationRow(
        id=it.id,
        email=it.email,
        role=it.role.label,
        invited_by=it.invited_by,
        created_at=it.created_at.isoformat(),
        until=moments.in_words(it.expires_at),
        expired=it.expired,
        mail='. '.join(said for said in (MAILED[it.mail] if it.mail else '', it.problem) if said),
        lost=it.mail is MailState.FAILED,
        again='Send again' if mail_server.is_configured() else 'Renew',
        open=it.role in may_offer,
        roles={role.value: role.label for role in may_offer if role is not it.role},
    )


def ask_whom(member: Member) -> None:
    """A dialog that invites people."""
    said: list[Judged] = []

    def save(values: Values, _: int) -> Saved:
        said[:] = invitations.invite(member, values['addresses'], values['role'])
        return Saved(values, 1)

    page = ui.context.client.content

    def tell() -> None:
        box.close()
        with page:  # the dialog goes, and what is made in it would go with it
            show_verdicts('Invitations', how_sent(), verdict_rows(said))

    roles = {role.value: role.label for role in Role if not member.refused_about(Permission.MEMBER_INVITE, role)}
    with dialog('Invite users', how_sent()) as box:
        InviteForm(
            lambda: NOTHING,
            save,
            Saved({'role': Role.MEMBER.value}, 0),
            refused=None,
            kept=f'invite-{member.organization_id}',
            on_saved=tell,
            roles=roles,
            check=lambda text: verdict_rows(invitations.check(member, text)),
            dialog=box,
        )


def verdict_rows(judged: list[Judged]) -> list[dict[str, object]]:
    """What becomes of each address, in words."""
    return [
        {'id': str(number), 'address': it.address, 'sentence': it.sentence, 'wrong': it.verdict is Verdict.INVALID}
        for number, it in enumerate(judged)
    ]


@told
async def copy_link(screen: InvitationsShown, row: dict[str, Any]) -> None:
    """Show the link."""
    token = await call(invitations.link, screen.member, row['id'])
    show_link(access.link_to(f'/invitations/{token}'), f'Only {row["email"]} can accept with it.')


@told
async def renew(screen: InvitationsShown, row: dict[str, Any]) -> None:
    """Make it good for another week, with another link."""
    await call(invitations.resend, screen.member, row['id'])
    ui.notify(f'The invitation of {row["email"]} has a new link. The one before opens nothing any more.')


@told
async def revoke(screen: InvitationsShown, row: dict[str, Any]) -> None:
    """Ask, then take back."""
    sentence = f'The link of {row["email"]} opens nothing any more.'
    if await confirm('Take this invitation back?', sentence, action='Take back'):
        await call(invitations.revoke, screen.member, row['id'])


@told
async def offer(screen: InvitationsShown, row: dict[str, Any], role: str) -> None:
    """Offer another role."""
    expected = next(it for it in Role if it.label == row['role'])
    await call(invitations.change_role, screen.member, row['id'], role, expected=expected)
    ui.notify(f'{row["email"]} is now invited as {Role(role).label}.')

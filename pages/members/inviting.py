"""The dialog that invites people: what is found in a pasted text, what has become of it, what is to be corrected."""

from nicegui import ui

from components.inviting import InviteForm, VerdictRow, done_button, results
from components.kit.dialog import dialog
from components.kit.fields import Values
from components.kit.saved import NOTHING, Saved
from components.kit.text import hint
from data.changes import Change
from data.models import Role
from data.permissions import Member, Permission
from data.runtime import mail_server
from data.services import invitations
from data.services.audit import Topic
from data.services.invitations.verdicts import Judged, Verdict
from pages.shell import access, live

NO_MAIL = 'Email is not set up here: copy each link and pass it on yourself.'
BY_MAIL = 'Everyone gets an email with a link.'
AGAIN = 'You find them again in the list of invitations.'
CORRECT_ONE = 'This is no email address yet. Nobody was invited with it; correct it here.'
CORRECT = 'These are no email addresses yet. Nobody was invited with them; correct them here.'


def how_sent() -> str:
    """How an invitation gets to whom it is for."""
    return BY_MAIL if mail_server.is_configured() else NO_MAIL


def ask_whom(member: Member) -> None:
    """A dialog that invites people."""
    page = ui.context.client.content
    with dialog('Invite users', how_sent()) as box:
        invite_form(member, box, page, Saved({'role': Role.MEMBER.value}, 0))


def invite_form(member: Member, box: ui.dialog, page: ui.element, stored: Saved, cancel: str = 'Cancel') -> None:
    """Addresses and a role; once they are invited, another dialog says what has become of them."""
    judged: list[Judged] = []

    def save(values: Values, _: int) -> Saved:
        judged[:] = invitations.invite(member, values['addresses'], values['role'])
        return Saved(values, 1)

    def tell() -> None:
        box.close()
        with page:  # the dialog goes, and what is made in it would go with it
            show_results(member, judged, str(form.stored.values['role']))

    form = InviteForm(
        lambda: NOTHING,
        save,
        stored,
        refused=None,
        kept=f'invite-{member.organization_id}',
        on_saved=tell,
        roles=roles_of(member),
        label='Send invitations' if mail_server.is_configured() else 'Create invitations',
        check=lambda text: verdict_rows(invitations.check(member, text)),
        cancel=cancel,
        dialog=box,
    )
    live.watch_right(form.allow, Permission.MEMBER_INVITE)

    @live.watch(Topic.MEMBER)
    def refresh(now: Member, _: Change) -> None:
        form.offer(roles_of(now))


def roles_of(member: Member) -> dict[str, str]:
    """The roles that this member may offer, in words."""
    return {role.value: role.label for role in Role if not member.refused_about(Permission.MEMBER_INVITE, role)}


def show_results(member: Member, judged: list[Judged], role: str) -> None:
    """Say what has become of each address; those that are none come back to be corrected."""
    page = ui.context.client.content
    wrong = [it for it in judged if it.verdict is Verdict.INVALID and not it.is_left_out]
    refused = [f'{it.name} <{it.address}>' if it.name else it.address for it in wrong]
    sentence = how_sent() if mail_server.is_configured() else f'{NO_MAIL} {AGAIN}'
    with results(sentence, verdict_rows(judged)) as box:
        if refused:
            hint(CORRECT if len(refused) > 1 else CORRECT_ONE)
            invite_form(member, box, page, Saved({'addresses': '\n'.join(refused), 'role': role}, 1), 'Done')
        else:
            done_button(box)


def verdict_rows(judged: list[Judged]) -> list[VerdictRow]:
    """What becomes of each address, in words; with its link where no mail brings it."""
    return [
        VerdictRow(
            id=str(number),
            address=each.address,
            name=each.name,
            sentence=each.sentence,
            wrong=each.verdict in {Verdict.INVALID, Verdict.FULL} and not each.is_left_out,
            left_out=each.is_left_out,
            link=access.link_to(f'/invitations/{each.token}') if each.token and not mail_server.is_configured() else '',
        )
        for number, each in enumerate(judged)
    ]

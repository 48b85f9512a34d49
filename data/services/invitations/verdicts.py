"""Verdicts: what becomes of each address in a list of people to invite."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from enum import StrEnum

from sqlalchemy import ColumnElement
from sqlmodel import col, select

from data.database import TenantSession
from data.inputs.recipients import Recipient
from data.models import Invitation, InvitationState, Membership, Organization, Role, User
from data.runtime import account_rules
from data.runtime.account_rules import SignUp
from data.services.invitations.states import IS_INVITER, InvitationOutlook, outlook
from data.services.usage.member_limit import MemberRoom, member_room


class Verdict(StrEnum):
    """What becomes of one address in a list."""

    NEW = 'new'
    SENT = 'sent'
    MEMBER = 'member'
    INVITED = 'invited'
    TWICE = 'twice'
    INVALID = 'invalid'
    FULL = 'full'


_SENTENCES = {
    Verdict.NEW: 'Will be invited.',
    Verdict.SENT: 'Invited.',
    Verdict.MEMBER: 'Already a member.',
    Verdict.INVITED: 'Already invited. You find the invitation in the list.',
    Verdict.TWICE: 'More than once in your list; it counts once.',
}

_ONLY_WITH_ACCOUNT = 'Will be invited, but can’t sign up here: it works for who has an account already.'


@dataclass(frozen=True)
class Judged:
    """One address of a list with its verdict and the reason, and the name beside it.

    `replaces` is the id of an invitation that nobody can accept, `token` the secret of one that was made. What
    `is_left_out` was not meant as an address, so that nothing is to be corrected.
    """

    address: str
    verdict: Verdict
    sentence: str
    name: str = ''
    replaces: str = ''
    token: str = field(default='', repr=False)
    is_left_out: bool = False


def judge(tx: TenantSession, organization: Organization, recipients: list[Recipient], role: Role) -> list[Judged]:
    """What is known about each of these addresses, in one reading, where they are to have this role."""
    keys = {recipient.key for recipient in recipients if recipient.key}
    members, pending = _members(tx, keys), _pending(tx, organization, keys)
    seen, judged = set[str](), []
    for recipient in recipients:
        invitation_id, is_good = pending.get(recipient.key, ('', False))
        facts = (
            (not recipient.key, Verdict.INVALID),
            (recipient.key in seen, Verdict.TWICE),
            (recipient.key in members, Verdict.MEMBER),
            (is_good, Verdict.INVITED),
        )
        verdict = next((verdict for is_so, verdict in facts if is_so), Verdict.NEW)
        sentence = recipient.problem or _said(verdict, recipient.key)
        replaces = '' if is_good else invitation_id
        judged.append(
            Judged(recipient.text, verdict, sentence, recipient.name, replaces, is_left_out=recipient.is_left_out)
        )
        seen.add(recipient.key)
    return _with_room(judged, member_room(tx), role)


def _with_room(judged: list[Judged], room: MemberRoom, role: Role) -> list[Judged]:
    """The same, but for those new ones that would be more members than there may be: the last of them."""
    new = [place for place, row in enumerate(judged) if row.verdict is Verdict.NEW]
    for place in new[room.free(len(new), role) :]:
        judged[place] = replace(
            judged[place], verdict=Verdict.FULL, sentence=f'Not invited. {room.sentence}', replaces=''
        )
    return judged


def _said(verdict: Verdict, key: str) -> str:
    """The sentence; for everybody alike it is said who can't sign up here, for who has an account is not told."""
    rules = account_rules.current()
    is_kept_out = rules.sign_up is SignUp.CLOSED or not rules.takes(key)
    return _ONLY_WITH_ACCOUNT if verdict is Verdict.NEW and is_kept_out else _SENTENCES[verdict]


def _members(tx: TenantSession, keys: set[str]) -> set[str]:
    query = select(User.email_key).join(Membership, col(Membership.user_id) == User.id)
    return set(tx.exec(query.where(one_of(User.email_key, keys))).all())


def _pending(tx: TenantSession, organization: Organization, keys: set[str]) -> dict[str, tuple[str, bool]]:
    """The invitations without an answer, by address, each with whether somebody can accept it as things are."""
    query = select(Invitation, col(Membership.role)).join(Membership, IS_INVITER, isouter=True)
    query = query.where(one_of(Invitation.email_key, keys), Invitation.state == InvitationState.PENDING)
    rows = tx.exec(query).all()
    return {it.email_key: (it.id, outlook(it, organization, role) is InvitationOutlook.OPEN) for it, role in rows}


def sent(judged: Judged, token: str) -> Judged:
    """The same address, now that it has been invited."""
    return replace(judged, verdict=Verdict.SENT, sentence=_SENTENCES[Verdict.SENT], replaces='', token=token)


def one_of(column: str, keys: Iterable[str]) -> ColumnElement[bool]:
    """The condition that a column holds one of these."""
    return col(column).in_(sorted(keys))

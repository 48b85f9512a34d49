"""What becomes of each address in a list of people to invite."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import ColumnElement
from sqlmodel import col, select

from data import clock
from data.database import TenantSession
from data.inputs.recipients import Recipient
from data.models import Invitation, InvitationState, Membership, User


class Verdict(StrEnum):
    """What becomes of one address in a list."""

    NEW = 'new'
    SENT = 'sent'
    MEMBER = 'member'
    INVITED = 'invited'
    TWICE = 'twice'
    INVALID = 'invalid'


SENTENCES = {
    Verdict.NEW: 'Will be invited.',
    Verdict.SENT: 'Invited.',
    Verdict.MEMBER: 'Already a member.',
    Verdict.INVITED: 'Already invited. Send it again from the list of invitations.',
    Verdict.TWICE: 'More than once in your list; it counts once.',
}


@dataclass(frozen=True)
class Judged:
    """One address of a list with its verdict and the reason; `replaces` is the id of an invitation that expired."""

    address: str
    verdict: Verdict
    sentence: str
    replaces: str = ''


def judge(tx: TenantSession, found: list[Recipient]) -> list[Judged]:
    """What is known about each of these addresses, in one reading."""
    keys = {it.key for it in found if it.key}
    members = set(
        tx.exec(
            select(User.email_key)
            .join(Membership, col(Membership.user_id) == User.id)
            .where(one_of(User.email_key, keys))
        ).all()
    )
    pending = tx.exec(
        select(Invitation.email_key, Invitation.id, Invitation.expires_at).where(
            one_of(Invitation.email_key, keys), Invitation.state == InvitationState.PENDING
        )
    ).all()
    now = clock.now()
    invited = {key for key, _, expires_at in pending if expires_at > now}
    expired = {key: invitation_id for key, invitation_id, expires_at in pending if expires_at <= now}
    seen: set[str] = set()
    judged = []
    for it in found:
        if not it.key:
            judged.append(Judged(it.text, Verdict.INVALID, it.problem))
            continue
        known_as = (
            (it.key in seen, Verdict.TWICE),
            (it.key in members, Verdict.MEMBER),
            (it.key in invited, Verdict.INVITED),
        )
        verdict = next((verdict for is_so, verdict in known_as if is_so), Verdict.NEW)
        judged.append(judged_as(it.text, verdict, replaces=expired.get(it.key, '')))
        seen.add(it.key)
    return judged


def judged_as(address: str, verdict: Verdict, *, replaces: str = '') -> Judged:
    """An address with a verdict and its sentence."""
    return Judged(address, verdict, SENTENCES[verdict], replaces)


def one_of(column: str, keys: Iterable[str]) -> ColumnElement[bool]:
    """The condition that a column holds one of these."""
    return col(column).in_(sorted(keys))

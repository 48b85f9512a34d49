"""Verdicts: what becomes of each address in a list of people to invite."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
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


_SENTENCES = {
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


def judge(tx: TenantSession, recipients: list[Recipient]) -> list[Judged]:
    """What is known about each of these addresses, in one reading."""
    keys = {recipient.key for recipient in recipients if recipient.key}
    members, pending = _members(tx, keys), _pending(tx, keys)
    now, seen, judged = clock.now(), set[str](), []
    for recipient in recipients:
        invitation_id, expires_at = pending.get(recipient.key, ('', now))
        facts = (
            (not recipient.key, Verdict.INVALID),
            (recipient.key in seen, Verdict.TWICE),
            (recipient.key in members, Verdict.MEMBER),
            (expires_at > now, Verdict.INVITED),
        )
        verdict = next((verdict for is_so, verdict in facts if is_so), Verdict.NEW)
        sentence = recipient.problem or _SENTENCES[verdict]
        judged.append(Judged(recipient.text, verdict, sentence, '' if expires_at > now else invitation_id))
        seen.add(recipient.key)
    return judged


def _members(tx: TenantSession, keys: set[str]) -> set[str]:
    query = select(User.email_key).join(Membership, col(Membership.user_id) == User.id)
    return set(tx.exec(query.where(one_of(User.email_key, keys))).all())


def _pending(tx: TenantSession, keys: set[str]) -> dict[str, tuple[str, datetime]]:
    """The invitations that wait for an answer, or did so until they expired, by address."""
    query = select(Invitation.email_key, Invitation.id, Invitation.expires_at)
    query = query.where(one_of(Invitation.email_key, keys), Invitation.state == InvitationState.PENDING)
    return {key: (invitation_id, expires_at) for key, invitation_id, expires_at in tx.exec(query)}


def judged_as(address: str, verdict: Verdict, *, replaces: str = '') -> Judged:
    """An address with a verdict and its sentence."""
    return Judged(address, verdict, _SENTENCES[verdict], replaces)


def one_of(column: str, keys: Iterable[str]) -> ColumnElement[bool]:
    """The condition that a column holds one of these."""
    return col(column).in_(sorted(keys))

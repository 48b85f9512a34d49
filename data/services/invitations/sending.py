"""Invitations, as those who send them see them: who is asked, with which role, and how it stands."""

from datetime import timedelta

from sqlmodel import select

from data import clock
from data.database import Actor, TenantSession, reading, transaction
from data.inputs import recipients
from data.inputs.recipients import Recipient
from data.models import Invitation, InvitationState, Role, new_id
from data.permissions import GRANTS, Member, Permission, authorize, known, recently, verified
from data.problems import NotFound, Stale, TooMany
from data.runtime import limits, rate_limiter
from data.services import audit
from data.services.audit import Act
from data.services.invitations import links, mail
from data.services.invitations.links import token_of
from data.services.invitations.states import close, needed, vouch
from data.services.invitations.verdicts import Judged, Verdict, judge, one_of, sent
from data.services.usage.member_limit import member_room

GOOD_FOR = timedelta(days=7)
"""How long an invitation can be accepted."""


def check(actor: Actor, text: object, role: object = Role.MEMBER) -> list[Judged]:
    """What would become of each address in a pasted list.

    Raises Invalid('addresses' | 'role'), Forbidden, NotFound, SignedOut.
    """
    named, role = recipients.parse(text), known(role)
    with reading(actor) as tx:
        member = authorize(tx, actor, Permission.MEMBER_INVITE)
        return judge(tx, member.organization, named, role)


def invite(actor: Actor, text: object, role: object) -> list[Judged]:
    """Invite every new address in a pasted list that there is room for; the others keep what they have.

    Raises Invalid('addresses' | 'role'), LimitReached where there is room for none, TooMany, Reauthenticate for Owners,
    Forbidden, NotFound, SignedOut.
    """
    named, role = recipients.parse(text), known(role)
    with transaction(actor) as tx:
        member = _who_may_offer(tx, actor, role)
        judged = judge(tx, member.organization, named, role)
        verified(tx, member, Permission.MEMBER_INVITE)
        new = [row for row in judged if row.verdict is Verdict.NEW]
        if not new and any(row.verdict is Verdict.FULL for row in judged):
            raise member_room(tx).refusal()
        _count(member, len(new))
        _forget(tx, [row.replaces for row in new if row.replaces])
        for place, (row, recipient) in enumerate(zip(judged, named, strict=True)):
            if row.verdict is Verdict.NEW:
                judged[place] = sent(row, _send(tx, member, recipient, role))
    return judged


def _send(tx: TenantSession, member: Member, recipient: Recipient, role: Role) -> str:
    """Make an invitation; the token of its link."""
    invitation = _made(member, recipient, role)
    tx.add(invitation)
    mail.write_invitation(tx, invitation)
    audit.record(tx, member, Act.INVITATION_CREATE, invitation.email, subject=invitation.id, role=role.value)
    return token_of(invitation)


def resend(actor: Actor, invitation_id: object) -> None:
    """Make the invitation good for another while, with a new link; the one before no longer works.

    Whoever sends it again stands for it from now on. Raises TooMany, LimitReached, Forbidden, NotFound, SignedOut.
    """
    with transaction(actor) as tx:
        member, invitation = _of(tx, actor, invitation_id)
        verified(tx, member, Permission.MEMBER_INVITE)
        _make_room(tx, invitation)
        if seconds := rate_limiter.wait(limits.RESENDS, invitation.id):
            raise TooMany('This invitation has been sent again a moment ago.', seconds)
        _count(member, 1)
        before = vouch(tx, invitation, member)
        _renew(invitation)
        mail.rewrite_invitation(tx, invitation)
        role = invitation.role.value
        audit.record(tx, member, Act.INVITATION_RESEND, invitation.email, subject=invitation.id, role=role, **before)


def _make_room(tx: TenantSession, invitation: Invitation) -> None:
    """An invitation that has expired takes a place again. Raises LimitReached."""
    if invitation.expires_at <= clock.now() and not (room := member_room(tx)).free(1, invitation.role):
        raise room.refusal()


def revoke(actor: Actor, invitation_id: object) -> None:
    """Withdraw an invitation. Raises Forbidden, NotFound, SignedOut."""
    with transaction(actor) as tx:
        member, invitation = _of(tx, actor, invitation_id)
        close(invitation, InvitationState.REVOKED)
        audit.record(tx, member, Act.INVITATION_REVOKE, invitation.email, subject=invitation.id)


def change_role(actor: Actor, invitation_id: object, role: object, *, expected: Role) -> None:
    """Offer another role, if it is still the `expected` one; whoever does so stands for the invitation from now on.

    Raises Stale, Invalid('role'), LimitReached, Reauthenticate for Owners, Forbidden, NotFound, SignedOut.
    """
    role = known(role)
    with transaction(actor) as tx:
        member, invitation = _of(tx, actor, invitation_id)
        _who_may_offer(tx, actor, role)
        if invitation.role is not expected:
            raise Stale
        if invitation.role is role:
            return
        room = member_room(tx)
        if not room.takes_a_seat(invitation.role) and not room.free(1, role):
            raise room.refusal()
        invitation.role = role
        roles, before = {'before': expected.value, 'after': role.value}, vouch(tx, invitation, member)
        target, subject = invitation.email, invitation.id
        audit.record(tx, member, Act.INVITATION_CHANGE_ROLE, target, subject=subject, **roles, **before)


def link(actor: Actor, invitation_id: object) -> str:
    """The token of an invitation, for whoever may send one. Raises Dead, Forbidden, NotFound, SignedOut."""
    with reading(actor) as tx:
        _, invitation = _of(tx, actor, invitation_id)
        return token_of(invitation)


def revoke_of(tx: TenantSession, member: Member, user_id: str, role: Role | None) -> None:
    """Withdraw what somebody has offered who now has this role, or none, and may offer it no longer."""
    pending = Invitation.state == InvitationState.PENDING
    for invitation in tx.exec(select(Invitation).where(Invitation.invited_by == user_id, pending)).all():
        if role is None or needed(invitation.role) not in GRANTS[role]:
            close(invitation, InvitationState.REVOKED)
            audit.record(tx, member, Act.INVITATION_REVOKE, invitation.email, subject=invitation.id)


def _who_may_offer(tx: TenantSession, actor: Actor, role: Role) -> Member:
    member = authorize(tx, actor, Permission.MEMBER_INVITE)
    if role is Role.OWNER:
        member = authorize(tx, actor, needed(role))
        recently(tx, actor)
    return member


def _of(tx: TenantSession, actor: Actor, invitation_id: object) -> tuple[Member, Invitation]:
    member = authorize(tx, actor, Permission.MEMBER_INVITE)
    invitation = tx.find(Invitation, invitation_id)
    if invitation.state is not InvitationState.PENDING:
        raise NotFound
    if invitation.role is Role.OWNER:
        authorize(tx, actor, Permission.OWNER_APPOINT)
    return member, invitation


def _made(member: Member, recipient: Recipient, role: Role) -> Invitation:
    invitation = Invitation(
        organization_id=member.organization_id,
        email=recipient.text,
        email_key=recipient.key,
        role=role,
        nonce='',
        token_hash='',
        invited_by=member.user_id,
        invited_by_email=member.email,
        expires_at=clock.now(),
    )
    _renew(invitation)
    return invitation


def _renew(invitation: Invitation) -> None:
    invitation.nonce = new_id()
    links.keep_secrets(invitation)
    invitation.expires_at = clock.now() + GOOD_FOR


def _forget(tx: TenantSession, expired: list[str]) -> None:
    """An expired invitation makes room for a new one."""
    if expired:
        for invitation in tx.exec(select(Invitation).where(one_of(Invitation.id, expired))).all():
            tx.delete(invitation)
        tx.flush()


def _count(member: Member, number: int) -> None:
    if number == 0:
        return
    who = {'You have': member.user_id, 'This organization has': member.organization_id}
    for subject, key in who.items():
        if seconds := rate_limiter.wait(limits.INVITATIONS, key, amount=number):
            raise TooMany(f'{subject} sent many invitations in the last hour. Nothing was sent.', seconds)

"""Invitations, as those who receive them see them: what is offered, and the answer.

Whoever holds the link may look; only the person with the invited address may accept. Looking changes nothing.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlmodel import select

from data import changes, clock
from data.database import (
    Actor,
    Principal,
    Scope,
    System,
    TenantSession,
    accounts,
    administrator,
    lock,
    reading,
    transaction,
)
from data.inputs.names import called
from data.models import Invitation, InvitationState, Membership, Organization, Role, Status, User
from data.permissions import as_member, held, identify
from data.problems import NotFound, Problem
from data.security import tokens
from data.services import audit, naming
from data.services.audit import Act
from data.services.invitations.links import is_from_mail
from data.services.invitations.states import OUTLOOK_SENTENCES, InvitationOutlook, close, state_of
from data.services.usage import seats
from data.services.usage.member_limit import member_room


class Closed(Problem):
    """The offer can't be answered; `state` says why."""

    def __init__(self, state: InvitationOutlook) -> None:
        super().__init__(OUTLOOK_SENTENCES[state])
        self.state = state


class SomebodyElse(Problem):
    """The invitation is for another address than that of whoever is signed in."""

    def __init__(self, invited: str, signed_in: str) -> None:
        self.offered = f'This invitation is for {invited}.'
        super().__init__(f'{self.offered} You are signed in as {signed_in}.')


@dataclass(frozen=True)
class Offer:
    """What an invitation says to whoever holds its link.

    `invited_by` is whoever stands for it, as sentences name them. `viewer` is the address of whoever is signed in, ''
    for nobody; `is_right` whether it is the invited one.
    """

    state: InvitationOutlook
    organization_id: str
    organization: str
    status: Status
    email: str
    role: Role
    invited_by: str
    expires_at: datetime
    has_account: bool
    viewer: str
    is_right: bool


def look(token: object, actor: Actor | None = None) -> Offer:
    """What is offered and how it stands; changes nothing, however often.

    Raises NotFound for what is no token of ours.
    """
    organization_id, invitation_id = find(token)
    with reading(System(organization_id)) as tx:
        invitation, organization = tx.find(Invitation, invitation_id), tx.find(Organization, organization_id)
        state = _state_now(tx, invitation, organization)
        by = called(naming.name_of(tx, invitation.invited_by), invitation.invited_by_email)
    with accounts(writes=False) as tx:
        invited = tx.exec(select(User.id).where(User.email_key == invitation.email_key)).first()
        viewer = tx.get(User, actor.user_id) if actor else None
    return Offer(
        state=state,
        organization_id=organization.id,
        organization=organization.name,
        status=organization.status,
        email=invitation.email,
        role=invitation.role,
        invited_by=by,
        expires_at=invitation.expires_at,
        has_account=invited is not None,
        viewer=viewer.email if viewer else '',
        is_right=viewer is not None and viewer.email_key == invitation.email_key,
    )


def accept(actor: Actor, token: object) -> str:
    """Become a member; the id of the organization. Who is one already stays what they are.

    Raises SomebodyElse, Closed, NotFound, SignedOut.
    """
    organization_id, invitation_id = find(token)
    inside = replace(actor, organization_id=organization_id)
    with transaction(inside) as tx:
        lock(tx, organization_id)
        user = _signed_in(tx, inside)
        admit(tx, inside, user, invitation_id, token)
    return organization_id


def admit(tx: TenantSession, actor: Actor, user: User, invitation_id: str, token: object) -> None:
    """Accept inside a transaction that holds the organization. Raises SomebodyElse, Closed, NotFound.

    Whoever has the `token` from the mail reads what comes to their address: that is proved by it. The link that those
    who invite can copy proves nothing.
    """
    invitation, organization = _pending(tx, actor, invitation_id)
    if invitation.email_key != user.email_key:
        raise SomebodyElse(invitation.email, user.email)
    membership = tx.get(Membership, (organization.id, user.id))
    if membership is None and member_room(tx).is_full(invitation.role):
        raise Closed(InvitationOutlook.FULL)
    close(invitation, InvitationState.ACCEPTED)
    if user.verified_at is None and is_from_mail(invitation, token):
        user.verified_at = clock.now()
        changes.note_own(tx, user.id)
    if membership is None:
        membership = Membership.of(organization.id, user, invitation.role)
        tx.add(membership)
        seats.taken(tx, user.id, invitation.role)
    member = as_member(actor, organization, user, membership.role)
    about: dict[str, Any] = {'users': {user.id}, 'subject': invitation_id, 'role': membership.role.value}
    about['target_name'] = naming.name_of(tx, invitation.invited_by)
    audit.record(tx, member, Act.INVITATION_ACCEPT, invitation.invited_by_email, **about)


def decline(token: object, network: str = '') -> None:
    """Decline an invitation; holding the link is enough. Raises Closed, NotFound."""
    organization_id, invitation_id = find(token)
    system = System(organization_id, network)
    with transaction(system) as tx:
        invitation, _ = _pending(tx, system, invitation_id)
        close(invitation, InvitationState.DECLINED)
        invited = replace(system, email=invitation.email)  # who may have no account: the record has their address
        about: dict[str, Any] = {'subject': invitation.id, 'role': invitation.role.value}
        about['target_name'] = naming.name_of(tx, invitation.invited_by)
        audit.record(tx, invited, Act.INVITATION_DECLINE, invitation.invited_by_email, **about)


def find(token: object) -> tuple[str, str]:
    """Organization and id of the invitation that this token belongs to: who holds it may know. Raises NotFound."""
    if not isinstance(token, str) or len(token) != 43:
        raise NotFound
    with administrator() as tx:
        query, secret = select(Invitation.organization_id, Invitation.id), tokens.hashed(token)
        row = tx.exec(query.where((Invitation.token_hash == secret) | (Invitation.mailed_hash == secret))).first()
    if row is None:
        raise NotFound
    return row


def _pending(tx: TenantSession, principal: Principal, invitation_id: str) -> tuple[Invitation, Organization]:
    invitation = tx.find(Invitation, invitation_id)
    organization = tx.find(Organization, principal.organization_id)
    if (state := state_of(tx, invitation, organization)) is not InvitationOutlook.OPEN:
        raise Closed(state)
    return invitation, organization


def _state_now(tx: TenantSession, invitation: Invitation, organization: Organization) -> InvitationOutlook:
    """How it stands for whoever it is for: who is a member already takes no place."""
    state = state_of(tx, invitation, organization)
    if state is not InvitationOutlook.OPEN or not member_room(tx).is_full(invitation.role):
        return state
    is_member = tx.exec(select(Membership.user_id).where(Membership.email_key == invitation.email_key)).first()
    return state if is_member else InvitationOutlook.FULL


def _signed_in(tx: TenantSession, actor: Actor) -> User:
    """Whoever is signed in, read in this transaction: nobody of this organization yet. Raises SignedOut."""
    with tx.within(Scope()):
        user = held(tx, actor)
    identify(tx, actor)
    return user

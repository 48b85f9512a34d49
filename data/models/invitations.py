"""Invitations."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field

from data import clock
from data.models.base import OrganizationOwned, choice, new_id, owner
from data.models.memberships import Role


class InvitationState(StrEnum):
    """What has become of an invitation; one that is pending past its date has expired."""

    PENDING = 'pending'
    ACCEPTED = 'accepted'
    DECLINED = 'declined'
    REVOKED = 'revoked'


class Invitation(OrganizationOwned, table=True):
    """An offer of a role to an e-mail address. Its tokens are made when they are needed; this row has their SHA-256.

    One is for whoever invites to pass on, the other stands in the mail alone: who has that reads mail to the address.

    Whoever sent it is named, not referred to: the invitation outlives them.
    """

    __tablename__ = 'invitations'
    __table_args__ = (
        owner(),
        UniqueConstraint('organization_id', 'id'),
        Index('uq_invitations_mailed_hash', 'mailed_hash', unique=True),
        Index(
            'uq_invitations_pending',
            'organization_id',
            'email_key',
            unique=True,
            sqlite_where=text("state = 'pending'"),
            postgresql_where=text("state = 'pending'"),
        ),
    )
    id: str = Field(default_factory=new_id, primary_key=True, max_length=16)
    email: str = Field(max_length=254)
    email_key: str = Field(max_length=254)
    role: Role = Field(sa_column=choice(Role, 'role'))
    state: InvitationState = Field(default=InvitationState.PENDING, sa_column=choice(InvitationState, 'state'))
    nonce: str = Field(max_length=16)
    token_hash: str = Field(max_length=64, unique=True)
    invited_by: str = Field(max_length=16, index=True)
    invited_by_email: str = Field(max_length=254)
    created_at: datetime = Field(default_factory=clock.now)
    expires_at: datetime
    answered_at: datetime | None = None
    mailed_hash: str | None = Field(default=None, max_length=64)

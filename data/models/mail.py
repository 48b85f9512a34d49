"""Mails that wait to be sent."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Column, Index
from sqlmodel import JSON, Field

from data import clock
from data.models.base import OrganizationOwned, choice, new_id, owner


class MailState(StrEnum):
    """What has become of a mail."""

    WAITING = 'waiting'
    SENT = 'sent'
    FAILED = 'failed'


class Mail(OrganizationOwned, table=True):
    """A mail that an act in an organization is the cause of, written in the transaction of that act (an outbox).

    It is put into words when it is sent: what is kept here holds no secret. `problem` says why it is not sent yet.
    """

    __tablename__ = 'mails'
    __table_args__ = (
        owner(),
        Index('ix_mails_due', 'state', 'not_before'),
        Index('ix_mails_invitation', 'organization_id', 'invitation_id'),
    )
    id: str = Field(default_factory=new_id, primary_key=True, max_length=16)
    kind: str = Field(max_length=24)
    recipient: str = Field(max_length=254)
    facts: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    invitation_id: str | None = Field(default=None, max_length=16)
    state: MailState = Field(default=MailState.WAITING, sa_column=choice(MailState, 'state'))
    attempts: int = 0
    problem: str = Field(default='', max_length=300)
    created_at: datetime = Field(default_factory=clock.now)
    not_before: datetime = Field(default_factory=clock.now)
    sent_at: datetime | None = None

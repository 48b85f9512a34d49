"""Mails that wait to be sent: of an organization, of a person, or to somebody who has no account any more."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Index
from sqlmodel import JSON, Field, SQLModel

from data import clock
from data.models.base import OrganizationOwned, PersonOwned, choice, new_id, owner


class MailState(StrEnum):
    """What has become of a mail."""

    WAITING = 'waiting'
    SENT = 'sent'
    FAILED = 'failed'


class OutgoingMail(SQLModel):
    """What both tables of mails have: an outbox, written in the transaction of the act that causes the mail.

    A mail is put into words when it is sent: what is kept here holds no secret. `problem` says why it is not sent yet;
    until `claimed_until` one sender has it in hand and the others leave it alone.
    """

    id: str = Field(default_factory=new_id, primary_key=True, max_length=16)
    kind: str = Field(max_length=24)
    recipient: str = Field(max_length=254)
    facts: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    state: MailState
    attempts: int = 0
    problem: str = Field(default='', max_length=300)
    created_at: datetime = Field(default_factory=clock.now)
    not_before: datetime = Field(default_factory=clock.now)
    claimed_until: datetime | None = None
    sent_at: datetime | None = None


class Mail(OrganizationOwned, OutgoingMail, table=True):
    """A mail that an act in an organization is the cause of."""

    __tablename__ = 'mails'
    __table_args__ = (
        owner(),
        Index('ix_mails_due', 'state', 'not_before'),
        Index('ix_mails_invitation', 'organization_id', 'invitation_id'),
    )
    invitation_id: str | None = Field(default=None, max_length=16)
    state: MailState = Field(default=MailState.WAITING, sa_column=choice(MailState, 'state'))


class PersonalMail(PersonOwned, OutgoingMail, table=True):
    """A mail about somebody's account: no organization has anything to do with it, or sees it."""

    __tablename__ = 'personal_mails'
    __table_args__ = (Index('ix_personal_mails_due', 'state', 'not_before'),)
    state: MailState = Field(default=MailState.WAITING, sa_column=choice(MailState, 'state'))


class Farewell(OutgoingMail, table=True):
    """A mail to somebody whose account is closed: nobody's, and gone as soon as it is sent or given up."""

    __tablename__ = 'farewells'
    __table_args__ = (Index('ix_farewells_due', 'state', 'not_before'),)
    state: MailState = Field(default=MailState.WAITING, sa_column=choice(MailState, 'state'))

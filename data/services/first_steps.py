"""First steps: what an organization that has just begun still needs, told by what is in the database.

A step is done when what it asks for is there, whoever did it and wherever.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import bindparam, update
from sqlmodel import col, exists, func, select

from data import clock
from data.database import Actor, TenantSession, constant, transaction
from data.inputs import texts
from data.models import AuditEvent, BillingAddress, Invitation, InvitationState, Membership, Project
from data.permissions import Member, Permission, identify


class FirstStep(StrEnum):
    """Something that a new organization needs, in the order in which it is offered, and what it takes to do it."""

    permission: Permission

    def __new__(cls, name: str, permission: Permission) -> 'FirstStep':
        """A member whose value is its name."""
        step = str.__new__(cls, name)
        step._value_ = name
        step.permission = permission
        return step

    NAME = 'name', Permission.ORGANIZATION_RENAME
    PROJECT = 'project', Permission.PROJECT_EDIT
    INVITE = 'invite', Permission.MEMBER_INVITE
    ADDRESS = 'address', Permission.BILLING_MANAGE


@dataclass(frozen=True)
class Beginning:
    """How many people there are, and the steps of whoever looks: whether each is done.

    There are none where all of them are done, and where this person has put them away.
    """

    members: int
    steps: dict[FirstStep, bool]


_SENT = col(Invitation.state).in_((InvitationState.PENDING, InvitationState.ACCEPTED))
_COLUMNS: tuple[Any, ...] = (
    select(func.count()).select_from(Membership).scalar_subquery(),
    exists(select(Project.id)),
    exists(select(Invitation.id).where(_SENT)),
    exists(select(BillingAddress.country)),
    select(AuditEvent.actor_email).where(col(AuditEvent.seq) == 1).scalar_subquery(),
    select(Membership.steps_away_at).where(col(Membership.user_id) == bindparam('who')).scalar_subquery(),
)
_FACTS = constant(select(*_COLUMNS))
"""All in one: an overview is asked for more often than anything else."""


def beginning(tx: TenantSession, member: Member) -> Beginning:
    """How far a member's organization has come, as a part of what their overview shows."""
    members, project, invited, address, founder, away_at = tx.exec(_FACTS, params={'who': member.user_id}).one()
    done = {
        FirstStep.NAME: _is_named(member, founder),
        FirstStep.PROJECT: bool(project),
        FirstStep.INVITE: members > 1 or bool(invited),
        FirstStep.ADDRESS: bool(address),
    }
    steps = {step: done[step] for step in FirstStep if member.may(step.permission)}
    return Beginning(members, {} if away_at or all(steps.values()) else steps)


def _is_named(member: Member, founder: str | None) -> bool:
    """Whether somebody has chosen the name: it was changed, or is not the one that came with the founder's address."""
    organization = member.organization
    return organization.version > 1 or founder is None or organization.name != texts.name_from_email(founder)


def put_away(actor: Actor) -> None:
    """Offer the actor no first steps in this organization any more. Raises SignedOut."""
    with transaction(actor) as tx:
        identify(tx, actor)
        away = update(Membership).where(col(Membership.user_id) == actor.user_id).values(steps_away_at=clock.now())
        tx.exec(away.execution_options(synchronize_session=False))

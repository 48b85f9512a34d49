"""Retention: conversations in which nothing was said for as long as their agent keeps them go for good."""

from datetime import timedelta
from typing import Any

from sqlalchemy import bindparam
from sqlmodel import col, select

from data import clock
from data.database import System, administrator, constant, transaction
from data.database.portions import in_portions
from data.models import Agent, Conversation
from data.services.conversations.erasing import erase

_PERIODS = constant(select(Agent.retention_days).where(col(Agent.retention_days).is_not(None)).distinct())


def _due(what: Any) -> Any:
    is_of = (col(Agent.organization_id) == col(Conversation.organization_id)) & (
        col(Agent.project_id) == col(Conversation.project_id)
    )
    return (
        select(what)
        .select_from(Conversation)
        .join(Agent, is_of)
        .where(col(Conversation.changed_at) < bindparam('before'), col(Agent.retention_days) == bindparam('kept'))
        .order_by(col(Conversation.changed_at))
        .limit(bindparam('limit'))
    )


_WHERE = constant(_due(Conversation.organization_id))
_DUE = constant(_due(Conversation))


def expire() -> int:
    """Delete what is kept no longer, whosever it is, in portions; how many conversations that were."""
    return in_portions(_expire_some)


def _expire_some(limit: int) -> int | None:
    with administrator() as tx:
        periods = sorted(days for days in tx.exec(_PERIODS) if days is not None)
        dues = ((tx.exec(_WHERE, params=_parameters(days, 1)).first(), days) for days in periods)
        organization_id, days = next(((at, days) for at, days in dues if at), ('', 0))
    return expire_of(organization_id, days, limit) if organization_id else None


def expire_of(organization_id: str, days: int, limit: int) -> int:
    """Delete up to so many conversations of one organization that are kept for so many days; how many those were."""
    with transaction(System(organization_id)) as tx:
        due = tx.exec(_DUE, params=_parameters(days, limit)).all()  # somebody may have written meanwhile
        erase(tx, due)
    return len(due)


def _parameters(days: int, limit: int) -> dict[str, Any]:
    return {'before': clock.now() - timedelta(days=days), 'kept': days, 'limit': limit}

"""How many answers an agent gives a day: counted by the row itself, so that no two at once pass the ceiling."""

from sqlalchemy import bindparam, case, or_, update
from sqlmodel import col

from data.database import TenantSession, constant
from data.models import Agent
from data.services.usage import days

_GIVEN = case((col(Agent.answered_on) == bindparam('today'), col(Agent.answered)), else_=0)
_TAKE = constant(
    update(Agent)
    .where(
        col(Agent.id) == bindparam('agent'),
        or_(col(Agent.daily_ceiling).is_(None), col(Agent.daily_ceiling) > _GIVEN),
    )
    .values(answered=_GIVEN + 1, answered_on=bindparam('today'))
)


def count_answer(tx: TenantSession, agent_id: str) -> bool:
    """Count an answer of today, in its own transaction; False, and nothing counted, where the day's are given."""
    return tx.change_here(_TAKE, {'agent': agent_id, 'today': days.today()}).rowcount == 1

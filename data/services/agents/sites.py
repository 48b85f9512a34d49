"""On which sites an agent is seen: kept for those that may embed it, a moment for each."""

from datetime import timedelta
from typing import Any

from sqlalchemy import bindparam, update
from sqlmodel import col, func, select

from data import changes, clock
from data.changes import Change
from data.database import System, constant, reading, transaction
from data.inputs.sites import matches
from data.models import AgentSite
from data.services.agents.serving import Serving
from data.services.audit import Topic

OFTEN = timedelta(minutes=1)
"""How often it is written down that an agent is seen on a site."""

MOST = 100
"""Sites of an agent that are kept: of `*.shop.example` there may be any number."""

_SEEN = constant(
    select(AgentSite.seen_at).where(
        col(AgentSite.agent_id) == bindparam('agent'), col(AgentSite.site) == bindparam('on')
    )
)
_NUMBER = constant(select(func.count()).select_from(AgentSite).where(col(AgentSite.agent_id) == bindparam('agent')))
_SEE = constant(
    update(AgentSite)
    .where(col(AgentSite.agent_id) == bindparam('agent'), col(AgentSite.site) == bindparam('on'))
    .values(seen_at=bindparam('now'))
)


def seen(serving: Serving, origin: object) -> bool:
    """Keep that an agent is opened on a site, once a minute; whether the site is one of those that may embed it."""
    if not isinstance(origin, str) or not any(matches(origin, site) for site in serving.settings.sites):
        return False
    at, now = {'agent': serving.agent_id, 'on': origin}, clock.now()
    who = System(serving.organization_id)
    with reading(who) as tx:
        latest = tx.exec(_SEEN, params=at).first()
    if latest is None or latest <= now - OFTEN:
        with transaction(who) as tx:
            if tx.change_here(_SEE, {**at, 'now': now}).rowcount == 0:
                if tx.exec(_NUMBER, params={'agent': serving.agent_id}).one() >= MOST:
                    return True
                row: dict[str, Any] = {'organization_id': serving.organization_id, 'agent_id': serving.agent_id}
                tx.insert_new(AgentSite, [{**row, 'site': origin, 'seen_at': now}])
            changes.note(tx, Change(serving.organization_id, Topic.AGENT, subject=serving.agent_id))
    return True

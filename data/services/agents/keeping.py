"""How long conversations with an agent are kept, and how many answers it gives a day: at once, without publishing."""

from collections.abc import Mapping

from data import clock
from data.database import Actor, transaction
from data.models import Agent, ProjectStatus
from data.permissions import Permission, authorize
from data.problems import Invalid, collect
from data.services import audit
from data.services.agents.standing import find_agent
from data.services.audit import Act
from data.services.projects.standing import expect_status

LONGEST, MOST = 3650, 1_000_000
"""Days that conversations are kept, and answers a day, where they are limited."""


def change_keeping(actor: Actor, project_id: object, values: Mapping[str, object], *, version: int) -> Agent:
    """Limit how long conversations are kept, and how many answers are given a day.

    `values`: retention_days, daily_ceiling; each a number as people type it, '' for no limit. Raises
    Invalid('retention_days', 'daily_ceiling'), Stale when somebody saved after `version`, OtherStatus, Forbidden,
    NotFound, SignedOut.
    """
    values = values if isinstance(values, Mapping) else {}
    with collect() as checks:
        retention_days = checks.of(_number, values.get('retention_days'), 'retention_days', 1, LONGEST)
        daily_ceiling = checks.of(_number, values.get('daily_ceiling'), 'daily_ceiling', 0, MOST)
    with transaction(actor) as tx:
        member = authorize(tx, actor, Permission.PROJECT_EDIT)
        project, agent = find_agent(tx, project_id)
        expect_status(project, ProjectStatus.ACTIVE, ProjectStatus.ARCHIVED)
        now = retention_days, daily_ceiling
        if now == (agent.retention_days, agent.daily_ceiling) and agent.version == version:
            return agent
        agent.expect(version)
        agent.retention_days, agent.daily_ceiling = now
        agent.changed_at = clock.now()
        audit.record(tx, member, Act.AGENT_LIMIT, project.name, subject=agent.id)
    return agent


def _number(value: object, field: str, least: int, most: int) -> int | None:
    """The number that was typed, None for nothing. Raises Invalid(field)."""
    typed = ('' if value is None else str(value)).strip().replace(',', '')
    if not typed:
        return None
    if not (typed.isascii() and typed.isdecimal() and len(typed) <= 9 and least <= int(typed) <= most):
        raise Invalid(**{field: f'Enter a number from {least:,} to {most:,}, or leave it empty for no limit.'})
    return int(typed)

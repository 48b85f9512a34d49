"""The secret of an agent, with which a site signs who its visitors are. The database keeps it sealed."""

import secrets

from sqlalchemy import bindparam
from sqlmodel import col, select

from data import clock
from data.database import Actor, TenantSession, constant, reading, transaction
from data.models import Agent, ProjectStatus
from data.permissions import Permission, authorize
from data.security import seal
from data.services import audit
from data.services.agents.standing import find_agent
from data.services.audit import Act
from data.services.projects.standing import expect_status

PURPOSE = 'who visitors of an agent are'

_BYTES = 32
_SECRET = constant(select(Agent.secret).where(col(Agent.id) == bindparam('agent_id')))


def renew_secret(actor: Actor, project_id: object) -> str:
    """Give an agent a secret, or another one: what was signed with the one before counts no longer; the secret.

    Raises OtherStatus for a project that is being deleted, Forbidden, NotFound, SignedOut.
    """
    secret = secrets.token_urlsafe(_BYTES)
    with transaction(actor) as tx:
        member = authorize(tx, actor, Permission.PROJECT_EDIT)
        project, agent = find_agent(tx, project_id)
        expect_status(project, ProjectStatus.ACTIVE, ProjectStatus.ARCHIVED)
        agent.secret, agent.changed_at = seal.seal(secret, PURPOSE, agent.id), clock.now()
        audit.record(tx, member, Act.AGENT_RENEW_SECRET, project.name, subject=agent.id)
    return secret


def secret(actor: Actor, project_id: object) -> str:
    """The secret, for those who may change the agent; '' where there is none. Raises Unreadable, Forbidden, NotFound,
    SignedOut.
    """
    with reading(actor) as tx:
        authorize(tx, actor, Permission.PROJECT_EDIT)
        return secret_of(tx, find_agent(tx, project_id)[1].id)


def secret_of(tx: TenantSession, agent_id: str) -> str:
    """The secret of an agent, '' where it has none; whoever asks has been authorized. Raises Unreadable."""
    sealed = tx.exec(_SECRET, params={'agent_id': agent_id}).first()
    return seal.unseal(sealed, PURPOSE, agent_id) if sealed else ''

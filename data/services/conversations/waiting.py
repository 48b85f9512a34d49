"""Waiting: who waits for a person, whether one is here, and the mail to those who may answer when nobody is.

Whether somebody is here is known to whoever serves the screens: `look_for_people` tells it once, at the start.
"""

from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import bindparam, literal
from sqlmodel import col, func, select

from data import clock
from data.database import System, TenantSession, administrator, constant, reading, transaction
from data.models import Conversation, ConversationState, Mail, Membership, MessageRole, Organization, Project, User
from data.runtime import limits, mail_server, rate_limiter
from data.services.agents.serving import SERVED
from data.services.conversations.standing import ANSWERERS
from data.services.mail.contents import Content, NotSent

KIND = 'visitor-waits'
"""The kind of mail that says so."""

PATIENCE = timedelta(minutes=10)
"""How long somebody may wait while people are here: a screen may be open all night, and nobody before it."""

LATELY = timedelta(days=1)
"""How far back it is looked for visitors whom somebody has left alone: a day later they have gone, too."""

_Presence = Callable[[str], bool]


def _nobody(_: str) -> bool:
    return False


class _People:
    """Who knows whether somebody is here."""

    look: _Presence = staticmethod(_nobody)


_STATE = col(Conversation.state)
_IS_UNTOLD = col(Conversation.told_at).is_(None)
_IS_LEFT = (
    (_STATE == ConversationState.HUMAN)
    & (col(Conversation.last_role) == MessageRole.VISITOR)
    & (col(Conversation.team_seq) < col(Conversation.last_seq))
    & (col(Conversation.changed_at) <= bindparam('before'))
)
"""Whether whoever has it has not read for PATIENCE what the visitor said last."""

_WAITS = (col(Conversation.project_id) == bindparam('project')) & ((_STATE == ConversationState.WAITING) | _IS_LEFT)
_UNTOLD = constant(select(Conversation).where(_WAITS, _IS_UNTOLD))
_WAITING = constant(select(func.count()).select_from(Conversation).where(_WAITS))
_PEOPLE = constant(
    select(User.email)
    .join(Membership, col(Membership.user_id) == col(User.id))
    .where(col(Membership.role).in_(ANSWERERS))
    .order_by(col(User.email_key))
)
_WORKS = (
    select(literal(1))
    .where(
        col(Project.organization_id) == col(Conversation.organization_id),
        col(Project.id) == col(Conversation.project_id),
        col(Project.archived_at).is_(None),
        col(Project.deleted_at).is_(None),
        col(Organization.id) == col(Conversation.organization_id),
        col(Organization.status).in_(SERVED),
    )
    .correlate_except(Project, Organization)
    .exists()
)
"""Whether somebody may answer at all: in what rests nobody does, and nobody is mailed."""

_TO_TELL = constant(
    select(Conversation.organization_id, Conversation.project_id, func.min(Conversation.waiting_since))
    .where(_STATE == ConversationState.WAITING, _IS_UNTOLD, _WORKS)
    .group_by(col(Conversation.organization_id), col(Conversation.project_id))
)
_LEFT = constant(
    select(Conversation.organization_id, Conversation.project_id, func.min(Conversation.changed_at))
    .where(_IS_LEFT, _IS_UNTOLD, _WORKS, col(Conversation.changed_at) > bindparam('since'))
    .group_by(col(Conversation.organization_id), col(Conversation.project_id))
)


def look_for_people(presence: _Presence) -> None:
    """Ask this from now on whether somebody who may answer has a screen of an organization open; from any thread."""
    _People.look = staticmethod(presence)


def is_anybody_here(organization_id: str) -> bool:
    """Whether somebody who may answer visitors has a screen of this organization open."""
    return _People.look(organization_id)


def tell(tx: TenantSession, project_id: str) -> int:
    """Mail those who may answer that somebody waits, all who do in this project at once; how many mails those are.

    None where all of it was told, or a mail went out a moment ago: then `tell_where_nobody_is` does it later.
    """
    untold = tx.exec(_UNTOLD, params={'project': project_id, 'before': clock.now() - PATIENCE}).all()
    here = str(tx.scope.organization_id)
    if not untold or (mail_server.is_configured() and rate_limiter.wait(limits.WAITING_MAILS, here, project_id)):
        return 0
    for conversation in untold:
        conversation.told_at = clock.now()
    if not mail_server.is_configured():
        return 0
    project, organization = tx.find(Project, project_id), tx.find(Organization, here)
    facts = {'organization': organization.name, 'project': project.name, 'project_id': project.id}
    people = list(tx.exec(_PEOPLE))
    for email in people:
        tx.add(Mail(organization_id=here, kind=KIND, recipient=email, facts=facts))
    return len(people)


def tell_where_nobody_is() -> int:
    """Do so wherever somebody waits untold, and nobody is here, or has come for PATIENCE; how many mails those are.

    Whoever has a conversation may have gone: then the visitor waits as well.
    """
    before, number = clock.now() - PATIENCE, 0
    with administrator() as tx:
        left = tx.exec(_LEFT, params={'before': before, 'since': before - LATELY}).all()
        waiting = [*tx.exec(_TO_TELL), *left]
    for organization_id, project_id, since in waiting:
        if not is_anybody_here(organization_id) or since is None or since <= before:
            with transaction(System(organization_id)) as tx:
                number += tell(tx, project_id)
    return number


def content(mail: Mail) -> Content:
    """What such a mail says, with the way to the conversations; not sent where nobody waits any more."""
    project_id = str(mail.facts.get('project_id', ''))
    with reading(System(mail.organization_id)) as tx:
        number = tx.exec(_WAITING, params={'project': project_id, 'before': clock.now() - PATIENCE}).one()
    if not number:
        raise NotSent('Nobody waits any more.', for_good=True)
    path = f'/organizations/{mail.organization_id}/projects/{project_id}/conversations'
    return Content({**mail.facts, 'number': 'A visitor waits' if number == 1 else f'{number:,} visitors wait'}, path)

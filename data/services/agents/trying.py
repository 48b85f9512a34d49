"""Trying an agent: what its draft says to a question, before anybody else gets it. It counts nothing."""

from data.database import Actor, reading
from data.inputs import texts
from data.permissions import Permission, authorize
from data.problems import Invalid, TooMany
from data.runtime import limits, rate_limiter
from data.services.agents import answering, settings
from data.services.agents.answering import Answer
from data.services.agents.standing import find_agent

QUESTION_LIMIT = 2000
"""Characters of a question, as of a visitor's message."""


def try_draft(actor: Actor, project_id: object, question: object) -> Answer:
    """What the draft of a project's agent says to a question, from the knowledge as it is now.

    Raises Invalid('question'), TooMany, NotFound, SignedOut.
    """
    asked = texts.several_lines(question, field='question', label='The question', limit=QUESTION_LIMIT)
    if not asked:
        raise Invalid(question='Ask something.')
    with reading(actor) as tx:
        member = authorize(tx, actor, Permission.ORGANIZATION_VIEW)
        project, agent = find_agent(tx, project_id)
        if seconds := rate_limiter.wait(limits.TRIALS, member.user_id):
            raise TooMany('You have asked many questions.', seconds)
        return answering.answer(tx, project.id, settings.of(agent.draft), asked)

"""How what is done to unanswered questions is performed, and what each asks for."""

from data.database import Actor
from data.permissions import Permission
from data.services import unanswered
from data.services.audit import Act
from data.services.unanswered import changing
from tests.support.performances import Performance
from tests.support.stage import Stage
from tests.support.talking import agent_of, ask

VIEW, EDIT = (Permission.CONVERSATION_VIEW,), (Permission.PROJECT_EDIT,)


def asked(stage: Stage) -> str:
    """The id of a question that nothing answers."""
    agent = agent_of(stage.world.owner)
    ask(agent, 'Do you have a shop in Berlin?')
    [entry] = unanswered.portion(stage.world.owner, agent.project_id).rows
    return entry.id


def dismissed(stage: Stage) -> str:
    """The id of one that was dismissed."""
    entry = asked(stage)
    unanswered.dismiss(stage.world.owner, entry)
    return entry


def write(_: Stage, actor: Actor, entry: str) -> object:
    return unanswered.write(actor, entry, {'answer': 'Yes, at the main station.'})


def dismiss(_: Stage, actor: Actor, entry: str) -> object:
    return unanswered.dismiss(actor, entry)


def reopen(_: Stage, actor: Actor, entry: str) -> object:
    return unanswered.reopen(actor, entry)


ACTS = {
    'write the answer': Performance(Act.SOURCE_WRITE, unanswered.write, EDIT, asked, write),
    'dismiss a question': Performance(Act.UNANSWERED_DISMISS, changing._set, EDIT, asked, dismiss),
    'take a question up again': Performance(Act.UNANSWERED_REOPEN, changing._set, EDIT, dismissed, reopen),
}

LOOKS = {'see unanswered questions': Performance(None, unanswered.portion, VIEW, Stage.project)}

"""How conversations, canned replies and leads are handled, and what each of it asks for."""

from data.database import Actor
from data.permissions import Permission
from data.services import conversations, leads, projects, replies, visitors
from data.services.audit import Act
from data.services.conversations import writing
from data.services.visitors import Arrival
from tests.support.performances import Performance
from tests.support.stage import PROJECT, Stage
from tests.support.talking import key, publish

ANSWER, VIEW = (Permission.CONVERSATION_ANSWER,), (Permission.CONVERSATION_VIEW,)
DELETE, EXPORT = (Permission.CONVERSATION_DELETE,), (Permission.LEAD_EXPORT,)
REPLY = {'title': 'Hello', 'text': 'Hello,\nhow can I help?'}


def empty(stage: Stage) -> str:
    """A project that nobody has written to."""
    return projects.create(stage.world.owner, {'name': PROJECT}).id


def open_one(stage: Stage) -> str:
    """A conversation that the agent answers."""
    return placed(stage).split()[1]


def taken(stage: Stage) -> str:
    """One that somebody has who is not the one to act."""
    at = open_one(stage)
    conversations.take(stage.world.owner, at)
    return at


def resolved(stage: Stage) -> str:
    """One that is done."""
    at = open_one(stage)
    conversations.resolve(stage.world.owner, at)
    return at


def reply(stage: Stage) -> str:
    """A canned reply."""
    return replies.add(stage.world.owner, empty(stage), REPLY).id


def placed(stage: Stage) -> str:
    """Project and id of a conversation, with a space between them."""
    project = empty(stage)
    said = visitors.say(publish(stage.world.owner, project), Arrival(), 'Do you ship to Norway?', key())
    return f'{project} {said.conversation_id}'


def assign(stage: Stage, actor: Actor, at: str) -> object:
    return conversations.assign(actor, at, stage.target.user_id)


def say(_: Stage, actor: Actor, at: str) -> object:
    return conversations.say(actor, at, 'Yes, within five days.', key())


def reopen(_: Stage, actor: Actor, at: str) -> object:
    return conversations.reopen(actor, at)


def note(_: Stage, actor: Actor, at: str) -> object:
    return conversations.note(actor, at, 'Ask Adam', key())


def tag(_: Stage, actor: Actor, at: str) -> object:
    return conversations.tag(actor, at, 'refund')


def untag(_: Stage, actor: Actor, at: str) -> object:
    return conversations.untag(actor, at, 'refund')


def read(_: Stage, actor: Actor, at: str) -> object:
    return conversations.read(actor, at, 1)


def see(_: Stage, actor: Actor, at: str) -> object:
    return conversations.get(actor, *at.split())


def add_reply(_: Stage, actor: Actor, project: str) -> object:
    return replies.add(actor, project, REPLY)


def change_reply(_: Stage, actor: Actor, at: str) -> object:
    return replies.change(actor, at, {**REPLY, 'text': 'Hi'}, version=1)


ACTS = {
    'take over': Performance(Act.CONVERSATION_TAKE, conversations.take, ANSWER, open_one),
    'assign a conversation': Performance(Act.CONVERSATION_ASSIGN, conversations.assign, ANSWER, open_one, assign),
    'give it back': Performance(Act.CONVERSATION_GIVE_BACK, conversations.give_back, ANSWER, taken),
    'resolve a conversation': Performance(Act.CONVERSATION_RESOLVE, conversations.resolve, ANSWER, open_one),
    'reopen a conversation': Performance(Act.CONVERSATION_REOPEN, conversations.take, ANSWER, resolved, reopen),
    'answer a visitor': Performance(Act.CONVERSATION_TAKE, writing._write, ANSWER, open_one, say),
    'delete a conversation': Performance(Act.CONVERSATION_DELETE, conversations.delete, DELETE, open_one),
    'add a reply': Performance(Act.REPLY_ADD, replies.add, ANSWER, empty, add_reply),
    'change a reply': Performance(Act.REPLY_CHANGE, replies.change, ANSWER, reply, change_reply),
    'remove a reply': Performance(Act.REPLY_REMOVE, replies.remove, ANSWER, reply),
    'export leads': Performance(Act.LEAD_EXPORT, leads.export, EXPORT, empty),
}

LOOKS = {
    'list conversations': Performance(None, conversations.portion, VIEW, empty),
    'see a conversation': Performance(None, conversations.get, VIEW, placed, see),
    'see figures': Performance(None, conversations.figures, VIEW, empty),
    'list replies': Performance(None, replies.of_project, VIEW, empty),
    'list leads': Performance(None, leads.portion, VIEW, empty),
    'type': Performance(None, conversations.typing, ANSWER, open_one),
}

QUIET = {
    'note that it was read': Performance(None, conversations.read, VIEW, open_one, read),
    'write a note': Performance(None, writing._write, ANSWER, open_one, note),
    'put a tag on it': Performance(None, conversations.tag, ANSWER, open_one, tag),
    'take a tag off': Performance(None, conversations.untag, ANSWER, open_one, untag),
}
"""What is written and not on the record: it stands there itself."""

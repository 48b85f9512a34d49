"""What members write into a conversation: messages, notes, tags, and how far they have read."""

from sqlalchemy import bindparam
from sqlmodel import col, delete, select

from data import changes
from data.changes import Change
from data.database import Actor, constant, reading, transaction
from data.inputs import texts
from data.models import Conversation, ConversationTag, Message, MessageRole
from data.permissions import Permission, authorize
from data.problems import Invalid
from data.runtime import limits, rate_limiter
from data.services.audit import Topic
from data.services.conversations import messages
from data.services.conversations.changing import take_over
from data.services.conversations.standing import GONE, to_answer
from data.services.portions import number

TAGS, TAG = 20, 40
"""How many tags a conversation has at most, and characters of each."""

OF_MEMBER = 'm:'
"""Before the keys of members: the messages of visitors have their own."""

_TAGS = constant(select(ConversationTag.tag).where(col(ConversationTag.conversation_id) == bindparam('conversation')))


def say(actor: Actor, conversation_id: object, text: object, key: object) -> Message:
    """Answer the visitor; who does so where no other member has the conversation, has it from now on.

    The same `key` again is the same message. Raises Invalid('text' | 'key'), TakenBy, OtherStatus, Forbidden, NotFound,
    SignedOut.
    """
    return _write(actor, conversation_id, MessageRole.MEMBER, text, key)


def note(actor: Actor, conversation_id: object, text: object, key: object) -> Message:
    """Write something that only the team reads. Raises as `say`, but for TakenBy."""
    return _write(actor, conversation_id, MessageRole.NOTE, text, key)


def _write(actor: Actor, conversation_id: object, role: MessageRole, text: object, key: object) -> Message:
    words, name = messages.checked_text(text), OF_MEMBER + messages.checked_key(key)
    with transaction(actor) as tx:
        member, conversation, project = to_answer(tx, actor, conversation_id)
        known = messages.by_key(tx, conversation, name)
        if known:
            if (known.author, known.role) != (member.user_id, role):
                raise Invalid(key='This key is that of another message.')
            return known
        if role is MessageRole.MEMBER:
            take_over(tx, member, conversation, project)
            conversation.told_at = None  # whoever waited has an answer
        message = messages.add(tx, conversation, role, words, key=name, author=member.user_id)
        if conversation.team_seq == message.seq - 1 or role is MessageRole.MEMBER:
            conversation.team_seq = message.seq  # who answers has read what was asked
    return message


def tag(actor: Actor, conversation_id: object, word: object) -> str:
    """Put a tag on a conversation, in the form in which equal ones are one; that form.

    Raises Invalid('tag'), OtherStatus, Forbidden, NotFound, SignedOut.
    """
    form = _form(word)
    with transaction(actor) as tx:
        _, conversation, _ = to_answer(tx, actor, conversation_id)
        there = tx.exec(_TAGS, params={'conversation': conversation.id}).all()
        if form not in there:
            if len(there) >= TAGS:
                raise Invalid(tag=f'A conversation has at most {TAGS} tags.')
            owned = {'organization_id': conversation.organization_id, 'conversation_id': conversation.id}
            tx.add(ConversationTag(**owned, tag=form))
            messages.note(tx, conversation.id)
    return form


def untag(actor: Actor, conversation_id: object, word: object) -> None:
    """Take a tag off; harmless where it is not there. Raises as `tag`."""
    form = _form(word)
    with transaction(actor) as tx:
        _, conversation, _ = to_answer(tx, actor, conversation_id)
        is_it = (col(ConversationTag.conversation_id) == conversation.id) & (col(ConversationTag.tag) == form)
        if tx.exec(delete(ConversationTag).where(is_it)).rowcount:
            messages.note(tx, conversation.id)


def _form(word: object) -> str:
    text = texts.clean('' if word is None else word, field='tag', label='The tag', limit=TAG)
    form = texts.search_key(text)[:TAG]
    if not form:
        raise Invalid(tag='The tag is required.')
    return form


def read(actor: Actor, conversation_id: object, seq: object) -> None:
    """Note that the team has read up to this message; what is only looked at by who may not answer stays unread.

    Raises Invalid('seq'), Forbidden, NotFound, SignedOut.
    """
    upto = number(seq, 'seq')
    with transaction(actor) as tx:
        member = authorize(tx, actor, Permission.CONVERSATION_VIEW)
        conversation = tx.find(Conversation, conversation_id, GONE)
        reached = min(upto, conversation.last_seq)
        if reached > conversation.team_seq and member.may(Permission.CONVERSATION_ANSWER):
            conversation.team_seq = reached
            messages.note(tx, conversation.id)


def typing(actor: Actor, conversation_id: object) -> None:
    """Let the visitor, and whoever looks at the conversation, see that this member types; every two seconds at most.

    Raises Forbidden, NotFound, SignedOut.
    """
    with reading(actor) as tx:
        member = authorize(tx, actor, Permission.CONVERSATION_ANSWER)
        conversation = tx.find(Conversation, conversation_id, GONE)
    if rate_limiter.wait(limits.TYPING, conversation.id, member.user_id) == 0:
        at, name = member.organization_id, member.name
        changes.publish([Change(at, Topic.TYPING, by=member.user_id, by_name=name, subject=conversation.id)])

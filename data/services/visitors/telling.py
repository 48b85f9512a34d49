"""What visitors tell beside messages: an address, whether an answer helped, how far they read, that they type."""

from sqlalchemy import bindparam
from sqlmodel import col, select

from data import changes, problems
from data.changes import Change
from data.database import constant, reading, transaction
from data.inputs import emails, texts
from data.inputs.emails import Email
from data.models import Lead, Message, MessageRole
from data.problems import Invalid, NotFound, TooMany
from data.runtime import limits, rate_limiter
from data.services.agents.serving import Serving
from data.services.audit import Topic
from data.services.conversations import messages
from data.services.conversations.events import Event
from data.services.portions import number
from data.services.visitors.arrivals import call_them, expect, expect_serving, principal

VISITOR = 'visitor'
"""Who types, as it is told, where that is no member."""

_MESSAGE = constant(
    select(Message).where(
        col(Message.conversation_id) == bindparam('conversation'),
        col(Message.seq) == bindparam('number'),
        col(Message.role) == MessageRole.AGENT,
    )
)
_LEADS = constant(select(Lead).where(col(Lead.conversation_id) == bindparam('conversation')))


def leave_address(serving: Serving, token: object, email: object, name: object, agreed: object) -> Lead:
    """Keep the address of a visitor who has agreed to the agent's sentence, with it and when; the same one once.

    Raises Invalid('email' | 'name' | 'agreed'), TooMany, NotServing, Stranger, Unavailable.
    """
    address, called = _checked(email, name, agreed)
    with transaction(principal(serving)) as tx:
        now = expect_serving(tx, serving)
        if not now.settings.offers_email:
            raise Invalid(email='No address can be left here.')
        visitor, conversation = expect(tx, serving, token)
        left = tx.exec(_LEADS, params={'conversation': conversation.id}).all()
        if known := next((lead for lead in left if lead.email_key == address.key), None):
            return known
        if len(left) >= limits.LEADS:
            raise TooMany('You left several addresses already.', 24 * 3600)
        lead = Lead(
            organization_id=visitor.organization_id,
            project_id=conversation.project_id,
            conversation_id=conversation.id,
            email=address.shown,
            email_key=address.key,
            name=called,
            key_of_who=texts.plain_key(f'{called} {address.shown}'),
            consent=now.settings.consent[:500],
        )
        tx.add(lead)
        if not visitor.is_signed:
            call_them(visitor, called or visitor.name, address.shown)
        messages.happened(tx, conversation, Event.LEFT_ADDRESS)
        changes.note(tx, Change(lead.organization_id, Topic.LEAD))
    return lead


def _checked(email: object, name: object, agreed: object) -> tuple[Email, str]:
    with problems.collect() as checks:
        address = checks.of(emails.parse, email)
        called = checks.of(
            texts.clean, name or '', field='name', label='Your name', limit=texts.NAME_LIMIT, required=False
        )
        if agreed is not True:
            checks.wrong['agreed'] = 'Agree to this first, or leave no address.'
    return address, called


def vote(serving: Serving, token: object, seq: object, value: object) -> None:
    """Note whether an answer of the agent helped: 1, -1, or None to take that back.

    Raises Invalid('vote' | 'seq'), NotFound for what is no answer of the agent, Stranger, Unavailable.
    """
    place = number(seq, 'seq')
    if value is not None and (isinstance(value, bool) or value not in (1, -1)):
        raise Invalid(vote='It helped, or it did not.')
    with transaction(principal(serving)) as tx:
        _, conversation = expect(tx, serving, token)
        message = tx.exec(_MESSAGE, params={'conversation': conversation.id, 'number': place}).first()
        if message is None:
            raise NotFound('This answer is no longer here.')
        if message.vote != value:
            message.vote = 1 if value == 1 else -1 if value == -1 else None
            messages.note(tx, conversation.id)


def read(serving: Serving, token: object, seq: object) -> None:
    """Note that the visitor has read up to this message. Raises Invalid('seq'), Stranger, Unavailable."""
    upto = number(seq, 'seq')
    with transaction(principal(serving)) as tx:
        _, conversation = expect(tx, serving, token)
        reached = min(upto, conversation.last_seq)
        if reached > conversation.visitor_seq:
            conversation.visitor_seq = reached
            messages.note(tx, conversation.id)


def typing(serving: Serving, token: object) -> None:
    """Let whoever looks at the conversation see that the visitor types; every two seconds at most.

    Raises Stranger, Unavailable.
    """
    with reading(principal(serving)) as tx:
        _, conversation = expect(tx, serving, token)
    if rate_limiter.wait(limits.TYPING, conversation.id, VISITOR) == 0:
        changes.publish([Change(serving.organization_id, Topic.TYPING, by=VISITOR, subject=conversation.id)])

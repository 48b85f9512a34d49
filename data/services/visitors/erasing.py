"""A visitor deletes all that was said with them: at once and for good."""

from sqlalchemy import bindparam
from sqlmodel import col, select

from data.database import constant, transaction
from data.models import Conversation
from data.services.agents.serving import Serving
from data.services.conversations import erasing
from data.services.visitors.arrivals import expect, principal

_ALL = constant(select(Conversation).where(col(Conversation.visitor_id) == bindparam('visitor')))


def erase(serving: Serving, token: object) -> None:
    """Delete the visitor of this token, what was said and the addresses they left: the token is a stranger's then.

    How much was used stays. Raises Stranger, Unavailable.
    """
    with transaction(principal(serving)) as tx:
        visitor, _ = expect(tx, serving, token)
        erasing.erase(tx, tx.exec(_ALL, params={'visitor': visitor.id}).all())

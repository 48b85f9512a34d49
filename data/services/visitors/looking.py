"""A conversation as its visitor looks at it: what was said to them since, who answers, and how far each has read."""

from dataclasses import dataclass

from data.database import reading
from data.models import ConversationState
from data.services import naming
from data.services.agents.serving import Serving
from data.services.conversations import lines
from data.services.conversations.events import SOMEBODY
from data.services.conversations.lines import Line
from data.services.portions import LAST
from data.services.visitors.arrivals import known, latest, principal


@dataclass(frozen=True)
class Talk:
    """The conversation of a visitor, with its lines after a certain one, at most `lines.GAP` of them.

    `member` is what the member is called who has it, None where the agent answers or nobody has it yet. `seq` is to be
    asked for next, `more` whether there are lines behind it already. `visitor_seq` and `team_seq` are up to where each
    side has read. `is_owed` is whether the agent is about to answer.
    """

    conversation_id: str
    state: ConversationState
    messages: list[Line]
    member: str | None
    seq: int
    visitor_seq: int
    team_seq: int
    is_owed: bool
    more: bool


def look(serving: Serving, token: object, after: object = 0) -> Talk | None:
    """What the visitor of this token reads after that line, from the beginning for what is no number of one.

    None for a stranger. Raises Unavailable.
    """
    since = after if isinstance(after, int) and not isinstance(after, bool) and 0 <= after <= LAST else 0
    with reading(principal(serving)) as tx:
        visitor = known(tx, serving, token)
        conversation = latest(tx, visitor) if visitor else None
        if conversation is None:
            return None
        said = lines.for_visitor(tx, conversation.id, since)
        member = None
        if conversation.state is ConversationState.HUMAN and conversation.assignee:
            member = naming.name_of(tx, conversation.assignee) or SOMEBODY
    seq = said[-1].seq if said else min(since, conversation.last_seq)
    more = bool(since) and len(said) == lines.GAP
    read = conversation.visitor_seq, conversation.team_seq
    return Talk(conversation.id, conversation.state, said, member, seq, *read, conversation.owed_turn is not None, more)

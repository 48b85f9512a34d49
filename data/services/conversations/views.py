"""What screens show of conversations: rows of the list, one of them with all around it, and figures of a project."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from data.models import ConversationState, Lead, MessageRole
from data.permissions import Member
from data.services.conversations.lines import Line
from data.services.portions import Portion


class View(StrEnum):
    """What is looked at: what needs a person, what the agent answers, what is mine, what is done, or everything."""

    NEEDS = 'needs'
    AGENT = 'agent'
    MINE = 'mine'
    RESOLVED = 'resolved'
    ALL = 'all'


@dataclass(frozen=True)
class ConversationRow:
    """A conversation as the list shows it.

    `visitor` is what the visitor says to be called, else the address, '' for neither. `assignee` is who has it, as the
    team names them, and `assignee_id` their id; None where nobody does, or who is no member any more. `is_unread` is
    whether nobody who may answer has read what was said last. `waiting_since` is None where nobody waits.
    """

    id: str
    state: ConversationState
    visitor: str
    is_signed: bool
    opening: str
    last_text: str
    last_role: MessageRole
    last_seq: int
    is_unread: bool
    assignee: str | None
    assignee_id: str | None
    waiting_since: datetime | None
    changed_at: datetime
    tags: tuple[str, ...]


@dataclass(frozen=True)
class Conversations(Portion[ConversationRow]):
    """A portion of the conversations; how many there are in each view, whatever was looked for; and all tags in use."""

    counts: dict[View, int]
    member: Member
    tags: list[str]


@dataclass(frozen=True)
class VisitorView:
    """Who writes: what they say to be, and where `is_signed`, what their site says; the page and browser they use."""

    name: str
    email: str
    known_as: str
    is_signed: bool
    site: str
    page: str
    device: str
    since: datetime


@dataclass(frozen=True)
class Answerer:
    """A member who may answer visitors, as the team names them."""

    id: str
    called: str


@dataclass(frozen=True)
class ConversationView:
    """One conversation; `before` is the number of the oldest line here where older ones follow, None where not.

    `visitor_seq` and `team_seq` are up to where each side has read. `people` are all who may have it.
    """

    row: ConversationRow
    turn: int
    visitor: VisitorView
    lines: list[Line]
    before: int | None
    visitor_seq: int
    team_seq: int
    leads: list[Lead]
    people: list[Answerer]
    member: Member


@dataclass(frozen=True)
class Figures:
    """Of a project: its conversations in all and of the last 30 days, answers given in these, and how many wait.

    `unanswered` are the questions that nobody has written an answer to, `ready` the sources that answer, of `sources`.
    """

    conversations: int
    lately: int
    answered: int
    waiting: int
    unanswered: int
    ready: int
    sources: int
    leads: int

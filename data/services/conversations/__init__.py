"""Conversations: what visitors, the agent and members say to each other, who has one, and what becomes of it."""

from data.services.conversations.changing import assign, give_back, reopen, resolve, take
from data.services.conversations.erasing import delete
from data.services.conversations.events import SOMEBODY, Event
from data.services.conversations.figures import figures
from data.services.conversations.lines import Line
from data.services.conversations.looking import PORTION, get, portion
from data.services.conversations.standing import TakenBy
from data.services.conversations.views import (
    Answerer,
    ConversationRow,
    Conversations,
    ConversationView,
    Figures,
    View,
    VisitorView,
)
from data.services.conversations.waiting import is_anybody_here, look_for_people
from data.services.conversations.writing import note, read, say, tag, typing, untag

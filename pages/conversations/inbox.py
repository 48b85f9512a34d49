"""The three panes of conversations: the list that is searched and live, and beside it the one that is open."""

import re

from components.conversations import Asked, Inbox
from components.kit.calls import call
from components.kit.grid import Row
from data.inputs import texts
from data.permissions import Member
from data.services import conversations, replies
from data.services.audit import Topic
from data.services.conversations import Conversations, ConversationView, View
from pages.conversations import words
from pages.conversations.talk import Talk
from pages.shell.live_list import LiveList

WORD = re.compile(r'.{0,200}')
"""What may be typed into a box that narrows something down."""

OFFERED = 20
"""How many canned replies are offered at once."""


class Pane:
    """The list on the left, as what is read into it sees it."""

    def __init__(self, screen: 'ConversationsScreen') -> None:
        self._screen = screen
        self.drawn: list[Row] = []

    def show(self, rows: list[Row], *, total: int | None, more: bool) -> None:
        """Draw these rows and no others."""
        self.drawn = rows
        self._screen.inbox.tell(rows=tuple(rows), total=total, more=more, **self._screen.around)

    def add(self, rows: list[Row], *, total: int | None, more: bool) -> None:
        """Draw these rows below the others; one that is drawn already stays where it is."""
        known = {row['id'] for row in self.drawn}
        self.show([*self.drawn, *(row for row in rows if row['id'] not in known)], total=total, more=more)


class ConversationsScreen:
    """What somebody has chosen to see, and what there is of it."""

    inbox: Inbox

    def __init__(self, member: Member, project_id: str, view: View) -> None:
        self.project_id = project_id
        self.view, self.search, self.tag = view, '', ''
        self.path = f'/organizations/{member.organization_id}/projects/{project_id}/conversations'
        first = conversations.PORTION
        self.listed = LiveList(member, fetch=self.fetch, words=self.words, first=first, step=2 * first)
        self.talk = Talk(project_id, self.path, lambda: self.listed.reader)
        self.around: dict[str, object] = {}

    def draw(self, portion: Conversations, opened: ConversationView | None) -> None:
        """Draw the first portion and the conversation that is open, and keep both live."""
        rows = self.words(portion)
        first = {'rows': tuple(rows), 'total': portion.total, 'more': portion.more}
        kept = {'kept': self.listed.reader.user_id, 'path': self.path, **words.labels()}
        self.inbox = self.talk.inbox = Inbox(self.asks(), **kept, **first, **self.around, **self.talk.first(opened))
        self.listed.draw(Pane(self), portion, Topic.CONVERSATION, Topic.MEMBER)
        self.talk.keep_live()

    def asks(self) -> dict[str, tuple[object, Asked]]:
        """What can be asked for on the screen."""
        talk = self.talk
        return {
            'view': (str, self.show_view),
            'search': (WORD, self.find),
            'tag': (WORD, self.show_tag),
            'more': (None, lambda _: self.listed.more()),
            'choose': (str, talk.choose),
            'earlier': (str, talk.earlier),
            'typing': (str, talk.type),
            'say': ({'id': str, 'key': str, 'text': str, 'note': bool}, talk.say),
            'act': ({'id': str, 'name': str}, talk.act),
            'assign': ({'id': str, 'user': str}, talk.assign),
            'tag_it': ({'id': str, 'tag': str}, talk.tag),
            'untag': ({'id': str, 'tag': str}, talk.untag),
            'read': ({'id': str, 'seq': int}, talk.note_read),
            'replies': (WORD, self.offer_replies),
        }

    def fetch(self, now: Member, drawn: list[Row], limit: int) -> Conversations:
        """What is asked for, after the rows that are drawn."""
        return conversations.portion(
            now, self.project_id, self.view, self.search, self.tag, offset=len(drawn), limit=limit
        )

    def words(self, found: Conversations) -> list[Row]:
        """Rows in words; beside them what stands above the list."""
        self.around = words.around(found, self.view, self.search, self.tag)
        return [words.list_row(row) for row in found.rows]

    async def show_view(self, view: str) -> None:
        """Look at other conversations."""
        if view in set(View):
            self.view = View(view)
            await self.listed.find()

    async def find(self, search: str) -> None:
        """Look for words."""
        self.search = search
        await self.listed.find()

    async def show_tag(self, tag: str) -> None:
        """Look at what has this tag, '' for any or none."""
        self.tag = tag
        await self.listed.find()

    async def offer_replies(self, typed: str) -> None:
        """Offer the canned replies with this in their title or their text."""
        found = await call(replies.of_project, self.listed.reader, self.project_id)
        key = texts.plain_key(typed)
        fits = [it for it in found if key in texts.plain_key(f'{it.title} {it.text}')]
        self.inbox.offer(typed, [{'id': it.id, 'title': it.title, 'text': it.text} for it in fits[:OFFERED]])

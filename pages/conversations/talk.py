"""The conversation that is open: its lines as far as somebody has looked, live, and what is done to it."""

from collections.abc import Awaitable, Callable
from typing import Any

from nicegui import app

from components.conversations import Inbox
from components.kit.calls import ScreenGone, call
from components.kit.dialog import confirm
from components.kit.grid import Row
from data.changes import Change
from data.permissions import Member
from data.problems import NotFound, Problem
from data.services import conversations
from data.services.audit import Topic
from data.services.conversations import ConversationView
from pages.conversations import words
from pages.shell import live

NOTHING: dict[str, Any] = {'head': None, 'lines': (), 'earlier': False, 'person': None}
VISITOR = 'visitor'
"""By whom a change is when a visitor types."""

Read = tuple[str, ConversationView | None]
"""Which conversation was asked for, and that; None where there is none any more."""

GOES = (
    'It goes for good, with all that was said in it and the address that was left. The visitor can’t read it any more '
    'either. What it has used stays in the usage.'
)

ACTS: dict[str, Callable[[Member, str], object]] = {
    'take': conversations.take,
    'give_back': conversations.give_back,
    'resolve': conversations.resolve,
    'reopen': conversations.reopen,
}


class Talk:
    """One conversation of a project, in the middle and on the right of the screen; `member()` is who looks."""

    inbox: Inbox

    def __init__(self, project_id: str, path: str, member: Callable[[], Member]) -> None:
        self.chosen = ''
        self._project_id, self._path, self._member = project_id, path, member
        self._lines: tuple[Row, ...] = ()
        self._last = 0

    def first(self, view: ConversationView | None) -> dict[str, Any]:
        """What is drawn to begin with."""
        if view is None:
            return {**NOTHING, 'may': False, 'why': '', 'seen': 0, 'chosen': ''}
        self.chosen = view.row.id
        return {**self._drawn(view), 'chosen': self.chosen}

    def keep_live(self) -> None:
        """Follow what becomes of the conversation, whichever is open."""
        live.watch(Topic.CONVERSATION, Topic.LEAD, subject=lambda: self.chosen, read=self._read)(self._catch_up)
        live.watch(Topic.MEMBER, Topic.ORGANIZATION, read=self._read)(self._catch_up)
        live.watch(Topic.TYPING, subject=lambda: self.chosen)(self._hear)

    # reading ----------------------------------------------------------------------------------------------------------

    def _read(self, member: Member) -> Read:
        asked = self.chosen
        try:
            return asked, conversations.get(member, self._project_id, asked) if asked else None
        except NotFound:
            return asked, None

    def _catch_up(self, _: Member, __: Change, read: Read) -> None:
        asked, view = read
        if asked and asked == self.chosen:  # else another one is open by now, and was read as it is
            self._draw(view)

    def _draw(self, view: ConversationView | None) -> None:
        if view is None:
            self._lines = ()
            self.inbox.tell(**NOTHING, chosen=self.chosen)
        elif view.row.last_seq >= self._last:  # two reads may end in another order than they began
            self.inbox.tell(**self._drawn(view), chosen=self.chosen)

    def _drawn(self, view: ConversationView) -> dict[str, Any]:
        fresh = tuple(words.line_row(it) for it in view.lines)
        first = fresh[0]['seq'] if fresh else 0
        before = tuple(it for it in self._lines if it['seq'] < first)
        self._lines = (*before, *fresh) if before and before[-1]['seq'] == first - 1 else fresh
        self._last = view.row.last_seq
        return {**words.talk(view), 'lines': self._lines, 'earlier': bool(self._lines) and self._lines[0]['seq'] > 1}

    def _hear(self, now: Member, change: Change) -> None:
        if change.subject == self.chosen and change.by != now.user_id:
            self.inbox.hear('The visitor' if change.by == VISITOR else change.by_name or 'Somebody of the team')

    async def refresh(self) -> None:
        """Draw it as it is now."""
        asked, view = await call(self._read, self._member())
        if asked == self.chosen:
            self._draw(view)

    # what somebody does -----------------------------------------------------------------------------------------------

    async def choose(self, conversation_id: str) -> None:
        """Open another one."""
        self.chosen, self._lines, self._last = conversation_id, (), 0
        await self.refresh()
        if self.chosen == conversation_id:
            self.inbox.open_address(conversation_id, f'{self._path}/{conversation_id}')

    async def earlier(self, conversation_id: str) -> None:
        """Draw older lines above those that are drawn."""
        if conversation_id != self.chosen or not self._lines:
            return
        first = self._lines[0]['seq']
        view = await call(conversations.get, self._member(), self._project_id, conversation_id, before=first)
        if conversation_id == self.chosen and self._lines and self._lines[0]['seq'] == first:
            self._lines = (*(words.line_row(it) for it in view.lines), *self._lines)
            self.inbox.tell(lines=self._lines, earlier=view.before is not None)

    async def say(self, message: dict[str, Any]) -> None:
        """Answer the visitor, or write a note; what could not be said goes back to where it was written."""
        key, write = message['key'], conversations.note if message['note'] else conversations.say
        try:
            await call(write, self._member(), message['id'], message['text'], key)
            if message['id'] == self.chosen:
                await self.refresh()
        except ScreenGone:
            raise
        except Problem as problem:
            self.inbox.refuse(key, str(problem))
        except Exception as error:
            self.inbox.refuse(key, 'This was not sent. Something went wrong on our side.')
            app.handle_exception(error)
        else:
            self.inbox.confirm(key)

    async def act(self, asked: dict[str, str]) -> None:
        """Take it over, give it back, resolve or reopen it, or delete it."""
        if asked['name'] == 'delete':
            await self._delete(asked['id'])
        elif act := ACTS.get(asked['name']):
            await self._do(asked['id'], lambda: call(act, self._member(), asked['id']))

    async def assign(self, asked: dict[str, str]) -> None:
        """Let somebody else have it, or nobody."""
        await self._do(
            asked['id'], lambda: call(conversations.assign, self._member(), asked['id'], asked['user'] or None)
        )

    async def tag(self, asked: dict[str, str]) -> None:
        """Put a tag on it."""
        await self._do(asked['id'], lambda: call(conversations.tag, self._member(), asked['id'], asked['tag']))

    async def untag(self, asked: dict[str, str]) -> None:
        """Take a tag off."""
        await self._do(asked['id'], lambda: call(conversations.untag, self._member(), asked['id'], asked['tag']))

    async def note_read(self, asked: dict[str, Any]) -> None:
        """Note that the team has read it so far."""
        if asked['id'] == self.chosen and asked['seq'] > 0:
            await call(conversations.read, self._member(), asked['id'], asked['seq'])

    async def type(self, conversation_id: str) -> None:
        """Let the visitor see that somebody is writing."""
        if conversation_id == self.chosen:
            await call(conversations.typing, self._member(), conversation_id)

    async def _do(self, conversation_id: str, attempt: Callable[[], Awaitable[object]]) -> None:
        """Do something, and show what there is then, also where it was refused: somebody else was faster."""
        try:
            await attempt()
        finally:
            if conversation_id == self.chosen:
                await self.refresh()

    async def _delete(self, conversation_id: str) -> None:
        if await confirm(
            'Delete this conversation?',
            GOES,
            action='Delete conversation',
        ):
            await call(conversations.delete, self._member(), conversation_id)
            await self.refresh()

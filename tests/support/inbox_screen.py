"""The screen of conversations, as whoever visits it sees it."""

from collections.abc import Awaitable, Callable
from typing import Any

from components.conversations import Inbox
from tests.support.visitors import Visitor, until

Visit = Callable[..., Awaitable[Visitor]]


class InboxOnScreen:
    """The three panes that somebody has open: what they are told, and what one does there."""

    def __init__(self, visitor: Visitor) -> None:
        self.visitor = visitor

    @property
    def element(self) -> Inbox:
        """The component."""
        [inbox] = [it for it in self.visitor._elements() if isinstance(it, Inbox)]
        return inbox

    def __getitem__(self, name: str) -> Any:
        return self.element.props[name]

    def ask(self, name: str, value: object = None) -> None:
        """What the browser says when somebody does something."""
        self.visitor._fire(self.element, 'ask', [name, value])

    @property
    def names(self) -> list[str]:
        """Who is in the list."""
        return [row['name'] for row in self['rows']]

    @property
    def counts(self) -> dict[str, int]:
        """How many there are in the views that say it."""
        return {key: count for (key, _), count in zip(self['views'], self['counts'], strict=True) if count is not None}

    @property
    def texts(self) -> list[str]:
        """What was said in the conversation that is open."""
        return [line['text'] for line in self['lines']]

    @property
    def standing(self) -> str:
        """Where the conversation that is open stands."""
        return self['head']['word'] if self['head'] else ''

    @property
    def acts(self) -> list[str]:
        """What can be done to it."""
        return list(self['head']['acts'])

    async def open(self, conversation_id: str) -> None:
        """Choose a conversation of the list."""
        self.ask('choose', conversation_id)
        await until(lambda: self['chosen'] == conversation_id)

    def act(self, name: str) -> None:
        """Press a button above the conversation."""
        self.ask('act', {'id': self['chosen'], 'name': name})

    def say(self, text: str, *, key: str = 'key', note: bool = False) -> None:
        """Send a reply, or a note."""
        self.ask('say', {'id': self['chosen'], 'key': key, 'text': text, 'note': note})


class Heard:
    """What the methods of the component are called with, in a page that draws nothing."""

    def __init__(self, inbox: InboxOnScreen) -> None:
        self.calls: list[tuple[Any, ...]] = []
        element, run = inbox.element, inbox.element._run

        def listen(name: str, *args: object) -> None:
            self.calls.append((name, *args))
            run(name, *args)

        vars(element)['_run'] = listen

    def of(self, name: str) -> list[tuple[Any, ...]]:
        """What this one was called with."""
        return [args for called, *args in self.calls if called == name]  # type: ignore[misc]  # a list of tuples

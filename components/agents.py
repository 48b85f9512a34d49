"""What draws an agent: the chat that tries it, what is other in a draft, versions, and what is put into a page."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from nicegui import ui
from nicegui.events import GenericEventArguments

from components.kit.calls import busy, told
from components.kit.dialog import dialog
from components.kit.fields import Fields
from components.kit.part import Told
from data.problems import Invalid, Problem

LINES = 40
"""How many lines of a trial are shown, the last ones."""

USED_NOW = 'What visitors get'


class AgentPart(Told, component='agents.js'):
    """Something that `agents.js` draws by its `kind` from what it is told."""

    def __init__(self, kind: str, **data: object) -> None:
        super().__init__()
        self.props.update(data, kind=kind)


@dataclass(frozen=True)
class TrialSource:
    """A source of an answer: what it is called, where in it, and what stands there."""

    name: str
    place: str
    text: str


@dataclass(frozen=True)
class TrialLine:
    """What somebody says in a trial: `role` is you, agent or problem; `offers` what visitors are offered then."""

    role: str
    text: str
    sources: tuple[TrialSource, ...] = ()
    offers: str = ''
    why: str = ''


class Trial(AgentPart):
    """A chat with the agent as it is drafted; `on_ask(question)` gives the line that is said then."""

    def __init__(self, sentence: str, on_ask: Callable[[str], Awaitable[TrialLine]]) -> None:
        super().__init__('trial', sentence=sentence, lines=(), items=(), name='', title='', color='', ink='')
        self._on_ask, self._number = on_ask, 0
        self.on('ask', self._ask, [None])
        self.on('anew', lambda: self.tell(lines=()), [])

    def show(self, name: str, greeting: str, suggestions: Sequence[str], color: str) -> None:
        """Look like this from now on."""
        self.tell(name=name, title=greeting, items=tuple(suggestions), color=color, ink=ink_on(color))

    async def _ask(self, event: GenericEventArguments) -> None:
        question = event.args
        if not isinstance(question, str):
            return
        try:
            answer = await self._on_ask(question)
        except Problem as problem:
            answer = TrialLine('problem', str(problem))
        self.say(TrialLine('you', question), answer)

    def say(self, *lines: TrialLine) -> None:
        """Add what was said."""
        new = []
        for line in lines:
            self._number += 1
            new.append({**vars(line), 'id': self._number, 'sources': tuple(vars(it) for it in line.sources)})
        self.tell(lines=(*self.props['lines'], *new)[-LINES:])


def ink_on(color: str) -> str:
    """Black or white, whichever is read better on a color '#rrggbb' (WCAG 2.2, relative luminance)."""
    parts = [int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    luminance = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    return '#000000' if (luminance + 0.05) ** 2 > 1.05 * 0.05 else '#FFFFFF'


class Differences(AgentPart):
    """What is other than before, each by the name of the setting; nothing where nothing is."""

    def __init__(self, items: Sequence[tuple[str, str]] = ()) -> None:
        super().__init__('differences', items=tuple(items))

    def show(self, items: Sequence[tuple[str, str]]) -> None:
        """Show these."""
        self.tell(items=tuple(items))


@dataclass(frozen=True)
class VersionRow:
    """A version in words; `offer` is whether it can be used again."""

    number: int
    word: str
    note: str
    who: str
    at: datetime
    differences: tuple[tuple[str, str], ...]
    offer: bool


class Versions(AgentPart):
    """What was published, newest first; `on_again(number)` for one that is offered."""

    def __init__(self, on_again: Callable[[int], Awaitable[None]]) -> None:
        super().__init__('versions', items=())
        self._on_again = on_again
        self.on('again', self._again, [None])

    def show(self, rows: Sequence[VersionRow]) -> None:
        """Show these."""
        self.tell(items=tuple({**vars(row), 'at': row.at.isoformat()} for row in rows))

    async def _again(self, event: GenericEventArguments) -> None:
        number = event.args
        if any(row['offer'] and row['number'] == number for row in self.props['items']):
            await self._on_again(number)


class Copied(AgentPart):
    """A text to be copied word for word, with the button that does; `word` is what the button calls it."""

    def __init__(self, text: str, *, title: str, word: str) -> None:
        super().__init__('copied', sentence=text, title=title, word=word)


class SeenOn(AgentPart):
    """Sites on which something was seen, and when."""

    def __init__(self) -> None:
        super().__init__('seen', items=(), sentence='')

    def show(self, sites: Sequence[tuple[str, datetime]], sentence: str) -> None:
        """Show these; the sentence stands below them, or instead of them."""
        self.tell(items=tuple((site, at.isoformat()) for site, at in sites), sentence=sentence)


class Links(AgentPart):
    """Addresses that are opened in another tab, each with what is there."""

    def __init__(self, *items: tuple[str, str, str]) -> None:
        super().__init__('links', items=items)


def ask_note(
    title: str, sentence: str, items: Sequence[tuple[str, str]], publish: Callable[[str], Awaitable[None]]
) -> None:
    """Show what is other than before, ask for a note about it, and `publish(note)`."""
    with dialog(title, sentence) as box:
        Differences(items)
        fields = Fields({}, readonly=False, on_change=lambda: None)
        hint = 'For you and your colleagues: visitors never see it.'
        fields.text('note', 'What is new in it (optional)', hint=hint, autocomplete='off').props('autofocus')

        @told
        async def go() -> None:
            fields.clear_errors()
            with busy(button):
                try:
                    await publish(fields.values['note'])
                except Invalid as problem:
                    fields.show_errors(problem)
                else:
                    box.close()

        with ui.element('div').classes('actions'):
            ui.button('Cancel', on_click=box.close, color=None).classes('button')
            button = ui.button('Publish', on_click=go, color=None).classes('button-primary')

"""The switcher: says which organization and project one is in; it opens the list of the other organizations."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from nicegui.events import GenericEventArguments

from components.kit.calls import told
from components.kit.grid import Row
from components.kit.monogram import hue, initials
from components.kit.part import Told


@dataclass(frozen=True)
class Choice:
    """An organization to go to, and what one is there."""

    id: str
    name: str
    role: str


class Switcher(Told, component='switcher.js'):
    """A button and the list that it opens; `choices` are fetched for that time only, and nothing else can be chosen.

    `on_new` makes another organization.
    """

    def __init__(
        self,
        choices: Callable[[], Awaitable[Sequence[Choice]]],
        on_switch: Callable[[str], None],
        on_new: Callable[[], None],
    ) -> None:
        super().__init__()
        self.classes('switcher')
        self.props.update(name='', role='', project='', initials='', hue=0, at='', rows=None)
        self._choices, self._on_switch = choices, on_switch
        self._is_opening = False
        self.on('open', self._open, [])
        self.on('close', self._close, [])
        self.on('choose', self._choose)
        self.on('new', on_new, [])

    @property
    def organization_id(self) -> str:
        """Which organization it says one is in, '' for none."""
        return str(self.props['at'])

    def show(self, organization_id: str, name: str, role: str, project: str = '') -> None:
        """Say where one is, and as what; `project` is the name of that, '' outside of all."""
        at, look = organization_id, {'initials': initials(name), 'hue': hue(organization_id)}
        self.tell(at=at, name=name, role=role, project=project, **look)

    @told
    async def _open(self) -> None:
        if self._is_opening or self.props['rows'] is not None:
            return
        self._is_opening = True
        try:
            choices = await self._choices()
        finally:
            self._is_opening = False
        here = self.organization_id  # first, else a long list would open in its middle
        self.tell(rows=tuple(_row(choice) for choice in sorted(choices, key=lambda it: it.id != here)))

    def _close(self) -> None:
        self.tell(rows=None)

    def _choose(self, event: GenericEventArguments) -> None:
        offered = [row['id'] for row in self.props['rows'] or ()]
        self._close()  # the list goes before what it leads to has come
        if event.args in offered and event.args != self.organization_id:
            self._on_switch(event.args)


def _row(choice: Choice) -> Row:
    return {**vars(choice), 'initials': initials(choice.name), 'hue': hue(choice.id)}

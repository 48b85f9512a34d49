"""What draws usage: figures of which one is chosen, and what each project has of it."""

from collections.abc import Awaitable, Callable, Mapping, Sequence

from nicegui.events import GenericEventArguments

from components.kit.calls import told
from components.kit.figures import Figure
from components.kit.part import Part


class FigureChooser(Part):
    """Figures side by side, of which one is chosen; `on_choose` is called with the key of another one."""

    def __init__(self, label: str, on_choose: Callable[[str], Awaitable[None]]) -> None:
        super().__init__('chooser', title=label, items=(), word='')
        self._on_choose = on_choose
        self.on('choose', self._choose, [None])

    def show(self, figures: Mapping[str, Figure], chosen: str) -> None:
        """Draw these, by their keys, with the chosen one marked."""
        self.tell(items=tuple((key, *figure.drawn) for key, figure in figures.items()), word=chosen)

    @told
    async def _choose(self, event: GenericEventArguments) -> None:
        known = {item[0] for item in self.props['items']}
        if isinstance(event.args, str) and event.args in known and event.args != self.props['word']:
            await self._on_choose(event.args)


class Shares(Part):
    """A card with names and what each comes to, as a table with bars; it is gone where there are no rows."""

    def __init__(self, title: str, hint: str) -> None:
        super().__init__('shares', title=title, hint=hint, values=(), items=())

    def show(self, heads: tuple[str, str], rows: Sequence[tuple[str, str, int]], more: str) -> None:
        """Draw these rows: a name, an amount in words, per cent of the largest; `more` says what is left out."""
        self.tell(items=heads, values=tuple(rows), more=more)
        if self.visible != bool(rows):
            self.set_visibility(bool(rows))

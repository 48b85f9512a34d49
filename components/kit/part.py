"""Parts of a screen as data: one element on the server, drawn in the browser, however many it consists of there."""

from nicegui.element import Element


class Told(Element):
    """Something that a component draws from what it is told, and from nothing else."""

    def tell(self, **data: object) -> None:
        """Draw this from now on: words, and tuples of them. Where it is drawn already, nothing is sent."""
        fresh = {name: value for name, value in data.items() if self.props.get(name) != value}
        if fresh:
            self.props.update(fresh)


class Part(Told, component='parts.js'):
    """Something that `parts.js` draws by its `kind` from what it is told; other elements stand inside it."""

    def __init__(self, kind: str, **data: object) -> None:
        super().__init__()
        self.props.update(data, kind=kind)

    @property
    def is_ignoring_events(self) -> bool:
        """Never: what was typed comes back to a form that is hidden when the page comes anew."""
        return False

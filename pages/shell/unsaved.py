"""What was typed on a page and is not saved: whether there is any, and the question before it is lost."""

from nicegui import Client

from components.kit.dialog import confirm


class Unsaved:
    """What was typed on one page; true while there is any."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def __bool__(self) -> bool:
        return any(element.props.get('data-unsaved') for element in self._client.elements.values())

    def discard(self) -> None:
        """Ask nobody about it any more."""
        for element in self._client.elements.values():
            element.props.pop('data-unsaved', None)

    async def may_be_lost(self) -> bool:
        """Ask whether it may; then it is forgotten."""
        if not await confirm('Leave without saving?', 'What you typed here is not saved yet.', action='Leave'):
            return False
        self.discard()
        return True

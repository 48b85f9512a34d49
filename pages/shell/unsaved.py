"""What was typed on a page and is not saved: whether there is any, and the question before it is lost."""

from collections.abc import Callable

from nicegui import Client, background_tasks, json, ui

from components.kit.dialog import KEEP, confirm


class Unsaved:
    """What was typed on one page; true while there is any.

    `at()` is the path of the screen it was typed on, `on_stay` is called when somebody goes nowhere after all.
    """

    def __init__(self, client: Client, at: Callable[[], str], on_stay: Callable[[], None]) -> None:
        self._client, self._at, self._on_stay = client, at, on_stay

    def __bool__(self) -> bool:
        return any(element.props.get('data-unsaved') for element in self._client.elements.values())

    def discard(self) -> None:
        """Ask nobody about it any more."""
        for element in self._client.elements.values():
            element.props.pop('data-unsaved', None)

    def holds_back(self, path: str) -> bool:
        """Whether going to `path` would lose something; then the person is asked, and the screen stays so far."""
        at = self._at()
        if path.partition('#')[0] == at.partition('#')[0] or not self:
            return False
        self._client.sub_pages_router.current_path = at
        background_tasks.create(self._ask(at, path), name='unsaved', context=self._client.content)
        return True

    async def _ask(self, at: str, path: str) -> None:
        self._client.run_javascript(f'keepAddress({json.dumps(at)})')  # the Back button has already changed it
        why = 'What you typed here is not saved yet.'
        may_leave = await confirm('Leave without saving?', why, action='Leave', stay=KEEP)
        if may_leave:
            self.discard()
        if self._at() != at:  # led elsewhere while the question was open
            return
        if may_leave:
            ui.navigate.to(path)
        else:
            self._on_stay()

"""The line between a browser and the server, which a test can hold."""

from playwright.sync_api import Page, WebSocketRoute


class Line:
    """The line to the server, over which what comes after a certain frame can be kept back."""

    def __init__(self, page: Page) -> None:
        self._last = ''
        self._holding = False
        self._held: list[str | bytes] = []
        page.route_web_socket('**/socket.io/**', self._open)

    def _open(self, here: WebSocketRoute) -> None:
        self._here = here
        here.connect_to_server().on_message(self._come)

    def _come(self, frame: str | bytes) -> None:
        if self._holding:
            self._held.append(frame)
            return
        self._here.send(frame)
        self._holding = bool(self._last) and self._last in str(frame)

    def hold(self, last: str) -> None:
        """Let come whatever comes until a frame with this in it has, and nothing after it."""
        self._last = last

    def hold_all(self) -> None:
        """Let nothing come from now on."""
        self._holding = True

    def release(self) -> None:
        """Let come what was kept back, and everything from now on."""
        self._last, self._holding = '', False
        for frame in self._held:
            self._here.send(frame)
        self._held.clear()

"""The ways out of a dashboard: to sign in, and to an organization that one belongs to."""

from nicegui import Client, ui

from components.kit.text import isolated
from data.database import Actor
from data.permissions import Member
from pages.shell import access
from pages.shell.access import Bookmark


def why_gone(member: Member | None, has_left: bool) -> str:
    """What is said to whoever was a member of the organization on screen, and is none any more."""
    name = isolated(member.organization.name) if member else 'this organization'
    return f'You have left {name}.' if has_left else f'You no longer have access to {name}.'


class WayOut:
    """Where somebody goes who can't stay; `taken` is where the first request is answered with, and a sentence."""

    def __init__(self, client: Client, actor: Actor, bookmark: Bookmark) -> None:
        self._client, self._actor, self._bookmark = client, actor, bookmark
        self.taken: tuple[str, str] | None = None

    def sign_in(self) -> None:
        """Go and sign in."""
        if self._client.has_socket_connection:
            self._client.open('/sign-in')
        else:
            self.taken = '/sign-in', 'You are signed out. Sign in to go on.'

    async def turn_away(self, sentence: str) -> None:
        """Go to the organization where one was last, and be told why."""
        path = await access.home(self._actor, self._bookmark)
        if not self._client.has_socket_connection:
            self.taken = path, sentence
            return
        ui.notify(sentence)
        ui.navigate.to(path)

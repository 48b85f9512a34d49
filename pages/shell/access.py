"""Access: who sends a request, what they are in an organization, and where they are sent otherwise.

What a screen shows is read by `pictures`, with the right to see it, on the first request and on every later navigation,
because navigation inside the dashboard never passes HTTP.
"""

import asyncio
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import ClassVar
from urllib.parse import urlencode
from weakref import WeakValueDictionary

from fastapi import Request, Response
from fastapi.responses import RedirectResponse
from nicegui import app, ui
from nicegui.element import Element
from starlette.requests import HTTPConnection

from components.kit.calls import call
from data.database import Actor
from data.services import organizations
from data.services.accounts import sessions
from data.services.invitations import answering
from pages.shell.screens import roots

PATIENCE = 30.0
"""Seconds that a page may take: more than the database is waited for, so that our sentence comes, not NiceGUI's."""

public_url = ''
"""Scheme, host and port under which people reach this application; `serve` sets it from the settings."""

NO_ACCESS = 'That organization doesn’t exist, or you don’t have access to it.'


def network(request: Request) -> str:
    """Where a request comes from."""
    return request.client.host if request.client else ''


def token(request: HTTPConnection) -> object:
    """The session token in the signed cookie of a request, or of a socket."""
    return request.session.get('token')


def renew(request: HTTPConnection, new_token: str) -> None:
    """Let a request, and the page that it brought, go on with the new token of its session."""
    request.session['token'] = new_token


_LINK = re.compile(r'/(invitations|verify-email)/[\w-]{43}', re.ASCII)


def own_path(value: object) -> str:
    """A path of this application that a person may be sent to after signing in, '' for anything else (ASVS 3.7.2).

    It shows something: it is that of a screen or of a link in a mail, not of a form, of a picture or of another site.
    """
    if not isinstance(value, str) or not value.isprintable() or len(value) > 500:
        return ''
    screen = rf'/(({"|".join(roots())})([/?#][^\\]*)?)?'
    return value if re.fullmatch(screen, value, re.ASCII) or _LINK.fullmatch(value) else ''


@dataclass(frozen=True)
class Tried:
    """What somebody tried to sign up or in with, and why it did not work."""

    errors: dict[str, str]
    email: str


def tried(request: Request) -> Tried:
    """What was posted before this request, once."""
    return Tried(**request.session.pop('tried', {'errors': {}, 'email': ''}))


def propose(request: Request, email: str) -> None:
    """Fill in this address for whoever goes on to sign in."""
    request.session['tried'] = {'errors': {}, 'email': email}


def keep_asked(request: Request, email: str) -> None:
    """Remember that a link was asked for with this address, for the page that says so."""
    request.session['asked'] = email


def asked(request: Request) -> str:
    """The address with which a link was asked for before this request, once; '' for none."""
    return str(request.session.pop('asked', ''))


def languages() -> str:
    """What languages the browser of this page asks for (Accept-Language)."""
    return str(ui.context.client.request.headers.get('accept-language', ''))


def agent() -> str:
    """What the browser of this page calls itself (User-Agent)."""
    return str(ui.context.client.request.headers.get('user-agent', ''))


def link_to(path: str) -> str:
    """A link that works outside of this application, whatever the request said its host is."""
    return public_url + path


async def welcome(request: Request, actor: Actor, invitation: object) -> None:
    """Tell somebody who has accepted an invitation, by its token, what they have joined. Raises NotFound, SignedOut."""
    at, _ = await call(answering.find, invitation)
    member = await call(organizations.whereabouts, replace(actor, organization_id=at))
    request.session['notice'] = f'You have joined {member.organization.name} as {member.role.label}.'


async def past_sign_in(request: Request) -> Response | None:
    """Where somebody goes who is signed in already, None when they are not."""
    return RedirectResponse('/', 303) if await actor_of(request) else None


async def actor_of(request: Request) -> Actor | None:
    """Whoever sent this request, None when they are not signed in."""
    return await call(sessions.of_token, token(request), network(request))


class Bookmark:
    """Per-user session storage: the organization this browser had open last, which decides where `/` leads; the theme.

    The storage is looked up once, while the page is requested: in a handler it would be that of whoever triggered it.
    """

    _unwritten: ClassVar[dict[str, str]] = {}
    """What is not in the storage yet, by the browser."""

    _of_pages: ClassVar[WeakValueDictionary[str, 'Bookmark']] = WeakValueDictionary()
    """Those of open pages by client id, which show a theme that is chosen in another tab of their browser."""

    def __init__(self) -> None:
        self._storage, self._browser = app.storage.user, app.storage.browser['id']
        self._shows: list[tuple[Element, Callable[[str], None]]] = []
        self._theme_before = app.storage.browser.get('theme')  # chosen in the session before this one

    @property
    def organization_id(self) -> str:
        """The last active organization, '' when there was none."""
        organization_id = self._unwritten.get(self._browser) or self._storage.get('organization_id', '')
        return organization_id if isinstance(organization_id, str) else ''

    def put(self, organization_id: str, *, after: float = 0) -> None:
        """Remember this one; NiceGUI writes a file for it, in part on the event loop, `after` so many seconds."""
        if self.organization_id != organization_id:
            self._unwritten[self._browser] = organization_id
            if after:
                asyncio.get_running_loop().call_later(after, self._write)
            else:
                self._write()

    def _write(self) -> None:
        if organization_id := self._unwritten.pop(self._browser, ''):
            self._storage['organization_id'] = organization_id

    @property
    def theme(self) -> str:
        """'light', 'dark' or 'system'."""
        theme = self._storage.get('theme', self._theme_before)
        return theme if theme in ('light', 'dark') else 'system'

    def choose_theme(self, theme: str) -> None:
        """Remember this one, and show it in all open pages of this browser."""
        self._storage['theme'] = theme
        for other in list(self._of_pages.values()):
            if other._browser == self._browser:
                for place, show in other._shows:
                    if not place.is_deleted:
                        show(theme)

    def follow_theme(self, show: Callable[[str], None]) -> None:
        """Call `show` with every theme that is chosen in this browser, for as long as what is being built is there."""
        self._shows = [(place, known) for place, known in self._shows if not place.is_deleted]
        self._shows.append((ui.context.slot.parent, show))
        self._of_pages[ui.context.client.id] = self

    @classmethod
    def of_page(cls) -> 'Bookmark':
        """That of the page on which something is being built, which follows the theme."""
        return cls._of_pages[ui.context.client.id]


def to_sign_in(request: Request) -> Response:
    """Send somebody to sign in first, and then to where they wanted to go."""
    return RedirectResponse(f'/sign-in?{urlencode({"next": request.scope["path"]})}', 303)


async def home(actor: Actor, bookmark: Bookmark) -> str:
    """The path of the organization where this person was last."""
    latest = await call(organizations.latest_of, actor, bookmark.organization_id)
    return f'/organizations/{latest}' if latest else '/organizations'

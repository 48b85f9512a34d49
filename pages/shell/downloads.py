"""Downloads: the buttons that hand over a file with what a screen shows, as the spreadsheet of its reader wants it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import Literal

from nicegui import ui
from nicegui.events import GenericEventArguments

from components.kit.calls import busy, told
from data.permissions import Member
from data.services import exports
from data.services.exports import Habits
from pages.shell import access

FileKind = Literal['csv', 'json']
MEDIA_TYPES: dict[FileKind, str] = {'csv': 'text/csv', 'json': 'application/json'}
TELLS_ZONE = '() => emit(Intl.DateTimeFormat().resolvedOptions().timeZone)'
"""What the browser does on a click: the server does not know the reader's time zone."""


@dataclass(frozen=True)
class File:
    """A file to hand over, what it is called, and what is said of it."""

    content: bytes
    name: str
    sentence: str


Make = Callable[[FileKind, str], Awaitable[File]]
"""Makes a file of this kind, for a browser in this time zone."""


def export_buttons(make: Make) -> None:
    """A button for each kind of file."""
    for kind in MEDIA_TYPES:
        button = ui.button(f'Export {kind.upper()}', color=None).classes('button')
        button.on('click', partial(_hand_over, make, kind, button), js_handler=TELLS_ZONE)


def habits_of(member: Member, zone: str) -> Habits:
    """What the spreadsheet of a member is used to, whose browser is in this time zone."""
    return exports.habits(access.languages(), member.time_zone or zone)


@told
async def _hand_over(make: Make, kind: FileKind, button: ui.button, event: GenericEventArguments) -> None:
    with busy(button):
        file = await make(kind, event.args)
    ui.download(file.content, file.name, MEDIA_TYPES[kind])
    ui.notify(file.sentence)

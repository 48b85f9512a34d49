"""The registry of screens: `org_page` makes one of an organization, `user_page` one of a person.

A path may have parameters: `org_page('/projects/{project_id}', …)` builds with `build(member, project_id=…)`. What
stands in the query of an address never reaches a screen.

With `load`, all that the screen shows is read before it is built, in a thread and in one transaction with what makes
a `Member` of whoever asks: `load(member, project_id=…)`, then `build(member, what was read, project_id=…)`.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from string import Formatter
from typing import Any

from components.kit.frame import Item
from data.database import Actor
from data.permissions import Permission

ORGANIZATION = '/organizations/{organization_id}'
"""Where the screens of an organization begin."""


class Menu(StrEnum):
    """The groups of the menu, in their order. A group is shown where all that its paths name is known."""

    ORGANIZATION = 'Organization'
    PROJECT = 'Project'
    GENERAL = 'General'


Build = Callable[..., Awaitable[None] | None]
"""Draws a screen for a `Member`, or for an `Actor` where it is nobody's organization, and the ids in its path."""

Load = Callable[..., Any]
"""Reads what a screen shows, for whom it is built and with the ids in its path; `Build` gets that as well."""


@dataclass(frozen=True, kw_only=True)
class Screen:
    """A screen of the dashboard; without a `permission` it is about the person, without a `menu` it has no entry.

    `billed` is what it is called where there is a catalogue of plans, '' where that is its `title` as well.
    """

    path: str
    title: str
    billed: str
    icon: str
    menu: Menu | None
    permission: Permission | None
    load: Load | None
    build: Build

    def called(self, *, is_billed: bool) -> str:
        """Its title, as it is where there is a catalogue of plans, or none."""
        return (self.billed if is_billed else '') or self.title

    async def draw(self, who: Actor, data: Any, ids: dict[str, str]) -> None:
        """Build it, with what was read for it where it reads something."""
        drawing = self.build(who, data, **ids) if self.load else self.build(who, **ids)
        if drawing is not None:
            await drawing

    @property
    def parameters(self) -> list[str]:
        """The names in its path."""
        return [name for _, name, _, _ in Formatter().parse(self.path) if name]


SCREENS: dict[str, Screen] = {}
"""By path, in the order of the menu: that in which `pages` imports them."""


def org_page(
    path: str,
    *,
    title: str,
    permission: Permission,
    icon: str = '',
    menu: Menu | None = Menu.ORGANIZATION,
    load: Load | None = None,
    billed: str = '',
) -> Callable[[Build], Build]:
    """Register a screen of an organization, at `/organizations/{organization_id}` + `path`."""
    of_screen = {'title': title, 'billed': billed, 'icon': icon, 'menu': menu, 'permission': permission, 'load': load}
    return _register(ORGANIZATION + path, **of_screen)


def user_page(
    path: str, *, title: str, icon: str = '', menu: Menu | None = Menu.GENERAL, load: Load | None = None
) -> Callable[[Build], Build]:
    """Register a screen of whoever is signed in; its actor stands in the organization where they were last."""
    return _register(path, title=title, billed='', icon=icon, menu=menu, permission=None, load=load)


def _register(path: str, **of_screen: Any) -> Callable[[Build], Build]:
    def register(build: Build) -> Build:
        SCREENS[path] = Screen(path=path, build=build, **of_screen)
        return build

    return register


def entries(menu: Menu) -> list[Item]:
    """The entries of a group of the menu."""
    return [Item(screen.path, screen.title, screen.icon) for screen in SCREENS.values() if screen.menu is menu]


def billed_titles(*, is_billed: bool) -> dict[str, str]:
    """By path: what entries of the menu are called that have two names."""
    return {it.path: it.called(is_billed=is_billed) for it in SCREENS.values() if it.menu and it.billed}


def way_back(screen: Screen, ids: Mapping[str, str], *, is_billed: bool = False) -> Item:
    """The nearest screen above one, in the paths, to which these ids lead: that from which it was chosen."""
    above = [it for it in SCREENS.values() if screen.path.startswith(f'{it.path}/') and ids.keys() >= {*it.parameters}]
    nearest = max(above, key=lambda it: len(it.path))
    return Item(nearest.path.format_map(ids), nearest.called(is_billed=is_billed), nearest.icon)


def entry_of(screen: Screen) -> str:
    """The path of the entry of the menu that a screen belongs to: its own, or that of the nearest one above."""
    above = [it for it in SCREENS.values() if it.menu and f'{screen.path}/'.startswith(f'{it.path}/')]
    return max((it.path for it in above), key=len, default=screen.path)


def roots() -> list[str]:
    """What the paths of all screens begin with."""
    return sorted({screen.path.split('/')[1] for screen in SCREENS.values()})

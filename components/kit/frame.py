"""The frame around every screen of the dashboard: sidebar with switcher and menu, top bar on small screens, content."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from nicegui import ui

from components.kit.banner import Banner
from components.kit.monogram import Monogram
from components.kit.switcher import Choice, Switcher
from components.kit.text import Text, isolated
from components.kit.theme import prefer

THEMES = {'light': 'Light', 'dark': 'Dark', 'system': 'Automatic'}


@dataclass(frozen=True)
class Item:
    """An entry of the menu; its path may have parameters, as in `/organizations/{organization_id}`."""

    path: str
    label: str
    icon: str

    def href(self, ids: Mapping[str, str]) -> str | None:
        """Where it leads, None where not all that its path names is known."""
        try:
            return self.path.format_map(ids)
        except KeyError:
            return None


class Frame:
    """Sidebar, top bar and the place for the content. `place()` says where one is; nothing is rebuilt for it."""

    def __init__(
        self,
        *,
        theme: str,
        menus: Mapping[str, Sequence[Item]],
        choices: Callable[[], Awaitable[Sequence[Choice]]],
        on_switch: Callable[[str], None],
        on_new: Callable[[], None],
        on_theme: Callable[[str], None],
        on_account: Callable[[], None],
    ) -> None:
        self._theme, self._on_theme, self._on_account = theme, on_theme, on_account
        self._menus = menus
        self._links: dict[Item, Text] = {}
        self._dark = prefer(theme)
        client = ui.context.client
        with client.layout:  # beside what NiceGUI makes the main landmark, and before it
            Text('a', 'Skip to the content', 'skip').props('href=#content')
            ui.element('div').classes('scrim')
            with ui.element('aside').classes('sidebar').props('id=sidebar'):
                self._menu_button()
                self._switcher = Switcher(choices, on_switch, on_new)
                self._menu()
                self._user()
        client.page_container.move(client.layout)
        self.content = ui.element('div').classes('content').props('id=content tabindex=-1')
        with self.content:
            self.banner = Banner()

    @property
    def organization_id(self) -> str:
        """Which organization it says one is in, '' for none."""
        return self._switcher.organization_id

    def _menu_button(self) -> None:
        button = ui.button(color=None).classes('button-icon menu-button').props('flat data-icon=menu')
        button.props('aria-label=Menu title=Menu aria-controls=sidebar aria-expanded=false')

    def _menu(self) -> None:
        """Draw the groups that have entries, the last one at the foot."""
        foot = list(self._menus)[-1]
        self._groups: dict[str, ui.element] = {}
        for name, items in self._menus.items():
            if items:
                with ui.element('nav').classes('menu menu-foot' if name == foot else 'menu') as self._groups[name]:
                    self._groups[name].props['aria-label'] = name
                    for item in items:
                        self._links[item] = _link(item)
        self._lead({})

    def _user(self) -> None:
        self._user_button = ui.button(color=None, on_click=self._open_user_menu).classes('user-button')
        with self._user_button.props('flat no-caps aria-haspopup=menu'):
            self._user_monogram = Monogram('', ' ')
            with ui.element('span').classes('user-who'):
                self._user_name = Text('span', '', 'user-name').props('dir=auto')
                self._user_email = Text('span', '', 'user-email')

    def _open_user_menu(self) -> None:
        """Build the menu when somebody opens it, not for everybody at every start."""
        with self._user_button, ui.menu().classes('user-menu') as menu:
            menu.props('anchor="top left" self="bottom left" auto-close no-parent-event')
            menu.on('hide', menu.delete)
            for theme, word in THEMES.items():
                item = ui.menu_item(f'Theme: {word}', on_click=partial(self._on_theme, theme))
                item.props('role=menuitemradio')
                item.props['active'] = theme == self._theme
                item.props['aria-checked'] = 'true' if theme == self._theme else 'false'
            ui.menu_item('Your account', on_click=self._on_account).props('role=menuitem')
            with ui.element('form').props('method=post action=/auth/sign-out'):
                Text('button', 'Sign out', 'menu-submit').props('type=submit role=menuitem')
        menu.open()

    def show_theme(self, theme: str) -> None:
        """Draw this page, and its menu from the next time on that it is opened, in a theme that somebody has chosen."""
        if self.content.is_deleted:
            return
        self._theme = theme
        if self._dark is None:  # until now it was as the system says
            with self.content.client.layout:
                self._dark = ui.dark_mode()
        self._dark.value = {'light': False, 'dark': True}.get(theme)

    def place(
        self, organization_id: str, name: str, role: str, *, project: str, ids: Mapping[str, str], path: str | None
    ) -> None:
        """Show which organization and project this is, what the menu leads to, and which of its entries one is at.

        `project` is a name, '' outside of projects; `path` is None for no entry. `ids` are those in the address; a
        group of the menu whose paths name something else is hidden.
        """
        self._switcher.show(organization_id, name, role, project)
        self._lead(ids)
        self.mark(path)

    def step_out(self, path: str | None) -> None:
        """Show that one is in no project, and at this entry of the menu."""
        self._switcher.tell(project='')
        self._lead({'organization_id': self.organization_id} if self.organization_id else {})
        self.mark(path)

    def _lead(self, ids: Mapping[str, str]) -> None:
        """Let the menu lead to what the ids say, and hide the groups that lead nowhere."""
        for item, link in self._links.items():
            _set(link, 'href', item.href(ids))
        for group, element in self._groups.items():
            element.set_visibility(any(item.href(ids) for item in self._menus[group]))

    def name_entries(self, labels: Mapping[str, str]) -> None:
        """Call entries of the menu, by their paths, as here."""
        for item, link in self._links.items():
            if link.text != labels.get(item.path, link.text):
                link.text = labels[item.path]

    def mark(self, path: str | None) -> None:
        """Show which entry of the menu one is at."""
        for item, link in self._links.items():
            _set(link, 'aria-current', 'page' if item.path == path else None)

    def sign(self, name: str | None, email: str) -> None:
        """Show who is signed in: what they are called, where they have said, and their address."""
        self._user_name.text, self._user_email.text = name or '', email
        self._user_name.set_visibility(bool(name))
        self._user_monogram.show(email, name or email)
        _set(self._user_button, 'aria-label', f'Account of {f"{isolated(name)}, {email}" if name else email}')

    def tell_dates(self, language: str | None, zone: str | None) -> None:
        """Let moments on this page stand in this language and time zone; None is English, and the browser's zone."""
        _set(self.content, 'data-dates', language)
        _set(self.content, 'data-zone', zone)


def _set(element: ui.element, name: str, value: str | None) -> None:
    """Set a property; NiceGUI sends the element again even where the value is the same."""
    if element.props.get(name) != value:
        element.props[name] = value


def _link(item: Item) -> Text:
    link = Text('a', item.label, 'menu-link')
    link.props['data-icon'] = item.icon  # drawn by the stylesheet: one element instead of three
    return link

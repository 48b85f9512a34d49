"""The switcher: says which organization one is in; whoever opens it gets the list of the others until it closes."""

from collections.abc import Awaitable, Callable, Mapping

from nicegui import ui

from components.kit.calls import told
from components.kit.fields import NO_OPTION
from components.kit.monogram import Monogram
from components.kit.text import Text


class Switcher:
    """A button, and in its place a box to search in while one chooses; `choices` are fetched for that time only."""

    def __init__(self, choices: Callable[[], Awaitable[Mapping[str, str]]], on_switch: Callable[[str], None]) -> None:
        self._choices, self._on_switch = choices, on_switch
        self._select: ui.select | None = None
        self._is_opening = False
        self.organization_id = ''
        with ui.element('div').classes('switcher') as self._place:
            self._monogram = Monogram('', ' ')
            self._button = Text('button', '', 'switcher-button').on('click', self._open)
            self._button.props('type=button aria-haspopup=listbox aria-label=Organization')
            self._role = Text('span', '', 'switcher-role')

    def show(self, organization_id: str, name: str, role: str) -> None:
        """Say where one is, and as what."""
        self.organization_id = organization_id
        self._monogram.show(organization_id, name)
        self._role.text = role
        if self._button.text != name:
            self._button.text = name
            self._button.props['aria-label'] = f'Organization {name}'

    @told
    async def _open(self) -> None:
        if self._is_opening or self._select is not None:
            return
        self._is_opening = True
        try:
            choices = dict(await self._choices())
        finally:
            self._is_opening = False
        if self.organization_id:  # first, else a long list would open in its middle
            choices = {self.organization_id: self._button.text, **choices}
        with self._place:
            self._select = self._box(choices)
        self._select.client.run_javascript('beginToSwitch()')

    def _box(self, choices: dict[str, str]) -> ui.select:
        select = ui.select(choices, value=self.organization_id or None, label='Organization', with_input=True)
        select.props('borderless dense options-dense behavior=menu stack-label hide-bottom-space')
        select.props['popup-content-class'] = 'switcher-list'
        select.props['menu-offset'] = [0, 4]
        select.add_slot('no-option', NO_OPTION)
        select.on_value_change(lambda event: self._switch(event.value))
        for sign in ('popup-hide', 'blur'):  # the script says `blur` as well where somebody has gone on meanwhile
            select.on(sign, self._close)
        return select

    def _switch(self, chosen: str) -> None:
        if chosen and chosen != self.organization_id:
            with self._place:  # the box goes before what is led to has come
                self._on_switch(chosen)

    def _close(self) -> None:
        if self._select is not None:
            self._select.delete()
            self._select = None
            self._button.client.run_javascript('endToSwitch()')

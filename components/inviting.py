"""Inviting: the form that finds addresses in whatever is pasted, and what has become of each of them."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from nicegui import ui

from components.kit.calls import call, told
from components.kit.copying import copy_button
from components.kit.dialog import dialog
from components.kit.fields import ADDRESSES
from components.kit.form import Form
from components.kit.grid import Grid, Row
from data.problems import Invalid

VERDICT = r"""
<div class="verdict" role="listitem">
  <div class="verdict-who">
    <bdi class="verdict-address" :class="{ muted: props.row.left_out }">{{ props.row.address }}</bdi>
    <bdi v-if="props.row.name" class="muted">{{ props.row.name }}</bdi></div>
  <span :class="props.row.wrong ? 'verdict-problem' : 'muted'">{{ props.row.sentence }}</span>
  <div v-if="props.row.link" class="verdict-link">
    <span class="muted">{{ props.row.link }}</span>
    <q-btn flat data-icon="copy" class="button-icon" :data-copy="props.row.link"
           :aria-label="'Copy the link for ' + props.row.address" :title="'Copy the link for ' + props.row.address" />
  </div>
</div>
"""


@dataclass(frozen=True)
class VerdictRow:
    """What one line says: an address, the name beside it, what becomes of it, and its link, '' where there is none.

    `wrong` is an address that has to be corrected; `left_out` what holds none.
    """

    id: str
    address: str
    name: str
    sentence: str
    wrong: bool
    left_out: bool
    link: str

    def row(self) -> Row:
        """The same, for drawing."""
        return vars(self)


class InviteForm(Form):
    """Addresses and a role; what would become of each address stands under them as it is typed."""

    def __init__(
        self,
        *args: Any,
        roles: Mapping[str, str],
        label: str,
        cancel: str,
        check: Callable[[str], list[VerdictRow]],
        dialog: ui.dialog,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self._check = check
        with self.element:
            like = 'One or many: paste a list, rows of a spreadsheet, or a mail. The addresses in it are found.'
            box = self.fields.text(
                'addresses', 'Email addresses', lines=4, hint=like, autocomplete='off', debounce='300'
            )
            box.props.update({**ADDRESSES, 'autofocus': not box.value})  # else people read first what came back
            box.on_value_change(self.look)
            self.verdicts = verdict_list()
            self._role = self.fields.choice('role', 'Role', roles)
            self.actions(label, dialog, cancel)

    def allow(self, refused: str | None) -> None:
        """Open or close the form; what would become of each address is promised only where it is open."""
        super().allow(refused)
        self.verdicts.set_visibility(not refused and bool(self.verdicts.rows))

    def offer(self, roles: Mapping[str, str]) -> None:
        """Have these roles to choose from; one that is chosen already stays."""
        if roles != self._role.options:
            self._role.offer(roles)

    @told
    async def look(self) -> None:
        """Say what would become of each address."""
        text = self.fields['addresses'].value
        try:
            verdicts = await call(self._check, text)
        except Invalid:  # it is said when it is sent
            verdicts = []
        if text == self.fields['addresses'].value:
            show(self.verdicts, verdicts)


def verdict_list() -> Grid:
    """Addresses, each with what becomes of it; none yet."""
    grid = Grid(VERDICT, 'verdicts').props('role=list tabindex=0')
    grid.props['aria-label'] = 'What becomes of each address'
    grid.set_visibility(False)
    return grid


def show(grid: Grid, verdicts: list[VerdictRow]) -> None:
    """Draw these verdicts and no others."""
    grid.rows = tuple(verdict.row() for verdict in verdicts)
    grid.set_visibility(bool(verdicts))


@contextmanager
def results(sentence: str, verdicts: list[VerdictRow]) -> Iterator[ui.dialog]:
    """A dialog that says what has become of each address, with their links; what is built inside stands under that."""
    with dialog('Invitations', sentence) as box:
        show(verdict_list(), verdicts)
        if links := [f'{verdict.address}, {verdict.link}' for verdict in verdicts if verdict.link]:
            with ui.element('div').classes('actions'):
                copy_button('\n'.join(links), 'Copy all links')
        yield box


def done_button(box: ui.dialog) -> None:
    """What closes a dialog in which there is nothing to do."""
    with ui.element('div').classes('actions'):
        ui.button('Done', on_click=box.close, color=None).classes('button-primary').props('autofocus')

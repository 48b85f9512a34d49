"""Passkeys of a person: the list of them, with what can be done to each."""

from collections.abc import Callable
from dataclasses import dataclass

from components.kit.grid import Row
from components.kit.note import Note
from components.kit.rows import RowAct, RowList, row_menu

MENU = row_menu('name', ('rename', 'Rename'), ('remove', 'Remove'))
PASSKEY = (
    r"""
<div class="phone-row" role="listitem">
  <div class="session-what">
    <div class="session-name"><bdi>{{ props.row.name }}</bdi>
      <span v-if="props.row.backed_up" class="chip" title="Your other devices have it, too">Synced</span></div>
    <div class="person-facts muted">
      <span>Added <time :datetime="props.row.created_at"></time></span>
      <span v-if="props.row.used_at">Last used <time :datetime="props.row.used_at"></time></span>
      <span v-else>Not used yet</span></div>
  </div>
"""
    + MENU
    + '</div>'
)


@dataclass(frozen=True)
class PasskeyRow:
    """What one line says; moments in ISO 8601, `used_at` is None for never."""

    id: str
    name: str
    created_at: str
    used_at: str | None
    backed_up: bool


class PasskeyList:
    """The passkeys, and below them the button that adds one, or why there can be none here."""

    def __init__(
        self,
        *,
        on_rename: Callable[[Row], object],
        on_remove: Callable[[Row], object],
        on_add: Callable[[], object],
        refused: str,
    ) -> None:
        acts = {'rename': RowAct(on_rename), 'remove': RowAct(on_remove)}
        self._rows = RowList(PASSKEY, label='Passkeys', classes='phones', acts=acts, nothing='You have none yet.')
        self._note = Note(on_add)
        self._note.show(refused, '' if refused else 'Add a passkey')

    def show(self, rows: list[PasskeyRow]) -> None:
        """Draw these."""
        self._rows.show(vars(row) for row in rows)

"""The browsers in which somebody is signed in, each with the way to sign out there."""

from collections.abc import Callable
from dataclasses import dataclass

from components.kit.grid import Row
from components.kit.note import Note
from components.kit.rows import RowAct, RowList

SESSION = r"""
<div class="session" role="listitem">
  <div class="session-what">
    <div class="session-name"><span>{{ props.row.device }}</span>
      <span v-if="props.row.is_this" class="chip chip-accent">This browser</span></div>
    <div class="person-facts muted">
      <span v-if="props.row.is_this">In use now</span>
      <span v-else>Last seen <time :datetime="props.row.seen_at"></time></span>
      <span v-if="props.row.network">{{ props.row.network }}</span></div>
    <div class="person-facts muted">
      <span>Signed in <time :datetime="props.row.began_at"></time
        ><template v-if="props.row.way"> with {{ props.row.way }}</template></span></div>
  </div>
  <q-btn v-if="!props.row.is_this" class="button" label="Sign out" :aria-label="'Sign out ' + props.row.device"
         @click="$parent.$emit('end', props.row.id)"></q-btn>
</div>
"""


@dataclass(frozen=True)
class SessionRow:
    """What one line says; moments in ISO 8601, `way` is the way in for the end of a sentence, '' for unknown."""

    id: str
    device: str
    network: str
    way: str
    began_at: str
    seen_at: str
    is_this: bool


class SessionList:
    """The browsers, and below them the button that signs out all others."""

    def __init__(self, *, on_end: Callable[[Row], object], on_end_others: Callable[[], object]) -> None:
        self._rows = RowList(SESSION, label='Browsers', classes='sessions', acts={'end': RowAct(on_end)})
        self._note = Note(on_end_others)

    def show(self, rows: list[SessionRow], others: int) -> None:
        """Draw these; `others` is how many there are besides."""
        self._rows.show(vars(row) for row in rows)
        sentence = f'And {others} more, seen longer ago.' if others else ''
        self._note.show(sentence, 'Sign out all other browsers' if len(rows) > 1 else '')

"""The events of the audit log, the newest first, as far back as somebody wants to read."""

from dataclasses import dataclass
from datetime import datetime

from components.kit.grid import Row
from components.kit.monogram import hue, initials
from components.kit.rows import Ask, RowList

EVENT_ROW = r"""
<div class="event" role="listitem">
  <span class="monogram small" :class="'hue-' + props.row.hue" aria-hidden="true">{{ props.row.initials }}</span>
  <div class="event-what">
    <div><template v-for="(piece, at) in pieces(props.row.text, props.row.names)"><bdi v-if="at % 2">{{ piece }}</bdi
    ><template v-else>{{ piece }}</template></template></div>
    <div v-if="props.row.refused" class="event-more">
      <span class="badge tone-danger">Refused</span> <span class="muted">{{ props.row.refused }}</span>
    </div>
    <div v-if="props.row.note" class="event-more muted" dir="auto">{{ props.row.note }}</div>
  </div>
  <div class="event-when muted"><time :datetime="props.row.at"></time><span>{{ props.row.place }}</span></div>
</div>
"""


@dataclass(frozen=True)
class Event:
    """One event in words: number, who by address and by name, sentence, moment (ISO 8601), from where, note, refusal.

    `names` are those in the sentence, in their order.
    """

    id: int
    email: str
    who: str
    text: str
    at: str
    place: str
    note: str
    refused: str
    names: tuple[str, ...] = ()

    def row(self) -> Row:
        """The same, with what is derived for drawing."""
        return {**vars(self), 'initials': initials(self.who), 'hue': hue(self.email)}


class Timeline(RowList):
    """Events in portions, the newest first."""

    def __init__(
        self, label: str, *, nothing: str, on_more: Ask, on_clear: Ask | None = None, template: str = EVENT_ROW
    ) -> None:
        super().__init__(
            template,
            label=label,
            classes='timeline',
            nothing=nothing,
            boxed=True,
            on_more=on_more,
            on_clear=on_clear,
        )

    def add_on_top(self, rows: list[Row]) -> None:
        """Draw these events above the others."""
        before = self.drawn
        if before:
            self._rows = {row['id']: row for row in (*rows, *before)}
            self._draw()
        else:
            self.show(rows)

    def searched(self, since: datetime) -> None:
        """Say how far back has been looked for events like these, and offer to look further."""
        self._tail.searched(since)

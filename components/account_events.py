"""What has happened to somebody's account, the newest first, as far back as they want to read."""

from dataclasses import dataclass

from components.activity import Timeline
from components.kit.grid import Row
from components.kit.rows import Ask

OWN_EVENT_ROW = r"""
<div class="event own" role="listitem">
  <div class="event-what">
    <div><template v-for="(piece, at) in pieces(props.row.text, props.row.names)"><bdi v-if="at % 2">{{ piece }}</bdi
    ><template v-else>{{ piece }}</template></template></div>
    <div v-if="props.row.refused" class="event-more">
      <span class="badge tone-danger">Refused</span> <span class="muted">{{ props.row.refused }}</span>
    </div>
  </div>
  <div class="event-when muted"><time :datetime="props.row.at"></time><span>{{ props.row.place }}</span></div>
</div>
"""


@dataclass(frozen=True)
class OwnEventRow:
    """One event in words: number, sentence with the names in it, moment (ISO 8601), from where, why it was refused."""

    id: int
    text: str
    names: tuple[str, ...]
    at: str
    place: str
    refused: str

    def row(self) -> Row:
        """The same, for drawing."""
        return vars(self)


def own_timeline(on_more: Ask) -> Timeline:
    """Events in portions, each an `OwnEventRow`."""
    nothing = 'Nothing has happened yet.'
    return Timeline('Security events, newest first', nothing=nothing, on_more=on_more, template=OWN_EVENT_ROW)

"""Cards as data: one element draws any number of them in the browser."""

from collections.abc import Callable
from dataclasses import asdict, dataclass

from nicegui import ui

from components.kit.grid import Grid
from components.kit.monogram import hue, initials

CARD = r"""
<div role="listitem"><a class="org-card" :class="{ active: props.row.active }" :href="props.row.path"
   :aria-current="props.row.active ? 'true' : null">
  <span class="org-card-head">
    <span class="monogram" :class="'hue-' + props.row.hue" aria-hidden="true">{{ props.row.initials }}</span>
    <span class="org-card-name" :title="props.row.name">{{ props.row.name }}</span>
  </span>
  <span class="org-card-facts">
    <span class="chip">{{ props.row.role }}</span>
    <span class="badge" :class="'tone-' + props.row.tone">{{ props.row.status }}</span>
    <span v-if="props.row.active" class="chip chip-accent">Open now</span>
  </span>
  <span class="org-card-facts muted">
    <span>{{ props.row.members === 1 ? '1 member' : props.row.members + ' members' }}</span>
    <span v-if="props.row.here.length" class="here">
      <span v-for="person in props.row.here.slice(0, 4)" class="monogram small" :class="'hue-' + person.hue"
            :title="person.name" aria-hidden="true">{{ person.initials }}</span>
      <span>{{ props.row.here.length }} here now</span>
    </span>
    <span>Last activity <time :datetime="props.row.active_at"></time></span>
  </span>
</a></div>
"""


@dataclass
class CardRow:
    """What one card says."""

    id: str
    path: str
    name: str
    role: str
    status: str
    tone: str
    members: int
    active_at: str
    active: bool
    here: list[str]

    def row(self) -> dict[str, object]:
        """The same, with what is derived for drawing."""
        people = [{'name': email, 'initials': initials(email), 'hue': hue(email)} for email in self.here]
        return {**asdict(self), 'hue': hue(self.id), 'initials': initials(self.name), 'here': people}


class CardGrid:
    """A grid of cards, each one link; rows come in portions."""

    def __init__(self, on_more: Callable[[], object]) -> None:
        self._table = Grid(CARD, 'card-grid').props('role=list aria-label=Organizations')
        self._more = ui.button('Show more', on_click=on_more, color=None).classes('button more')

    @property
    def count(self) -> int:
        """How many cards are drawn."""
        return len(self._table.rows)

    def show(self, rows: list[CardRow], total: int, *, more: bool = False) -> None:
        """Draw these cards, or add them to those that are there."""
        drawn = [row.row() for row in rows]
        self._table.rows = [*self._table.rows, *drawn] if more else drawn
        self._more.set_visibility(total > self.count)
        self._more.text = f'Show more ({self.count} of {total})'

    def change(self, organization_id: str, row: CardRow | None) -> None:
        """Redraw one card, or take it away."""
        rows = [it for it in self._table.rows if row or it['id'] != organization_id]
        self._table.rows = [row.row() if row and it['id'] == organization_id else it for it in rows]

    def people(self, organization_id: str, here: list[str]) -> None:
        """Show who is here now on one card."""
        people = [{'name': email, 'initials': initials(email), 'hue': hue(email)} for email in here]
        for row in self._table.rows:
            if row['id'] == organization_id:
                row['here'] = people
        self._table.update()

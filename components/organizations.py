"""Organizations as cards, each one link: one element draws any number of them in the browser."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from components.kit.grid import Row
from components.kit.monogram import Face, hue, initials
from components.kit.rows import RowList

CARD = r"""
<div role="listitem"><a class="org-card" :class="{ active: props.row.active }" :href="props.row.path"
   :aria-current="props.row.active ? 'true' : null">
  <span class="org-card-head">
    <span class="monogram" :class="'hue-' + props.row.hue" aria-hidden="true">{{ props.row.initials }}</span>
    <span class="org-card-name" dir="auto" :title="props.row.name">{{ props.row.name }}</span>
  </span>
  <span class="org-card-facts">
    <span class="chip">{{ props.row.role }}</span>
    <span v-if="!props.row.kept_out" class="badge" :class="'tone-' + props.row.tone">{{ props.row.status }}</span>
    <span v-if="props.row.limit" :class="'chip chip-tone tone-' + props.row.limit_tone">{{ props.row.limit }}</span>
    <span v-if="props.row.trial" class="chip chip-tone tone-info">{{ props.row.trial }}</span>
    <span v-if="props.row.active" class="chip chip-accent">Open now</span>
  </span>
  <span v-if="props.row.kept_out" class="org-card-facts muted">Requires a second factor</span>
  <span v-else class="org-card-facts muted">
    <span>{{ props.row.members === 1 ? '1 member' : props.row.members + ' members' }}</span>
    <span v-if="props.row.here.length" class="here" :title="props.row.here.map((it) => it.name).join(', ')">
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
    here: list[Face]
    kept_out: bool = False
    limit: str = ''
    limit_tone: str = ''
    trial: str = ''

    def row(self) -> Row:
        """The same, with what is derived for drawing."""
        return {**vars(self), 'hue': hue(self.id), 'initials': initials(self.name), 'here': people_on_card(self.here)}


def people_on_card(people: list[Face]) -> list[Row]:
    """Whoever is here now, as a card shows them."""
    return [{'name': it.called, 'initials': initials(it.name), 'hue': hue(it.key)} for it in people]


def organization_cards(*, on_more: Callable[[], Awaitable[None]], nothing: str) -> RowList:
    """Cards, each a `CardRow`."""
    return RowList(CARD, label='Organizations', classes='card-grid', on_more=on_more, nothing=nothing, boxed=True)

"""The people of an organization: who they are to it, and what can be done about it."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from nicegui import ui

from components.kit.grid import Grid
from components.kit.monogram import hue, initials

PERSON = r"""
<div class="person" role="listitem">
  <span class="monogram" :class="'hue-' + props.row.hue" aria-hidden="true">{{ props.row.initials }}</span>
  <div class="person-who">
    <div class="person-name"><span>{{ props.row.email }}</span>
      <span v-if="props.row.you" class="chip">You</span>
      <span v-if="props.row.here" class="chip chip-accent">Here now</span></div>
    <div class="person-facts muted">
      <span>Joined <time :datetime="props.row.joined_at"></time></span>
      <template v-if="!props.row.here">
        <span v-if="props.row.seen_at">Last seen <time :datetime="props.row.seen_at"></time></span>
        <span v-else>Not here yet</span></template></div>
    <div v-if="props.row.why" class="person-facts muted">{{ props.row.why }}</div>
  </div>
  <span class="chip person-role">{{ props.row.role }}</span>
  <q-btn v-if="props.row.roles.length || props.row.removable" flat data-icon="more_horiz" class="button-icon"
         aria-haspopup="menu" :aria-label="'Actions for ' + props.row.email" :title="'Actions for ' + props.row.email">
    <q-menu auto-close>
      <q-list role="none">
        <q-item v-for="role in props.row.roles" :key="role.value" clickable role="menuitem"
                @click="$parent.$emit('role', props.row.id, role.value)">
          <q-item-section>Make {{ role.label }}</q-item-section></q-item>
        <q-item v-if="props.row.removable" clickable role="menuitem" @click="$parent.$emit('remove', props.row.id)">
          <q-item-section>Remove</q-item-section></q-item>
      </q-list>
    </q-menu>
  </q-btn>
  <span v-else></span>
</div>
"""

CELL = r"""
<div class="matrix-row" role="row">
  <span :role="props.row.head ? 'columnheader' : 'rowheader'">{{ props.row.act }}</span>
  <template v-if="props.row.head"><span v-for="cell in props.row.cells" role="columnheader">{{ cell }}</span></template>
  <template v-else><span v-for="cell in props.row.cells" role="cell" :class="{ muted: !cell }"
    :aria-label="cell ? 'Yes' : 'No'">{{ cell ? '✓' : '–' }}</span></template>
</div>
"""


@dataclass
class PersonRow:
    """What one line says; `roles` are those this person can be given, `why` says why nothing can be done."""

    id: str
    email: str
    role: str
    joined_at: str
    seen_at: str | None
    you: bool
    here: bool
    removable: bool
    why: str
    roles: Mapping[str, str] = field(default_factory=dict)

    def row(self) -> dict[str, object]:
        """The same, with what is derived for drawing."""
        roles = [{'value': value, 'label': label} for value, label in self.roles.items()]
        return {**asdict(self), 'roles': roles, 'initials': initials(self.email), 'hue': hue(self.email)}


class PeopleList:
    """People in portions, drawn by one element; acts only on rows and roles that it offered."""

    def __init__(
        self,
        *,
        on_role: Callable[[dict[str, Any], str], Any],
        on_remove: Callable[[dict[str, Any]], Any],
        on_more: Callable[[], Any],
    ) -> None:
        self._on_role, self._on_remove = on_role, on_remove
        self._grid = Grid(PERSON, 'people').props('role=list aria-label=People')
        self._grid.on('role', lambda event: self._give(event.args))
        self._grid.on('remove', lambda event: self._remove(event.args))
        self._more = ui.button('Show more', on_click=on_more, color=None).classes('button more')

    @property
    def count(self) -> int:
        """How many people are drawn."""
        return len(self._grid.rows)

    def show(self, rows: list[PersonRow], total: int) -> None:
        """Draw these people."""
        self._grid.rows = [row.row() for row in rows]
        self._grid.set_visibility(bool(rows))
        self._more.set_visibility(total > self.count)
        self._more.text = f'Show more ({self.count} of {total})'

    def presence(self, here: list[str], now: str) -> None:
        """Show who is here; whoever has just gone was last seen `now`."""
        for row in self._grid.rows:
            was_here, row['here'] = row['here'], row['email'] in here
            if was_here and not row['here']:
                row['seen_at'] = now
        self._grid.update()

    def _give(self, said: object) -> Any:
        match said:
            case [str(row_id), str(role)]:
                row = self._row(row_id)
                if row and role in {it['value'] for it in row['roles']}:
                    return self._on_role(row, role)
        return None

    def _remove(self, row_id: object) -> Any:
        row = self._row(row_id)
        return self._on_remove(row) if row and row['removable'] else None

    def _row(self, row_id: object) -> dict[str, Any] | None:
        return next((row for row in self._grid.rows if row['id'] == row_id), None)


def matrix(columns: list[str], rows: Mapping[str, list[bool]]) -> None:
    """A table of who may do what: a row for each act, a column for each role."""
    grid = Grid(CELL, 'matrix').props('role=table')
    grid.props['aria-label'] = 'Who may do what'
    head = {'id': '', 'head': True, 'act': 'What', 'cells': columns}
    grid.rows = [head, *({'id': act, 'head': False, 'act': act, 'cells': cells} for act, cells in rows.items())]

"""The people of an organization: who they are to it, and what can be done about it."""

from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass, field

from components.kit.grid import Grid, Row
from components.kit.monogram import hue, initials
from components.kit.rows import RowAct, RowList, choices

PERSON = r"""
<div class="person" role="listitem">
  <span class="monogram" :class="'hue-' + props.row.hue" aria-hidden="true">{{ props.row.initials }}</span>
  <div class="person-who">
    <div class="person-name"><span dir="auto">{{ props.row.name || props.row.email }}</span>
      <span v-if="props.row.name" class="person-address muted">{{ props.row.email }}</span>
      <span v-if="props.row.you" class="chip">You</span>
      <span v-if="props.row.here" class="chip chip-accent">Here now</span></div>
    <div class="person-facts muted">
      <span>Joined <time :datetime="props.row.joined_at"></time></span>
      <template v-if="!props.row.here">
        <span v-if="props.row.seen_at">Last seen <time :datetime="props.row.seen_at"></time></span>
        <span v-else>Not here yet</span></template>
      <span v-if="props.row.factor">{{ props.row.factor }}</span></div>
    <div v-if="props.row.why" class="person-facts muted">{{ props.row.why }}</div>
  </div>
  <span class="chip person-role">{{ props.row.role }}</span>
  <q-btn v-if="props.row.roles.length || props.row.removable" flat data-icon="ellipsis" class="button-icon"
         aria-haspopup="menu" :aria-label="props.row.acts" :title="props.row.acts">
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
    """What one line says; `name` is None where there is none, `called` is what sentences call this person.

    `roles` are those they can be given, `why` says why nothing can be done, `factor` whether they have a second factor,
    '' for who is not told.
    """

    id: str
    email: str
    name: str | None
    called: str
    role: str
    joined_at: str
    seen_at: str | None
    you: bool
    here: bool
    removable: bool
    why: str
    factor: str = ''
    roles: Mapping[str, str] = field(default_factory=dict)

    def row(self) -> Row:
        """The same, with what is derived for drawing."""
        known = {'roles': choices(self.roles), 'acts': f'Actions for {self.called}'}
        return {**vars(self), **known, 'initials': initials(self.name or self.email), 'hue': hue(self.email)}


def people_list(
    *,
    on_role: Callable[[Row, str], object],
    on_remove: Callable[[Row], object],
    on_more: Callable[[], Awaitable[None]],
    nothing: str,
) -> RowList:
    """People with the roles they can be given, each a `PersonRow`."""
    acts = {'role': RowAct(on_role, among='roles'), 'remove': RowAct(on_remove, when='removable')}
    return RowList(PERSON, label='People', classes='people', acts=acts, on_more=on_more, nothing=nothing, boxed=True)


def show_presence(people: RowList, here: Collection[str], now: str) -> None:
    """Show who is here, by their addresses; whoever has just gone was last seen `now`."""
    come_or_gone = [row for row in people.drawn if row['here'] is not (row['email'] in here)]
    people.change(
        *(
            {'id': row['id'], 'here': not row['here'], 'seen_at': now if row['here'] else row['seen_at']}
            for row in come_or_gone
        )
    )


def matrix(columns: list[str], rows: Mapping[str, list[bool]]) -> None:
    """A table of who may do what: a row for each act, a column for each role."""
    grid = Grid(CELL, 'matrix').props('role=table')
    grid.props['aria-label'] = 'Who may do what'
    head = {'id': '', 'head': True, 'act': 'What', 'cells': columns}
    grid.rows = [head, *({'id': act, 'head': False, 'act': act, 'cells': cells} for act, cells in rows.items())]

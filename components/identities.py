"""The providers that somebody can sign in with, each with the way to remove it."""

from collections.abc import Callable
from dataclasses import dataclass

from components.kit.grid import Row
from components.kit.rows import RowAct, RowList

IDENTITY = r"""
<div class="session" role="listitem">
  <div class="session-what">
    <div class="session-name"><span>{{ props.row.label }}</span>
      <span v-if="!props.row.is_usable" class="chip">Not set up here any more</span></div>
    <div v-if="props.row.email" class="person-facts muted"><bdi>{{ props.row.email }}</bdi></div>
    <div class="person-facts muted">
      <span>Added <time :datetime="props.row.created_at"></time></span>
      <span v-if="props.row.used_at">Last used <time :datetime="props.row.used_at"></time></span></div>
  </div>
  <q-btn class="button" label="Remove" :aria-label="'Remove ' + props.row.label"
         @click="$parent.$emit('remove', props.row.id)"></q-btn>
</div>
"""


@dataclass(frozen=True)
class IdentityRow:
    """What one line says: the provider, the address there, '' for none; moments in ISO 8601, '' for never."""

    id: str
    label: str
    email: str
    created_at: str
    used_at: str
    is_usable: bool


class IdentityList:
    """The providers."""

    def __init__(self, *, on_remove: Callable[[Row], object]) -> None:
        self._rows = RowList(
            IDENTITY,
            label='Providers',
            classes='sessions',
            acts={'remove': RowAct(on_remove)},
            nothing='You have added none yet.',
        )

    def show(self, rows: list[IdentityRow]) -> None:
        """Draw these."""
        self._rows.show(vars(row) for row in rows)

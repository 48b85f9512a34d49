"""Projects as cards, each one link: one element draws any number of them in the browser."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

from components.kit.grid import Row
from components.kit.rows import RowList

CARD = r"""
<div role="listitem"><a class="org-card project-card" :href="props.row.path">
  <span class="org-card-head">
    <span class="org-card-name" dir="auto" :title="props.row.name">{{ props.row.name }}</span>
    <span v-if="props.row.status" class="badge" :class="'tone-' + props.row.tone">{{ props.row.status }}</span>
  </span>
  <span v-if="props.row.description" class="project-card-words muted" dir="auto">{{ props.row.description }}</span>
  <span class="org-card-facts muted">
    <span v-if="props.row.until">Can be restored until
      <time :datetime="props.row.erased_at" data-exact="true">{{ props.row.until }}</time></span>
    <template v-else>
      <span>Created <time :datetime="props.row.created_at"></time></span>
      <span v-if="props.row.changed_at">Changed <time :datetime="props.row.changed_at"></time></span>
    </template>
  </span>
</a></div>
"""


@dataclass
class ProjectRow:
    """What one card says; `status` is '' for one that is active, `erased_at` None for one that is not deleted."""

    id: str
    path: str
    name: str
    description: str
    status: str
    tone: str
    created_at: datetime
    changed_at: datetime
    erased_at: datetime | None

    def row(self) -> Row:
        """The same, with moments as browsers read them; a change that was only the beginning is none."""
        until = f'{self.erased_at:%-d %B %Y, %H:%M} UTC' if self.erased_at else ''
        return {
            **vars(self),
            'created_at': self.created_at.isoformat(),
            'changed_at': self.changed_at.isoformat() if self.changed_at > self.created_at else '',
            'erased_at': self.erased_at.isoformat() if self.erased_at else '',
            'until': until,
        }


def project_cards(*, on_more: Callable[[], Awaitable[None]], on_clear: Callable[[], Awaitable[None]]) -> RowList:
    """Cards, each a `ProjectRow`."""
    return RowList(CARD, label='Projects', classes='card-grid', on_more=on_more, on_clear=on_clear, boxed=True)

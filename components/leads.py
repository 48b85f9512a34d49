"""Leads: addresses that visitors left, each with the sentence they agreed to."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

from components.kit.grid import Row
from components.kit.rows import RowList

LEAD = r"""
<div class="phone-row" role="listitem">
  <div class="reply-main">
    <bdi class="phone-number">{{ props.row.email }}</bdi>
    <bdi v-if="props.row.name" class="lead-name">{{ props.row.name }}</bdi>
    <span class="muted lead-consent" dir="auto">{{ props.row.consent }}</span>
  </div>
  <div class="lead-facts">
    <time class="muted" :datetime="props.row.at"></time>
    <a class="link" :href="props.row.path" :aria-label="'Conversation with ' + props.row.email">Conversation</a>
  </div>
</div>
"""


@dataclass(frozen=True)
class LeadRow:
    """What a row says; `path` leads to the conversation in which the address was left."""

    id: str
    email: str
    name: str
    consent: str
    at: datetime
    path: str

    def row(self) -> Row:
        """The same, with the moment as browsers read it."""
        return {**vars(self), 'at': self.at.isoformat()}


def lead_rows(*, on_more: Callable[[], Awaitable[None]], on_clear: Callable[[], Awaitable[None]]) -> RowList:
    """A list of leads, each a `LeadRow`."""
    return RowList(LEAD, label='Leads', classes='phones leads', on_more=on_more, on_clear=on_clear, boxed=True)

"""Questions that the knowledge has no answer to: the list, and the form in which one is answered."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from nicegui import ui

from components.kit.form import Form
from components.kit.grid import Row
from components.kit.rows import RowAct, RowList, row_menu

MENU = row_menu('question', ('dismiss', 'Dismiss', 'dismissable'), ('reopen', 'Take up again', 'not dismissable'))
QUESTION = (
    r"""
<div class="phone-row asked-row" role="listitem">
  <div class="reply-main">
    <bdi class="phone-number asked">{{ props.row.question }}</bdi>
    <span class="muted asked-facts">{{ props.row.times }}, <time :datetime="props.row.last_at"></time><span
      v-if="props.row.path"> · <a class="link" :href="props.row.path"
      :aria-label="'Conversation: ' + props.row.question">Conversation</a></span></span>
    <span v-if="props.row.note" class="muted asked-facts" dir="auto">{{ props.row.note }}</span>
  </div>
  <div v-if="props.row.open" class="asked-acts">
    <q-btn v-if="props.row.writable" class="button" label="Write the answer"
           :aria-label="'Write the answer: ' + props.row.question" @click="$parent.$emit('write', props.row.id)" />
"""
    + MENU
    + '</div></div>'
)


@dataclass(frozen=True)
class UnansweredRow:
    """What a row says: the question, how often and when it was asked, and what has become of it (`note`).

    `path` leads to the conversation where it was asked last. Its menu is there where it is `open` to who looks; it is
    `writable` where nobody has written its answer, `dismissable` where it is on the list.
    """

    id: str
    question: str
    times: str
    last_at: datetime
    path: str
    note: str
    open: bool
    writable: bool
    dismissable: bool

    def row(self) -> Row:
        """The same, with the moment as browsers read it."""
        return {**vars(self), 'last_at': self.last_at.isoformat()}


def unanswered_rows(
    *,
    on_write: Callable[[Row], object],
    on_dismiss: Callable[[Row], object],
    on_reopen: Callable[[Row], object],
    on_more: Callable[[], Awaitable[None]],
) -> RowList:
    """A list of questions, each an `UnansweredRow`."""
    acts = {
        'write': RowAct(on_write, when='writable'),
        'dismiss': RowAct(on_dismiss, when='dismissable'),
        'reopen': RowAct(on_reopen, when='open'),
    }
    return RowList(QUESTION, label='Questions', classes='phones', acts=acts, on_more=on_more, boxed=True)


class AnswerForm(Form):
    """The question as it is to stand in the knowledge, its answer, and other ways to ask it."""

    def __init__(self, *args: Any, dialog: ui.dialog, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        with self.element:
            self.fields.text('question', 'Question', autocomplete='off')
            hint = 'Visitors get it word for word, from the next question on.'
            self.fields.text('answer', 'Answer', hint=hint, lines=5, autocomplete='off').props('autofocus')
            hint = 'One in each line, in the words that visitors use.'
            self.fields.text('also', 'Also asked as (optional)', hint=hint, lines=2, autocomplete='off')
            self.actions('Save the answer', dialog=dialog)

"""The knowledge of a project: where files are dropped; rows of files, of written answers, of passages, of hits."""

from collections.abc import Mapping
from typing import Any

from nicegui import ui

from components.kit.choice import OPTIONAL
from components.kit.form import Form
from components.kit.part import Told
from components.kit.rows import Ask, RowAct, RowList


class FileDrop(Told, component='knowledge.js'):
    """A place for files, dropped anywhere on the screen or chosen: each is put to `url`, `largest` bytes at most.

    `accept` are the endings that can be chosen, `hint` says the same in words, and `large` is what is said of a larger
    one. Everything else that can be wrong with a file is said by the answer to it.
    """

    def __init__(self, url: str, *, accept: str, largest: int, large: str, hint: str) -> None:
        super().__init__()
        self.props.update(url=url, accept=accept, largest=largest, large=large, hint=hint, closed=True)

    def allow(self, may: bool) -> None:
        """Take files, or no more; what is on its way goes on."""
        self.tell(closed=not may)


MENU = r"""
  <q-btn v-if="props.row.open" flat data-icon="ellipsis" class="button-icon" aria-haspopup="menu"
         :aria-label="'Actions for ' + props.row.name" :title="'Actions for ' + props.row.name">
    <q-menu auto-close>
      <q-list role="none">
        <q-item v-if="props.row.is_file" clickable role="menuitem" :data-replaces="props.row.id">
          <q-item-section>Replace with another file</q-item-section></q-item>
        <q-item v-if="props.row.again" clickable role="menuitem" @click="$parent.$emit('read', props.row.id)">
          <q-item-section>Read again</q-item-section></q-item>
        <q-item v-if="!props.row.is_file" clickable role="menuitem" @click="$parent.$emit('change', props.row.id)">
          <q-item-section>Change</q-item-section></q-item>
        <q-item clickable role="menuitem" @click="$parent.$emit('turn', props.row.id)">
          <q-item-section>{{ props.row.is_off ? 'Switch on' : 'Switch off' }}</q-item-section></q-item>
        <q-item clickable role="menuitem" @click="$parent.$emit('remove', props.row.id)">
          <q-item-section>Delete</q-item-section></q-item>
      </q-list>
    </q-menu>
  </q-btn>
"""
FILE = rf"""
<div class="source-row" :class="{{ off: props.row.is_off }}" role="listitem">
  <div class="source-main">
    <p class="source-line">
      <a class="source-name" :href="props.row.path" dir="auto">{{{{ props.row.name }}}}</a>
      <span class="badge" :class="'tone-' + props.row.tone">{{{{ props.row.word }}}}</span>
    </p>
    <p class="muted source-facts">{{{{ props.row.facts }}}}</p>
    <p v-if="props.row.why" class="source-why">{{{{ props.row.why }}}}
      <time v-if="props.row.next" :datetime="props.row.next"></time></p>
  </div>{MENU}
</div>
"""
ANSWER = rf"""
<div class="source-row" :class="{{ off: props.row.is_off }}" role="listitem">
  <div class="source-main">
    <p class="source-line">
      <a class="source-name" :href="props.row.path" dir="auto">{{{{ props.row.name }}}}</a>
      <span v-if="props.row.is_off" class="badge tone-quiet">Off</span>
    </p>
    <p class="source-answer" dir="auto">{{{{ props.row.answer }}}}</p>
    <p v-if="props.row.facts" class="muted source-facts">{{{{ props.row.facts }}}}</p>
  </div>{MENU}
</div>
"""
PASSAGE = r"""
<div class="passage" role="listitem">
  <p v-if="props.row.where" class="muted passage-where" dir="auto">{{ props.row.where }}</p>
  <p class="passage-text" dir="auto">{{ props.row.text }}</p>
</div>
"""
HIT = r"""
<div class="hit" role="listitem">
  <p class="source-line">
    <a class="source-name" :href="props.row.path" dir="auto">{{ props.row.name }}</a>
    <span class="chip chip-tone" :class="'tone-' + props.row.tone">{{ props.row.strength }}</span>
  </p>
  <p v-if="props.row.where" class="muted source-facts" dir="auto">{{ props.row.where }}</p>
  <p class="passage-text" dir="auto">{{ props.row.text }}</p>
  <p class="muted source-facts">Found by <bdi>{{ props.row.words }}</bdi></p>
</div>
"""


def file_rows(acts: Mapping[str, RowAct], *, on_more: Ask, on_clear: Ask) -> RowList:
    """Files with what becomes of each; the acts are read, turn and remove."""
    return RowList(FILE, label='Files', classes='sources', acts=acts, on_more=on_more, on_clear=on_clear)


def answer_rows(acts: Mapping[str, RowAct], *, on_more: Ask, on_clear: Ask) -> RowList:
    """Written answers; the acts are change, turn and remove."""
    return RowList(ANSWER, label='Written answers', classes='sources', acts=acts, on_more=on_more, on_clear=on_clear)


def passage_rows(*, on_more: Ask) -> RowList:
    """What was found in a source, in its order."""
    return RowList(PASSAGE, label='Passages', classes='passages', on_more=on_more)


def hit_rows() -> RowList:
    """What would be found for a question, the best first."""
    return RowList(HIT, label='What would be found', classes='passages')


class AnswerForm(Form):
    """A question, its answer, and how else it is asked; an answer has `most` characters at most."""

    def __init__(self, *args: Any, most: int, dialog: ui.dialog, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        with self.element:
            self.fields.text('question', 'Question', autocomplete='off').props('autofocus')
            hint = f'What visitors read, word for word. At most {most:,} characters.'
            self.fields.text('answer', 'Answer', lines=4, hint=hint, autocomplete='off')
            hint = 'Other words for the same question, one in each line. They help to find it.'
            self.fields.text('also', f'Also asked as{OPTIONAL}', lines=2, hint=hint, autocomplete='off')
            self.actions('Save answer', dialog=dialog)

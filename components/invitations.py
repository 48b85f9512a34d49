"""Invitations: the list of those that wait for an answer, and the link of one."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from nicegui import ui

from components.kit.copying import copy_button
from components.kit.dialog import dialog
from components.kit.grid import Row
from components.kit.monogram import hue, initials
from components.kit.rows import RowAct, RowList, choices

INVITATION = r"""
<div class="person" role="listitem">
  <span class="monogram" :class="'hue-' + props.row.hue" aria-hidden="true">{{ props.row.initials }}</span>
  <div class="person-who">
    <div class="person-name"><span dir="auto">{{ props.row.email }}</span>
      <span v-if="props.row.ended" class="chip">{{ props.row.ended }}</span></div>
    <div class="person-facts muted">
      <span>Invited by <bdi>{{ props.row.invited_by }}</bdi> <time :datetime="props.row.created_at"></time></span>
      <span v-if="props.row.until">Good until
        <time :datetime="props.row.expires_at" data-exact="true">{{ props.row.until }}</time></span>
      <span v-if="props.row.why" class="verdict-problem">{{ props.row.why }}</span>
      <span v-if="props.row.mail" :class="{'verdict-problem': props.row.lost}">{{ props.row.mail }}</span></div>
  </div>
  <span class="chip person-role">{{ props.row.role }}</span>
  <q-btn v-if="props.row.open" flat data-icon="ellipsis" class="button-icon" aria-haspopup="menu"
         :aria-label="'Actions for ' + props.row.email" :title="'Actions for ' + props.row.email">
    <q-menu auto-close>
      <q-list role="none">
        <q-item v-if="!props.row.ended" clickable role="menuitem" @click="$parent.$emit('link', props.row.id)">
          <q-item-section>Show link</q-item-section></q-item>
        <q-item clickable role="menuitem" @click="$parent.$emit('again', props.row.id)">
          <q-item-section>{{ props.row.again }}</q-item-section></q-item>
        <q-item v-for="role in props.row.roles" :key="role.value" clickable role="menuitem"
                @click="$parent.$emit('role', props.row.id, role.value)">
          <q-item-section>Invite as {{ role.label }}</q-item-section></q-item>
        <q-item clickable role="menuitem" @click="$parent.$emit('revoke', props.row.id)">
          <q-item-section>Withdraw</q-item-section></q-item>
      </q-list>
    </q-menu>
  </q-btn>
  <span v-else></span>
</div>
"""


@dataclass
class InvitationRow:
    """What one line says.

    `ended` says in a word that nobody can accept it, '' while somebody can, and `why` more of that; `until` is '' where
    it is no longer good; `roles` are those that can be offered instead, `open` whether anything can be done, `lost`
    whether its mail is.
    """

    id: str
    email: str
    role: str
    invited_by: str
    created_at: str
    expires_at: str
    until: str
    ended: str
    why: str
    mail: str
    lost: bool
    again: str
    open: bool
    roles: Mapping[str, str] = field(default_factory=dict)

    def row(self) -> Row:
        """The same, with what is derived for drawing."""
        roles = choices(self.roles)
        return {**vars(self), 'roles': roles, 'initials': initials(self.email), 'hue': hue(self.email)}


def invitation_list(
    *,
    acts: Mapping[str, Callable[[Row], object]],
    on_role: Callable[[Row, str], object],
    on_more: Callable[[], Awaitable[None]],
) -> RowList:
    """Invitations, each an `InvitationRow`; `acts` are `link`, `again` and `revoke`."""
    row_acts = {name: RowAct(act, when='open') for name, act in acts.items()}
    row_acts['role'] = RowAct(on_role, when='open', among='roles')
    return RowList(INVITATION, label='Invitations', classes='people', acts=row_acts, on_more=on_more)


def show_link(link: str, template: str, **names: str) -> None:
    """A dialog with a link to copy, and a sentence with names in its gaps."""
    with dialog('Invitation link', template, **names) as box:
        ui.input('Link', value=link).props('outlined stack-label readonly hide-bottom-space')
        with ui.element('div').classes('actions'):
            ui.button('Close', on_click=box.close, color=None).classes('button')
            copy_button(link, classes='button-primary').props('autofocus')

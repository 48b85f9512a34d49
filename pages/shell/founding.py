"""Another organization: the dialog that makes one, from the list of them and from the switcher of every screen."""

from nicegui import ui

from components.kit.dialog import dialog
from components.kit.fields import Values
from components.kit.form import Form
from components.kit.saved import NOTHING, Saved
from data.database import Actor
from data.services import organizations


def ask_for_new(actor: Actor) -> None:
    """A dialog that makes another organization and goes there."""

    def save(values: Values, _: int) -> Saved:
        return Saved({'id': organizations.create(actor, values['name']).id}, 1)

    def go() -> None:
        box.close()
        ui.navigate.to(f'/organizations/{form.stored.values["id"]}')

    with dialog('New organization', 'It gets its own people, settings and billing, and you are its Owner.') as box:
        form = Form(lambda: NOTHING, save, NOTHING, refused=None, kept='new-organization', on_saved=go)
        with form.element:
            form.fields.text('name', 'Name', autocomplete='off').props('autofocus')
            form.actions('Create organization', dialog=box)

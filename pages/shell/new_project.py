"""Another project: the dialog that makes one and goes there, for every screen that offers it."""

from nicegui import ui

from components.kit.choice import OPTIONAL
from components.kit.dialog import dialog
from components.kit.fields import Values
from components.kit.form import Form
from components.kit.saved import NOTHING, Saved
from data.permissions import Member
from data.services import projects

SENTENCE = 'Everybody in this organization sees it, and nobody else does.'


def ask_for_project(member: Member) -> None:
    """A dialog that makes another project in this member's organization and goes there."""

    def save(values: Values, _: int) -> Saved:
        return Saved({'id': projects.create(member, values).id}, 1)

    def go() -> None:
        box.close()
        ui.navigate.to(f'/organizations/{member.organization_id}/projects/{form.stored.values["id"]}')

    with dialog('New project', SENTENCE) as box:
        form = Form(lambda: NOTHING, save, NOTHING, refused=None, kept='new-project', on_saved=go)
        with form.element:
            form.fields.text('name', 'Name', autocomplete='off').props('autofocus')
            hint = 'What it is for, in a few words'
            form.fields.text('description', f'Description{OPTIONAL}', lines=3, hint=hint, autocomplete='off')
            form.actions('Create project', dialog=box)

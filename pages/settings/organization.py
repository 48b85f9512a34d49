"""What an organization is called, and where it stands."""

from components.kit.card import Card
from components.kit.fields import Values
from components.kit.form import Form
from components.kit.saved import Saved
from components.kit.status import Standing
from data.changes import Change
from data.permissions import Member, Permission
from data.services import organizations
from data.services.audit import Topic
from pages.shell import live
from pages.shell.words import show_standing


def name_card(member: Member) -> None:
    """The display name."""

    def stored(of: Member) -> Saved:
        return Saved({'name': of.organization.name}, of.organization.version)

    def load() -> Saved:
        return stored(organizations.membership(member))

    def save(values: Values, version: int) -> Saved:
        renamed = organizations.rename(member, values['name'], version=version)
        return Saved({'name': renamed.name}, renamed.version)

    may = Permission.ORGANIZATION_RENAME
    with Card('Organization name', hint='Shown to everyone who works here. The address of its pages stays the same.'):
        form = Form(load, save, stored(member), refused=member.refused(may), kept=f'name-{member.organization_id}')
        with form.element:
            form.fields.text('name', 'Name', limit=80, autocomplete='off')
            form.actions('Save name')

    @live.watch(Topic.ORGANIZATION, Topic.MEMBER)
    def refresh(now: Member, change: Change) -> None:
        form.allow(now.refused(may))
        form.take(stored(now), change.by)


def status_card(member: Member) -> None:
    """Where the organization stands; nothing here to change."""
    with Card('Status', hint='Changes when a bill is overdue, or when your administrator changes it.'):
        standing = Standing()
    show_standing(standing, member)

    @live.watch(Topic.ORGANIZATION)
    def refresh(now: Member, _: Change) -> None:
        show_standing(standing, now)

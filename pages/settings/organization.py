"""What an organization is called, and where it stands."""

from components.kit.card import Card
from components.kit.fields import Values
from components.kit.form import Form
from components.kit.saved import Saved
from components.kit.status import Standing
from data.changes import Change
from data.models import Status
from data.permissions import Member, Permission
from data.services import organizations
from data.services.audit import Topic
from pages.shell import live
from pages.shell.words import saved_meanwhile, show_standing


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
    sentence = 'Shown to everyone who works here. The address of its pages stays the same.'
    with Card('Organization name', hint=sentence, at='organization-name'):
        form = Form(load, save, stored(member), refused=member.refused(may), kept=f'name-{member.organization_id}')
        with form.element:
            form.fields.text('name', 'Name', autocomplete='off')
            form.actions('Save name')

    @live.watch(Topic.ORGANIZATION, Topic.MEMBER)
    def refresh(now: Member, change: Change) -> None:
        form.allow(now.refused(may))
        form.take(stored(now), saved_meanwhile(change, now))


def status_card(member: Member) -> None:
    """Where the organization stands; nothing here to change. Where it is not as usual, the banner says all of it."""
    with Card('Status', hint='Changes when a bill is overdue, or when your administrator changes it.') as card:
        standing = Standing()

    def draw(now: Member) -> None:
        show_standing(standing, now)
        card.set_visibility(now.organization.status is Status.ACTIVE)

    draw(member)

    @live.watch(Topic.ORGANIZATION)
    def refresh(now: Member, _: Change) -> None:
        draw(now)

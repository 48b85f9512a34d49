"""Everything about an organization that its people can change. One function a card."""

from collections.abc import Awaitable, Callable
from functools import partial

from nicegui import ui

from components import address_form, phone_form
from components.calls import call, told
from components.card import Card
from components.dialog import confirm, dialog
from components.fields import Values
from components.form import NOTHING, Form, Saved
from components.frame import screen_head
from components.status import Standing
from components.text import Text, hint
from data.changes import Change, Topic
from data.inputs import addresses, countries, phones, tax_ids
from data.models import BillingAddress, PhoneNumber
from data.permissions import Member, Permission
from data.services import billing, organizations, phone_numbers
from pages import live
from pages.door import org_page
from pages.overview import show_standing
from pages.words import PURPOSES


@org_page('/settings', title='Settings', icon='settings', permission=Permission.ORGANIZATION_VIEW)
async def settings(member: Member) -> None:
    """Name, status, billing address, phone numbers."""
    with screen_head('Organization settings', 'What this organization is called, where it stands and how to reach it.'):
        pass
    name_card(member)
    status_card(member)
    await address_card(member)
    await phones_card(member)


def name_card(member: Member) -> None:
    """The display name."""

    def stored(of: Member) -> Saved:
        return Saved({'name': of.organization.name}, of.organization.version)

    def load() -> Saved:
        return stored(organizations.enter(member))

    def save(values: Values, version: int) -> Saved:
        it = organizations.rename(member, values['name'], version=version)
        return Saved({'name': it.name}, it.version)

    may = Permission.ORGANIZATION_RENAME
    with Card('Organization name', hint='Shown to everyone who works here. The address of its pages stays the same.'):
        form = Form(load, save, stored(member), refused=member.refused(may), kept=f'name-{member.organization_id}')
        with form.element:
            form.fields.text('name', 'Name', limit=80, autocomplete='off')
            form.actions('Save name')

    @live.watch(Topic.ORGANIZATION, Topic.MEMBERS)
    def refresh(now: Member, change: Change) -> None:
        form.allow(now.refused(may))
        form.take(stored(now), change.by)


def status_card(member: Member) -> None:
    """Where the organization stands; nothing here to change."""
    with Card('Status', hint='Set by billing and by whoever runs this installation.'):
        standing = Standing()
    show_standing(standing, member)

    @live.watch(Topic.ORGANIZATION)
    def refresh(now: Member, _: Change) -> None:
        show_standing(standing, now)


async def address_card(member: Member) -> None:
    """Where bills go; drawn anew when somebody gets to see it, or no longer may."""
    with Card('Billing address', hint='Printed on every invoice of this organization.'):
        place = ui.element('div')
    take = await billing_address(place, member)

    @live.watch(Topic.ADDRESS, Topic.ORGANIZATION, Topic.MEMBERS)
    async def refresh(now: Member, change: Change) -> None:
        nonlocal take
        if now.may(Permission.BILLING_VIEW) is not (take is not None):
            place.clear()
            take = await billing_address(place, now)
        elif take:
            await take(now, change)


async def billing_address(place: ui.element, member: Member) -> Callable[[Member, Change], Awaitable[None]] | None:
    """Draw the address and return how to take in a change; for those who may not see it only why, and None."""
    if no := member.refused(Permission.BILLING_VIEW):
        with place:
            hint(no)
        return None
    first = await call(saved_address, member)
    with place:
        printed = Text('address', '', 'printed')
        form = address_form.AddressForm(
            partial(saved_address, member),
            partial(save_address, member),
            first,
            refused=member.refused(Permission.BILLING_MANAGE),
            kept=f'address-{member.organization_id}',
            countries=countries.names(),
            lines=addresses.form,
            tax_label=tax_ids.label,
        )
    show_printed(printed, first)

    async def take(now: Member, change: Change) -> None:
        form.allow(now.refused(Permission.BILLING_MANAGE))
        if change.topic is Topic.ADDRESS:
            saved = await call(saved_address, member)
            show_printed(printed, saved)
            form.take(saved, change.by)

    return take


def saved_address(member: Member) -> Saved:
    """The stored address as its form wants it."""
    return as_saved(billing.address(member))


def save_address(member: Member, values: Values, version: int) -> Saved:
    """Store an address and return it as its form wants it."""
    return as_saved(billing.set_address(member, values, version=version))


def as_saved(row: BillingAddress | None) -> Saved:
    """An address, or none yet, as its form wants it."""
    values = row.model_dump(exclude={'organization_id', 'version'}) if row else None
    return address_form.stored(values, row.version if row else 0)


def show_printed(block: Text, saved: Saved) -> None:
    """Show the address as the post office prints it."""
    block.text = '\n'.join(addresses.printed(addresses.Address(**saved.values))) if saved.version else ''
    block.set_visibility(bool(block.text))


async def phones_card(member: Member) -> None:
    """Numbers, one of them primary."""
    may = Permission.PHONE_MANAGE
    with Card('Phone numbers', hint='How to reach this organization. One of them is the primary number.'):
        table = phone_form.PhoneTable(
            on_edit=partial(edit_phone, member),
            on_primary=partial(make_primary, member),
            on_remove=partial(remove_phone, member),
            on_add=lambda: edit_phone(member, {}),
        )

    async def draw(now: Member) -> None:
        table.show([phone_row(row) for row in await call(phone_numbers.of_organization, now)], now.refused(may))

    await draw(member)

    @live.watch(Topic.PHONES, Topic.ORGANIZATION, Topic.MEMBERS)
    async def refresh(now: Member, _: Change) -> None:
        await draw(now)


def phone_row(row: PhoneNumber) -> dict[str, object]:
    """A phone number in words."""
    return {
        'id': row.id,
        'number': phones.shown(row.e164),
        'country': row.country,
        'label': row.label,
        'purpose': row.purpose.value,
        'purpose_word': PURPOSES[row.purpose.value],
        'primary': row.is_primary,
        'version': row.version,
    }


def edit_phone(member: Member, row: dict[str, object]) -> None:
    """A dialog for a number: a new one when `row` is empty."""

    def save(values: Values, version: int) -> Saved:
        if not row:
            saved = phone_numbers.add(member, values)
        else:
            saved = phone_numbers.change(member, str(row['id']), values, version=version)
        return Saved(phone_row(saved), saved.version)

    def load() -> Saved:
        of = {it.id: it for it in phone_numbers.of_organization(member)}
        it = of.get(str(row.get('id')))
        return Saved(phone_row(it), it.version) if it else NOTHING

    with dialog('Phone number' if row else 'New phone number') as box:
        phone_form.PhoneForm(
            load,
            save,
            Saved(row or {'purpose': 'voice'}, int(str(row.get('version', 0)))),
            refused=None,
            kept=f'phone-{row.get("id") or member.organization_id}',
            on_saved=box.close,
            countries=calling_countries(),
            purposes=PURPOSES,
            example=phones.example,
            dialog=box,
        )


def calling_countries() -> dict[str, str]:
    """The countries a number can be of, by name, each with the prefix of its numbers."""
    names = countries.names()
    return {code: f'{names[code]} ({phones.calling_code(code)})' for code in names if phones.calling_code(code)}


@told
async def make_primary(member: Member, row: dict[str, object]) -> None:
    """Let this number be the one to use first."""
    await call(phone_numbers.make_primary, member, str(row['id']))


@told
async def remove_phone(member: Member, row: dict[str, object]) -> None:
    """Ask, then remove."""
    if await confirm('Remove this number?', f'{row["number"]} will no longer be listed.', action='Remove number'):
        await call(phone_numbers.remove, member, str(row['id']))

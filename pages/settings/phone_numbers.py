"""Phone numbers of an organization: the list, and the dialog for one of them."""

from collections.abc import Callable
from functools import partial

from components.kit.calls import call, told
from components.kit.card import Card
from components.kit.dialog import confirm, dialog
from components.kit.fields import Values
from components.kit.grid import Row
from components.kit.saved import NOTHING, Saved
from components.phone_numbers import PhoneForm, PhoneList
from data.changes import Change
from data.inputs import countries, phones
from data.models import PhoneNumber
from data.permissions import Member, Permission
from data.services import phone_numbers
from data.services.audit import Topic
from pages.shell import access, live

PURPOSES = {'voice': 'Voice calls', 'sms': 'Text messages', 'billing': 'Billing contact'}


def phones_card(member: Member, stored: list[PhoneNumber], at_home: Callable[[], str]) -> None:
    """Numbers, one of them primary; a new one begins with its country, the first one with what `at_home()` is then."""
    may = Permission.PHONE_MANAGE
    main: PhoneNumber | None = None
    with Card('Phone numbers', hint='How to reach this organization. One of them is the primary number.'):
        numbers = PhoneList(
            on_edit=partial(edit_phone, member),
            on_primary=partial(use_first, member),
            on_remove=partial(ask_to_remove_phone, member),
            on_add=lambda: edit_phone(member, {}, main.country if main else at_home()),
        )

    def draw(now: Member, stored: list[PhoneNumber]) -> None:
        nonlocal main
        main = next((number for number in stored if number.is_primary), None)
        numbers.show([phone_row(number) for number in stored], now.refused(may))

    draw(member, stored)

    @live.watch(Topic.PHONE, Topic.ORGANIZATION, Topic.MEMBER, read=phone_numbers.of_organization)
    def refresh(now: Member, _: Change, stored: list[PhoneNumber]) -> None:
        draw(now, stored)


def phone_row(number: PhoneNumber) -> Row:
    """A phone number in words."""
    return {
        'id': number.id,
        'number': phones.shown(number.e164),
        'country': number.country,
        'label': number.label,
        'purpose': number.purpose.value,
        'purpose_word': PURPOSES[number.purpose.value],
        'primary': number.is_primary,
        'version': number.version,
    }


def edit_phone(member: Member, row: Row, likely: str = '') -> None:
    """A dialog for a number: a new one, of the country that is `likely`, when `row` is empty."""

    def save(values: Values, version: int) -> Saved:
        if not row:
            saved = phone_numbers.add(member, values)
        else:
            saved = phone_numbers.change(member, str(row['id']), values, version=version)
        return Saved(phone_row(saved), saved.version)

    def load() -> Saved:
        numbers = phone_numbers.of_organization(member)
        number = next((number for number in numbers if number.id == row.get('id')), None)
        return Saved(phone_row(number), number.version) if number else NOTHING

    with dialog('Phone number' if row else 'New phone number') as box:
        form = PhoneForm(
            load,
            save,
            Saved(row or {'purpose': 'voice', 'country': likely}, int(str(row.get('version', 0)))),
            refused=None,
            kept=f'phone-{row.get("id") or member.organization_id}',
            on_saved=box.close,
            countries=calling_countries(),
            country_names=countries.all_names(access.languages()),
            purposes=PURPOSES,
            example=phones.example,
            dialog=box,
        )
        live.watch_right(form.allow, Permission.PHONE_MANAGE)


def calling_countries() -> dict[str, str]:
    """The countries a number can be of, by name, each with the prefix of its numbers."""
    names = countries.names()
    return {code: f'{names[code]} ({phones.calling_code(code)})' for code in names if phones.calling_code(code)}


@told
async def use_first(member: Member, row: Row) -> None:
    """Let this number be the one to use first."""
    await call(phone_numbers.make_primary, member, str(row['id']))


@told
async def ask_to_remove_phone(member: Member, row: Row) -> None:
    """Remove the number, after a question."""
    sentence = '{number} will no longer be listed.'
    if await confirm('Remove this number?', sentence, action='Remove number', number=str(row['number'])):
        await call(phone_numbers.remove, member, str(row['id']))

"""What others see of the settings meanwhile: values, roles and status."""

import pytest

from data import clock
from data.changes import Change
from data.database import ADMINISTRATOR
from data.models import Role, Status
from data.services import billing_address, members, organizations, phone_numbers
from data.services.audit import Topic
from tests.support.settled import AMERICAN, FRENCH, GERMAN, NO_PHONES, NO_RENAME, Visit, fill, settings_of
from tests.support.visitors import until
from tests.support.world import World, organization


@pytest.fixture
def filled(world: World) -> World:
    """Acme with an address and two numbers."""
    return fill(world)


async def test_what_others_save_is_there_at_once(visit: Visit, world: World) -> None:
    mia = await settings_of(visit, world, Role.MEMBER)
    organizations.rename(world.owner, 'Beta', version=organization(world.owner).version)
    await until(lambda: mia.form('name')['name'] == 'Beta')
    await until(lambda: mia.title == 'Settings · Beta · Botcadence')
    phone_numbers.add(world.admin, FRENCH)
    await until(lambda: [row['number'] for row in mia.rows] == ['+33 1 42 34 56 78'])


async def test_a_half_typed_field_is_not_touched(visit: Visit, filled: World) -> None:
    olga = await settings_of(visit, filled, Role.OWNER)
    olga.form('address').fill(city='Ber')
    phone_numbers.remove(filled.admin, phone_numbers.of_organization(filled.admin)[0].id)
    organizations.rename(filled.admin, 'Beta', version=organization(filled.owner).version)
    await until(lambda: olga.form('name')['name'] == 'Beta')
    await until(lambda: len(olga.rows) == 1)
    assert olga.form('address')['city'] == 'Ber'


async def test_a_lowered_role_closes_the_forms(visit: Visit, filled: World) -> None:
    adam = await settings_of(visit, filled, Role.ADMIN)
    assert adam.form('name').is_open()
    members.change_role(filled.owner, filled.admin.user_id, Role.VIEWER, expected=Role.ADMIN)
    await adam.sees(NO_RENAME.format('Viewer'), NO_PHONES.format('Viewer'))
    assert not adam.form('name').is_open()
    assert 'Add number' not in adam.shown
    assert [row['open'] for row in adam.rows] == [False, False]
    await until(lambda: 'Zebrafink' not in adam.shown)


async def test_what_was_typed_is_not_mistaken_for_what_is_saved(visit: Visit, filled: World) -> None:
    adam = await settings_of(visit, filled, Role.ADMIN)
    adam.form('name').fill(name='half typed')
    members.change_role(filled.owner, filled.admin.user_id, Role.VIEWER, expected=Role.ADMIN)
    await adam.sees('This is what you had typed. It is not saved, and you can’t save it now.')
    assert adam.form('name')['name'] == 'half typed'
    adam.press('Show what is saved')
    await until(lambda: adam.form('name')['name'] == 'Acme')


async def test_a_raised_role_opens_them(visit: Visit, filled: World) -> None:
    mia = await settings_of(visit, filled, Role.MEMBER)
    members.change_role(filled.owner, filled.member.user_id, Role.ADMIN, expected=Role.MEMBER)
    await until(lambda: mia.form('name').is_open())
    await mia.sees('Add number', 'Zebrafink')


async def test_an_open_dialog_follows_the_role_and_what_is_typed_stays(visit: Visit, filled: World) -> None:
    adam = await settings_of(visit, filled, Role.ADMIN)
    adam.press('Add number')
    await adam.sees('New phone number')
    adam.form('phone').fill(country='US', number='(202) 456-1111')
    members.change_role(filled.owner, filled.admin.user_id, Role.VIEWER, expected=Role.ADMIN)
    adam.form('phone').send()  # before it hears of it, or after
    await until(lambda: not adam.form('phone').is_open())
    await adam.sees('Only Owners and Admins can manage phone numbers. You are a Viewer.')
    assert len(phone_numbers.of_organization(filled.owner)) == 2
    members.change_role(filled.owner, filled.admin.user_id, Role.ADMIN, expected=Role.VIEWER)
    await until(lambda: adam.form('phone').is_open())
    adam.form('phone').send()
    await until(lambda: len(phone_numbers.of_organization(filled.owner)) == 3)


@pytest.mark.parametrize(
    ('status', 'word', 'owner_may'), [(Status.RESTRICTED, 'Restricted', True), (Status.SUSPENDED, 'Suspended', False)]
)
async def test_a_change_of_status_is_on_every_open_screen(
    visit: Visit, filled: World, status: Status, word: str, owner_may: bool
) -> None:
    olga, adam = await settings_of(visit, filled, Role.OWNER), await settings_of(visit, filled, Role.ADMIN)
    if status is Status.RESTRICTED:
        organizations.change_status(filled.organization_id, Status.PAST_DUE, '')
    organizations.change_status(filled.organization_id, status, 'Because of the tests')
    for visitor in (olga, adam):
        await visitor.sees(word, 'Reason: Because of the tests')
    await until(lambda: not adam.form('name').is_open())
    await adam.sees(f'This organization is {word.lower()}.')
    await until(lambda: olga.form('name').is_open() is olga.form('address').is_open() is owner_may)
    await until(lambda: ('Add number' in olga.shown) is owner_may)

    organizations.change_status(filled.organization_id, Status.ACTIVE, '')
    await until(lambda: adam.form('name').is_open() and olga.form('address').is_open())
    await until(lambda: 'Because of the tests' not in olga.shown)


async def test_a_dialog_follows_the_status_and_what_is_typed_stays(visit: Visit, filled: World) -> None:
    adam = await settings_of(visit, filled, Role.ADMIN)
    adam.press('Add number')
    await adam.sees('New phone number')
    adam.form('phone').fill(country='US', number='(202) 456-1111')
    organizations.change_status(filled.organization_id, Status.SUSPENDED, 'For a test')
    await until(lambda: not adam.form('phone').is_open())
    assert 'Save number' not in adam.shown
    assert 'Cancel' in adam.shown, 'there is a way out of it'
    organizations.change_status(filled.organization_id, Status.ACTIVE, '')
    await until(lambda: adam.form('phone').is_open())
    adam.form('phone').send()
    await until(lambda: len(phone_numbers.of_organization(filled.owner)) == 3)


async def test_an_empty_list_of_numbers_invites_only_those_who_may(visit: Visit, world: World) -> None:
    adam = await settings_of(visit, world, Role.ADMIN)
    await adam.sees('Add the numbers people can call')
    organizations.change_status(world.organization_id, Status.SUSPENDED, 'For a test')
    await adam.sees('No phone numbers yet.')
    assert 'Add the numbers' not in adam.shown
    organizations.change_status(world.organization_id, Status.ACTIVE, '')
    await adam.sees('Add the numbers people can call')


async def test_a_session_that_ran_out_can_not_save(visit: Visit, world: World) -> None:
    olga = await settings_of(visit, world, Role.OWNER)
    olga.form('name').fill(name='Too late')
    now = clock.now()
    clock.source = lambda: now.replace(year=now.year + 1)
    olga.form('name').send()
    await olga.sees('You are signed out. Sign in to go on. What you typed is still here.')
    clock.source = clock._system
    assert organization(world.owner).name == 'Acme'


MEANWHILE = 'saved this while you were typing.'
IN_ANOTHER_WINDOW = 'You saved this in another window while you were typing.'


@pytest.mark.parametrize(
    ('role', 'sentence'),
    [(Role.OWNER, IN_ANOTHER_WINDOW), (Role.ADMIN, f'adam@acme.test {MEANWHILE}')],
    ids=['oneself', 'somebody else'],
)
async def test_who_saved_meanwhile_is_named_unless_it_was_oneself(
    visit: Visit, filled: World, role: Role, sentence: str
) -> None:
    olga = await settings_of(visit, filled, Role.OWNER)
    olga.form('name').fill(name='half typed')
    organizations.rename(filled.of(role), 'Beta', version=organization(filled.owner).version)
    await olga.sees(sentence, 'Saved in the meantime: Beta')
    assert 'They saved' not in olga.shown
    assert 'theirs' not in olga.shown
    olga.press('Use what is saved')
    await until(lambda: olga.form('name')['name'] == 'Beta')
    assert MEANWHILE not in olga.shown


async def test_an_address_that_one_saved_oneself_meanwhile_is_said_to_be_ones_own(visit: Visit, filled: World) -> None:
    olga = await settings_of(visit, filled, Role.OWNER)
    olga.form('address').fill(city='Potsdam')
    billing_address.set_address(filled.owner, {**GERMAN, 'city': 'Hamburg'}, version=1)
    await olga.sees(IN_ANOTHER_WINDOW, 'Saved in the meantime: Hamburg')


@pytest.mark.parametrize(
    ('by', 'sentence'),
    [
        ('olga@acme.test', IN_ANOTHER_WINDOW),
        ('adam@acme.test', f'adam@acme.test {MEANWHILE}'),
        (ADMINISTRATOR, f'The administrator {MEANWHILE}'),
        ('דנה@acme.test', f'\u2068דנה@acme.test\u2069 {MEANWHILE}'),
        ('', f'Somebody else {MEANWHILE}'),
    ],
)
def test_whoever_saves_is_somebody_in_words(world: World, by: str, sentence: str) -> None:
    from pages.shell.words import saved_meanwhile

    change = Change(world.organization_id, Topic.ORGANIZATION, by)
    assert saved_meanwhile(change, organizations.membership(world.owner)) == sentence


async def test_a_number_that_was_saved_first_is_not_said_to_be_somebody_elses_doing(
    visit: Visit, filled: World
) -> None:
    olga = await settings_of(visit, filled, Role.OWNER)
    number = phone_numbers.of_organization(filled.owner)[0]
    olga.choose(olga.rows[0], 'edit')
    await olga.sees('Save number')
    olga.form('phone').fill(label='Reception')
    phone_numbers.change(filled.owner, number.id, {**AMERICAN, 'label': 'Desk'}, version=number.version)
    await until(lambda: olga.rows[0]['label'] == 'Desk')
    olga.form('phone').send()
    await olga.sees('This was changed in the meantime. What you typed is still here', 'Saved in the meantime: Desk')
    assert 'omebody else' not in olga.shown
    assert olga.form('phone')['label'] == 'Reception'

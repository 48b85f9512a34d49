"""Organization settings: what each role sees and may do, what is refused and why."""

from html import unescape

import pytest
from sqlalchemy import Engine

from data.models import Role
from data.services import billing_address, phone_numbers
from tests.support.probes import rows, value
from tests.support.settled import GERMAN, NO_ADDRESS, NO_BILLING, NO_PHONES, NO_RENAME, Visit, fill, settings_of
from tests.support.visitors import until
from tests.support.world import World, email_of, organization


@pytest.fixture
def filled(world: World) -> World:
    """Acme with an address and two numbers."""
    return fill(world)


# roles ----------------------------------------------------------------------------------------------------------------


async def test_an_owner_may_do_everything(visit: Visit, filled: World) -> None:
    olga = await settings_of(visit, filled, Role.OWNER)
    assert olga.form('name').is_open()
    assert olga.form('address').is_open()
    assert [row['open'] for row in olga.rows] == [True, True]
    assert 'Add number' in olga.shown
    assert 'Only ' not in olga.shown


async def test_an_admin_sees_the_billing_address_and_may_not_change_it(visit: Visit, filled: World) -> None:
    adam = await settings_of(visit, filled, Role.ADMIN)
    assert adam.form('name').is_open()
    assert not adam.form('address').is_open()
    assert adam.form('address')['city'] == 'Berlin'
    assert NO_ADDRESS in adam.shown
    assert [row['open'] for row in adam.rows] == [True, True]
    assert 'Save address' not in adam.shown


@pytest.mark.parametrize('role', [Role.MEMBER, Role.VIEWER])
async def test_others_read_and_are_told_why(visit: Visit, filled: World, role: Role) -> None:
    visitor = await settings_of(visit, filled, role)
    assert not visitor.form('name').is_open()
    for sentence in (NO_RENAME, NO_PHONES, NO_BILLING):
        assert sentence.format(role.label) in visitor.shown
    assert [row['open'] for row in visitor.rows] == [False, False]
    assert not {'Save name', 'Save address', 'Add number'} & set(visitor.shown.split('\n'))


@pytest.mark.parametrize('role', [Role.MEMBER, Role.VIEWER])
async def test_the_billing_address_is_nowhere_in_their_page(visit: Visit, filled: World, role: Role) -> None:
    visitor = await visit(email_of(filled.of(role)))
    for path in ('', '/settings'):
        page = unescape((await visitor.get(f'/organizations/{filled.organization_id}{path}')).text)
        assert 'Acme' in page
        for private in ('Zebrafink', 'Hauptstr', '10115', 'Berlin'):
            assert private not in page


@pytest.mark.parametrize('role', [Role.MEMBER, Role.VIEWER])
async def test_a_closed_form_saves_nothing_whatever_is_sent(
    visit: Visit, filled: World, db: Engine, role: Role
) -> None:
    visitor = await settings_of(visit, filled, role)
    visitor.form('name').fill(name='Taken over').send()
    await visitor.sees(NO_RENAME.format(role.label))
    assert organization(filled.owner).name == 'Acme'


# saving ---------------------------------------------------------------------------------------------------------------


async def test_an_owner_renames(visit: Visit, world: World) -> None:
    olga = await settings_of(visit, world, Role.OWNER)
    olga.form('name').fill(name='  Acme Société  ').send()
    await olga.sees('Saved')
    assert olga.form('name')['name'] == organization(world.owner).name == 'Acme Société'
    await until(lambda: olga.title == 'Settings · Acme Société · Botcadence')


@pytest.mark.parametrize(
    ('name', 'sentence'),
    [
        ('', 'is required'),
        ('   ', 'is required'),
        ('\u200b', 'is required'),
        ('\u3164', 'is required'),
        ('x' * 81, 'at most 80 characters'),
        ('x' * 10_000, 'at most 80 characters'),
        ('x' * 1_000_000, 'at most 80 characters'),
        ('Beta \u202e', 'hidden control character'),
        ('a\x00b', 'hidden control character'),
        ('a\ud800', 'hidden control character'),
        ('a\ufffe', 'hidden control character'),
        ('Z' + '\u0300' * 200, 'too'),
        ('a\nb', 'on one line'),
        (7, 'must be text'),
        ([], 'must be text'),
        ({'name': 'x'}, 'must be text'),
        (True, 'must be text'),
    ],
    ids=lambda it: repr(it)[:20],
)
async def test_an_unusable_name_is_refused_at_its_field(
    visit: Visit, world: World, db: Engine, name: object, sentence: str
) -> None:
    olga = await settings_of(visit, world, Role.OWNER)
    before = (
        rows(db, 'SELECT name, version FROM organizations ORDER BY id'),
        value(db, 'SELECT count(*) FROM audit_events'),
    )
    olga.form('name').fill(name=name).send()
    await until(lambda: olga.form('name').error('name'))
    assert sentence in olga.form('name').error('name')
    assert olga.form('name')['name'] == name, 'what was typed stays'
    after = (
        rows(db, 'SELECT name, version FROM organizations ORDER BY id'),
        value(db, 'SELECT count(*) FROM audit_events'),
    )
    assert after == before


@pytest.mark.parametrize(
    'name',
    [
        '<img src=x onerror=window.XSS=1>',
        '</title><script>window.XSS=1</script>',
        '${7*7}',
        '{{7*7}}',
        '`x`',
        'Ünïcode 株式会社 👩‍👩‍👧',
        "Robert'); DROP TABLE users;--",
        '%s%n {0} {who}',
    ],
)
async def test_any_printable_name_is_shown_as_it_is(visit: Visit, world: World, name: str) -> None:
    olga = await settings_of(visit, world, Role.OWNER)
    olga.form('name').fill(name=name).send()
    await olga.sees('Saved')
    for path in ('', '/settings'):
        answer = await olga.get(f'/organizations/{world.organization_id}{path}')
        assert answer.status_code == 200
        assert name not in answer.text or '<' not in name, 'not as markup'
    await olga.open(f'/organizations/{world.organization_id}')
    await olga.sees(f'olga@acme.test renamed the organization to “{name}”')
    assert olga.title == f'Overview · {name} · Botcadence'
    await olga.open('/organizations')
    assert name in [row['name'] for row in olga.rows]


async def test_a_number_with_a_country_code_needs_no_country(visit: Visit, world: World) -> None:
    olga = await settings_of(visit, world, Role.OWNER)
    olga.press('Add number')
    await olga.sees('New phone number')
    olga.form('phone').fill(number='Tel.: +49 30 901820;')
    olga.form('phone').send()
    await until(lambda: olga.rows)
    assert olga.rows[0]['number'] == '+49 30 901820'
    [stored] = phone_numbers.of_organization(world.owner)
    assert (stored.e164, stored.country) == ('+4930901820', 'DE')


@pytest.mark.parametrize('is_reloaded', [True, False])
async def test_a_new_number_begins_with_the_country_it_is_likely_of(
    visit: Visit, world: World, is_reloaded: bool
) -> None:
    """That of the browser, of the address once there is one, and then that of the primary number."""

    async def begins() -> object:
        olga.press('Add number')
        await olga.sees('New phone number')
        return olga.form('phone')['country']

    async def come_to_see(words: str) -> None:
        await olga.sees(words)
        if is_reloaded:
            await olga.open(path)

    olga = await visit('olga@acme.test')
    olga.http_client.headers['accept-language'] = 'de-AT,de;q=0.9'
    path = f'/organizations/{world.organization_id}/settings'
    await olga.open(path)
    assert await begins() == 'AT'
    billing_address.set_address(world.owner, GERMAN, version=0)
    await come_to_see('10115 BERLIN')
    assert await begins() == 'DE', 'that of the address'
    olga.form('address').fill(country='CH').fill(postal_code='8001', city='Zürich').send()
    await come_to_see('8001 Zürich')
    assert await begins() == 'CH', 'that of the address as it is now'
    phone_numbers.add(world.owner, {'number': '+33 1 42 68 53 00', 'country': '', 'label': '', 'purpose': 'voice'})
    await come_to_see('+33 1 42 68 53 00')
    assert await begins() == 'FR'
    olga.form('phone').fill(number='01 42 68 53 01')
    olga.form('phone').send()
    await until(lambda: len(olga.rows) == 2)


async def test_a_phone_number_is_shown_internationally(visit: Visit, world: World) -> None:
    olga = await settings_of(visit, world, Role.OWNER)
    olga.press('Add number')
    await olga.sees('New phone number')
    olga.form('phone').fill(country='US', number='(202) 456-1414', label='Front desk')
    olga.form('phone').send()
    await until(lambda: olga.rows)
    [row] = olga.rows
    assert (row['number'], row['primary'], row['label']) == ('+1 202-456-1414', True, 'Front desk')
    [stored] = phone_numbers.of_organization(world.owner)
    assert stored.e164 == '+12024561414'


@pytest.mark.parametrize(
    'number', ['', '+', '12', '+1 800 FLOWERS', '1' * 40, 'tel:1;ext=<x>', 7, None, ['1'], {'a': 1}]
)
async def test_a_wrong_number_is_told_at_its_field(visit: Visit, world: World, number: object) -> None:
    olga = await settings_of(visit, world, Role.OWNER)
    olga.press('Add number')
    await olga.sees('New phone number')
    olga.form('phone').fill(country='US', number=number)
    olga.form('phone').send()
    await until(lambda: olga.form('phone').error('number'))
    assert phone_numbers.of_organization(world.owner) == []

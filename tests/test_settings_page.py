"""Organization settings: what each role sees and may do, what is refused and why, and what others see meanwhile."""

from collections.abc import Awaitable, Callable
from html import unescape

import pytest
from sqlalchemy import Engine

from data import clock
from data.models import Role, Status
from data.services import billing, members, organizations, phone_numbers
from tests.support.probes import rows, value
from tests.support.visitors import Visitor, until
from tests.support.world import World, email_of, organization

Visit = Callable[..., Awaitable[Visitor]]

GERMAN = {
    'kind': 'company',
    'country': 'DE',
    'company_name': 'Zebrafink GmbH',
    'street_address': 'Hauptstr. 1',
    'postal_code': '10115',
    'city': 'Berlin',
}
AMERICAN = {'country': 'US', 'number': '(202) 456-1414', 'label': 'Front desk', 'purpose': 'voice'}
FRENCH = {'country': 'FR', 'number': '01 42 34 56 78', 'label': '', 'purpose': 'sms'}

NO_RENAME = 'Only Owners and Admins can rename the organization. You are a {}.'
NO_PHONES = 'Only Owners and Admins can manage phone numbers. You are a {}.'
NO_BILLING = 'Only Owners and Admins can see billing. You are a {}.'
NO_ADDRESS = 'Only Owners can change the billing address. You are an Admin.'


@pytest.fixture
def filled(world: World) -> World:
    """Acme with an address and two numbers."""
    billing.set_address(world.owner, GERMAN, version=0)
    phone_numbers.add(world.owner, AMERICAN)
    phone_numbers.add(world.owner, FRENCH)
    return world


async def settings_of(visit: Visit, world: World, role: Role) -> Visitor:
    """Acme's settings, opened by whoever has this role."""
    visitor = await visit(email_of(world.of(role)))
    await visitor.open(f'/organizations/{world.organization_id}/settings')
    await visitor.sees('Organization settings', 'Phone numbers')
    return visitor


# roles ---------------------------------------------------------------------------------------------------------------


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


# saving --------------------------------------------------------------------------------------------------------------


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


async def test_an_address_follows_its_country(visit: Visit, world: World) -> None:
    olga = await settings_of(visit, world, Role.OWNER)
    olga.form('address').fill(country='DE')
    olga.form('address').fill(company_name='Acme GmbH', street_address='Hauptstr. 1', postal_code='1011', city='Berlin')
    olga.form('address').send()
    await until(lambda: olga.form('address').error('postal_code'))
    assert billing.address(world.owner) is None, 'nothing half-saved'

    olga.form('address').fill(country='JP')
    await olga.sees('Prefecture')
    assert olga.form('address')['company_name'] == 'Acme GmbH', 'what was typed moves along'
    assert not olga.form('address')['postal_code'], 'what means something in Germany only stays there'

    olga.form('address').fill(country='DE')
    assert olga.form('address')['postal_code'] == '1011'
    olga.form('address').fill(postal_code='10115')
    olga.form('address').send()
    await olga.sees('Saved', 'Acme GmbH\nHauptstr. 1\n10115 BERLIN\nGERMANY')
    saved = billing.address(world.owner)
    assert saved and (saved.country, saved.postal_code, saved.city) == ('DE', '10115', 'Berlin')


async def test_the_area_of_one_country_is_not_saved_in_another(visit: Visit, world: World) -> None:
    olga = await settings_of(visit, world, Role.OWNER)
    olga.form('address').fill(country='BR')
    olga.form('address').fill(country_area='SP', tax_id='11.222.333/0001-81')
    olga.form('address').fill(country='PA')
    olga.form('address').fill(company_name='Acme', street_address='Calle 50', city='Panama City')
    olga.form('address').send()
    await olga.sees('Saved')
    saved = billing.address(world.owner)
    assert saved and (saved.country, saved.country_area, saved.tax_id) == ('PA', '', '')


async def test_a_missing_line_is_named_at_its_field(visit: Visit, world: World) -> None:
    olga = await settings_of(visit, world, Role.OWNER)
    olga.form('address').fill(country='DE')
    olga.form('address').fill(company_name='Acme GmbH')
    olga.form('address').send()
    await until(lambda: olga.form('address').error('city'))
    wrong = {it for it in ('company_name', 'street_address', 'postal_code', 'city') if olga.form('address').error(it)}
    assert wrong == {'street_address', 'postal_code', 'city'}


async def test_what_looks_wrong_is_saved_when_the_person_is_sure(visit: Visit, filled: World) -> None:
    olga = await settings_of(visit, filled, Role.OWNER)
    address = olga.form('address')
    address.fill(tax_id='DE136695977', city='Potsdam').send()
    await olga.sees('Save it anyway')
    assert 'not a valid VAT ID' in address.error('tax_id')
    address.fill(tax_id='DE136695978')
    await until(lambda: 'Save it anyway' not in olga.shown)
    address.send()
    await olga.sees('Save it anyway')
    organizations.rename(filled.admin, 'Beta', version=organization(filled.owner).version)
    olga.press('Save it anyway')
    await until(lambda: (kept := billing.address(filled.owner)) and kept.tax_id == 'DE136695978')
    await until(lambda: 'Save it anyway' not in olga.shown)
    address.fill(city='Berlin').send()
    await until(lambda: (kept := billing.address(filled.owner)) and kept.city == 'Berlin')
    assert not address.error('tax_id')


async def test_what_is_wrong_whatever_the_rules_say_can_not_be_saved_anyway(visit: Visit, filled: World) -> None:
    olga = await settings_of(visit, filled, Role.OWNER)
    olga.form('address').fill(tax_id='DE136695977', city='').send()
    await until(lambda: olga.form('address').error('city'))
    assert olga.form('address').error('tax_id')
    assert 'Save it anyway' not in olga.shown


async def test_a_stored_address_is_printed_until_somebody_edits_it(visit: Visit, filled: World) -> None:
    olga = await settings_of(visit, filled, Role.OWNER)
    assert olga.shown.count('BERLIN') == 1
    assert 'Save address' not in olga.shown
    olga.press('Edit')
    await olga.sees('Save address', 'Cancel')
    olga.press('Cancel')
    await until(lambda: 'Save address' not in olga.shown)
    olga.press('Edit')
    olga.form('address').fill(city='Potsdam')
    await olga.sees('Discard')
    olga.press('Discard')
    await until(lambda: 'Save address' not in olga.shown)
    olga.press('Edit')
    olga.form('address').fill(city='Potsdam').send()
    await olga.sees('10115 POTSDAM', 'Saved')
    assert 'Save address' not in olga.shown


async def test_an_address_is_printed_with_the_tax_id_as_its_country_writes_it(visit: Visit, filled: World) -> None:
    olga = await settings_of(visit, filled, Role.OWNER)
    billing.set_address(filled.owner, {**GERMAN, 'tax_id': '136 695 976'}, version=1)
    await olga.sees('GERMANY\nVAT ID DE136695976')
    japanese = {'kind': 'company', 'country': 'JP', 'company_name': 'K.K.', 'street_address': '1-9-1 Marunouchi'}
    japanese |= {'city': 'Chiyoda-ku', 'country_area': 'Tokyo', 'postal_code': '1000005', 'tax_id': '5835678256246'}
    billing.set_address(filled.owner, japanese, version=2)
    await olga.sees('1-9-1 Marunouchi, Chiyoda-ku, TOKYO\n100-0005\nJAPAN\nCorporate Number 5-8356-7825-6246')


async def test_a_reload_brings_the_form_back_with_what_was_typed(visit: Visit, filled: World) -> None:
    olga = await settings_of(visit, filled, Role.OWNER)
    olga.form('address').restore({'city': 'Potsdam'})
    await olga.sees('Save address', 'This is what you had typed before the connection was lost.')
    assert olga.form('address')['city'] == 'Potsdam'


@pytest.mark.parametrize(('language', 'country'), [('de-CH,de;q=0.9', 'CH'), ('en-US,en;q=0.9', None), ('', None)])
async def test_an_empty_form_begins_with_the_country_of_the_browser_and_saves_nothing(
    visit: Visit, world: World, language: str, country: str | None
) -> None:
    olga = await visit(email_of(world.owner))
    olga.http_client.headers['accept-language'] = language
    await olga.open(f'/organizations/{world.organization_id}/settings')
    await olga.sees('Phone numbers')
    assert olga.form('address')['country'] == country
    assert 'Discard' not in olga.shown
    assert billing.address(world.owner) is None
    olga.form('address').tell_zone('Asia/Tokyo')
    await until(lambda: olga.form('address')['country'] == (country or 'JP'))
    assert 'Discard' not in olga.shown


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


# live ----------------------------------------------------------------------------------------------------------------


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


async def test_an_open_dialog_of_somebody_demoted_is_refused(visit: Visit, filled: World) -> None:
    adam = await settings_of(visit, filled, Role.ADMIN)
    adam.press('Add number')
    await adam.sees('New phone number')
    adam.form('phone').fill(country='US', number='(202) 456-1111')
    members.change_role(filled.owner, filled.admin.user_id, Role.VIEWER, expected=Role.ADMIN)
    adam.form('phone').send()
    await adam.sees('Only Owners and Admins can manage phone numbers. You are a Viewer. What you typed is still here.')
    assert len(phone_numbers.of_organization(filled.owner)) == 2


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
    assert olga.form('name').is_open() is olga.form('address').is_open() is owner_may
    await until(lambda: ('Add number' in olga.shown) is owner_may)

    organizations.change_status(filled.organization_id, Status.ACTIVE, '')
    await until(lambda: adam.form('name').is_open() and olga.form('address').is_open())
    await until(lambda: 'Because of the tests' not in olga.shown)


async def test_a_session_that_ran_out_can_not_save(visit: Visit, world: World) -> None:
    olga = await settings_of(visit, world, Role.OWNER)
    olga.form('name').fill(name='Too late')
    now = clock.now()
    clock.source = lambda: now.replace(year=now.year + 1)
    olga.form('name').send()
    await olga.sees('You are signed out. Sign in to go on. What you typed is still here.')
    clock.source = clock._system
    assert organization(world.owner).name == 'Acme'

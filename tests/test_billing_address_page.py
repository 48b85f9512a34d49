"""The billing address in the settings: a form that follows its country, and what is printed of it."""

import pytest

from data.models import Role
from data.services import billing_address, organizations
from tests.support.settled import GERMAN, Visit, fill, settings_of
from tests.support.visitors import until
from tests.support.world import World, email_of, organization


@pytest.fixture
def filled(world: World) -> World:
    """Acme with an address and two numbers."""
    return fill(world)


async def test_an_address_follows_its_country(visit: Visit, world: World) -> None:
    olga = await settings_of(visit, world, Role.OWNER)
    olga.form('address').fill(country='DE')
    olga.form('address').fill(company_name='Acme GmbH', street_address='Hauptstr. 1', postal_code='1011', city='Berlin')
    olga.form('address').send()
    await until(lambda: olga.form('address').error('postal_code'))
    assert billing_address.address(world.owner) is None, 'nothing half-saved'

    olga.form('address').fill(country='JP')
    await olga.sees('Prefecture')
    assert olga.form('address')['company_name'] == 'Acme GmbH', 'what was typed moves along'
    assert not olga.form('address')['postal_code'], 'what means something in Germany only stays there'

    olga.form('address').fill(country='DE')
    assert olga.form('address')['postal_code'] == '1011'
    olga.form('address').fill(postal_code='10115')
    olga.form('address').send()
    await olga.sees('Saved', 'Acme GmbH\nHauptstr. 1\n10115 BERLIN\nGERMANY')
    saved = billing_address.address(world.owner)
    assert saved and (saved.country, saved.postal_code, saved.city) == ('DE', '10115', 'Berlin')


async def test_the_area_of_one_country_is_not_saved_in_another(visit: Visit, world: World) -> None:
    olga = await settings_of(visit, world, Role.OWNER)
    olga.form('address').fill(country='BR')
    olga.form('address').fill(country_area='SP', tax_id='11.222.333/0001-81')
    olga.form('address').fill(country='PA')
    olga.form('address').fill(company_name='Acme', street_address='Calle 50', city='Panama City')
    olga.form('address').send()
    await olga.sees('Saved')
    saved = billing_address.address(world.owner)
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
    await until(lambda: (kept := billing_address.address(filled.owner)) and kept.tax_id == 'DE136695978')
    await until(lambda: 'Save it anyway' not in olga.shown)
    address.fill(city='Berlin').send()
    await until(lambda: (kept := billing_address.address(filled.owner)) and kept.city == 'Berlin')
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
    billing_address.set_address(filled.owner, {**GERMAN, 'tax_id': '136 695 976'}, version=1)
    await olga.sees('GERMANY\nVAT ID DE136695976')
    japanese = {'kind': 'company', 'country': 'JP', 'company_name': 'K.K.', 'street_address': '1-9-1 Marunouchi'}
    japanese |= {'city': 'Chiyoda-ku', 'country_area': 'Tokyo', 'postal_code': '1000005', 'tax_id': '5835678256246'}
    billing_address.set_address(filled.owner, japanese, version=2)
    await olga.sees('1-9-1 Marunouchi, Chiyoda-ku, TOKYO\n100-0005\nJAPAN\nCorporate Number 5-8356-7825-6246')


async def test_a_reload_brings_the_form_back_with_what_was_typed(visit: Visit, filled: World) -> None:
    olga = await settings_of(visit, filled, Role.OWNER)
    olga.form('address').restore({'city': 'Potsdam'})
    await olga.sees('Save address', 'This is what you had typed. It is not saved yet.')
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
    assert billing_address.address(world.owner) is None
    olga.form('address').tell_zone('Asia/Tokyo')
    await until(lambda: olga.form('address')['country'] == (country or 'JP'))
    assert 'Discard' not in olga.shown

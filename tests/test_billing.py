"""The billing address: whole, checked by its country, seen and set by the right people, and never half saved."""

import json
from itertools import product

import pytest
from sqlalchemy import Engine

from data.changes import Change
from data.inputs.addresses import Address, printed, read
from data.models import BillingAddress
from data.problems import Doubtful, Forbidden, Invalid, NotFound, Stale
from data.services import audit, billing_address, organizations
from data.services.audit import Topic, words
from tests.support.probes import everything, happens_whole_or_not_at_all, refused, rows
from tests.support.world import World, inside

GERMAN = {
    'kind': 'company',
    'country': 'DE',
    'company_name': 'Acme GmbH',
    'name': 'Olga Öhler',
    'street_address': 'Straße 1\nHinterhaus',
    'postal_code': '10115',
    'city': 'Berlin',
    'tax_id': 'DE 136 695 976',
}
JAPANESE = {
    'kind': 'person',
    'country': 'JP',
    'name': '山田太郎',
    'postal_code': '100-8994',
    'country_area': '東京都',
    'city': '千代田区',
    'street_address': '丸の内2-7-2',
}
BAD_TEXTS = ['x' * 10_000, 'a\x00b', 'a\u202eb', '\ud800', 'e' + '\u0301' * 200, True, 5, 1.5, b'x', ['x'], {'x': 1}]


def test_there_is_none_at_first(world: World) -> None:
    assert billing_address.address(world.owner) is None


def test_it_is_kept_as_its_country_writes_it(world: World, published: list[Change]) -> None:
    first = billing_address.set_address(world.owner, GERMAN, version=0)
    assert (first.version, first.country, first.tax_id) == (1, 'DE', 'DE136695976')
    assert billing_address.address(world.admin) == first
    second = billing_address.set_address(world.owner, JAPANESE, version=1)
    assert (second.version, second.company_name, second.tax_id) == (2, '', '')
    kept = billing_address.address(world.owner)
    assert kept == second
    assert kept is not None
    lines = printed(Address(**kept.model_dump(exclude={'organization_id', 'version'})))
    assert lines[-1] == 'JAPAN'
    assert '山田太郎' in lines
    assert published == [Change(world.organization_id, Topic.BILLING, 'olga@acme.test')] * 2


def test_the_second_to_save_is_told(world: World, db: Engine, published: list[Change]) -> None:
    billing_address.set_address(world.owner, GERMAN, version=0)
    del published[:]
    before = everything(db)
    for version in (0, 2, 99):
        refused(Stale, lambda version=version: billing_address.set_address(world.owner, JAPANESE, version=version))
    assert everything(db) == before
    assert published == []


def test_the_first_address_can_be_stale_too(world: World, db: Engine) -> None:
    refused(Stale, lambda: billing_address.set_address(world.owner, GERMAN, version=1))
    assert rows(db, 'SELECT * FROM billing_addresses') == []


def test_saving_happens_whole_or_not_at_all(world: World, db: Engine, published: list[Change]) -> None:
    assert (
        happens_whole_or_not_at_all(db, lambda: billing_address.set_address(world.owner, GERMAN, version=0), published)
        >= 2
    )
    assert len(published) == 1


def test_it_is_on_the_record_without_the_address(world: World, db: Engine) -> None:
    billing_address.set_address(world.owner, GERMAN, version=0)
    [line] = rows(
        db, "SELECT actor_email, target, outcome, details FROM audit_events WHERE action = 'billing:set_address'"
    )
    assert line[:3] == ('olga@acme.test', 'DE', 'done')
    assert 'Berlin' not in repr(line)
    entry, *_ = organizations.overview(world.admin).latest or []
    assert entry.action == 'billing:set_address'


@pytest.mark.parametrize('values', [{}, None, [], 'DE', {'country': 'XX'}, {'country': None, 'kind': None}, {1: 2}])
def test_what_is_no_address_is_refused_at_its_fields(values: object, world: World, db: Engine) -> None:
    before = everything(db)
    problem = refused(
        Invalid, lambda: billing_address.set_address(world.owner, values, version=0)
    )  # as a socket may send it
    assert set(problem.fields) <= {'country', 'kind'}
    assert everything(db) == before


def test_every_field_says_itself_what_is_wrong_with_it(world: World, db: Engine, subtests: pytest.Subtests) -> None:
    for field, bad in product(GERMAN, BAD_TEXTS):
        with subtests.test(f'{field}: {bad!r:.40}'):
            problem = refused(Invalid, billing_address.set_address, world.owner, {**GERMAN, field: bad}, version=0)
            assert list(problem.fields) == [field]
    assert rows(db, 'SELECT * FROM billing_addresses') == []


@pytest.mark.parametrize('odd', ['<img src=x onerror=alert(1)>', '{{7*7}}', '=1+1', "'; DROP TABLE users;--", '%_\\'])
def test_odd_text_is_kept_as_it_is(odd: str, world: World) -> None:
    values = {**GERMAN, 'name': odd, 'company_name': odd, 'street_address': odd, 'city': odd}
    kept = billing_address.set_address(world.owner, values, version=0)
    assert (kept.name, kept.company_name, kept.street_address, kept.city) == (odd,) * 4


def test_what_is_not_asked_for_is_not_taken(world: World, db: Engine) -> None:
    sly = {
        **GERMAN,
        'organization_id': world.stranger.organization_id,
        'version': 77,
        'sorting_code': 'x',
        'city_area': 'x',
        'country_area': 'x',
        'role': 'owner',
    }
    kept = billing_address.set_address(world.owner, sly, version=0)
    assert (kept.organization_id, kept.version) == (world.organization_id, 1)
    assert (kept.sorting_code, kept.city_area, kept.country_area) == ('', '', '')
    assert len(rows(db, 'SELECT * FROM billing_addresses')) == 1


def test_only_owners_set_it_and_only_admins_see_it_besides(world: World, db: Engine) -> None:
    billing_address.set_address(world.owner, GERMAN, version=0)
    before = rows(db, 'SELECT * FROM billing_addresses')
    for actor in (world.member, world.viewer):
        problem = refused(Forbidden, lambda actor=actor: billing_address.address(actor))
        assert str(problem).startswith('Only Owners and Admins can see billing.')
    for actor in (world.admin, world.member, world.viewer):
        problem = refused(Forbidden, lambda actor=actor: billing_address.set_address(actor, JAPANESE, version=1))
        assert str(problem).startswith('Only Owners can manage billing')
    for stranger in (world.intruder, inside(world.owner, world.stranger.organization_id)):
        refused(NotFound, lambda stranger=stranger: billing_address.address(stranger))
        refused(NotFound, lambda stranger=stranger: billing_address.set_address(stranger, JAPANESE, version=1))
    assert rows(db, 'SELECT * FROM billing_addresses') == before


def test_each_organization_has_its_own(world: World) -> None:
    billing_address.set_address(world.owner, GERMAN, version=0)
    assert billing_address.address(world.stranger) is None
    billing_address.set_address(world.stranger, JAPANESE, version=0)
    ours, theirs = billing_address.address(world.owner), billing_address.address(world.stranger)
    assert isinstance(ours, BillingAddress)
    assert isinstance(theirs, BillingAddress)
    assert (ours.country, theirs.country) == ('DE', 'JP')


# doubts --------------------------------------------------------------------------------------------------------------

DOUBTFUL = {**GERMAN, 'tax_id': 'de 136 695 977', 'postal_code': '1o115'}


def overruled(db: Engine) -> list[str]:
    events = rows(db, "SELECT details FROM audit_events WHERE action = 'billing:set_address' ORDER BY seq")
    return [
        json.loads(details).get('overruled', '') if isinstance(details, str) else details.get('overruled', '')
        for (details,) in events
    ]


def test_what_looks_wrong_is_saved_when_somebody_is_sure(world: World, db: Engine) -> None:
    doubts = refused(Doubtful, lambda: billing_address.set_address(world.owner, DOUBTFUL, version=0)).fields
    assert set(doubts) == {'tax_id', 'postal_code'}
    assert billing_address.address(world.owner) is None
    one = refused(
        Doubtful, lambda: billing_address.set_address(world.owner, {**DOUBTFUL, 'sure': ['tax_id']}, version=0)
    )
    assert set(one.fields) == {'postal_code'}
    saved = billing_address.set_address(world.owner, {**DOUBTFUL, 'sure': ('tax_id', 'postal_code')}, version=0)
    assert (saved.tax_id, saved.postal_code) == ('de 136 695 977', '1O115'), 'as typed, codes in capitals'
    assert overruled(db) == ['postal code, tax id']
    [newest, *_] = audit.portion(world.owner).rows
    assert words.remark(newest) == 'Saved though it looked wrong: postal code, tax id'


MERAUKE = {
    'kind': 'company',
    'country': 'ID',
    'company_name': 'Acme',
    'street_address': 'Jalan Raya 1',
    'city': 'Merauke',
    'country_area': ' Papua Selatan',
    'postal_code': '99611',
}


def test_a_region_that_is_newer_than_our_list_is_saved_by_who_is_sure(world: World, db: Engine) -> None:
    doubts = refused(Doubtful, lambda: billing_address.set_address(world.owner, MERAUKE, version=0)).fields
    assert doubts == {'country_area': 'This province is not in our list for Indonesia.'}
    saved = billing_address.set_address(world.owner, {**MERAUKE, 'sure': ['country_area']}, version=0)
    assert saved.country_area == 'Papua Selatan'
    [(details,)] = rows(db, "SELECT details FROM audit_events WHERE action = 'billing:set_address'")
    assert 'country area' in str(details) and 'Papua' not in str(details)
    again = billing_address.set_address(world.owner, {**MERAUKE, 'city': 'Merauke Kota'}, version=saved.version)
    assert 'Papua Selatan 99611' in printed(read(again.model_dump())[0])
    elsewhere = {**MERAUKE, 'country_area': 'Papua Tengah'}
    assert (
        refused(Doubtful, billing_address.set_address, world.owner, elsewhere, version=again.version).fields == doubts
    )


def test_what_is_stored_is_not_doubted_again_but_another_value_is(world: World, db: Engine) -> None:
    billing_address.set_address(world.owner, {**DOUBTFUL, 'sure': ['tax_id', 'postal_code']}, version=0)
    billing_address.set_address(world.owner, {**DOUBTFUL, 'city': 'Potsdam'}, version=1)
    changed = {**DOUBTFUL, 'tax_id': 'DE136695978'}
    assert set(refused(Doubtful, lambda: billing_address.set_address(world.owner, changed, version=2)).fields) == {
        'tax_id'
    }
    french = {**DOUBTFUL, 'country': 'FR'}
    refusal = refused(Doubtful, lambda: billing_address.set_address(world.owner, french, version=2))
    assert set(refusal.fields) == {'tax_id', 'postal_code'}, 'it was about another country'
    billing_address.set_address(world.owner, GERMAN, version=2)
    assert overruled(db) == ['postal code, tax id', '', '']


@pytest.mark.parametrize(
    ('values', 'field'),
    [
        ({'street_address': ''}, 'street_address'),
        ({'company_name': None}, 'company_name'),
        ({'tax_id': 'a\x00b'}, 'tax_id'),
        ({'tax_id': 'x' * 41}, 'tax_id'),
        ({'postal_code': 'x' * 201}, 'postal_code'),
        ({'postal_code': ''}, 'postal_code'),
        ({'city': 'a\u202eb'}, 'city'),
        ({'country': 'ZZ'}, 'country'),
        ({'kind': 'club'}, 'kind'),
    ],
)
def test_nobody_can_be_sure_of_what_is_missing_or_can_not_be_kept(
    world: World, values: dict[str, object], field: str
) -> None:
    asked = {**GERMAN, **values, 'sure': [field]}
    refusal = refused(Invalid, lambda: billing_address.set_address(world.owner, asked, version=0))
    assert field in refusal.fields
    assert not isinstance(refusal, Doubtful)


@pytest.mark.parametrize('sure', [None, True, 5, 'tax_id', {'tax_id': 1}, ['city'], [None], b'tax_id'])
def test_being_sure_is_a_list_of_fields(world: World, sure: object) -> None:
    asked = {**DOUBTFUL, 'sure': sure}
    assert len(refused(Doubtful, lambda: billing_address.set_address(world.owner, asked, version=0)).fields) == 2

"""Phone numbers: none twice, one primary as long as there are any, at most twenty."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlalchemy.exc import IntegrityError
from test_organizations import BAD_IDS

from data.changes import Change
from data.database import Actor
from data.models import PhoneNumber, Purpose, new_id
from data.problems import Doubtful, Invalid, NotFound, Stale
from data.services import audit, phone_numbers
from data.services.audit import Topic, words
from data.services.phone_numbers import PHONE_LIMIT
from tests.support.probes import everything, happens_whole_or_not_at_all, refused, rows, run
from tests.support.world import World

BERLIN = {'number': '030 123456', 'country': 'DE', 'label': 'Front desk', 'purpose': 'voice'}
PARIS = {'number': '+33 1 42 68 53 00', 'country': 'DE', 'label': '', 'purpose': 'billing'}
NEW_YORK = {'number': '(212) 555-2368', 'country': 'US', 'label': 'Ünïcödé ☎', 'purpose': Purpose.SMS}


def add(actor: Actor, **values: object) -> PhoneNumber:
    return phone_numbers.add(actor, {**BERLIN, **values})


def listed(actor: Actor) -> list[tuple[str, bool]]:
    return [(row.e164, row.is_primary) for row in phone_numbers.of_organization(actor)]


def test_numbers_are_kept_as_e164_with_what_was_said_of_them(world: World, published: list[Change]) -> None:
    added = [phone_numbers.add(world.admin, values).id for values in (BERLIN, PARIS, NEW_YORK)]
    assert [
        (row.e164, row.country, row.label, row.purpose, row.is_primary, row.version)
        for row in phone_numbers.of_organization(world.viewer)
    ] == [
        ('+4930123456', 'DE', 'Front desk', Purpose.VOICE, True, 1),
        ('+33142685300', 'FR', '', Purpose.BILLING, False, 1),
        ('+12125552368', 'US', 'Ünïcödé ☎', Purpose.SMS, False, 1),
    ]
    assert published == [Change(world.organization_id, Topic.PHONE, 'adam@acme.test', subject=it) for it in added]


def test_the_first_is_primary_until_another_is_chosen(world: World) -> None:
    berlin = phone_numbers.add(world.admin, BERLIN)
    paris = phone_numbers.add(world.admin, PARIS)
    phone_numbers.make_primary(world.admin, paris.id)
    assert listed(world.viewer) == [('+33142685300', True), ('+4930123456', False)]
    phone_numbers.make_primary(world.admin, paris.id)
    phone_numbers.make_primary(world.admin, berlin.id)
    assert listed(world.viewer) == [('+4930123456', True), ('+33142685300', False)]


def test_the_oldest_left_takes_over_from_a_primary_that_is_removed(world: World) -> None:
    first, second, third = (phone_numbers.add(world.admin, values) for values in (BERLIN, PARIS, NEW_YORK))
    phone_numbers.remove(world.admin, second.id)
    assert listed(world.viewer) == [('+4930123456', True), ('+12125552368', False)]
    phone_numbers.remove(world.admin, first.id)
    assert listed(world.viewer) == [('+12125552368', True)]
    phone_numbers.remove(world.admin, third.id)
    assert listed(world.viewer) == []
    phone_numbers.add(world.admin, PARIS)
    assert listed(world.viewer) == [('+33142685300', True)]


@pytest.mark.parametrize('again', ['030 123456', '+49 30 123456', '0049 30 123456', '(030) 12-34-56', '030\xa0123456'])
def test_no_number_is_there_twice(again: str, world: World, db: Engine) -> None:
    add(world.admin)
    paris = phone_numbers.add(world.admin, PARIS)
    before = everything(db)
    taken = {'number': 'This number is already in the list.'}
    assert refused(Invalid, lambda: add(world.owner, number=again)).fields == taken
    change = partial(phone_numbers.change, world.owner, paris.id, {**BERLIN, 'number': again}, version=1)
    assert refused(Invalid, change).fields == taken
    assert everything(db) == before


def test_another_organization_may_have_the_same_number(world: World) -> None:
    add(world.admin)
    assert add(world.stranger).e164 == '+4930123456'


def test_a_change_keeps_the_place_and_counts_on(world: World, published: list[Change]) -> None:
    berlin = add(world.admin)
    del published[:]
    changed = phone_numbers.change(world.admin, berlin.id, {**BERLIN, 'label': 'Night', 'purpose': 'sms'}, version=1)
    assert (changed.id, changed.label, changed.purpose, changed.is_primary) == (berlin.id, 'Night', Purpose.SMS, True)
    assert (changed.version, changed.e164) == (2, '+4930123456')
    assert published == [Change(world.organization_id, Topic.PHONE, 'adam@acme.test', subject=berlin.id)]
    phone_numbers.change(world.admin, berlin.id, NEW_YORK, version=2)
    assert listed(world.viewer) == [('+12125552368', True)]


def test_the_second_to_save_is_told(world: World, db: Engine) -> None:
    berlin = add(world.admin)
    phone_numbers.change(world.admin, berlin.id, PARIS, version=1)
    before = everything(db)
    refused(Stale, lambda: phone_numbers.change(world.owner, berlin.id, NEW_YORK, version=1))
    assert everything(db) == before


def test_there_are_at_most_twenty(world: World, db: Engine) -> None:
    for number in range(PHONE_LIMIT):
        add(world.admin, number=f'030 1234{number:02}')
    before = everything(db)
    problem = refused(Invalid, lambda: add(world.admin, number='030 999999'))
    assert problem.fields == {'number': 'An organization can have 20 numbers. Remove one first.'}
    assert everything(db) == before


ANY_TYPE = [True, 17, 1.5, b'x', ['voice'], {'a': 1}, object()]
WRONG = {
    'number': [
        '',
        '+',
        '12',
        '1' * 40,
        'x' * 10_000,
        '+1 800 FLOWERS',
        'tel:1;ext=<x>',
        '١٢٣',
        '030 123456 ext. 7',
        'a\x00b',
        '\u202e030 123456\x00',
        '\ud800',
        "' OR 1=1--",
        '+0 123456',
        None,
    ],
    'country': ['', 'XX', 'Korea', 'Atlantis', 'D' * 10_000, None],
    'label': ['x' * 41, 'x' * 10_000, 'a\x00b', 'a\nb', 'a\u202eb', '\ud800', 'e' + '\u0301' * 20],
    'purpose': ['', 'Voice', 'fax', 'x' * 10_000, None],
}


def test_what_is_wrong_is_said_at_its_field(world: World, db: Engine, subtests: pytest.Subtests) -> None:
    berlin = add(world.admin)
    before = everything(db)
    for field, bad in ((field, bad) for field, wrong in WRONG.items() for bad in [*wrong, *ANY_TYPE]):
        values = {**BERLIN, 'number': '030 654321', field: bad}
        with subtests.test(f'{field}: {bad!r:.40}'):
            for act in (phone_numbers.add, partial(phone_numbers.change, phone_id=berlin.id, version=1)):
                assert list(refused(Invalid, act, world.admin, values=values).fields) == [field]
            assert everything(db) == before


@pytest.mark.parametrize('values', [{}, None, [], 'voice', {1: 2}])
def test_everything_wrong_is_said_at_once(values: Any, world: World) -> None:
    problem = refused(Invalid, lambda: phone_numbers.add(world.admin, values))
    assert set(problem.fields) == {'country', 'purpose'}  # without a country, a number can't be judged
    problem = refused(Invalid, lambda: phone_numbers.add(world.admin, {'country': 'DE'}))
    assert set(problem.fields) == {'number', 'purpose'}


def test_a_label_may_be_left_out(world: World) -> None:
    assert add(world.admin, label=None).label == ''
    assert add(world.admin, number='030 654321', label='  ').label == ''


def test_a_number_that_is_not_there_is_not_found(world: World, db: Engine, subtests: pytest.Subtests) -> None:
    add(world.admin)
    foreign = add(world.stranger).id
    before = everything(db)
    for target in [*BAD_IDS, foreign, new_id()]:
        with subtests.test(f'{target!r:.40}'):
            sentences = {
                str(refused(NotFound, phone_numbers.change, world.owner, target, PARIS, version=1)),
                str(refused(NotFound, phone_numbers.make_primary, world.owner, target)),
                str(refused(NotFound, phone_numbers.remove, world.owner, target)),
            }
            assert sentences == {'This phone number is no longer here.'}
            assert everything(db) == before


@pytest.mark.parametrize('act', ['add', 'change', 'make_primary', 'remove'])
def test_each_act_happens_whole_or_not_at_all(act: str, world: World, db: Engine, published: list[Change]) -> None:
    berlin = add(world.admin)
    paris = phone_numbers.add(world.admin, PARIS)
    del published[:]
    acts: dict[str, Callable[[], object]] = {
        'add': lambda: phone_numbers.add(world.admin, NEW_YORK),
        'change': lambda: phone_numbers.change(world.admin, berlin.id, NEW_YORK, version=1),
        'make_primary': lambda: phone_numbers.make_primary(world.admin, paris.id),
        'remove': lambda: phone_numbers.remove(world.admin, berlin.id),
    }
    assert happens_whole_or_not_at_all(db, acts[act], published) >= 2
    assert len(published) == 1
    names = {'make_primary': 'phone:make_primary'}
    [*_, line] = rows(db, 'SELECT action, actor_email, outcome FROM audit_events ORDER BY id')
    assert line == (names.get(act, f'phone:{act}'), 'adam@acme.test', 'done')


def test_the_database_itself_allows_one_primary_and_no_number_twice(world: World, db: Engine) -> None:
    add(world.admin)
    paris = phone_numbers.add(world.admin, PARIS)
    for change in ("is_primary = '1'", "e164 = '+4930123456'", "e164 = 'tel:1'", "e164 = '+1'", "purpose = 'fax'"):
        with pytest.raises(IntegrityError):
            run(db, f'UPDATE phone_numbers SET {change} WHERE id = :id', id=paris.id)


NEW_RANGE = {**BERLIN, 'number': '07700 900123', 'country': 'GB'}


def test_a_number_in_no_known_range_is_kept_by_who_is_sure_and_on_the_record(world: World) -> None:
    refused(Doubtful, partial(phone_numbers.add, world.admin, NEW_RANGE))
    refused(Doubtful, partial(phone_numbers.add, world.admin, {**NEW_RANGE, 'sure': ['label']}))
    row = phone_numbers.add(world.admin, {**NEW_RANGE, 'sure': ['number']})
    assert listed(world.viewer) == [('+447700900123', True)]
    relabelled = {**NEW_RANGE, 'number': '+44 7700 900123', 'label': 'Back door'}
    assert phone_numbers.change(world.admin, row.id, relabelled, version=row.version).label == 'Back door'
    other = {**relabelled, 'number': '07700 900124'}
    refused(Doubtful, lambda: phone_numbers.change(world.admin, row.id, other, version=2))
    phone_numbers.change(world.admin, row.id, {**other, 'sure': ('number',)}, version=2)
    said = [words.remark(event) for event in audit.portion(world.owner).rows if event.action.startswith('phone:')]
    assert said == ['Saved though it looked wrong: number', '', 'Saved though it looked wrong: number']


def test_what_is_wrong_in_any_case_is_said_beside_the_doubt(world: World) -> None:
    refusal = refused(Invalid, partial(phone_numbers.add, world.admin, {**NEW_RANGE, 'purpose': 'fax'}))
    assert set(refusal.fields) == {'number', 'purpose'}
    assert not isinstance(refusal, Doubtful)

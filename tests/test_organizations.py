"""Organizations: founding, finding, naming, and where they stand."""

import threading
from functools import partial
from typing import Any

import pytest
from sqlalchemy import Engine

from data.changes import Change
from data.database import Actor
from data.models import Role, Status, is_id, new_id
from data.permissions import NEXT
from data.problems import Invalid, NotFound, Stale
from data.services import members, organizations
from data.services.audit import Topic
from data.services.organizations import PORTION
from tests.support.probes import everything, happens_whole_or_not_at_all, refused, rows, run, statements, value
from tests.support.world import World, email_of, inside, organization, sign_up

BAD_IDS = [
    '',
    ' ',
    '0',
    '-1',
    '1 OR 1=1',
    '../2',
    '..%2f2',
    'a' * 15,
    'a' * 17,
    'A' * 16,
    'a' * 15 + '\n',
    'a' * 15 + '\x00',
    'a' * 15 + '\ud800',
    'a' * 15 + '１',
    'x' * 5_000,
    str(2**63),
    str(10**400),
    'null',
    '%',
    '_' * 16,
    None,
    True,
    0,
    1.5,
    b'a' * 16,
    [],
    ['a' * 16],
    {},
]
BAD_NAMES = [
    '',
    '   ',
    '\u200b',
    '\u3164',
    'x' * 81,
    'x' * 10_000,
    'x' * 10**6,
    'a\x00b',
    'a\nb',
    'a\u202eb',
    'a\u2066b',
    '\ud800',
    '\ufffe',
    'e' + '\u0301' * 200,
    None,
    True,
    12345,
    1.5,
    b'Acme',
    ['Acme'],
    {'name': 'Acme'},
]
ODD_NAMES = [
    'x' * 80,
    '<img src=x onerror=window.XSS=1>',
    "Robert'); DROP TABLE organizations;--",
    '{{7*7}} ${7*7} {0.__class__} %s%n `id`',
    '</title><script>alert(1)</script>',
    '=1+1',
    'Ünïcödé GmbH & Co. KG',
    '株式会社',
    'شركة',
    '👩‍👩‍👧‍👦',
    'admin',
    '..',
    'C:\\Temp\\%_',
]


def fill(actor: Actor, number: int, db: Engine) -> None:
    """Give a person as many organizations as this."""
    have = value(db, 'SELECT count(*) FROM memberships WHERE user_id = :id', id=actor.user_id)
    for index in range(have, number):
        organizations.create(actor, f'Team {index:03}')


def names(actor: Actor, search: str = '') -> list[str]:
    return [card.name for card in organizations.portion(actor, search).rows]


def test_ids_are_random_and_say_nothing() -> None:
    made = {new_id() for _ in range(1000)}
    assert len(made) == 1000
    assert all(map(is_id, made))
    assert not any(map(is_id, BAD_IDS))


# founding ------------------------------------------------------------------------------------------------------------


def test_whoever_founds_one_is_its_owner(world: World, published: list[Change]) -> None:
    beta = organizations.create(world.viewer, '  Beta ')
    assert (beta.name, beta.status, beta.version) == ('Beta', Status.ACTIVE, 1)
    found = organizations.membership(inside(world.viewer, beta.id))
    assert (found.role, found.organization.name, found.email) == (Role.OWNER, 'Beta', 'vera@acme.test')
    [entry] = organizations.overview(found).latest or []
    assert entry.action == 'organization:create'
    assert published == [Change(beta.id, Topic.ORGANIZATION, 'vera@acme.test', frozenset({world.viewer.user_id}))]


def test_founding_happens_whole_or_not_at_all(world: World, db: Engine, published: list[Change]) -> None:
    assert happens_whole_or_not_at_all(db, lambda: organizations.create(world.owner, 'Beta'), published) >= 3


def test_a_name_that_is_none_is_refused_at_its_field(world: World, db: Engine, subtests: pytest.Subtests) -> None:
    before = everything(db)
    for name in BAD_NAMES:
        with subtests.test(f'{name!r:.40}'):
            assert list(refused(Invalid, organizations.create, world.owner, name).fields) == ['name']
            assert list(refused(Invalid, organizations.rename, world.owner, name, version=2).fields) == ['name']
            assert everything(db) == before


def test_any_other_name_is_kept_as_it_is(world: World, subtests: pytest.Subtests) -> None:
    for version, name in enumerate(ODD_NAMES, 2):
        with subtests.test(name):
            beta = inside(world.owner, organizations.create(world.owner, name).id)
            assert organization(beta).name == name
            assert organizations.rename(world.owner, name, version=version).name == name
            assert names(world.owner, name) == [name, name]
            assert organizations.choices(world.owner)[beta.organization_id] == (name, Role.OWNER)
            entry, *_ = organizations.overview(world.owner).latest or []
            assert entry.target == name


def test_names_need_not_be_unique(world: World) -> None:
    ids = {organizations.create(world.owner, 'Acme').id for _ in range(3)} | {world.organization_id}
    assert {card.id for card in organizations.portion(world.owner, 'acme').rows} == ids
    assert len(ids) == 4


def test_a_name_is_in_one_normal_form(world: World) -> None:
    assert organizations.create(world.owner, 'Cafe\u0301').name == 'Caf\u00e9'
    assert names(world.owner, 'CAFE\u0301') == ['Caf\u00e9']


# finding -------------------------------------------------------------------------------------------------------------


def test_everybody_sees_their_own_and_no_other(world: World) -> None:
    assert names(world.owner) == ['Acme']
    assert names(world.viewer) == ['Acme', 'vera']
    assert names(world.stranger) == ['sam']
    cards = organizations.portion(world.viewer).rows
    assert organizations.choices(world.viewer) == {card.id: (card.name, card.role) for card in cards}


def test_a_card_says_what_one_is_there_and_how_many_are(world: World) -> None:
    cards = {card.name: card for card in organizations.portion(world.viewer).rows}
    assert [(card.role, card.members, card.status) for card in cards.values()] == [
        (Role.VIEWER, 4, Status.ACTIVE),
        (Role.OWNER, 1, Status.ACTIVE),
    ]
    assert organizations.card(world.viewer) == cards['Acme']
    refused(NotFound, lambda: organizations.card(world.intruder))


def test_a_card_says_when_something_was_done_last(world: World) -> None:
    before = organizations.card(world.owner).active_at
    organizations.rename(world.owner, 'Acme', version=2)
    assert organizations.card(world.viewer).active_at > before


def test_two_hundred_cost_as_many_statements_as_three(world: World, db: Engine) -> None:
    counts = []
    for number in (3, 200):
        fill(world.stranger, number, db)
        with statements(db) as seen:
            latest = organizations.latest_of(world.stranger)
            organizations.membership(inside(world.stranger, latest or ''))
            found = organizations.portion(world.stranger)
        assert found.total == number
        assert len(found.rows) == min(number, PORTION)
        counts.append(len(seen))
    assert counts[0] == counts[1] <= 6


def test_two_hundred_come_in_portions_and_each_once(world: World, db: Engine) -> None:
    fill(world.stranger, 200, db)
    portions = [organizations.portion(world.stranger, offset=offset) for offset in range(0, 201, PORTION)]
    assert [portion.total for portion in portions] == [200] * 7
    assert [len(portion.rows) for portion in portions] == [30] * 6 + [20]
    cards = [card for portion in portions for card in portion.rows]
    assert len({card.id for card in cards}) == 200
    assert [card.name for card in cards] == ['sam', *(f'Team {number:03}' for number in range(1, 200))]
    assert len(organizations.choices(world.stranger)) == 200
    assert names(world.stranger, 'TEAM 19') == [f'Team {number}' for number in range(190, 200)]
    assert organizations.portion(world.stranger, 'team', offset=PORTION).total == 199


def test_a_search_is_taken_literally(world: World) -> None:
    for name in ('100% cotton', '100 cotton', 'a_b', 'axb', 'back\\slash', "quote'd", '(((((a+)+)+)+$'):
        organizations.create(world.stranger, name)
    assert names(world.stranger, '%') == ['100% cotton']
    assert names(world.stranger, '_') == ['a_b']
    assert names(world.stranger, '\\') == ['back\\slash']
    assert names(world.stranger, "'") == ["quote'd"]
    assert names(world.stranger, '(((((a+)+)+)+$') == ['(((((a+)+)+)+$']
    assert names(world.stranger, "' OR 1=1--") == []
    assert names(world.stranger, 'x' * 10_000) == []


def test_a_search_looks_past_case_width_and_surrounding_space(world: World) -> None:
    for name in ('ÄRGER & Söhne', 'Straße', 'ＡＣＭＥ'):
        organizations.create(world.stranger, name)
    assert names(world.stranger, ' ärger') == ['ÄRGER & Söhne']
    assert names(world.stranger, 'STRASSE') == ['Straße']
    assert names(world.stranger, 'acme') == ['ＡＣＭＥ']


def test_a_search_for_nothing_finds_all(world: World, subtests: pytest.Subtests) -> None:
    nothing: list[Any] = ['', '  ', '\x00', '\u202e', '\ud800', None, 7, ['Acme'], {}]
    for search in nothing:
        with subtests.test(repr(search)):
            assert organizations.portion(world.owner, search).total == 1


def test_the_last_one_is_where_one_was_last(world: World) -> None:
    home = organizations.latest_of(world.viewer, 'a' * 16)
    members.touch(world.viewer)
    assert home != world.organization_id
    assert organizations.latest_of(world.viewer) == world.organization_id
    assert organizations.latest_of(world.viewer, home or '') == home
    assert organizations.latest_of(world.viewer, world.stranger.organization_id) == world.organization_id
    for wrong in BAD_IDS:
        assert organizations.latest_of(world.viewer, wrong) == world.organization_id


# naming --------------------------------------------------------------------------------------------------------------


def test_a_rename_changes_the_name_and_nothing_else(world: World, published: list[Change]) -> None:
    organizations.rename(world.admin, ' New name ', version=2)
    found = organization(world.viewer)
    assert (found.id, found.name, found.version) == (world.organization_id, 'New name', 3)
    assert names(world.viewer, 'new') == ['New name']
    entry, *_ = organizations.overview(world.owner).latest or []
    assert (entry.action, entry.target) == ('organization:rename', 'New name')
    assert published == [Change(world.organization_id, Topic.ORGANIZATION, 'adam@acme.test')]


def test_the_second_to_save_is_told(world: World, db: Engine, published: list[Change]) -> None:
    organizations.rename(world.owner, 'First', version=2)
    del published[:]
    before = everything(db)
    refused(Stale, lambda: organizations.rename(world.admin, 'Second', version=2))
    refused(Stale, lambda: organizations.rename(world.admin, 'Second', version=99))
    assert everything(db) == before
    assert published == []


def test_a_rename_happens_whole_or_not_at_all(world: World, db: Engine, published: list[Change]) -> None:
    act = partial(organizations.rename, world.owner, 'New', version=2)
    assert happens_whole_or_not_at_all(db, act, published) >= 2


def test_what_is_done_is_on_the_record_with_who_and_whence(world: World, db: Engine) -> None:
    organizations.rename(world.admin, 'New', version=2)
    [line] = rows(
        db,
        'SELECT organization_id, actor_id, actor_email, target, outcome, rule, network FROM audit_events '
        "WHERE action = 'organization:rename' AND target = 'New'",
    )
    assert line == (world.organization_id, world.admin.user_id, 'adam@acme.test', 'New', 'done', '', '192.0.2.7')


# addresses that lead nowhere -----------------------------------------------------------------------------------------


def test_an_id_that_is_malformed_unknown_foreign_or_deleted_looks_the_same(world: World, db: Engine) -> None:
    run(db, "UPDATE organizations SET status = 'deleted' WHERE id = :id", id=world.organization_id)
    nowhere = [*BAD_IDS, new_id(), world.stranger.organization_id, world.organization_id]
    before = everything(db)
    sentences = set()
    for organization_id in nowhere:
        lost = inside(world.owner, organization_id)  # as a socket may send it
        for act in (organizations.membership, organizations.card, organizations.overview):
            sentences.add(str(refused(NotFound, lambda act=act, lost=lost: act(lost))))
        sentences.add(str(refused(NotFound, lambda lost=lost: organizations.rename(lost, 'Mine', version=1))))
    assert sentences == {'This doesn’t exist, or you don’t have access to it.'}
    assert everything(db) == before


# status --------------------------------------------------------------------------------------------------------------


def test_every_status_can_follow_only_where_the_table_says(world: World, db: Engine) -> None:
    for before in Status:
        for after in Status:
            run(db, 'UPDATE organizations SET status = :to WHERE id = :id', to=before.value, id=world.organization_id)
            if after in NEXT[before] and after is not Status.DELETED:
                assert organizations.change_status(world.organization_id, after, 'Because').status is after
            elif after not in NEXT[before]:
                change = organizations.change_status
                problem = refused(Invalid, change, world.organization_id, after, 'Because')
                assert list(problem.fields) == ['status']


def test_a_change_of_status_says_why_and_since_when(world: World, db: Engine, published: list[Change]) -> None:
    before = organization(world.owner)
    organizations.change_status(world.organization_id, Status.SUSPENDED, ' Unpaid since May ')
    after = organization(world.viewer)
    assert (after.status, after.status_reason) == (Status.SUSPENDED, 'Unpaid since May')
    assert after.status_since > before.status_since
    assert published == [Change(world.organization_id, Topic.ORGANIZATION, 'the administrator')]
    [line] = rows(
        db,
        "SELECT actor_id, actor_email, outcome, organization_id FROM audit_events WHERE action = 'organization:status'",
    )
    assert line == (None, 'the administrator', 'done', world.organization_id)


def test_a_suspension_needs_a_reason_that_can_be_shown(world: World, db: Engine, subtests: pytest.Subtests) -> None:
    before = everything(db)
    wrong: list[Any] = ['', '  ', 'x' * 201, 'a\nb', 'a\u202eb', None, 5, []]
    for reason in wrong:
        with subtests.test(f'{reason!r:.40}'):
            suspend = partial(organizations.change_status, world.organization_id, Status.SUSPENDED)
            assert list(refused(Invalid, suspend, reason).fields) == ['reason']
            assert everything(db) == before


def test_the_status_of_nothing_can_not_be_changed(db: Engine, subtests: pytest.Subtests) -> None:
    for nothing in [*BAD_IDS, new_id()]:
        with subtests.test(f'{nothing!r:.40}'):
            refused(NotFound, organizations.change_status, nothing, Status.SUSPENDED, 'Because')


def test_a_change_of_status_happens_whole_or_not_at_all(world: World, db: Engine, published: list[Change]) -> None:
    act = partial(organizations.change_status, world.organization_id, Status.SUSPENDED, 'Why')
    assert happens_whole_or_not_at_all(db, act, published) >= 2


def test_whoever_loses_their_last_organization_with_it_gets_a_fresh_one(
    world: World, db: Engine, published: list[Change]
) -> None:
    emails = {person.user_id: email_of(person) for person in (world.owner, world.admin)}
    run(db, "UPDATE organizations SET status = 'deleting' WHERE id = :id", id=world.organization_id)
    act = partial(organizations.change_status, world.organization_id, Status.DELETED, '')
    assert happens_whole_or_not_at_all(db, act, published) >= 4
    assert names(world.owner) == ['olga']
    assert names(world.admin) == ['adam']
    fresh = organizations.portion(world.owner).rows[0]
    assert (fresh.role, fresh.members) == (Role.OWNER, 1)
    assert emails[world.owner.user_id] == email_of(world.owner) == 'olga@acme.test'
    refused(NotFound, lambda: organizations.membership(world.owner))
    told = {change.organization_id: change.users for change in published}
    assert told[fresh.id] == {world.owner.user_id}


def test_two_people_who_found_at_once_both_get_theirs(db: Engine) -> None:
    people = [sign_up(f'p{number}@acme.test') for number in range(4)]
    barrier = threading.Barrier(4)

    def act(person: Actor) -> None:
        barrier.wait()
        organizations.create(person, 'Beta')

    threads = [threading.Thread(target=act, args=(person,)) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [names(person, 'beta') for person in people] == [['Beta']] * 4

"""Whatever happens in two places at once: an Owner stays, nothing is there twice, and nobody is left without a home."""

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager
from functools import partial
from itertools import cycle, islice, pairwise

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError, IntegrityError
from test_billing import GERMAN, JAPANESE
from test_phone_numbers import BERLIN

from data.database import Actor
from data.models import Organization, Role
from data.problems import Forbidden, Invalid, NotFound, Problem, Stale
from data.services import accounts, billing_address, invitations, members, organizations, phone_numbers
from data.services.invitations import Closed
from data.services.members import LAST_OWNER
from tests.support.probes import rows, run, value
from tests.support.world import PASSWORD, World, email_of, inside, join, offered, put

ROUNDS = 300
Act = Callable[[], object]


@contextmanager
def at_once(number: int) -> Iterator[Callable[[Sequence[Act]], list[Exception | None]]]:
    """Run as many acts at the same moment, as often as wanted; what each ended with, None when it went well."""
    barrier = threading.Barrier(number)

    def start(act: Act) -> Exception | None:
        barrier.wait(10)
        try:
            act()
        except (Problem, DBAPIError) as problem:
            return problem
        return None

    with ThreadPoolExecutor(number) as pool:
        yield lambda acts: list(pool.map(start, acts))


def owners(db: Engine, organization_id: str) -> int:
    return int(
        value(db, "SELECT count(*) FROM memberships WHERE organization_id = :at AND role = 'owner'", at=organization_id)
    )


def demote(actor: Actor, who: Actor) -> None:
    members.change_role(actor, who.user_id, Role.ADMIN, expected=Role.OWNER)


def remove(actor: Actor, who: Actor) -> None:
    members.remove(actor, who.user_id)


def pairs(one: Actor, other: Actor) -> list[tuple[Act, Act]]:
    """Every way in which two Owners can try to be no Owners any more in the same moment."""
    ways: list[tuple[Act, Act]] = [
        (partial(demote, one, one), partial(demote, other, other)),
        (partial(demote, one, other), partial(demote, other, one)),
        (partial(remove, one, other), partial(remove, other, one)),
        (partial(members.leave, one), partial(members.leave, other)),
        (partial(members.leave, one), partial(demote, other, other)),
        (partial(demote, one, other), partial(members.leave, other)),
        (partial(remove, one, other), partial(demote, other, one)),
        (partial(demote, one, one), partial(demote, other, one)),
    ]
    return ways


@pytest.mark.slow
def test_two_owners_who_go_at_the_same_moment_never_both_go(world: World, db: Engine) -> None:
    at = world.organization_id
    one, other = world.owner, inside(world.newcomers[0], at)
    undone = 0
    with at_once(2) as run_both:
        for acts in islice(cycle(pairs(one, other)), ROUNDS):
            for person in (one, other):
                put(db, person, at, Role.OWNER)
            ends = run_both(acts)
            assert owners(db, at) >= 1
            assert all(end is None or isinstance(end, Invalid | Forbidden | NotFound | Stale) for end in ends), ends
            assert None in ends
            undone += ends.count(None) == 1
    assert undone > ROUNDS * 0.7  # two of the eight ways may well go one after the other
    assert rows(db, 'SELECT id FROM organizations WHERE id NOT IN (SELECT organization_id FROM memberships)') == []


def test_the_one_who_is_too_late_is_told_why(world: World, db: Engine) -> None:
    one, other = world.owner, join(world.owner, world.newcomers[0], Role.OWNER)
    with at_once(2) as run_both:
        ends = run_both([partial(demote, one, one), partial(demote, other, other)])
    [late] = [end for end in ends if end is not None]
    assert isinstance(late, Invalid)
    assert late.fields == {'role': LAST_OWNER}


def test_the_same_number_added_by_eight_is_there_once(world: World, db: Engine) -> None:
    with at_once(8) as run_all:
        for round_ in range(5):
            values = {**BERLIN, 'number': f'030 12345{round_}'}
            ends = run_all([partial(phone_numbers.add, world.admin, values)] * 8)
            assert sorted(type(end).__name__ for end in ends) == ['Invalid'] * 7 + ['NoneType']
    found = phone_numbers.of_organization(world.admin)
    assert len({row.e164 for row in found}) == len(found) == 5
    assert [row.is_primary for row in found].count(True) == 1


def test_of_two_who_save_the_same_version_one_is_told(world: World, db: Engine) -> None:
    other = join(world.owner, world.newcomers[0], Role.OWNER)
    with at_once(2) as run_both:
        for version in range(20):
            acts: list[Act] = [
                partial(billing_address.set_address, world.owner, GERMAN, version=version),
                partial(billing_address.set_address, other, JAPANESE, version=version),
            ]
            ends = run_both(acts)
            assert sorted(type(end).__name__ for end in ends) == ['NoneType', 'Stale']
            kept = billing_address.address(world.owner)
            assert kept is not None
            assert (kept.version, kept.country) == (version + 1, 'DE' if ends[0] is None else 'JP')
            acts = [partial(organizations.rename, who, 'N', version=version + 2) for who in (world.owner, other)]
            assert sorted(type(end).__name__ for end in run_both(acts)) == ['NoneType', 'Stale']


def test_primary_numbers_chosen_at_once_are_one_in_the_end(world: World) -> None:
    ids = [phone_numbers.add(world.admin, {**BERLIN, 'number': f'030 12345{number}'}).id for number in range(4)]
    with at_once(4) as run_all:
        for _ in range(10):
            assert (
                run_all([partial(phone_numbers.make_primary, world.admin, phone_id) for phone_id in ids]) == [None] * 4
            )
            assert [row.is_primary for row in phone_numbers.of_organization(world.admin)].count(True) == 1


def test_removing_every_number_at_once_leaves_none(world: World) -> None:
    with at_once(4) as run_all:
        for _ in range(5):
            numbers = [phone_numbers.add(world.admin, {**BERLIN, 'number': f'030 12345{n}'}).id for n in range(4)]
            assert run_all([partial(phone_numbers.remove, world.admin, phone_id) for phone_id in numbers]) == [None] * 4
            assert phone_numbers.of_organization(world.admin) == []


def test_somebody_removed_from_two_organizations_at_once_has_one(world: World, db: Engine) -> None:
    nina, sam = world.newcomers[0], world.stranger
    with at_once(2) as run_both:
        for _ in range(40):
            for organization_id in (world.organization_id, sam.organization_id):
                put(db, nina, organization_id, Role.MEMBER)
            run(
                db,
                'DELETE FROM organizations WHERE id IN '
                "(SELECT organization_id FROM memberships WHERE user_id = :nina AND role = 'owner')",
                nina=nina.user_id,
            )
            assert run_both([partial(remove, world.owner, nina), partial(remove, sam, nina)]) == [None, None]
            found = rows(
                db,
                'SELECT role, name FROM memberships JOIN organizations ON organizations.id = organization_id '
                'WHERE user_id = :nina',
                nina=nina.user_id,
            )
            assert found == [('owner', 'nina')]


def test_many_people_working_in_one_organization_lose_nothing(world: World, db: Engine) -> None:
    came = [(guest, offered(world.owner, email_of(guest), Role.VIEWER)) for guest in world.newcomers[:2]]
    acts: list[Act] = [
        *(partial(phone_numbers.add, world.admin, {**BERLIN, 'number': f'030 12345{number}'}) for number in range(4)),
        *(partial(invitations.accept, guest, token) for guest, token in came),
        partial(billing_address.set_address, world.owner, GERMAN, version=0),
        partial(organizations.rename, world.admin, 'New', version=2),
    ]
    before = value(db, 'SELECT count(*) FROM audit_events WHERE organization_id = :at', at=world.organization_id)
    with at_once(len(acts)) as run_all:
        assert run_all(acts) == [None] * len(acts)
    after = value(db, 'SELECT count(*) FROM audit_events WHERE organization_id = :at', at=world.organization_id)
    assert after == before + len(acts)
    sequence = [
        seq
        for (seq,) in rows(
            db, 'SELECT seq FROM audit_events WHERE organization_id = :at ORDER BY id', at=world.organization_id
        )
    ]
    assert all(later == earlier + 1 for earlier, later in pairwise(sequence))


def sign_up_with(world: World, token: str) -> object:
    """Somebody new, who joins in the same act."""
    return accounts.sign_up('nia@new.example', PASSWORD, PASSWORD, invitation=token)


def sign_up_again_with(world: World, token: str) -> object:
    """Somebody who has an account already, and sends the form of the link all the same."""
    return accounts.sign_up('nina@new.test', PASSWORD, PASSWORD, invitation=token)


def accept(world: World, token: str) -> object:
    return invitations.accept(world.newcomers[0], token)


WAITING = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"


@pytest.mark.parametrize('databases', [pytest.param('postgresql', marks=pytest.mark.postgres)], indirect=True)
@pytest.mark.parametrize(
    ('join_by', 'address'),
    [(sign_up_with, 'nia@new.example'), (sign_up_again_with, 'nina@new.test'), (accept, 'nina@new.test')],
)
def test_who_joins_waits_for_what_is_happening_to_the_organization(
    join_by: Callable[[World, str], object], address: str, world: World, db: Engine
) -> None:
    """It holds the organization's row before it reads anything that it goes by: here, that it has been suspended."""
    token = offered(world.owner, address)
    with ThreadPoolExecutor(1) as pool:
        with db.begin() as first:
            first.execute(
                text("UPDATE organizations SET status = 'suspended' WHERE id = :at"), {'at': world.organization_id}
            )
            second = pool.submit(join_by, world, token)
            while not value(db, WAITING) and not second.done():
                wait([second], timeout=0.01)
        with pytest.raises(Closed):
            second.result(10)
    assert value(db, 'SELECT count(*) FROM memberships WHERE organization_id = :at', at=world.organization_id) == 4
    assert value(db, "SELECT state FROM invitations WHERE state <> 'accepted'") == 'pending'


# the database alone --------------------------------------------------------------------------------------------------

LESS = "UPDATE memberships SET role = 'admin' WHERE organization_id = :at AND user_id = :user"
GONE = 'DELETE FROM memberships WHERE organization_id = :at AND user_id = :user'
MOVED = 'UPDATE memberships SET organization_id = :there WHERE organization_id = :at AND user_id = :user'


def test_the_database_itself_keeps_an_owner(world: World, db: Engine) -> None:
    here = {'at': world.organization_id, 'user': world.owner.user_id}
    there = world.stranger.organization_id
    for statement, more in ((LESS, {}), (GONE, {}), (MOVED, {'there': there})):
        with pytest.raises(IntegrityError, match='an organization needs an owner'):
            run(db, statement, **here, **more)
    with pytest.raises(IntegrityError, match='an organization needs an owner'):
        run(db, "UPDATE memberships SET role = 'viewer'")
    with pytest.raises(IntegrityError, match='an organization needs an owner'):
        run(db, 'DELETE FROM memberships')
    names = ', '.join(column.name for column in Organization.__table__.columns)
    copied = names.replace('id', "'zzzzzzzzzzzzzzzz'", 1)
    with pytest.raises(IntegrityError, match='an organization needs an owner'):
        run(db, f'INSERT INTO organizations ({names}) SELECT {copied} FROM organizations')
    assert owners(db, world.organization_id) == 1


def test_an_organization_can_go_with_its_owner(world: World, db: Engine) -> None:
    run(db, 'DELETE FROM organizations WHERE id = :at', at=world.organization_id)
    for table in ('memberships', 'audit_events', 'billing_addresses', 'phone_numbers'):
        assert value(db, f'SELECT count(*) FROM {table} WHERE organization_id = :at', at=world.organization_id) == 0


@pytest.mark.parametrize('statement', [LESS, GONE])
def test_the_database_itself_refuses_the_second_of_two_at_once(statement: str, world: World, db: Engine) -> None:
    at = world.organization_id
    both = [world.owner, inside(world.newcomers[0], at)]
    with at_once(2) as run_both:
        for _ in range(50):
            for person in both:
                put(db, person, at, Role.OWNER)
            ends = run_both([partial(run, db, statement, at=at, user=person.user_id) for person in both])
            assert sorted(type(end).__name__ for end in ends) == ['IntegrityError', 'NoneType']
            assert owners(db, at) == 1


def test_the_database_waits_for_the_first_before_it_judges_the_second(world: World, db: Engine) -> None:
    at, other = world.organization_id, inside(world.newcomers[0], world.organization_id)
    put(db, other, at, Role.OWNER)
    ended: list[str] = []

    def second() -> None:
        try:
            run(db, LESS, at=at, user=other.user_id)
        except IntegrityError as error:
            ended.append(str(error.orig))

    thread = threading.Thread(target=second)
    with db.begin() as first:
        first.execute(text(LESS), {'at': at, 'user': world.owner.user_id})
        thread.start()
        thread.join(0.2)
        assert ended == []
    thread.join()
    assert len(ended) == 1
    assert 'an organization needs an owner' in ended[0]
    assert owners(db, at) == 1

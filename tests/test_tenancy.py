"""The wall: whatever code of ours asks a session for, it sees one scope and writes in one organization."""

import tracemalloc
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import (
    ForeignKeyConstraint,
    MetaData,
    UniqueConstraint,
    delete,
    exists,
    func,
    insert,
    inspect,
    literal,
    text,
    true,
    union_all,
    update,
)
from sqlalchemy import select as choose
from sqlalchemy.engine import Engine
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import aliased, registry
from sqlmodel import Field, SQLModel, col, select
from test_billing import GERMAN
from test_phone_numbers import BERLIN, PARIS

from data import database
from data.database import Actor, constant
from data.database.scoping import (
    SCOPES,
    Scope,
    _constants,
    _fixed,
    _forget_tables,
    _once,
    _open,
    owned_tables,
    personal_tables,
    unscoped_tables,
)
from data.database.tenancy import TenantError, TenantSession
from data.models import (
    AccountEvent,
    AuditEvent,
    BillingAddress,
    Membership,
    Organization,
    OrganizationOwned,
    PersonalMail,
    PhoneNumber,
    Purpose,
    Role,
    User,
    UserSession,
    new_id,
)
from data.problems import NotFound
from data.services import billing, organizations, phone_numbers
from tests.support.probes import Rows, everything, refused, rows, value
from tests.support.world import World, inside

OURS, THEIRS = '+4930123456', '+33142685300'
Number = PhoneNumber
GLOBAL = {'users', 'sessions', 'account_events', 'organizations'}
"""Tables of no one organization. `organizations` is scoped all the same, and so are the people in `users`."""


class Two:
    """Acme and Sam's organization, each with a number and an address, and what an attack from Acme needs to know."""

    def __init__(self, world: World, db: Engine) -> None:
        self.world, self.db = world, db
        self.ours = phone_numbers.add(world.owner, BERLIN)
        self.theirs = phone_numbers.add(world.stranger, PARIS)
        for owner in (world.owner, world.stranger):
            billing.set_address(owner, GERMAN, version=0)
        self.here, self.there = world.organization_id, world.stranger.organization_id

    def foreign(self) -> Rows:
        """All rows but those of Acme."""
        return {name: [row for row in found if self.here not in row] for name, found in everything(self.db).items()}

    def detached(self) -> PhoneNumber:
        """Sam's number, as his own session has read it."""
        [row] = phone_numbers.of_organization(self.world.stranger)
        return row


@pytest.fixture
def two(world: World, db: Engine) -> Two:
    return Two(world, db)


Read = Callable[[TenantSession, Two], Any]
READS: dict[str, tuple[Read, object]] = {
    'entities': (lambda tx, _: [row.e164 for row in tx.exec(select(Number))], [OURS]),
    'columns': (lambda tx, _: tx.exec(select(Number.e164)).all(), [OURS]),
    'aliased': (lambda tx, _: tx.execute(choose(aliased(Number).e164)).scalars().all(), [OURS]),
    'count': (lambda tx, _: tx.exec(select(func.count()).select_from(Number)).one(), 1),
    'aggregate': (lambda tx, _: tx.exec(select(func.min(Number.e164))).one(), OURS),
    'by foreign id': (lambda tx, two: tx.exec(select(Number).where(Number.id == two.theirs.id)).all(), []),
    'by foreign organization': (
        lambda tx, two: tx.exec(select(Number).where(Number.organization_id == two.there)).all(),
        [],
    ),
    'or true': (lambda tx, _: tx.exec(select(Number.e164).where(literal(True) | (Number.id == ''))).all(), [OURS]),
    'exists': (lambda tx, two: tx.exec(select(select(Number).where(Number.id == two.theirs.id).exists())).one(), False),
    'subquery': (lambda tx, _: tx.execute(choose(choose(Number.e164).subquery())).scalars().all(), [OURS]),
    'common table': (lambda tx, _: tx.execute(choose(choose(Number.e164).cte().c.e164)).scalars().all(), [OURS]),
    'scalar subquery': (
        lambda tx, two: tx.execute(
            choose(choose(Number.e164).where(Number.id == two.theirs.id).scalar_subquery())
        ).scalar(),
        None,
    ),
    'in a subquery': (
        lambda tx, two: tx.exec(
            select(Organization.id).where(col(Organization.id).in_(choose(Number.organization_id)))
        ).all(),
        'here',
    ),
    'union': (
        lambda tx, two: tx.execute(
            union_all(choose(Number.e164), choose(Number.e164).where(Number.organization_id == two.there))
        ).all(),
        [(OURS,)],
    ),
    'join': (
        lambda tx, _: tx.exec(
            select(Organization.name, Number.e164).join(Number, col(Number.organization_id) == Organization.id)
        ).all(),
        [('Acme', OURS)],
    ),
    'outer join': (
        lambda tx, _: set(
            tx.execute(choose(Number.e164).select_from(Organization).outerjoin(Number, Number.id != '')).scalars()
        ),
        {OURS},
    ),
    'get': (lambda tx, two: tx.get(Number, two.theirs.id), None),
    'get ours': (lambda tx, two: getattr(tx.get(Number, two.ours.id), 'e164', None), OURS),
    'get the address': (lambda tx, two: tx.get(BillingAddress, two.there), None),
    'get a membership': (lambda tx, two: tx.get(Membership, (two.there, two.world.stranger.user_id)), None),
    'get the organization': (lambda tx, two: tx.get(Organization, two.there), None),
    'organizations': (lambda tx, _: tx.exec(select(Organization.name)).all(), ['Acme']),
    'people': (lambda tx, _: len(tx.exec(select(User.id)).all()), 4),
    'one person': (lambda tx, two: tx.exec(select(User).where(User.id == two.world.stranger.user_id)).all(), []),
    'get a person': (lambda tx, two: tx.get(User, two.world.stranger.user_id), None),
    'memberships': (lambda tx, _: len(tx.exec(select(Membership)).all()), 4),
    'record': (lambda tx, _: set(tx.exec(select(AuditEvent.organization_id)).all()), {'here'}),
}


def as_constants(tx: TenantSession) -> TenantSession:
    """The same session, to which every statement is one that is put together once."""
    for name in ('exec', 'execute'):
        way = getattr(tx, name)
        setattr(tx, name, lambda statement, way=way, **more: way(constant(statement), **more))
    return tx


@pytest.mark.parametrize('known', [True, False])
@pytest.mark.parametrize('writes', [True, False])
def test_whatever_is_read_is_of_this_organization(writes: bool, known: bool, two: Two) -> None:
    way = database.transaction if writes else database.reading
    here = {'here': two.here}
    for name, (read, expected) in READS.items():
        with way(two.world.owner) as tx:
            found = read(as_constants(tx) if known else tx, two)
        if expected == 'here':
            assert found == [two.here], name
        elif expected == {'here'}:
            assert found == set(here.values()), name
        else:
            assert found == expected, name


KINDS = {
    'organization': Scope(organization_id='scope_organization_id'),
    'person': Scope(user_id='scope_user_id'),
    'nothing': Scope(),
}


@pytest.mark.parametrize('kind', KINDS.values(), ids=KINDS)
def test_a_constant_has_every_condition_of_its_tables_and_no_other(kind: Scope) -> None:
    statement = constant(
        choose(Organization.name, aliased(Number).e164)
        .join(Membership, col(Membership.organization_id) == Organization.id)
        .where(col(Organization.id).in_(choose(BillingAddress.organization_id)))
    )
    scoped = _once(id(statement), kind)
    assert str(scoped) == str(statement.options(*_open(kind).values()))
    here = {Organization, Number, Membership, BillingAddress}
    assert scoped._with_options == tuple(option for table, option in _open(kind).items() if table in here)


@pytest.mark.parametrize('kind', KINDS.values(), ids=KINDS)
def test_all_constants_are_the_same_with_all_conditions(kind: Scope) -> None:
    assert len(_constants) > 10
    for statement in list(_constants.values()):
        assert str(_once(id(statement), kind)) == str(statement.options(*_open(kind).values()))


def test_what_is_made_of_a_constant_has_all_conditions(two: Two) -> None:
    few = constant(choose(Organization.name))
    more = few.add_columns(Number.e164).join_from(Organization, Number, col(Number.organization_id) == Organization.id)
    with database.reading(two.world.owner) as tx:
        assert tx.execute(few).all() == [('Acme',)]
        assert tx.execute(more).all() == [('Acme', OURS)]
        assert tx.execute(few.where(Organization.id == two.there)).all() == []
        assert tx.execute(few, {'scope_organization_id': two.there}).all() == [('Acme',)]


def test_where_a_table_of_a_constant_can_not_be_found_it_has_all_conditions(monkeypatch: pytest.MonkeyPatch) -> None:
    statement = constant(choose(Number.e164))
    monkeypatch.setattr('data.database.scoping.find_tables', lambda *_, **__: [])
    kind = Scope(organization_id='scope_organization_id')
    assert _once(id(statement), kind)._with_options == tuple(_open(kind).values())


def test_a_hundred_scopes_in_turn_never_get_mixed_up(two: Two) -> None:
    for actor, expected in [(two.world.owner, OURS), (two.world.stranger, THEIRS)] * 50:
        with database.reading(actor) as tx:
            assert tx.exec(select(Number.e164)).all() == [expected]


REFUSED: dict[str, Read] = {
    'plain SQL': lambda tx, _: tx.execute(text('SELECT * FROM phone_numbers')),
    'plain SQL for one column': lambda tx, _: tx.scalars(text('SELECT e164 FROM phone_numbers')),
    'plain SQL that writes': lambda tx, _: tx.execute(text('DELETE FROM phone_numbers')),
    'entities from plain SQL': lambda tx, _: tx.execute(
        choose(Number).from_statement(text('SELECT * FROM phone_numbers'))
    ),
    'the table itself': lambda tx, _: tx.execute(choose(Number.__table__)),
    'an update of the table': lambda tx, _: tx.execute(update(Number.__table__).values(label='x')),
    'a delete of the table': lambda tx, _: tx.execute(delete(Number.__table__)),
    'a bare exists': lambda tx, two: tx.execute(choose(exists().where(Number.id == two.theirs.id))),
    'the connection': lambda tx, _: tx.connection(),
    'an insert': lambda tx, two: tx.execute(insert(Number).values(organization_id=two.there)),
    'an insert of ours': lambda tx, two: tx.execute(insert(Number).values(organization_id=two.here)),
    'an update by key': lambda tx, two: tx.execute(update(Number), [{'id': two.theirs.id, 'label': 'x'}]),
    'bulk save': lambda tx, two: tx.bulk_save_objects([two.detached()]),
    'bulk insert': lambda tx, two: tx.bulk_insert_mappings(Number, [{'id': new_id()}]),
    'bulk update': lambda tx, two: tx.bulk_update_mappings(Number, [{'id': two.theirs.id, 'label': 'x'}]),
    'moving by name': lambda tx, two: tx.execute(update(Number).values(organization_id=two.there)),
    'moving by column': lambda tx, two: tx.execute(update(Number).values({Number.organization_id: two.there})),
    'moving by table column': lambda tx, two: tx.execute(
        update(Number).values({Number.__table__.c.organization_id: two.there})
    ),
    'moving in order': lambda tx, two: tx.execute(
        update(Number).ordered_values((col(Number.organization_id), two.there))
    ),
    'moving by parameter': lambda tx, two: tx.execute(update(Number), {'organization_id': two.there}),
    'adding there': lambda tx, two: tx.add(number(two.there)),
    'giving ours away': lambda tx, two: setattr(tx.get(Number, two.ours.id), 'organization_id', two.there),
    'taking theirs': lambda tx, two: take(tx, two),
    'changing theirs': lambda tx, two: change(tx, two),
    'deleting theirs': lambda tx, two: tx.delete(two.detached()),
    'merging theirs': lambda tx, two: tx.merge(two.detached()),
    'founding another': lambda tx, _: tx.add(Organization(name='X', name_key='x')),
    'joining theirs': lambda tx, two: tx.add(
        Membership(organization_id=two.there, user_id=two.world.owner.user_id, role=Role.OWNER)
    ),
    'all passwords': lambda tx, _: tx.execute(update(User).values(password_hash='x')),
    'all sessions': lambda tx, _: tx.execute(delete(UserSession)),
    'all account events': lambda tx, _: tx.execute(delete(AccountEvent)),
}


def number(organization_id: str) -> PhoneNumber:
    return PhoneNumber(organization_id=organization_id, e164='+4930999999', country='DE', purpose=Purpose.SMS)


def take(tx: TenantSession, two: Two) -> None:
    theirs = two.detached()
    tx.add(theirs)
    theirs.organization_id, theirs.is_primary = two.here, False


def change(tx: TenantSession, two: Two) -> None:
    theirs = two.detached()
    tx.add(theirs)
    theirs.label = 'ours'


def is_refused(act: Read, two: Two) -> bool:
    try:
        with database.transaction(two.world.owner) as tx:
            act(tx, two)
    except TenantError:
        return True
    return False


@pytest.mark.parametrize('of', ['organization_id', 'user_id'])
def test_the_conditions_of_many_scopes_take_little_memory(of: str) -> None:
    _fixed(Scope(**{of: new_id()}))
    scopes = [Scope(**{of: new_id()}) for _ in range(50)]
    tracemalloc.start()
    try:
        for scope in scopes:
            _fixed(scope)
        taken, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert taken / len(scopes) < 16_000
    assert _fixed.cache_info().maxsize == SCOPES <= 1024
    assert _open.cache_info().currsize <= 3, 'whose rows they are is a parameter'


def test_what_can_not_be_scoped_or_leaves_the_scope_is_refused(two: Two) -> None:
    before = everything(two.db)
    assert [name for name, act in REFUSED.items() if not is_refused(act, two)] == []
    assert everything(two.db) == before


WRITES: dict[str, Read] = {
    'update all': lambda tx, _: tx.execute(update(Number).values(label='x')).rowcount,
    'update from theirs': lambda tx, two: (
        tx.execute(
            update(Number).values(
                label=func.coalesce(
                    choose(Number.e164).where(Number.organization_id == two.there).scalar_subquery(), 'x'
                )
            )
        ).rowcount
    ),
    'delete all': lambda tx, _: tx.execute(delete(Number)).rowcount,
    'empty the record': lambda tx, _: tx.execute(delete(AuditEvent)).rowcount and 1,
    'rename all': lambda tx, _: tx.execute(update(Organization).values(name='X')).rowcount,
}


def test_a_forgotten_filter_reaches_no_further_than_the_organization(two: Two) -> None:
    before = two.foreign()
    for name, write in WRITES.items():
        with database.transaction(two.world.owner) as tx:
            assert write(tx, two) == 1, name
        assert two.foreign() == before, name
        assert THEIRS not in str(rows(two.db, 'SELECT label FROM phone_numbers')), name


def test_a_foreign_id_reaches_nothing(two: Two) -> None:
    before = everything(two.db)
    aims: list[Any] = [
        update(Number).where(col(Number.id) == two.theirs.id).values(label='x'),
        delete(Number).where(col(Number.id) == two.theirs.id),
        delete(Membership).where(col(Membership.organization_id) == two.there),
        update(Organization).where(col(Organization.id) == two.there).values(name='x'),
    ]
    for aim in aims:
        with database.transaction(two.world.owner) as tx:
            assert tx.execute(aim).rowcount == 0  # what writes has a count
    assert everything(two.db) == before


def test_an_id_that_is_taken_elsewhere_is_not_overwritten(two: Two) -> None:
    before = everything(two.db)
    with pytest.raises(IntegrityError), database.transaction(two.world.owner) as tx:
        sly = number(two.here)
        sly.id = two.theirs.id
        tx.merge(sly)
    assert everything(two.db) == before


def test_reading_never_writes(two: Two) -> None:
    before = everything(two.db)
    acts: list[Callable[[TenantSession], object]] = [
        lambda tx: tx.add(number(two.here)),
        lambda tx: tx.delete(tx.get(Number, two.ours.id)),
        lambda tx: setattr(tx.get(Number, two.ours.id), 'label', 'x'),
        lambda tx: tx.execute(update(Number).values(label='x')),
        lambda tx: tx.execute(delete(Number)),
    ]
    for act in acts:
        for way in (database.reading(two.world.owner), database.personal(two.world.owner)):
            with pytest.raises(TenantError), way as tx:
                act(tx)
    assert everything(two.db) == before


# all organizations of one person -------------------------------------------------------------------------------------


def test_the_personal_scope_is_that_of_all_organizations_of_one_person(two: Two) -> None:
    beta = inside(two.world.owner, organizations.create(two.world.owner, 'Beta').id)
    phone_numbers.add(beta, {**BERLIN, 'number': '030 654321'})
    with database.personal(two.world.owner) as tx:
        assert set(tx.exec(select(Organization.name))) == {'Acme', 'Beta'}
        assert set(tx.exec(select(Number.e164))) == {OURS, '+4930654321'}
        assert len(tx.exec(select(Membership)).all()) == 5
        assert len(tx.exec(select(User)).all()) == 4
        assert tx.get(Number, two.theirs.id) is None
    with database.personal(two.world.stranger) as tx:
        assert tx.exec(select(Organization.name)).all() == ['sam']
        assert tx.exec(select(Number.e164)).all() == [THEIRS]
    with database.personal(Actor('', 'a' * 16, '', '')) as tx:
        assert [tx.exec(select(table)).all() for table in (*owned_tables(), Organization, User)] == [[]] * (
            len(owned_tables()) + 2
        )


def test_what_belongs_to_a_person_is_seen_and_changed_by_no_organization(two: Two) -> None:
    olga = two.world.owner
    with database.transaction(olga) as tx:  # an act in an organization may be the cause of it
        tx.add(PersonalMail(user_id=olga.user_id, kind='hello', recipient='olga@acme.test'))
        tx.flush()
        assert tx.exec(select(PersonalMail)).all() == []
    with database.accounts() as tx:
        [mail] = tx.exec(select(PersonalMail))
    for way in (database.reading(olga), database.transaction(olga), database.personal(two.world.stranger)):
        with way as tx:
            assert tx.exec(select(PersonalMail)).all() == []
            assert tx.get(PersonalMail, mail.id) is None
            assert tx.exec(select(func.count()).select_from(PersonalMail)).one() == 0
    with database.personal(olga) as tx:
        assert tx.exec(select(PersonalMail.id)).all() == [mail.id]
    before = everything(two.db)
    acts: list[Callable[[TenantSession], object]] = [
        lambda tx: tx.execute(update(PersonalMail).values(kind='x')),
        lambda tx: tx.execute(delete(PersonalMail)),
        lambda tx: (tx.add(mail), setattr(mail, 'kind', 'x')),
        lambda tx: tx.delete(mail),
    ]
    for act in acts:
        with pytest.raises(TenantError), database.transaction(olga) as tx:
            act(tx)
    assert everything(two.db) == before


def test_accounts_see_people_and_nothing_of_any_organization(two: Two) -> None:
    with database.accounts(writes=False) as tx:
        assert len(tx.exec(select(User)).all()) == value(two.db, 'SELECT count(*) FROM users')
        for table in (*owned_tables(), Organization):
            assert tx.exec(select(table)).all() == []
    for row in (number(two.here), Organization(name='X', name_key='x')):
        with pytest.raises(TenantError), database.accounts() as tx:
            tx.add(row)


def test_another_scope_for_a_moment_is_left_again(two: Two) -> None:
    with database.transaction(two.world.owner) as tx:
        with tx.within(Scope(two.there)):
            assert tx.exec(select(Number.e164)).all() == [THEIRS]
        assert tx.exec(select(Number.e164)).all() == [OURS]
        with pytest.raises(ZeroDivisionError), tx.within(Scope(two.there)):
            raise ZeroDivisionError
        assert tx.exec(select(Number.e164)).all() == [OURS]


def test_what_was_begun_in_one_scope_is_not_written_in_another(two: Two) -> None:
    with pytest.raises(TenantError), database.transaction(two.world.owner) as tx, tx.within(Scope(two.there)):
        tx.add(number(two.here))


# the tables ----------------------------------------------------------------------------------------------------------


def test_every_table_is_of_an_organization_or_known_not_to_be() -> None:
    owned = {table.__tablename__ for table in owned_tables()}
    personal = {table.__tablename__ for table in personal_tables()}
    assert set(SQLModel.metadata.tables) == owned | personal | GLOBAL
    assert len(SQLModel.metadata.tables) == len(owned) + len(personal) + len(GLOBAL)
    assert {'memberships', 'billing_addresses', 'phone_numbers', 'audit_events'} <= owned


def test_every_table_of_an_organization_says_which_and_never_nothing() -> None:
    for table in owned_tables():
        column = SQLModel.metadata.tables[str(table.__tablename__)].columns['organization_id']
        assert not column.nullable
        assert issubclass(table, OrganizationOwned)
        [to_organization] = [key for key in column.foreign_keys if key.column.table.name == 'organizations']
        assert to_organization.ondelete == 'CASCADE'


def test_tables_of_organizations_refer_to_each_other_within_one() -> None:
    owned = {table.__tablename__ for table in owned_tables()}
    for name in owned:
        for constraint in SQLModel.metadata.tables[name].constraints:
            if isinstance(constraint, ForeignKeyConstraint) and constraint.referred_table.name in owned:
                assert constraint.column_keys[0] == 'organization_id'


def test_the_organization_is_found_by_an_index_everywhere() -> None:
    for table in owned_tables():
        found = SQLModel.metadata.tables[str(table.__tablename__)]
        leading = {next(iter(index.columns)).name for index in found.indexes} | {found.primary_key.columns[0].name}
        leading |= {each.columns[0].name for each in found.constraints if isinstance(each, UniqueConstraint)}
        assert 'organization_id' in leading


# tables that come late -----------------------------------------------------------------------------------------------


def late_table(db: Engine, two: Two, base: type[OrganizationOwned]) -> type[OrganizationOwned]:
    """A table that is defined after the first statement, with a row of each organization in it."""

    class Late(base, table=True):
        __tablename__ = 'late'
        id: int | None = Field(default=None, primary_key=True)

    with db.begin() as connection:
        Late.__table__.create(connection)
        connection.execute(insert(Late.__table__), [{'organization_id': it} for it in (two.here, two.there)])
    return Late


def test_a_table_that_is_defined_after_the_first_statement_is_scoped(two: Two, db: Engine) -> None:
    with database.reading(two.world.owner) as tx:
        tx.exec(select(Number)).all()
    late = late_table(db, two, OrganizationOwned)
    try:
        with database.transaction(two.world.owner) as tx:
            assert [row.organization_id for row in tx.exec(select(late))] == [two.here]
            assert tx.exec(select(Number.e164).join(late, col(late.organization_id) == two.there)).all() == []
            tx.exec(delete(late))
        with db.connect() as connection:
            assert connection.execute(choose(late.__table__.c.organization_id)).scalars().all() == [two.there]
    finally:
        mapper = inspect(late)
        SQLModel.metadata.remove(mapper.local_table)
        SQLModel._sa_registry._managers.pop(mapper.class_manager)
        SQLModel._sa_registry._dispose_manager_and_mapper(mapper.class_manager)
        _forget_tables()


def test_a_table_that_can_not_be_scoped_stops_everything(two: Two, db: Engine) -> None:
    elsewhere = registry(metadata=MetaData())

    class Elsewhere(OrganizationOwned, registry=elsewhere):
        """Not where the tables of the application are."""

    late = late_table(db, two, Elsewhere)
    theirs = exists().where(col(late.organization_id) == two.there)
    reads = (select(late), select(func.count(late.id)), select(Number).join(late, true()), select(User).where(theirs))
    try:
        assert unscoped_tables() == {late}
        for statement in (*reads, delete(late)):
            with pytest.raises(TenantError), database.transaction(two.world.owner) as tx:
                tx.exec(statement).all()
        with pytest.raises(TenantError), database.reading(two.world.owner) as tx:
            tx.get(late, 1)
    finally:
        elsewhere.dispose()
        _forget_tables()
    assert unscoped_tables() == set()


# one row by its id ----------------------------------------------------------------------------------------------------


def test_a_row_is_found_by_its_id_in_its_organization_only(two: Two) -> None:
    with database.reading(two.world.owner) as tx:
        ours = tx.exec(select(Number)).one()
        assert tx.find(Number, ours.id) is ours
        with tx.within(Scope(two.there)):
            theirs = tx.exec(select(Number)).one()
            refused(NotFound, lambda: tx.find(Number, ours.id))
        for wrong in (theirs.id, 'a' * 16, ours.id.upper(), f'{ours.id} ', '', None, 5, ['a' * 16], b'a' * 16):
            refused(NotFound, lambda wrong=wrong: tx.find(Number, wrong))
        assert str(refused(NotFound, lambda: tx.find(Number, theirs.id, 'Gone.'))) == 'Gone.'

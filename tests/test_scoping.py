"""Scopes: the conditions that are added to statements, also to those that are put together once."""

import tracemalloc
from collections.abc import Callable

import pytest
from sqlalchemy import (
    MetaData,
    delete,
    exists,
    func,
    insert,
    inspect,
    true,
    update,
)
from sqlalchemy import select as choose
from sqlalchemy.engine import Engine
from sqlalchemy.orm import aliased, registry
from sqlalchemy.sql.elements import BinaryExpression
from sqlmodel import Field, SQLModel, col, select
from test_phone_numbers import BERLIN

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
    unscoped_tables,
)
from data.database.tenancy import TenantError, TenantSession
from data.models import (
    BillingAddress,
    Membership,
    Organization,
    OrganizationOwned,
    PersonalMail,
    User,
    new_id,
)
from data.services import organizations, phone_numbers
from tests.support.probes import everything, value
from tests.support.tenants import OURS, THEIRS, Number, Two, number
from tests.support.world import inside

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


def test_a_read_that_is_put_together_once_makes_no_expression(two: Two, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a statement is filled in with is looked up among parameters: comparing them is no SQL."""
    made: list[object] = []
    make = BinaryExpression.__init__

    def counted(self: BinaryExpression[bool], *args: object, **options: object) -> None:
        made.append(self)
        make(self, *args, **options)  # type: ignore[arg-type]  # as it was called

    organizations.overview(two.world.owner)
    monkeypatch.setattr(BinaryExpression, '__init__', counted)
    organizations.overview(two.world.owner)
    assert made == []


def test_a_hundred_scopes_in_turn_never_get_mixed_up(two: Two) -> None:
    for actor, expected in [(two.world.owner, OURS), (two.world.stranger, THEIRS)] * 50:
        with database.reading(actor) as tx:
            assert tx.exec(select(Number.e164)).all() == [expected]


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
    assert taken / len(scopes) < 42_000, 'a condition for each table'
    assert _fixed.cache_info().maxsize == SCOPES <= 1024
    assert _open.cache_info().currsize <= 3, 'whose rows they are is a parameter'


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

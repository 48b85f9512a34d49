"""The wall: whatever code of ours asks a session for, it sees one scope and writes in one organization."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from sqlalchemy import (
    bindparam,
    delete,
    exists,
    func,
    insert,
    literal,
    text,
    union_all,
    update,
)
from sqlalchemy import select as choose
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import aliased
from sqlmodel import col, select

from data import database
from data.database import constant
from data.database.scoping import Scope, owned_tables
from data.database.tenancy import TenantError, TenantSession
from data.models import (
    AccountEvent,
    AuditEvent,
    BillingAddress,
    Invitation,
    Mail,
    Membership,
    Organization,
    PersonalMail,
    Role,
    UsageLimit,
    User,
    UserSession,
    new_id,
)
from data.permissions import Permission, authorize
from data.problems import NotFound
from data.services import audit
from data.services.invitations.mail import of_invitations
from tests.support.probes import everything, refused, rows, run, statements, value
from tests.support.tenants import OUR_GUEST, OURS, THEIRS, Number, Read, Two, number

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
    'mails': (lambda tx, _: tx.exec(select(Mail.recipient)).all(), [OUR_GUEST]),
    'get a mail': (lambda tx, two: tx.get(Mail, two.their_mail), None),
    'invitations': (lambda tx, _: tx.exec(select(Invitation.email)).all(), [OUR_GUEST]),
    'get an invitation': (lambda tx, two: tx.get(Invitation, two.their_invitation), None),
    'mails of their invitation': (lambda tx, two: of_invitations(tx, [two.their_invitation]), {}),
    'record': (lambda tx, _: set(tx.exec(select(AuditEvent.organization_id)).all()), {'here'}),
}


def test_there_is_something_of_every_table_on_both_sides(two: Two) -> None:
    """What a table does not hold, no test of the wall would miss."""
    for table in owned_tables():
        sides = rows(two.db, f'SELECT DISTINCT organization_id FROM {table.__tablename__}')
        assert {two.here, two.there} <= {side for [side] in sides}, table
        with database.reading(two.world.owner) as tx:
            assert set(tx.exec(select(table.organization_id))) == {two.here}, table


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


EVERY_PASSWORD = constant(update(User).values(password_hash='x'))
EVERY_LABEL = constant(update(Number).values(label='x'))
MOVING = constant(update(Number).values(organization_id=bindparam('there')))

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
    'a row there': lambda tx, two: tx.add_row(AuditEvent, event(two.there)),
    'new rows there': lambda tx, two: tx.insert_new(UsageLimit, [limit(two.here), limit(two.there)]),
    'sums there': lambda tx, two: tx.add_up(UsageLimit, [limit(two.there)], 'cap'),
    'new accounts': lambda tx, two: tx.insert_new(UserSession, [limit(two.here)]),
    'changing what is not kept': lambda tx, two: tx.change_here(update(UsageLimit).values(cap=1), {}),
    'changing accounts at once': lambda tx, two: tx.change_here(EVERY_PASSWORD, {}),
    'moving at once': lambda tx, two: tx.change_here(MOVING, {'there': two.there}),
    'setting by a parameter': lambda tx, two: tx.change_here(EVERY_LABEL, {'organization_id': two.there}),
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
    'a mail there': lambda tx, two: tx.add(Mail(organization_id=two.there, kind='role', recipient='x@evil.example')),
    'mails of people': lambda tx, _: tx.execute(update(PersonalMail).values(recipient='x@evil.example')),
    'all sessions': lambda tx, _: tx.execute(delete(UserSession)),
    'all account events': lambda tx, _: tx.execute(delete(AccountEvent)),
}


def event(organization_id: str) -> dict[str, object]:
    fixed = AuditEvent(organization_id=organization_id, seq=1000, action='test:act').model_dump()
    return {name: value for name, value in fixed.items() if name != 'id'}


def limit(organization_id: str) -> dict[str, object]:
    return {'organization_id': organization_id, 'metric': 'storage', 'cap': 1}


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
    'update all at once': lambda tx, _: tx.change_here(EVERY_LABEL, {}).rowcount,
    'delete all': lambda tx, _: tx.execute(delete(Number)).rowcount,
    'send all mails elsewhere': lambda tx, _: tx.execute(update(Mail).values(recipient='x@evil.example')).rowcount,
    'delete all mails': lambda tx, _: tx.execute(delete(Mail)).rowcount,
    'take all invitations': lambda tx, _: tx.execute(update(Invitation).values(email='x@evil.example')).rowcount,
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
        lambda tx: tx.add_row(AuditEvent, event(two.here)),
        lambda tx: tx.delete(tx.get(Number, two.ours.id)),
        lambda tx: tx.insert_new(UsageLimit, [limit(two.here)]),
        lambda tx: tx.add_up(UsageLimit, [limit(two.here)], 'cap'),
        lambda tx: setattr(tx.get(Number, two.ours.id), 'label', 'x'),
        lambda tx: tx.execute(update(Number).values(label='x')),
        lambda tx: tx.execute(delete(Number)),
        lambda tx: tx.change_here(EVERY_LABEL, {}),
    ]
    for act in acts:
        for way in (database.reading(two.world.owner), database.personal(two.world.owner)):
            with pytest.raises(TenantError), way as tx:
                act(tx)
    assert everything(two.db) == before


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


def test_what_runs_for_each_row_is_about_the_rows_of_its_owner_only(two: Two) -> None:
    before = everything(two.db)
    one = delete(Number).where(Number.id == bindparam('row'))
    foreign = [{'row': two.ours.id, 'owner': two.there}, {'row': two.theirs.id, 'owner': two.here}]
    with database.accounts() as tx:
        assert tx.run_for_each(Number, one, foreign) == 0
        assert tx.run_for_each(Number, one, []) == 0
    assert everything(two.db) == before
    with database.accounts() as tx:
        assert tx.run_for_each(Number, one, [{'row': two.ours.id, 'owner': two.here}, *foreign]) == 1
    assert rows(two.db, 'SELECT id FROM phone_numbers') == [(two.theirs.id,)]


@pytest.mark.parametrize(
    ('statement', 'more'),
    [
        (delete(User), {}),
        (delete(aliased(Number)), {}),
        (update(Number).values(organization_id=new_id()), {}),
        (update(Number).values(label='x'), {'organization_id': new_id()}),
        (update(Number).values(label='x'), {'e164': THEIRS}),
    ],
    ids=['another table', 'another name', 'moves rows', 'moves rows by a parameter', 'sets what is not said'],
)
def test_what_runs_for_each_row_leaves_it_whose_it_is(two: Two, statement: Any, more: dict[str, Any]) -> None:
    before = everything(two.db)
    with pytest.raises(TenantError), database.accounts() as tx:
        tx.run_for_each(Number, statement, [{'owner': two.here}, {'owner': two.here, **more}])
    assert everything(two.db) == before


def test_only_the_accounts_reach_rows_whosever_they_are(two: Two) -> None:
    before = everything(two.db)
    one = delete(Number).where(Number.id == bindparam('row'))
    ways = [
        database.transaction(two.world.owner),
        database.reading(two.world.owner),
        database.personal(two.world.owner),
        database.administrator(),
        database.accounts(writes=False),
    ]
    for way in ways:
        with pytest.raises(TenantError), way as tx:
            tx.run_for_each(Number, one, [{'row': two.ours.id, 'owner': two.here}])
    with pytest.raises(TenantError), database.accounts() as tx, tx.within(Scope(two.here)):
        tx.run_for_each(Number, one, [{'row': two.ours.id, 'owner': two.here}])
    assert everything(two.db) == before


def test_rows_without_an_object_come_after_all_others_in_one_statement(two: Two) -> None:
    with statements(two.db) as seen, database.transaction(two.world.owner) as tx:
        for seq in (1000, 1001):
            tx.add_row(AuditEvent, {**event(two.here), 'seq': seq})
        tx.add(number(two.here))
        assert tx.exec(select(AuditEvent.seq).where(AuditEvent.action == 'test:act')).all() == [1000, 1001]
    kinds = [statement.split()[2] for statement in seen if statement.startswith('INSERT')]
    assert kinds == ['phone_numbers', 'audit_events']
    with database.transaction(two.world.owner) as tx:
        tx.add_row(AuditEvent, {**event(two.here), 'seq': 1002})
    assert value(two.db, 'SELECT max(seq) FROM audit_events') == 1002, 'also where there is nothing else'


def test_rows_without_an_object_go_where_objects_would(two: Two) -> None:
    before = everything(two.db)
    here = event(two.here)
    with database.transaction(two.world.owner) as tx:
        tx.add_row(AuditEvent, here)
        tx.rollback()
    with database.transaction(two.world.owner) as tx, suppress(ZeroDivisionError), tx.begin_nested():
        tx.add_row(AuditEvent, here)
        raise ZeroDivisionError
    with pytest.raises(TenantError), database.transaction(two.world.owner) as tx:
        tx.add_row(UserSession, {**here, 'user_id': two.world.stranger.user_id})
    with pytest.raises(TenantError), database.transaction(two.world.owner) as tx:
        given = dict(here)
        tx.add_row(AuditEvent, given)
        given['organization_id'] = two.there
    with (
        pytest.raises(TenantError),
        database.transaction(two.world.owner) as tx,
        suppress(ZeroDivisionError),
        tx.within(Scope(two.there)),
    ):
        tx.add_row(AuditEvent, event(two.there))
        raise ZeroDivisionError
    assert everything(two.db) == before


def test_an_act_whose_event_could_not_be_written_is_not_done(two: Two) -> None:
    run(two.db, 'UPDATE organizations SET audit_seq = audit_seq - 1')  # so that the number of the next one is taken
    before = everything(two.db)
    with pytest.raises(DBAPIError), database.transaction(two.world.owner) as tx:
        member = authorize(tx, two.world.owner, Permission.ORGANIZATION_RENAME)
        member.organization.name = 'New'
        audit.record(tx, member, audit.Act.ORGANIZATION_RENAME, 'New')
        with suppress(IntegrityError):
            tx.flush()
    assert everything(two.db) == before


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

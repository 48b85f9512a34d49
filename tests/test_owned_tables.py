"""Tables: which belong to an organization, and what the database says about that."""

from sqlalchemy import (
    ForeignKeyConstraint,
    UniqueConstraint,
)
from sqlmodel import SQLModel

from data.database.scoping import (
    owned_tables,
    personal_tables,
)
from data.models import (
    OrganizationOwned,
)

GLOBAL = {
    'users',
    'sessions',
    'account_events',
    'challenges',
    'farewells',
    'recovery_requests',
    'organizations',
    'billing_settings',
    'plan_versions',
    'number_sequences',
    'number_gaps',
}
"""Tables of no one organization. `organizations` is scoped all the same, and so are the people in `users`."""

BOOKS = {
    'billing_periods',
    'pending_lines',
    'invoices',
    'invoice_lines',
    'invoice_taxes',
    'invoice_documents',
    'invoice_notices',
    'payments',
}
"""Tables of an organization whose rows outlive it: the law wants them kept for years."""

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
        to_organization = [key for key in column.foreign_keys if key.column.table.name == 'organizations']
        expected = [] if table.__tablename__ in BOOKS else ['CASCADE']
        assert [key.ondelete for key in to_organization] == expected


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

"""Invoices and credit notes, what was paid, and the numbers."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = '0016'
down_revision = '0015'

TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Add the tables, empty."""
    _add_invoices()
    _add_parts()
    _add_documents()
    _add_payments()
    _add_numbers()


def _reference(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    keys = ['organization_id', column], [f'{to}.organization_id', f'{to}.id']
    return sa.ForeignKeyConstraint(*keys, name=f'fk_{table}_organization_id_{column}')


def _where(condition: str) -> dict[str, Any]:
    return dict.fromkeys(('sqlite_where', 'postgresql_where'), sa.text(condition))


def _choice(name: str, *values: str) -> sa.Column[Any]:
    kind = sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=16)
    return sa.Column(name, kind, nullable=False)


def _add_invoices() -> None:
    op.create_table(
        'invoices',
        sa.Column('organization_id', sa.String(16), nullable=False),
        sa.Column('id', sa.String(16), nullable=False),
        sa.Column(
            'kind',
            sa.Enum('invoice', 'credit', name='kind', native_enum=False, create_constraint=True, length=16),
            nullable=False,
        ),
        sa.Column(
            'state',
            sa.Enum('draft', 'final', name='state', native_enum=False, create_constraint=True, length=16),
            nullable=False,
        ),
        sa.Column('period_id', sa.String(16), nullable=True),
        sa.Column('credits', sa.String(16), nullable=True),
        sa.Column('reason', sa.String(500), nullable=False),
        sa.Column('series', sa.String(16), nullable=False),
        sa.Column('seq', sa.BigInteger(), nullable=True),
        sa.Column('number', sa.String(60), nullable=True),
        sa.Column('created_at', TIME, nullable=False),
        sa.Column('finalize_after', TIME, nullable=False),
        sa.Column('issued_on', sa.Date(), nullable=True),
        sa.Column('due_on', sa.Date(), nullable=True),
        sa.Column('currency', sa.String(3), nullable=False),
        sa.Column('net', sa.BigInteger(), nullable=False),
        sa.Column('tax', sa.BigInteger(), nullable=False),
        sa.Column('total', sa.BigInteger(), nullable=False),
        sa.Column('snapshot', sa.JSON(), nullable=True),
        sa.CheckConstraint("(kind = 'credit') = (credits IS NOT NULL)", name=op.f('ck_invoices_credits')),
        sa.CheckConstraint(
            "(state = 'final') = (seq IS NOT NULL) AND (state = 'final') = (number IS NOT NULL)",
            name=op.f('ck_invoices_number'),
        ),
        sa.ForeignKeyConstraint(
            ['organization_id', 'credits'],
            ['invoices.organization_id', 'invoices.id'],
            name='fk_invoices_organization_id_credits',
        ),
        sa.ForeignKeyConstraint(
            ['organization_id', 'period_id'],
            ['billing_periods.organization_id', 'billing_periods.id'],
            name='fk_invoices_organization_id_period_id',
        ),
        sa.PrimaryKeyConstraint('id', name='pk_invoices'),
        sa.UniqueConstraint('number', name='uq_invoices_number'),
        sa.UniqueConstraint('organization_id', 'id', name='uq_invoices_organization_id_id'),
        sa.UniqueConstraint('series', 'seq', name='uq_invoices_series_seq'),
    )
    op.create_index('ix_invoices_due', 'invoices', ['state', 'finalize_after'])
    op.create_index(
        'uq_invoices_period',
        'invoices',
        ['period_id'],
        unique=True,
        sqlite_where=sa.text("kind = 'invoice'"),
        postgresql_where=sa.text("kind = 'invoice'"),
    )


def _add_parts() -> None:
    op.create_table(
        'invoice_lines',
        sa.Column('organization_id', sa.String(16), nullable=False),
        sa.Column('invoice_id', sa.String(16), nullable=False),
        sa.Column('position', sa.Integer(), autoincrement=False, nullable=False),
        sa.Column('cause', sa.String(200), nullable=False),
        sa.Column('text', sa.String(300), nullable=False),
        sa.Column('quantity', sa.BigInteger(), nullable=True),
        sa.Column('unit_price', sa.BigInteger(), nullable=True),
        sa.Column('per', sa.BigInteger(), nullable=False),
        sa.Column('net', sa.BigInteger(), nullable=False),
        sa.Column('category', sa.String(2), nullable=False),
        sa.Column('rate', sa.Integer(), nullable=False),
        sa.Column('service_from', sa.Date(), nullable=True),
        sa.Column('service_to', sa.Date(), nullable=True),
        sa.Column('credited_position', sa.Integer(), nullable=True),
        _reference('invoice_lines', 'invoice_id', 'invoices'),
        sa.PrimaryKeyConstraint('organization_id', 'invoice_id', 'position', name='pk_invoice_lines'),
    )
    op.create_table(
        'invoice_taxes',
        sa.Column('organization_id', sa.String(16), nullable=False),
        sa.Column('invoice_id', sa.String(16), nullable=False),
        sa.Column('category', sa.String(2), nullable=False),
        sa.Column('rate', sa.Integer(), autoincrement=False, nullable=False),
        sa.Column('net', sa.BigInteger(), nullable=False),
        sa.Column('tax', sa.BigInteger(), nullable=False),
        _reference('invoice_taxes', 'invoice_id', 'invoices'),
        sa.PrimaryKeyConstraint('organization_id', 'invoice_id', 'category', 'rate', name='pk_invoice_taxes'),
    )


def _add_documents() -> None:
    op.create_table(
        'invoice_documents',
        sa.Column('organization_id', sa.String(16), nullable=False),
        sa.Column('invoice_id', sa.String(16), nullable=False),
        sa.Column('sha256', sa.String(64), nullable=False),
        sa.Column('pdf', sa.LargeBinary(), nullable=False),
        sa.Column('made_at', TIME, nullable=False),
        _reference('invoice_documents', 'invoice_id', 'invoices'),
        sa.PrimaryKeyConstraint('organization_id', 'invoice_id', name='pk_invoice_documents'),
    )
    op.create_table(
        'invoice_notices',
        sa.Column('organization_id', sa.String(16), nullable=False),
        sa.Column('invoice_id', sa.String(16), nullable=False),
        sa.Column('kind', sa.String(24), nullable=False),
        sa.Column('at', TIME, nullable=False),
        _reference('invoice_notices', 'invoice_id', 'invoices'),
        sa.PrimaryKeyConstraint('organization_id', 'invoice_id', 'kind', name='pk_invoice_notices'),
    )


def _add_payments() -> None:
    op.create_table(
        'payments',
        sa.Column('organization_id', sa.String(16), nullable=False),
        sa.Column('id', sa.String(16), nullable=False),
        sa.Column('invoice_id', sa.String(16), nullable=True),
        sa.Column('amount', sa.BigInteger(), nullable=False),
        sa.Column('currency', sa.String(3), nullable=False),
        sa.Column('received_on', sa.Date(), nullable=False),
        sa.Column('method', sa.String(16), nullable=False),
        sa.Column('reference', sa.String(200), nullable=False),
        sa.Column('part', sa.Integer(), nullable=False),
        sa.Column('created_at', TIME, nullable=False),
        sa.CheckConstraint('amount <> 0', name=op.f('ck_payments_amount')),
        _reference('payments', 'invoice_id', 'invoices'),
        sa.PrimaryKeyConstraint('id', name='pk_payments'),
    )
    op.create_index('ix_payments_invoice', 'payments', ['organization_id', 'invoice_id'])
    op.create_index(
        'uq_payments_reference',
        'payments',
        ['method', 'reference', 'part'],
        unique=True,
        sqlite_where=sa.text("reference <> ''"),
        postgresql_where=sa.text("reference <> ''"),
    )


def _add_numbers() -> None:
    op.create_table(
        'number_sequences',
        sa.Column('series', sa.String(16), nullable=False),
        sa.Column('last', sa.BigInteger(), nullable=False),
        sa.Column('last_issued_on', sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint('series', name='pk_number_sequences'),
    )
    op.create_table(
        'number_gaps',
        sa.Column('series', sa.String(16), nullable=False),
        sa.Column('first', sa.BigInteger(), nullable=False),
        sa.Column('last', sa.BigInteger(), nullable=False),
        sa.Column('reason', sa.String(500), nullable=False),
        sa.Column('at', TIME, nullable=False),
        sa.CheckConstraint('first <= last', name=op.f('ck_number_gaps_numbers')),
        sa.PrimaryKeyConstraint('series', 'first', name='pk_number_gaps'),
    )

"""Plans, the subscription of each organization, its periods, and who gets its bills by mail."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = '0015'
down_revision = '0014'

TIME = sa.DateTime(timezone=True)
FROZEN = {
    'sqlite': (
        """CREATE TRIGGER plan_versions_stay BEFORE UPDATE ON plan_versions
        BEGIN SELECT RAISE(ABORT, 'a version of a plan never changes'); END""",
        """CREATE TRIGGER plan_versions_are_kept BEFORE DELETE ON plan_versions
        BEGIN SELECT RAISE(ABORT, 'a version of a plan never changes'); END""",
    ),
    'postgresql': (
        """CREATE FUNCTION refuse_other_plan_version() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN RAISE EXCEPTION 'a version of a plan never changes' USING ERRCODE = 'check_violation'; END $$""",
        """CREATE TRIGGER plan_versions_stay BEFORE UPDATE OR DELETE ON plan_versions
        FOR EACH ROW EXECUTE FUNCTION refuse_other_plan_version()""",
    ),
}


def upgrade() -> None:
    """Add tables and columns; there is no catalogue yet, so nobody has a plan."""
    _add_plans()
    _add_subscriptions()
    _add_periods()
    _add_contacts()
    _extend_usage()
    for statement in FROZEN[op.get_bind().dialect.name]:
        op.execute(statement)


def _organization(table: str) -> list[Any]:
    key = sa.ForeignKeyConstraint(
        ['organization_id'], ['organizations.id'], name=f'fk_{table}_organization_id', ondelete='CASCADE'
    )
    return [sa.Column('organization_id', sa.String(16), nullable=False), key]


def _choice(name: str, *values: str) -> sa.Column[Any]:
    kind = sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=16)
    return sa.Column(name, kind, nullable=False)


def _add_plans() -> None:
    op.create_table(
        'plan_versions',
        sa.Column('plan', sa.String(40), nullable=False),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.Column('content', sa.JSON(), nullable=False),
        sa.Column('hash', sa.String(64), nullable=False),
        sa.Column('created_at', TIME, nullable=False),
        sa.CheckConstraint('version > 0', name=op.f('ck_plan_versions_version')),
        sa.PrimaryKeyConstraint('plan', 'version', name='pk_plan_versions'),
        sa.UniqueConstraint('plan', 'hash', name='uq_plan_versions_plan_hash'),
    )


def _add_subscriptions() -> None:
    op.create_table(
        'subscriptions',
        *_organization('subscriptions'),
        sa.Column('plan', sa.String(40), nullable=False),
        sa.Column('plan_version', sa.Integer(), nullable=False),
        sa.Column(
            'interval',
            sa.Enum('month', 'year', name='interval', native_enum=False, create_constraint=True, length=16),
            nullable=False,
        ),
        sa.Column('anchor_day', sa.Integer(), nullable=False),
        sa.Column('started_on', sa.Date(), nullable=False),
        sa.Column('trial_ends_on', sa.Date(), nullable=True),
        sa.Column('trial_used', sa.Boolean(), nullable=False),
        sa.Column('trial_told', sa.Boolean(), nullable=False),
        sa.Column('next_plan', sa.String(40), nullable=True),
        sa.Column('next_version', sa.Integer(), nullable=True),
        sa.Column('cancel_at_end', sa.Boolean(), nullable=False),
        sa.Column('reference', sa.String(200), nullable=False),
        sa.Column('is_exempt', sa.Boolean(), nullable=False),
        sa.Column('confirmed_tax_id', sa.String(40), nullable=False),
        sa.Column('confirmed_at', TIME, nullable=True),
        sa.Column('grace_left', sa.Integer(), nullable=True),
        sa.Column('counted_on', sa.Date(), nullable=True),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.CheckConstraint('anchor_day BETWEEN 1 AND 31', name=op.f('ck_subscriptions_anchor_day')),
        sa.PrimaryKeyConstraint('organization_id', name='pk_subscriptions'),
    )
    op.create_index('ix_subscriptions_plan', 'subscriptions', ['plan', 'plan_version'])
    op.create_table(
        'plan_spans',
        *_organization('plan_spans'),
        sa.Column('from_day', sa.Date(), nullable=False),
        sa.Column('seq', sa.Integer(), autoincrement=False, nullable=False),
        sa.Column('plan', sa.String(40), nullable=False),
        sa.Column('plan_version', sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint('organization_id', 'from_day', 'seq', name='pk_plan_spans'),
    )


def _add_periods() -> None:
    op.create_table(
        'billing_periods',
        sa.Column('organization_id', sa.String(16), nullable=False),
        sa.Column('id', sa.String(16), nullable=False),
        sa.Column('first_day', sa.Date(), nullable=False),
        sa.Column('next_day', sa.Date(), nullable=False),
        sa.Column('whole_first', sa.Date(), nullable=False),
        sa.Column('whole_next', sa.Date(), nullable=False),
        sa.Column(
            'state',
            sa.Enum('open', 'closed', name='state', native_enum=False, create_constraint=True, length=16),
            nullable=False,
        ),
        sa.Column('plan', sa.String(40), nullable=False),
        sa.Column('plan_version', sa.Integer(), nullable=False),
        sa.Column('closed_at', TIME, nullable=True),
        sa.Column('billed', sa.JSON(), nullable=True),
        sa.CheckConstraint(
            'whole_first <= first_day AND first_day <= next_day AND next_day <= whole_next',
            name=op.f('ck_billing_periods_days'),
        ),
        sa.PrimaryKeyConstraint('id', name='pk_billing_periods'),
        sa.UniqueConstraint('organization_id', 'id', name='uq_billing_periods_organization_id_id'),
    )
    has_days = sa.text('first_day < next_day')
    op.create_index(
        'uq_billing_periods_first_day',
        'billing_periods',
        ['organization_id', 'first_day'],
        unique=True,
        sqlite_where=has_days,
        postgresql_where=has_days,
    )
    op.create_index('ix_billing_periods_due', 'billing_periods', ['state', 'next_day'])
    op.create_table(
        'pending_lines',
        sa.Column('organization_id', sa.String(16), nullable=False),
        sa.Column('id', sa.String(16), nullable=False),
        sa.Column('cause', sa.String(200), nullable=False),
        sa.Column('text', sa.String(300), nullable=False),
        sa.Column('quantity', sa.BigInteger(), nullable=True),
        sa.Column('unit_price', sa.BigInteger(), nullable=True),
        sa.Column('per', sa.BigInteger(), nullable=False),
        sa.Column('net', sa.BigInteger(), nullable=False),
        sa.Column('service_from', sa.Date(), nullable=True),
        sa.Column('service_to', sa.Date(), nullable=True),
        sa.Column('created_at', TIME, nullable=False),
        sa.Column('invoice_id', sa.String(16), nullable=True),
        sa.PrimaryKeyConstraint('id', name='pk_pending_lines'),
        sa.UniqueConstraint('organization_id', 'cause', name='uq_pending_lines_organization_id_cause'),
    )
    op.create_index('ix_pending_lines_invoice', 'pending_lines', ['organization_id', 'invoice_id'])


def _add_contacts() -> None:
    op.create_table(
        'billing_contacts',
        *_organization('billing_contacts'),
        sa.Column('id', sa.String(16), nullable=False),
        sa.Column('email', sa.String(254), nullable=False),
        sa.Column('email_key', sa.String(254), nullable=False),
        sa.Column('invoices', sa.Boolean(), nullable=False),
        sa.Column('alerts', sa.Boolean(), nullable=False),
        sa.Column('created_at', TIME, nullable=False),
        sa.Column('verified_at', TIME, nullable=True),
        sa.Column('token_hash', sa.String(64), nullable=True),
        sa.Column('expires_at', TIME, nullable=True),
        sa.PrimaryKeyConstraint('id', name='pk_billing_contacts'),
        sa.UniqueConstraint('organization_id', 'email_key', name='uq_billing_contacts_organization_id_email_key'),
        sa.UniqueConstraint('token_hash', name='uq_billing_contacts_token_hash'),
    )


def _extend_usage() -> None:
    op.add_column('billing_settings', sa.Column('catalogue', sa.JSON(), nullable=True))
    op.add_column(
        'billing_settings', sa.Column('catalogue_hash', sa.String(64), server_default=sa.text("''"), nullable=False)
    )
    op.add_column('billing_settings', sa.Column('applied_at', TIME, nullable=True))
    op.add_column('usage_counters', sa.Column('blocks', sa.Boolean(), server_default=sa.true(), nullable=False))
    op.add_column('usage_limits', sa.Column('by_plan', sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column('usage_limits', sa.Column('blocks', sa.Boolean(), server_default=sa.true(), nullable=False))
    op.add_column('usage_limits', sa.Column('is_billed', sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column('usage_limits', sa.Column('roles', sa.String(40), server_default=sa.text("''"), nullable=False))

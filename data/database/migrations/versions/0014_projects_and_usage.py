"""Projects; what organizations use, its sums and limits, and who was a member on which days."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = '0014'
down_revision = '0013'

TIME = sa.DateTime(timezone=True)
ROLES = ('owner', 'admin', 'member', 'viewer')
ROWLESS: dict[str, Any] = {'sqlite_with_rowid': False}

MEMBERS_NOW = {
    'sqlite': """
        INSERT INTO seat_spans (organization_id, user_id, from_day, role, to_day)
        SELECT organization_id, user_id, date(joined_at), role, NULL FROM memberships
    """,
    'postgresql': """
        INSERT INTO seat_spans (organization_id, user_id, from_day, role, to_day)
        SELECT organization_id, user_id, date(joined_at AT TIME ZONE 'UTC'), role, NULL FROM memberships
    """,
}
"""Whoever is a member now has been one since they joined, as UTC has the day: no other time zone was chosen yet."""


def upgrade() -> None:
    """Add tables; nobody has a project yet, and nothing but members was there to be counted."""
    _add_projects()
    _add_usage()
    _add_limits()
    _add_seats()
    op.create_table(
        'billing_settings',
        sa.Column('id', sa.Integer(), autoincrement=False, nullable=False),
        sa.Column('time_zone', sa.String(64), nullable=False),
        sa.Column('since', TIME, nullable=False),
        sa.CheckConstraint('id = 1', name=op.f('ck_billing_settings_id')),
        sa.PrimaryKeyConstraint('id', name='pk_billing_settings'),
    )


def _organization(table: str) -> list[Any]:
    key = sa.ForeignKeyConstraint(
        ['organization_id'],
        ['organizations.id'],
        name=f'fk_{table}_organization_id',
        ondelete='CASCADE',
    )
    return [sa.Column('organization_id', sa.String(16), nullable=False), key]


def _add_projects() -> None:
    op.create_table(
        'projects',
        *_organization('projects'),
        sa.Column('id', sa.String(16), nullable=False),
        sa.Column('name', sa.String(80), nullable=False),
        sa.Column('name_key', sa.String(400), nullable=False),
        sa.Column('description', sa.String(500), nullable=False),
        sa.Column('created_by', sa.String(16), nullable=True),
        sa.Column('created_at', TIME, nullable=False),
        sa.Column('changed_at', TIME, nullable=False),
        sa.Column('archived_at', TIME, nullable=True),
        sa.Column('deleted_at', TIME, nullable=True),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.CheckConstraint("trim(name) <> '' AND length(name) <= 80", name=op.f('ck_projects_name')),
        sa.CheckConstraint('length(description) <= 500', name=op.f('ck_projects_description')),
        sa.ForeignKeyConstraint(['created_by'], ['users.id'], name='fk_projects_created_by', ondelete='SET NULL'),
        sa.PrimaryKeyConstraint('id', name='pk_projects'),
        sa.UniqueConstraint('organization_id', 'id', name='uq_projects_organization_id_id'),
    )
    deleted = sa.text('deleted_at IS NOT NULL')
    op.create_index('ix_projects_name', 'projects', ['organization_id', 'name_key', 'id'])
    op.create_index('ix_projects_created_by', 'projects', ['created_by'])
    op.create_index('ix_projects_deleted', 'projects', ['deleted_at'], sqlite_where=deleted, postgresql_where=deleted)


def _add_usage() -> None:
    op.create_table(
        'usage_events',
        *_organization('usage_events'),
        sa.Column('key', sa.String(200), nullable=False),
        sa.Column('metric', sa.String(24), nullable=False),
        sa.Column('project_id', sa.String(16), nullable=False),
        sa.Column('quantity', sa.BigInteger(), nullable=False),
        sa.Column('at', TIME, nullable=False),
        sa.Column('day', sa.Date(), nullable=False),
        sa.Column('seen_at', TIME, nullable=False),
        sa.CheckConstraint("key <> ''", name=op.f('ck_usage_events_key')),
        sa.PrimaryKeyConstraint('organization_id', 'key', name='pk_usage_events'),
        **ROWLESS,
    )
    op.create_index('ix_usage_events_day', 'usage_events', ['day'])
    for table, span, kind in (('usage_hours', 'hour', TIME), ('usage_days', 'day', sa.Date())):
        closing = [sa.Column('closing', sa.BigInteger(), nullable=True)] if span == 'day' else []
        op.create_table(
            table,
            *_organization(table),
            sa.Column('metric', sa.String(24), nullable=False),
            sa.Column(span, kind, nullable=False),
            sa.Column('project_id', sa.String(16), nullable=False),
            sa.Column('quantity', sa.BigInteger(), nullable=False),
            sa.Column('events', sa.BigInteger(), nullable=False),
            *closing,
            sa.PrimaryKeyConstraint('organization_id', 'metric', span, 'project_id', name=f'pk_{table}'),
            **ROWLESS,
        )


def _add_limits() -> None:
    op.create_table(
        'usage_counters',
        *_organization('usage_counters'),
        sa.Column('metric', sa.String(24), nullable=False),
        sa.Column('period', sa.Date(), nullable=False),
        sa.Column('used', sa.BigInteger(), nullable=False),
        sa.Column('cap', sa.BigInteger(), nullable=True),
        sa.Column('told', sa.Integer(), nullable=False),
        sa.Column('told_at', TIME, nullable=True),
        sa.CheckConstraint('told IN (0, 80, 100)', name=op.f('ck_usage_counters_told')),
        sa.PrimaryKeyConstraint('organization_id', 'metric', 'period', name='pk_usage_counters'),
    )
    op.create_table(
        'usage_levels',
        *_organization('usage_levels'),
        sa.Column('metric', sa.String(24), nullable=False),
        sa.Column('project_id', sa.String(16), nullable=False),
        sa.Column('level', sa.BigInteger(), nullable=False),
        sa.Column('day', sa.Date(), nullable=False),
        sa.CheckConstraint('level >= 0', name=op.f('ck_usage_levels_level')),
        sa.PrimaryKeyConstraint('organization_id', 'metric', 'project_id', name='pk_usage_levels'),
        **ROWLESS,
    )
    op.create_table(
        'usage_limits',
        *_organization('usage_limits'),
        sa.Column('metric', sa.String(24), nullable=False),
        sa.Column('cap', sa.BigInteger(), nullable=False),
        sa.CheckConstraint('cap >= 0', name=op.f('ck_usage_limits_cap')),
        sa.PrimaryKeyConstraint('organization_id', 'metric', name='pk_usage_limits'),
    )


def _add_seats() -> None:
    op.create_table(
        'seat_spans',
        *_organization('seat_spans'),
        sa.Column('user_id', sa.String(16), nullable=False),
        sa.Column('from_day', sa.Date(), nullable=False),
        sa.Column(
            'role', sa.Enum(*ROLES, name='role', native_enum=False, create_constraint=True, length=16), nullable=False
        ),
        sa.Column('to_day', sa.Date(), nullable=True),
        sa.CheckConstraint('to_day IS NULL OR to_day >= from_day', name=op.f('ck_seat_spans_days')),
        sa.PrimaryKeyConstraint('organization_id', 'user_id', 'from_day', 'role', name='pk_seat_spans'),
    )
    is_open = sa.text('to_day IS NULL')
    op.create_index('ix_seat_spans_days', 'seat_spans', ['organization_id', 'from_day'])
    op.create_index(
        'uq_seat_spans_open',
        'seat_spans',
        ['organization_id', 'user_id'],
        unique=True,
        sqlite_where=is_open,
        postgresql_where=is_open,
    )
    op.execute(MEMBERS_NOW[op.get_bind().dialect.name])

"""Invitations."""

import sqlalchemy as sa
from alembic import op

revision = '0002'
down_revision = '0001'

ROLES = ('owner', 'admin', 'member', 'viewer')
STATES = ('pending', 'accepted', 'declined', 'revoked')


def upgrade() -> None:
    """Create the table; at most one pending invitation per organization and address."""
    op.create_table(
        'invitations',
        sa.Column('organization_id', sa.String(16), nullable=False),
        sa.Column('id', sa.String(16), nullable=False),
        sa.Column('email', sa.String(254), nullable=False),
        sa.Column('email_key', sa.String(254), nullable=False),
        sa.Column('role', _choice('role', ROLES), nullable=False),
        sa.Column('state', _choice('state', STATES), nullable=False),
        sa.Column('nonce', sa.String(16), nullable=False),
        sa.Column('token_hash', sa.String(64), nullable=False),
        sa.Column('invited_by', sa.String(16), nullable=False),
        sa.Column('invited_by_email', sa.String(254), nullable=False),
        sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('answered_at', sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint('id', name='pk_invitations'),
        sa.ForeignKeyConstraint(
            ['organization_id'], ['organizations.id'], name='fk_invitations_organization_id', ondelete='CASCADE'
        ),
        sa.UniqueConstraint('organization_id', 'id', name='uq_invitations_organization_id_id'),
        sa.UniqueConstraint('token_hash', name='uq_invitations_token_hash'),
    )
    op.create_index('ix_invitations_invited_by', 'invitations', ['invited_by'])
    pending = sa.text("state = 'pending'")
    op.create_index(
        'uq_invitations_pending',
        'invitations',
        ['organization_id', 'email_key'],
        unique=True,
        sqlite_where=pending,
        postgresql_where=pending,
    )


def _choice(name: str, values: tuple[str, ...]) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=16)

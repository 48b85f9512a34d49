"""Mails to people whose account is closed."""

import sqlalchemy as sa
from alembic import op

revision = '0013'
down_revision = '0012'

STATES = ('waiting', 'sent', 'failed')


def upgrade() -> None:
    """Add a table; nobody has said goodbye yet."""
    op.create_table(
        'farewells',
        sa.Column('id', sa.String(16), nullable=False),
        sa.Column('kind', sa.String(24), nullable=False),
        sa.Column('recipient', sa.String(254), nullable=False),
        sa.Column('facts', sa.JSON(), nullable=False),
        sa.Column(
            'state',
            sa.Enum(*STATES, name='state', native_enum=False, create_constraint=True, length=16),
            nullable=False,
        ),
        sa.Column('attempts', sa.Integer(), nullable=False),
        sa.Column('problem', sa.String(300), nullable=False),
        sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('not_before', sa.DateTime(timezone=True), nullable=False),
        sa.Column('claimed_until', sa.DateTime(timezone=True), nullable=True),
        sa.Column('sent_at', sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint('id', name='pk_farewells'),
    )
    op.create_index('ix_farewells_due', 'farewells', ['state', 'not_before'])

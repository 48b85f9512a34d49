"""Mails of a person, and who has a mail in hand."""

import sqlalchemy as sa
from alembic import op

revision = '0004'
down_revision = '0003'

STATES = ('waiting', 'sent', 'failed')


def upgrade() -> None:
    """Add a column and a table; what is there stays as it is."""
    op.add_column('mails', sa.Column('claimed_until', sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        'personal_mails',
        sa.Column('user_id', sa.String(16), nullable=False),
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
        sa.PrimaryKeyConstraint('id', name='pk_personal_mails'),
        sa.ForeignKeyConstraint(['user_id'], ['users.id'], name='fk_personal_mails_user_id', ondelete='CASCADE'),
    )
    op.create_index('ix_personal_mails_user_id', 'personal_mails', ['user_id'])
    op.create_index('ix_personal_mails_due', 'personal_mails', ['state', 'not_before'])

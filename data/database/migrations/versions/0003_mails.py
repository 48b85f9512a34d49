"""Mails that wait to be sent."""

import sqlalchemy as sa
from alembic import op

revision = '0003'
down_revision = '0002'

STATES = ('waiting', 'sent', 'failed')


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        'mails',
        sa.Column('organization_id', sa.String(16), nullable=False),
        sa.Column('id', sa.String(16), nullable=False),
        sa.Column('kind', sa.String(24), nullable=False),
        sa.Column('recipient', sa.String(254), nullable=False),
        sa.Column('facts', sa.JSON(), nullable=False),
        sa.Column('invitation_id', sa.String(16), nullable=True),
        sa.Column(
            'state',
            sa.Enum(*STATES, name='state', native_enum=False, create_constraint=True, length=16),
            nullable=False,
        ),
        sa.Column('attempts', sa.Integer(), nullable=False),
        sa.Column('problem', sa.String(300), nullable=False),
        sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('not_before', sa.DateTime(timezone=True), nullable=False),
        sa.Column('sent_at', sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint('id', name='pk_mails'),
        sa.ForeignKeyConstraint(
            ['organization_id'], ['organizations.id'], name='fk_mails_organization_id', ondelete='CASCADE'
        ),
    )
    op.create_index('ix_mails_due', 'mails', ['state', 'not_before'])
    op.create_index('ix_mails_invitation', 'mails', ['organization_id', 'invitation_id'])

"""What a search looks through stands beside each event."""

import sqlalchemy as sa
from alembic import op

revision = '0007'
down_revision = '0006'


def upgrade() -> None:
    """Add an empty column and find by an index where it is empty: a job fills it while people work."""
    op.add_column('audit_events', sa.Column('said', sa.Text(), nullable=True))
    empty = sa.text('said IS NULL')
    op.create_index(
        'ix_audit_events_unworded',
        'audit_events',
        ['organization_id', 'seq'],
        sqlite_where=empty,
        postgresql_where=empty,
    )

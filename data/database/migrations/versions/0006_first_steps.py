"""Who has put the first steps of an organization away."""

import sqlalchemy as sa
from alembic import op

revision = '0006'
down_revision = '0005'


def upgrade() -> None:
    """Add a column; nobody has put anything away."""
    op.add_column('memberships', sa.Column('steps_away_at', sa.DateTime(timezone=True), nullable=True))

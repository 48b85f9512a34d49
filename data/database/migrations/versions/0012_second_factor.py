"""Second factors: who has one, which session has proved one, which organization requires one."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = '0012'
down_revision = '0011'

TIME = sa.DateTime(timezone=True)
COLUMNS: dict[str, dict[str, Any]] = {
    'users': {'second_factor_at': TIME},
    'sessions': {'method': sa.String(48), 'authenticated_at': TIME, 'proved_at': TIME},
    'organizations': {'second_factor_since': TIME},
}


def upgrade() -> None:
    """Add columns; nobody has one, and nobody requires one."""
    for table, columns in COLUMNS.items():
        for name, kind in columns.items():
            op.add_column(table, sa.Column(name, kind, nullable=True))

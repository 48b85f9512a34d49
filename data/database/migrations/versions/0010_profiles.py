"""What people are called, how they want dates, whether their address is proved; who acted by name, and with what."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = '0010'
down_revision = '0009'

TIME = sa.DateTime(timezone=True)
COLUMNS: dict[str, dict[str, Any]] = {
    'users': {
        'name': sa.String(80),
        'name_key': sa.String(400),
        'verified_at': TIME,
        'language': sa.String(16),
        'time_zone': sa.String(64),
    },
    'audit_events': {'actor_name': sa.String(80)},
    'invitations': {'mailed_hash': sa.String(64)},
    'account_events': {'agent': sa.String(200), 'detail': sa.String(254)},
}


def upgrade() -> None:
    """Add columns; nobody has said any of it yet."""
    for table, columns in COLUMNS.items():
        for name, kind in columns.items():
            op.add_column(table, sa.Column(name, kind, nullable=True))
    op.create_index('uq_invitations_mailed_hash', 'invitations', ['mailed_hash'], unique=True)

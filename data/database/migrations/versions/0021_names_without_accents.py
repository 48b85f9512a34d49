"""Who visitors and leads are, as it is searched."""

import unicodedata

import sqlalchemy as sa
from alembic import op

revision = '0021'
down_revision = '0020'

COLUMNS = {'visitors': ('name', 'email', 'known_as'), 'leads': ('name', 'email')}


def upgrade() -> None:
    """Add the columns, and fill them."""
    for name, columns in COLUMNS.items():
        op.add_column(name, sa.Column('key_of_who', sa.Text(), server_default=sa.text("''"), nullable=False))
        table = sa.table(name, *(sa.column(it, sa.Text()) for it in ('id', 'key_of_who', *columns)))
        for row_id, *said in op.get_bind().execute(sa.select(*(table.c[it] for it in ('id', *columns)))).all():
            filled = sa.update(table).where(table.c.id == row_id).values(key_of_who=_plain(' '.join(said)))
            op.get_bind().execute(filled)


def _plain(text: str) -> str:
    apart = unicodedata.normalize('NFKD', text.casefold())
    return ' '.join(''.join(it for it in apart if not unicodedata.combining(it)).split())

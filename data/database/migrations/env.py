"""What Alembic runs: always on the connection it is handed, inside the transaction of whoever handed it."""

from alembic import context
from sqlmodel import SQLModel

from data import models  # noqa: F401  # fills the metadata

context.configure(
    connection=context.config.attributes['connection'],
    target_metadata=SQLModel.metadata,
    render_as_batch=True,
    compare_type=True,
)
context.run_migrations()

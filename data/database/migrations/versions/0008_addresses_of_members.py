"""A membership has its user's address, kept true by its reference: so an index has the people of an organization."""

import sqlalchemy as sa
from alembic import op

revision = '0008'
down_revision = '0007'

ROLES = ('owner', 'admin', 'member', 'viewer')
KEPT = 'organization_id, user_id, role, joined_at, seen_at, steps_away_at'
TRIGGERS = "SELECT sql FROM sqlite_schema WHERE type = 'trigger' AND name LIKE 'organization!_%!_owner' ESCAPE '!'"
WITHOUT_TRIGGERS = (
    'DROP TRIGGER organization_starts_with_owner',
    'DROP TRIGGER organization_keeps_owner',
    'DROP TRIGGER organization_loses_no_owner',
)


def upgrade() -> None:
    """Add the column and its index, each made in one pass over its table: some seconds for a million rows."""
    op.create_index('uq_users_id_email_key', 'users', ['id', 'email_key'], unique=True)
    if op.get_bind().dialect.name == 'sqlite':
        _made_anew()
    else:
        _changed()
    op.create_index('ix_memberships_email_key', 'memberships', ['organization_id', 'email_key'])


def _changed() -> None:
    op.add_column('memberships', sa.Column('email_key', sa.String(254), nullable=True))
    op.execute('UPDATE memberships SET email_key = users.email_key FROM users WHERE users.id = user_id')
    op.alter_column('memberships', 'email_key', nullable=False)
    op.drop_constraint('fk_memberships_user_id', 'memberships', type_='foreignkey')
    own, theirs = ['user_id', 'email_key'], ['id', 'email_key']
    op.create_foreign_key('fk_memberships_user_id_email_key', 'memberships', 'users', own, theirs, onupdate='CASCADE')


def _made_anew() -> None:
    """SQLite adds no reference to a table that is there; its triggers stay as they are."""
    triggers = op.get_bind().execute(sa.text(TRIGGERS)).scalars().all()
    for drop in WITHOUT_TRIGGERS:
        op.execute(drop)
    op.rename_table('memberships', 'memberships_before')
    _create()
    op.execute(
        f'INSERT INTO memberships ({KEPT}, email_key) SELECT {KEPT}, email_key '
        'FROM memberships_before JOIN users ON users.id = user_id ORDER BY memberships_before.rowid'
    )
    op.drop_table('memberships_before')
    op.create_index('ix_memberships_user_id', 'memberships', ['user_id'])
    op.create_index('ix_memberships_owners', 'memberships', ['organization_id'], sqlite_where=sa.text("role = 'owner'"))
    for trigger in triggers:
        op.execute(trigger)


def _create() -> None:
    role = sa.Enum(*ROLES, name='role', native_enum=False, create_constraint=True, length=16)
    op.create_table(
        'memberships',
        sa.Column('organization_id', sa.String(16), nullable=False),
        sa.Column('user_id', sa.String(16), nullable=False),
        sa.Column('email_key', sa.String(254), nullable=False),
        sa.Column('role', role, nullable=False),
        sa.Column('joined_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('seen_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('steps_away_at', sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint('organization_id', 'user_id', name='pk_memberships'),
        sa.ForeignKeyConstraint(
            ['organization_id'],
            ['organizations.id'],
            name='fk_memberships_organization_id',
            ondelete='CASCADE',
            deferrable=True,
            initially='DEFERRED',
        ),
        sa.ForeignKeyConstraint(
            ['user_id', 'email_key'],
            ['users.id', 'users.email_key'],
            name='fk_memberships_user_id_email_key',
            onupdate='CASCADE',
        ),
    )

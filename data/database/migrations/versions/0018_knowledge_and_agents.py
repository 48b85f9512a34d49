"""The knowledge of projects, and their agents with all that was published of them."""

import secrets
from base64 import b32encode
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = '0018'
down_revision = '0017'

TIME = sa.DateTime(timezone=True)

FROZEN = {
    'sqlite': (
        """CREATE TRIGGER agent_versions_stay BEFORE UPDATE OF number, agent_id, settings, note, again, published_at
        ON agent_versions BEGIN SELECT RAISE(ABORT, 'a published version never changes'); END""",
    ),
    'postgresql': (
        """CREATE FUNCTION refuse_other_agent_version() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN RAISE EXCEPTION 'a published version never changes' USING ERRCODE = 'check_violation'; END $$""",
        """CREATE TRIGGER agent_versions_stay BEFORE UPDATE OF number, agent_id, settings, note, again, published_at
        ON agent_versions FOR EACH ROW EXECUTE FUNCTION refuse_other_agent_version()""",
    ),
}
"""Who published it may be forgotten, and all of it goes with the project."""


def upgrade() -> None:
    """Add the tables; each project that there is gets its agent, which answers nobody yet."""
    op.add_column('projects', sa.Column('knowledge', sa.BigInteger(), server_default='0', nullable=False))
    _add_sources()
    _add_passages()
    _add_agents()
    for statement in FROZEN[op.get_bind().dialect.name]:
        op.execute(statement)
    _give_agents()


def _give_agents() -> None:
    connection = op.get_bind()
    give = sa.text("""
        INSERT INTO agents (id, organization_id, project_id, state, draft, secret, retention_days, answered,
                            changed_at, version)
        SELECT :agent_id, organization_id, id, 'draft', '{}', '', 365, 0, changed_at, 1 FROM projects WHERE id = :id
    """)
    for (project_id,) in connection.execute(sa.text('SELECT id FROM projects ORDER BY id')).all():
        agent_id = b32encode(secrets.token_bytes(10)).decode().lower()
        connection.execute(give, {'agent_id': agent_id, 'id': project_id})


def _organization(table: str) -> list[Any]:
    key = sa.ForeignKeyConstraint(
        ['organization_id'], ['organizations.id'], name=f'fk_{table}_organization_id', ondelete='CASCADE'
    )
    return [sa.Column('organization_id', sa.String(16), nullable=False), key]


def _within(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    """The reference to a row of the same organization, with which this one goes."""
    return sa.ForeignKeyConstraint(
        ['organization_id', column],
        [f'{other}.organization_id', f'{other}.id'],
        name=f'fk_{table}_organization_id_{column}',
        ondelete='CASCADE',
    )


def _add_sources() -> None:
    op.create_table(
        'sources',
        *_organization('sources'),
        sa.Column('id', sa.String(16), nullable=False),
        sa.Column('project_id', sa.String(16), nullable=False),
        sa.Column(
            'kind',
            sa.Enum('file', 'answer', name='kind', native_enum=False, create_constraint=True, length=16),
            nullable=False,
        ),
        sa.Column('name', sa.String(500), nullable=False),
        sa.Column('name_key', sa.String(500), nullable=False),
        sa.Column('media', sa.String(8), nullable=False),
        sa.Column(
            'state',
            sa.Enum(
                'waiting',
                'reading',
                'ready',
                'failed',
                name='state',
                native_enum=False,
                create_constraint=True,
                length=16,
            ),
            nullable=False,
        ),
        sa.Column('reason', sa.String(40), nullable=False),
        sa.Column('is_off', sa.Boolean(), nullable=False),
        sa.Column('sha256', sa.String(64), nullable=False),
        sa.Column('size', sa.Integer(), nullable=False),
        sa.Column('pages', sa.Integer(), nullable=True),
        sa.Column('passages', sa.Integer(), nullable=False),
        sa.Column('characters', sa.Integer(), nullable=False),
        sa.Column('language', sa.String(2), nullable=False),
        sa.Column('knowledge', sa.BigInteger(), nullable=False),
        sa.Column('attempts', sa.Integer(), nullable=False),
        sa.Column('next_try', TIME, nullable=True),
        sa.Column('alive_at', TIME, nullable=True),
        sa.Column('read_at', TIME, nullable=True),
        sa.Column('created_by', sa.String(16), nullable=True),
        sa.Column('created_at', TIME, nullable=False),
        sa.Column('changed_at', TIME, nullable=False),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.CheckConstraint("name <> ''", name=op.f('ck_sources_name')),
        sa.CheckConstraint('size >= 0', name=op.f('ck_sources_size')),
        sa.ForeignKeyConstraint(['created_by'], ['users.id'], name='fk_sources_created_by', ondelete='SET NULL'),
        _within('sources', 'project_id', 'projects'),
        sa.PrimaryKeyConstraint('id', name='pk_sources'),
        sa.UniqueConstraint('organization_id', 'id', name='uq_sources_organization_id_id'),
    )
    op.create_index('ix_sources_created_by', 'sources', ['created_by'])
    op.create_index(
        'ix_sources_due',
        'sources',
        ['next_try'],
        sqlite_where=sa.text("state IN ('waiting', 'reading')"),
        postgresql_where=sa.text("state IN ('waiting', 'reading')"),
    )
    op.create_index('ix_sources_project', 'sources', ['organization_id', 'project_id', 'kind', 'name_key', 'id'])


def _add_passages() -> None:
    op.create_table(
        'source_files',
        *_organization('source_files'),
        sa.Column('source_id', sa.String(16), nullable=False),
        sa.Column('content', sa.LargeBinary(), nullable=False),
        _within('source_files', 'source_id', 'sources'),
        sa.PrimaryKeyConstraint('organization_id', 'source_id', name='pk_source_files'),
    )
    op.create_table(
        'written_answers',
        *_organization('written_answers'),
        sa.Column('source_id', sa.String(16), nullable=False),
        sa.Column('question', sa.String(500), nullable=False),
        sa.Column('answer', sa.Text(), nullable=False),
        sa.Column('also', sa.JSON(), nullable=False),
        _within('written_answers', 'source_id', 'sources'),
        sa.PrimaryKeyConstraint('organization_id', 'source_id', name='pk_written_answers'),
    )
    op.create_table(
        'passages',
        *_organization('passages'),
        sa.Column('id', sa.String(16), nullable=False),
        sa.Column('project_id', sa.String(16), nullable=False),
        sa.Column('source_id', sa.String(16), nullable=False),
        sa.Column('ordinal', sa.Integer(), nullable=False),
        sa.Column('heading', sa.String(500), nullable=False),
        sa.Column('page', sa.Integer(), nullable=True),
        sa.Column('text', sa.Text(), nullable=False),
        sa.Column('words', sa.Text(), nullable=False),
        _within('passages', 'project_id', 'projects'),
        _within('passages', 'source_id', 'sources'),
        sa.PrimaryKeyConstraint('id', name='pk_passages'),
        sa.UniqueConstraint(
            'organization_id', 'source_id', 'ordinal', name='uq_passages_organization_id_source_id_ordinal'
        ),
    )
    op.create_index('ix_passages_project', 'passages', ['organization_id', 'project_id'])


def _add_agents() -> None:
    op.create_table(
        'agents',
        *_organization('agents'),
        sa.Column('id', sa.String(16), nullable=False),
        sa.Column('project_id', sa.String(16), nullable=False),
        sa.Column(
            'state',
            sa.Enum('draft', 'live', 'paused', name='state', native_enum=False, create_constraint=True, length=16),
            nullable=False,
        ),
        sa.Column('draft', sa.JSON(), nullable=False),
        sa.Column('published', sa.Integer(), nullable=True),
        sa.Column('secret', sa.String(200), nullable=False),
        sa.Column('retention_days', sa.Integer(), nullable=True),
        sa.Column('daily_ceiling', sa.Integer(), nullable=True),
        sa.Column('answered_on', sa.Date(), nullable=True),
        sa.Column('answered', sa.Integer(), nullable=False),
        sa.Column('changed_at', TIME, nullable=False),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.CheckConstraint('daily_ceiling >= 0', name=op.f('ck_agents_daily_ceiling')),
        sa.CheckConstraint('retention_days > 0', name=op.f('ck_agents_retention_days')),
        _within('agents', 'project_id', 'projects'),
        sa.PrimaryKeyConstraint('id', name='pk_agents'),
        sa.UniqueConstraint('organization_id', 'id', name='uq_agents_organization_id_id'),
        sa.UniqueConstraint('organization_id', 'project_id', name='uq_agents_organization_id_project_id'),
    )
    op.create_table(
        'agent_versions',
        *_organization('agent_versions'),
        sa.Column('agent_id', sa.String(16), nullable=False),
        sa.Column('number', sa.Integer(), nullable=False),
        sa.Column('settings', sa.JSON(), nullable=False),
        sa.Column('note', sa.String(200), nullable=False),
        sa.Column('again', sa.Integer(), nullable=True),
        sa.Column('published_by', sa.String(16), nullable=True),
        sa.Column('published_at', TIME, nullable=False),
        sa.CheckConstraint('number > 0', name=op.f('ck_agent_versions_number')),
        _within('agent_versions', 'agent_id', 'agents'),
        sa.ForeignKeyConstraint(
            ['published_by'], ['users.id'], name='fk_agent_versions_published_by', ondelete='SET NULL'
        ),
        sa.PrimaryKeyConstraint('organization_id', 'agent_id', 'number', name='pk_agent_versions'),
    )
    op.create_index('ix_agent_versions_published_by', 'agent_versions', ['published_by'])
    op.create_table(
        'agent_sites',
        *_organization('agent_sites'),
        sa.Column('agent_id', sa.String(16), nullable=False),
        sa.Column('site', sa.String(260), nullable=False),
        sa.Column('seen_at', TIME, nullable=False),
        _within('agent_sites', 'agent_id', 'agents'),
        sa.PrimaryKeyConstraint('organization_id', 'agent_id', 'site', name='pk_agent_sites'),
    )

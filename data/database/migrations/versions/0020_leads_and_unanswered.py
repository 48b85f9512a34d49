"""Leads, and questions that nobody has answered."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = '0020'
down_revision = '0019'

TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Add the tables."""
    _add_leads()
    _add_unanswered()


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


def _add_leads() -> None:
    op.create_table(
        'leads',
        *_organization('leads'),
        sa.Column('id', sa.String(16), nullable=False),
        sa.Column('project_id', sa.String(16), nullable=False),
        sa.Column('conversation_id', sa.String(16), nullable=False),
        sa.Column('email', sa.String(254), nullable=False),
        sa.Column('email_key', sa.String(254), nullable=False),
        sa.Column('name', sa.String(80), nullable=False),
        sa.Column('key_of_who', sa.Text(), nullable=False),
        sa.Column('consent', sa.String(500), nullable=False),
        sa.Column('at', TIME, nullable=False),
        _within('leads', 'conversation_id', 'conversations'),
        _within('leads', 'project_id', 'projects'),
        sa.PrimaryKeyConstraint('id', name='pk_leads'),
        sa.UniqueConstraint('organization_id', 'id', name='uq_leads_organization_id_id'),
    )
    op.create_index('ix_leads_conversation', 'leads', ['organization_id', 'conversation_id'])
    op.create_index('ix_leads_project', 'leads', ['organization_id', 'project_id', 'at'])


def _add_unanswered() -> None:
    op.create_table(
        'unanswered',
        *_organization('unanswered'),
        sa.Column('id', sa.String(16), nullable=False),
        sa.Column('project_id', sa.String(16), nullable=False),
        sa.Column('words', sa.String(500), nullable=False),
        sa.Column('question', sa.String(2000), nullable=False),
        sa.Column('count', sa.Integer(), nullable=False),
        sa.Column(
            'state',
            sa.Enum(
                'open', 'answered', 'dismissed', name='state', native_enum=False, create_constraint=True, length=16
            ),
            nullable=False,
        ),
        sa.Column('source_id', sa.String(16), nullable=True),
        sa.Column('first_at', TIME, nullable=False),
        sa.Column('last_at', TIME, nullable=False),
        _within('unanswered', 'project_id', 'projects'),
        sa.PrimaryKeyConstraint('id', name='pk_unanswered'),
        sa.UniqueConstraint('organization_id', 'id', name='uq_unanswered_organization_id_id'),
        sa.UniqueConstraint(
            'organization_id', 'project_id', 'words', name='uq_unanswered_organization_id_project_id_words'
        ),
    )
    op.create_index('ix_unanswered_list', 'unanswered', ['organization_id', 'project_id', 'state', 'count'])
    op.create_table(
        'unanswered_askings',
        *_organization('unanswered_askings'),
        sa.Column('conversation_id', sa.String(16), nullable=False),
        sa.Column('seq', sa.Integer(), nullable=False),
        sa.Column('unanswered_id', sa.String(16), nullable=False),
        sa.Column('question', sa.String(2000), nullable=False),
        sa.Column('at', TIME, nullable=False),
        _within('unanswered_askings', 'conversation_id', 'conversations'),
        _within('unanswered_askings', 'unanswered_id', 'unanswered'),
        sa.PrimaryKeyConstraint('organization_id', 'conversation_id', 'seq', name='pk_unanswered_askings'),
    )
    op.create_index('ix_unanswered_askings_entry', 'unanswered_askings', ['organization_id', 'unanswered_id', 'at'])

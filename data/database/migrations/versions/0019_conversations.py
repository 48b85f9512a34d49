"""Conversations of visitors with agents and members: who says what, and whose turn it is."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = '0019'
down_revision = '0018'

TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Add the tables; nobody has written yet."""
    _add_visitors()
    _add_conversations()
    _add_messages()
    _add_tags_and_replies()


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


def _add_visitors() -> None:
    op.create_table(
        'visitors',
        *_organization('visitors'),
        sa.Column('id', sa.String(16), nullable=False),
        sa.Column('project_id', sa.String(16), nullable=False),
        sa.Column('agent_id', sa.String(16), nullable=False),
        sa.Column('token_hash', sa.String(64), nullable=False),
        sa.Column('name', sa.String(80), nullable=False),
        sa.Column('email', sa.String(254), nullable=False),
        sa.Column('known_as', sa.String(200), nullable=False),
        sa.Column('key_of_who', sa.Text(), nullable=False),
        sa.Column('is_signed', sa.Boolean(), nullable=False),
        sa.Column('site', sa.String(260), nullable=False),
        sa.Column('device', sa.String(80), nullable=False),
        sa.Column('created_at', TIME, nullable=False),
        sa.Column('seen_at', TIME, nullable=False),
        _within('visitors', 'agent_id', 'agents'),
        _within('visitors', 'project_id', 'projects'),
        sa.PrimaryKeyConstraint('id', name='pk_visitors'),
        sa.UniqueConstraint('organization_id', 'id', name='uq_visitors_organization_id_id'),
    )
    op.create_index('ix_visitors_known_as', 'visitors', ['organization_id', 'agent_id', 'known_as'])


def _add_conversations() -> None:
    op.create_table(
        'conversations',
        *_organization('conversations'),
        sa.Column('id', sa.String(16), nullable=False),
        sa.Column('project_id', sa.String(16), nullable=False),
        sa.Column('visitor_id', sa.String(16), nullable=False),
        sa.Column(
            'state',
            sa.Enum(
                'answering',
                'waiting',
                'human',
                'resolved',
                name='state',
                native_enum=False,
                create_constraint=True,
                length=16,
            ),
            nullable=False,
        ),
        sa.Column('turn', sa.Integer(), nullable=False),
        sa.Column('owed_turn', sa.Integer(), nullable=True),
        sa.Column('assignee', sa.String(16), nullable=True),
        sa.Column('taken_at', TIME, nullable=True),
        sa.Column('waiting_since', TIME, nullable=True),
        sa.Column('told_at', TIME, nullable=True),
        sa.Column('last_seq', sa.Integer(), nullable=False),
        sa.Column('team_seq', sa.Integer(), nullable=False),
        sa.Column('visitor_seq', sa.Integer(), nullable=False),
        sa.Column('opening', sa.String(200), nullable=False),
        sa.Column('last_text', sa.String(200), nullable=False),
        sa.Column(
            'last_role',
            sa.Enum(
                'visitor',
                'agent',
                'member',
                'note',
                'event',
                name='last_role',
                native_enum=False,
                create_constraint=True,
                length=16,
            ),
            nullable=False,
        ),
        sa.Column('page', sa.String(500), nullable=False),
        sa.Column('opened_at', TIME, nullable=False),
        sa.Column('changed_at', TIME, nullable=False),
        sa.ForeignKeyConstraint(['assignee'], ['users.id'], name='fk_conversations_assignee', ondelete='SET NULL'),
        _within('conversations', 'project_id', 'projects'),
        _within('conversations', 'visitor_id', 'visitors'),
        sa.PrimaryKeyConstraint('id', name='pk_conversations'),
        sa.UniqueConstraint('organization_id', 'id', name='uq_conversations_organization_id_id'),
    )
    op.create_index('ix_conversations_assignee', 'conversations', ['assignee'])
    op.create_index('ix_conversations_changed', 'conversations', ['changed_at'])
    op.create_index('ix_conversations_list', 'conversations', ['organization_id', 'project_id', 'state', 'changed_at'])
    op.create_index(
        'ix_conversations_owed',
        'conversations',
        ['organization_id', 'id'],
        sqlite_where=sa.text('owed_turn IS NOT NULL'),
        postgresql_where=sa.text('owed_turn IS NOT NULL'),
    )
    op.create_index(
        'ix_conversations_untold',
        'conversations',
        ['waiting_since'],
        sqlite_where=sa.text("state = 'waiting' AND told_at IS NULL"),
        postgresql_where=sa.text("state = 'waiting' AND told_at IS NULL"),
    )
    op.create_index('ix_conversations_visitor', 'conversations', ['organization_id', 'visitor_id', 'opened_at'])


def _add_messages() -> None:
    op.create_table(
        'messages',
        *_organization('messages'),
        sa.Column('conversation_id', sa.String(16), nullable=False),
        sa.Column('seq', sa.Integer(), nullable=False),
        sa.Column('key', sa.String(40), nullable=True),
        sa.Column(
            'role',
            sa.Enum(
                'visitor',
                'agent',
                'member',
                'note',
                'event',
                name='role',
                native_enum=False,
                create_constraint=True,
                length=16,
            ),
            nullable=False,
        ),
        sa.Column('text', sa.Text(), nullable=False),
        sa.Column('key_of_text', sa.Text(), nullable=False),
        sa.Column('sources', sa.JSON(), nullable=False),
        sa.Column('outcome', sa.String(16), nullable=False),
        sa.Column('turn', sa.Integer(), nullable=False),
        sa.Column('agent_version', sa.Integer(), nullable=True),
        sa.Column('author', sa.String(16), nullable=True),
        sa.Column('vote', sa.Integer(), nullable=True),
        sa.Column('at', TIME, nullable=False),
        sa.CheckConstraint('seq > 0', name=op.f('ck_messages_seq')),
        sa.CheckConstraint('vote IN (-1, 1)', name=op.f('ck_messages_vote')),
        sa.ForeignKeyConstraint(['author'], ['users.id'], name='fk_messages_author', ondelete='SET NULL'),
        _within('messages', 'conversation_id', 'conversations'),
        sa.PrimaryKeyConstraint('organization_id', 'conversation_id', 'seq', name='pk_messages'),
        sa.UniqueConstraint(
            'organization_id', 'conversation_id', 'key', name='uq_messages_organization_id_conversation_id_key'
        ),
    )
    op.create_index('ix_messages_author', 'messages', ['author'])


def _add_tags_and_replies() -> None:
    op.create_table(
        'conversation_tags',
        *_organization('conversation_tags'),
        sa.Column('conversation_id', sa.String(16), nullable=False),
        sa.Column('tag', sa.String(40), nullable=False),
        _within('conversation_tags', 'conversation_id', 'conversations'),
        sa.PrimaryKeyConstraint('organization_id', 'conversation_id', 'tag', name='pk_conversation_tags'),
    )
    op.create_index('ix_conversation_tags_tag', 'conversation_tags', ['organization_id', 'tag'])
    op.create_table(
        'replies',
        *_organization('replies'),
        sa.Column('id', sa.String(16), nullable=False),
        sa.Column('project_id', sa.String(16), nullable=False),
        sa.Column('title', sa.String(80), nullable=False),
        sa.Column('title_key', sa.String(400), nullable=False),
        sa.Column('text', sa.String(2000), nullable=False),
        sa.Column('version', sa.Integer(), nullable=False),
        _within('replies', 'project_id', 'projects'),
        sa.PrimaryKeyConstraint('id', name='pk_replies'),
        sa.UniqueConstraint('organization_id', 'id', name='uq_replies_organization_id_id'),
        sa.UniqueConstraint(
            'organization_id', 'project_id', 'title_key', name='uq_replies_organization_id_project_id_title_key'
        ),
    )

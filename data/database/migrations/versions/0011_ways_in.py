"""Ways into an account besides its password."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = '0011'
down_revision = '0010'

TIME = sa.DateTime(timezone=True)
PURPOSES = ('verify', 'change', 'reset', 'second')


def upgrade() -> None:
    """Add tables; what is there stays as it is."""
    _of_person(
        'identities',
        sa.Column('provider', sa.String(40), nullable=False),
        sa.Column('issuer', sa.String(255), nullable=False),
        sa.Column('subject', sa.String(255), nullable=False),
        sa.Column('email', sa.String(254), nullable=False),
        sa.Column('created_at', TIME, nullable=False),
        sa.Column('used_at', TIME, nullable=True),
        sa.UniqueConstraint('issuer', 'subject', name='uq_identities_issuer_subject'),
    )
    _of_person(
        'passkeys',
        sa.Column('credential_id', sa.String(1400), nullable=False),
        sa.Column('public_key', sa.String(1400), nullable=False),
        sa.Column('sign_count', sa.BigInteger(), nullable=False),
        sa.Column('name', sa.String(80), nullable=False),
        sa.Column('aaguid', sa.String(36), nullable=False),
        sa.Column('transports', sa.JSON(), nullable=False),
        sa.Column('backed_up', sa.Boolean(), nullable=False),
        sa.Column('created_at', TIME, nullable=False),
        sa.Column('used_at', TIME, nullable=True),
        sa.UniqueConstraint('credential_id', name='uq_passkeys_credential_id'),
    )
    _of_person(
        'authenticators',
        sa.Column('sealed', sa.String(255), nullable=False),
        sa.Column('last_step', sa.Integer(), nullable=False),
        sa.Column('created_at', TIME, nullable=False),
        sa.Column('confirmed_at', TIME, nullable=True),
        sa.Column('used_at', TIME, nullable=True),
        sa.UniqueConstraint('user_id', name='uq_authenticators_user_id'),
    )
    _of_person(
        'recovery_codes',
        sa.Column('code_hash', sa.String(64), nullable=False),
        sa.Column('created_at', TIME, nullable=False),
        sa.Column('used_at', TIME, nullable=True),
        sa.UniqueConstraint('user_id', 'code_hash', name='uq_recovery_codes_user_id_code_hash'),
    )
    _tokens()


def _tokens() -> None:
    purpose = sa.Enum(*PURPOSES, name='purpose', native_enum=False, create_constraint=True, length=16)
    _of_person(
        'account_tokens',
        sa.Column('purpose', purpose, nullable=False),
        sa.Column('token_hash', sa.String(64), nullable=False),
        sa.Column('email', sa.String(254), nullable=False),
        sa.Column('method', sa.String(48), nullable=False),
        sa.Column('created_at', TIME, nullable=False),
        sa.Column('expires_at', TIME, nullable=False),
        sa.UniqueConstraint('token_hash', name='uq_account_tokens_token_hash'),
    )
    op.create_index('ix_account_tokens_expires_at', 'account_tokens', ['expires_at'])
    op.create_table(
        'recovery_requests',
        sa.Column('id', sa.String(16), nullable=False),
        sa.Column('email_key', sa.String(254), nullable=False),
        sa.Column('network', sa.String(64), nullable=False),
        sa.Column('created_at', TIME, nullable=False),
        sa.PrimaryKeyConstraint('id', name='pk_recovery_requests'),
    )
    op.create_index('ix_recovery_requests_created_at', 'recovery_requests', ['created_at'])
    op.create_table(
        'challenges',
        sa.Column('challenge_hash', sa.String(64), nullable=False),
        sa.Column('purpose', sa.String(16), nullable=False),
        sa.Column('user_id', sa.String(16), nullable=True),
        sa.Column('expires_at', TIME, nullable=False),
        sa.PrimaryKeyConstraint('challenge_hash', name='pk_challenges'),
        sa.ForeignKeyConstraint(['user_id'], ['users.id'], name='fk_challenges_user_id', ondelete='CASCADE'),
    )
    op.create_index('ix_challenges_user_id', 'challenges', ['user_id'])
    op.create_index('ix_challenges_expires_at', 'challenges', ['expires_at'])


def _of_person(table: str, *columns: sa.Column[Any] | sa.UniqueConstraint) -> None:
    op.create_table(
        table,
        sa.Column('user_id', sa.String(16), nullable=False),
        sa.Column('id', sa.String(16), nullable=False),
        *columns,
        sa.PrimaryKeyConstraint('id', name=f'pk_{table}'),
        sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=f'fk_{table}_user_id', ondelete='CASCADE'),
    )
    op.create_index(f'ix_{table}_user_id', table, ['user_id'])

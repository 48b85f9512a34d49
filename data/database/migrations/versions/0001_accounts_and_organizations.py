"""Accounts, organizations, memberships, settings and the audit log."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = '0001'
down_revision = None

ROLES = ('owner', 'admin', 'member', 'viewer')
STATUSES = ('active', 'past_due', 'restricted', 'suspended', 'deleting', 'deleted')
PURPOSES = ('voice', 'sms', 'billing')


def upgrade() -> None:
    """Create every table, then the triggers that keep an Owner in every organization."""
    _accounts()
    _organizations()
    _settings()
    _audit()
    for statement in TRIGGERS[op.get_bind().dialect.name]:
        op.execute(statement)


def _text(name: str, length: int) -> sa.Column[Any]:
    return sa.Column(name, sa.String(length), nullable=False)


def _moment(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _number(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.Integer(), nullable=False)


def _choice(name: str, values: tuple[str, ...]) -> sa.Column[Any]:
    kind = sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=16)
    return sa.Column(name, kind, nullable=False)


def _of_organization(table: str, **kwargs: Any) -> sa.ForeignKeyConstraint:
    name = f'fk_{table}_organization_id'
    return sa.ForeignKeyConstraint(['organization_id'], ['organizations.id'], name=name, ondelete='CASCADE', **kwargs)


def _accounts() -> None:
    op.create_table(
        'users',
        _text('id', 16),
        _text('email', 254),
        _text('email_key', 254),
        sa.Column('password_hash', sa.String(255), nullable=True),
        _moment('created_at'),
        sa.PrimaryKeyConstraint('id', name='pk_users'),
        sa.UniqueConstraint('email_key', name='uq_users_email_key'),
    )
    op.create_table(
        'sessions',
        _text('id', 16),
        _text('user_id', 16),
        _text('token_hash', 64),
        _moment('created_at'),
        _moment('seen_at'),
        _moment('expires_at'),
        _text('network', 64),
        _text('agent', 200),
        sa.PrimaryKeyConstraint('id', name='pk_sessions'),
        sa.ForeignKeyConstraint(['user_id'], ['users.id'], name='fk_sessions_user_id', ondelete='CASCADE'),
        sa.UniqueConstraint('token_hash', name='uq_sessions_token_hash'),
    )
    op.create_index('ix_sessions_user_id', 'sessions', ['user_id'])
    op.create_table(
        'account_events',
        _number('id'),
        _moment('at'),
        sa.Column('user_id', sa.String(16), nullable=True),
        _text('email_key', 254),
        _text('action', 40),
        _text('outcome', 8),
        _text('network', 64),
        sa.PrimaryKeyConstraint('id', name='pk_account_events'),
    )
    op.create_index('ix_account_events_user_id', 'account_events', ['user_id'])


def _organizations() -> None:
    op.create_table(
        'organizations',
        _text('id', 16),
        _text('name', 80),
        _text('name_key', 400),
        _choice('status', STATUSES),
        _moment('status_since'),
        _text('status_reason', 200),
        _moment('created_at'),
        _moment('active_at'),
        _number('audit_seq'),
        _text('audit_head', 64),
        _number('version'),
        sa.PrimaryKeyConstraint('id', name='pk_organizations'),
        sa.CheckConstraint("trim(name) <> '' AND length(name) <= 80", name=op.f('ck_organizations_name')),
    )
    op.create_index('ix_organizations_name_key', 'organizations', ['name_key'])
    op.create_table(
        'memberships',
        _text('organization_id', 16),
        _text('user_id', 16),
        _choice('role', ROLES),
        _moment('joined_at'),
        _moment('seen_at', nullable=True),
        sa.PrimaryKeyConstraint('organization_id', 'user_id', name='pk_memberships'),
        _of_organization('memberships', deferrable=True, initially='DEFERRED'),
        sa.ForeignKeyConstraint(['user_id'], ['users.id'], name='fk_memberships_user_id'),
    )
    op.create_index('ix_memberships_user_id', 'memberships', ['user_id'])


def _settings() -> None:
    op.create_table(
        'billing_addresses',
        _text('organization_id', 16),
        _text('kind', 8),
        _text('country', 2),
        _text('name', 200),
        _text('company_name', 200),
        _text('street_address', 300),
        _text('city_area', 200),
        _text('city', 200),
        _text('country_area', 200),
        _text('postal_code', 200),
        _text('sorting_code', 200),
        _text('tax_id', 40),
        _number('version'),
        sa.PrimaryKeyConstraint('organization_id', name='pk_billing_addresses'),
        _of_organization('billing_addresses'),
        sa.CheckConstraint("kind IN ('company', 'person')", name=op.f('ck_billing_addresses_kind')),
    )
    op.create_table(
        'phone_numbers',
        _text('organization_id', 16),
        _text('id', 16),
        _text('e164', 16),
        _text('country', 2),
        _text('label', 40),
        _choice('purpose', PURPOSES),
        sa.Column('is_primary', sa.Boolean(), nullable=False),
        _moment('created_at'),
        _number('version'),
        sa.PrimaryKeyConstraint('id', name='pk_phone_numbers'),
        _of_organization('phone_numbers'),
        sa.UniqueConstraint('organization_id', 'id', name='uq_phone_numbers_organization_id_id'),
        sa.UniqueConstraint('organization_id', 'e164', name='uq_phone_numbers_organization_id_e164'),
        sa.CheckConstraint("e164 LIKE '+%' AND length(e164) BETWEEN 5 AND 16", name=op.f('ck_phone_numbers_e164')),
    )
    only = sa.text('is_primary')
    op.create_index(
        'uq_phone_numbers_primary',
        'phone_numbers',
        ['organization_id'],
        unique=True,
        sqlite_where=only,
        postgresql_where=only,
    )


def _audit() -> None:
    op.create_table(
        'audit_events',
        _text('organization_id', 16),
        _number('id'),
        _number('seq'),
        _moment('at'),
        sa.Column('actor_id', sa.String(16), nullable=True),
        _text('actor_email', 254),
        _text('action', 40),
        _text('target', 254),
        _text('outcome', 8),
        _text('rule', 40),
        sa.Column('details', sa.JSON(), nullable=False),
        _text('network', 64),
        _text('hash', 64),
        sa.PrimaryKeyConstraint('id', name='pk_audit_events'),
        _of_organization('audit_events'),
        sa.UniqueConstraint('organization_id', 'seq', name='uq_audit_events_organization_id_seq'),
        sa.CheckConstraint('seq > 0', name=op.f('ck_audit_events_seq')),
        sa.CheckConstraint("outcome IN ('done', 'refused')", name=op.f('ck_audit_events_outcome')),
    )


# The first Owner is written before the organization; from then on the last one can neither go nor become less.
# PostgreSQL locks the organization's row first: two Owners leaving at the same moment would each see the other.
OTHER_OWNER = """SELECT 1 FROM memberships WHERE organization_id = OLD.organization_id
    AND user_id <> OLD.user_id AND role = 'owner'"""
STAYS = 'SELECT 1 FROM organizations WHERE id = OLD.organization_id'
LOSES = "OLD.role = 'owner' AND (NEW.role <> 'owner' OR NEW.organization_id <> OLD.organization_id)"
SENTENCE = 'an organization needs an owner'
TRIGGERS = {
    'sqlite': [
        f"""CREATE TRIGGER organization_starts_with_owner BEFORE INSERT ON organizations
        WHEN NOT EXISTS (SELECT 1 FROM memberships WHERE organization_id = NEW.id AND role = 'owner')
        BEGIN SELECT RAISE(ABORT, '{SENTENCE}'); END""",
        f"""CREATE TRIGGER organization_keeps_owner BEFORE UPDATE ON memberships
        WHEN {LOSES} AND NOT EXISTS ({OTHER_OWNER}) BEGIN SELECT RAISE(ABORT, '{SENTENCE}'); END""",
        f"""CREATE TRIGGER organization_loses_no_owner BEFORE DELETE ON memberships
        WHEN OLD.role = 'owner' AND EXISTS ({STAYS}) AND NOT EXISTS ({OTHER_OWNER})
        BEGIN SELECT RAISE(ABORT, '{SENTENCE}'); END""",
    ],
    'postgresql': [
        f"""CREATE FUNCTION organization_starts_with_owner() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF NOT EXISTS (SELECT 1 FROM memberships WHERE organization_id = NEW.id AND role = 'owner') THEN
            RAISE EXCEPTION '{SENTENCE}' USING ERRCODE = 'integrity_constraint_violation';
        END IF; RETURN NEW; END $$""",
        """CREATE TRIGGER organization_starts_with_owner BEFORE INSERT ON organizations
        FOR EACH ROW EXECUTE FUNCTION organization_starts_with_owner()""",
        f"""CREATE FUNCTION organization_keeps_owner() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        PERFORM 1 FROM organizations WHERE id = OLD.organization_id FOR UPDATE;
        IF FOUND AND NOT EXISTS ({OTHER_OWNER}) THEN
            RAISE EXCEPTION '{SENTENCE}' USING ERRCODE = 'integrity_constraint_violation';
        END IF; IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END $$""",
        f"""CREATE TRIGGER organization_keeps_owner BEFORE UPDATE ON memberships
        FOR EACH ROW WHEN ({LOSES}) EXECUTE FUNCTION organization_keeps_owner()""",
        """CREATE TRIGGER organization_loses_no_owner BEFORE DELETE ON memberships
        FOR EACH ROW WHEN (OLD.role = 'owner') EXECUTE FUNCTION organization_keeps_owner()""",
    ],
}

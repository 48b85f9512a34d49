"""What is kept about somebody, as a file that they take with them (GDPR 15 and 20); nothing of anybody else.

Secrets are not in it, nor what they are known by: hashes of passwords, tokens and codes, keys of passkeys and apps.
"""

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlmodel import SQLModel, col, select

from data.database import Actor, Scope, TenantSession, accounts
from data.models import (
    AccountEvent,
    Authenticator,
    Identity,
    Membership,
    Organization,
    Passkey,
    PersonalMail,
    RecoveryCode,
    SeatSpan,
    Status,
    User,
    UserSession,
)
from data.permissions import recently
from data.problems import TooMany
from data.runtime import limits, rate_limiter
from data.services.accounts.acts import AccountAct
from data.services.accounts.events import note_event

MOST = 10_000
"""How many rows of one kind are in the file at most, the newest ones: some 3 MB, made in memory and sent at once."""

PROFILE = 'email', 'name', 'created_at', 'verified_at', 'second_factor_at', 'language', 'time_zone'
PROVIDER = 'provider', 'issuer', 'subject', 'email', 'created_at', 'used_at'
PASSKEY = 'name', 'aaguid', 'transports', 'backed_up', 'created_at', 'used_at'
SESSION = 'created_at', 'seen_at', 'expires_at', 'network', 'agent', 'method', 'authenticated_at', 'proved_at'
EVENT = 'at', 'action', 'outcome', 'detail', 'network', 'agent'
MEMBERSHIP = 'organization_id', 'role', 'joined_at', 'seen_at'
DAYS = 'from_day', 'to_day', 'role'
MAIL = 'kind', 'recipient', 'facts', 'state', 'created_at', 'sent_at'
"""The columns that are in the file, by what they are of; a column that is not here is nobody's to take along."""


def export_own(actor: Actor) -> bytes:
    """Everything that is kept about the actor, as JSON (RFC 8259) in UTF-8; it is on the record of their account.

    Raises Reauthenticate, TooMany, SignedOut.
    """
    with accounts() as tx:
        recently(tx, actor)
        if seconds := rate_limiter.wait(limits.OWN_DATA, actor.user_id):
            raise TooMany('You have downloaded your data many times in the last hour.', seconds)
        user = tx.find(User, actor.user_id)
        note_event(tx, AccountAct.EXPORT, 'done', user.email_key, actor.network, user.id)
    with accounts(writes=False) as tx:  # much is read: nobody who writes has to wait for it
        content = {
            'profile': _row(user, PROFILE),
            'ways_in': _ways(tx, user),
            'sessions': _newest(tx, UserSession, SESSION, user, UserSession.created_at),
            'security_events': _newest(tx, AccountEvent, EVENT, user, AccountEvent.id),
            'mails': _newest(tx, PersonalMail, MAIL, user, PersonalMail.created_at),
            'organizations': _organizations(tx, user),
        }
    return json.dumps(content, ensure_ascii=False, indent=1, default=_plain).encode('utf-8', 'replace')


def _ways(tx: TenantSession, user: User) -> dict[str, Any]:
    left = select(RecoveryCode.id).where(RecoveryCode.user_id == user.id, col(RecoveryCode.used_at).is_(None))
    app = select(Authenticator).where(Authenticator.user_id == user.id, col(Authenticator.confirmed_at).is_not(None))
    return {
        'password': user.password_hash is not None,
        'providers': _newest(tx, Identity, PROVIDER, user, Identity.created_at),
        'passkeys': _newest(tx, Passkey, PASSKEY, user, Passkey.created_at),
        'authenticator_app': [_row(row, ('confirmed_at', 'used_at')) for row in tx.exec(app)],
        'unused_recovery_codes': len(tx.exec(left).all()),
    }


def _newest(tx: TenantSession, table: Any, columns: Iterable[str], user: User, order: Any) -> list[dict[str, Any]]:
    query = select(table).where(table.user_id == user.id).order_by(col(order).desc()).limit(MOST)
    return [_row(row, columns) for row in tx.exec(query)]


def _organizations(tx: TenantSession, user: User) -> list[dict[str, Any]]:
    """Where they are a member: the organization by id and name, their own membership and its days, nobody else's."""
    query = (
        select(Membership, Organization.name)
        .join(Organization, col(Organization.id) == Membership.organization_id)
        .where(col(Membership.user_id) == user.id, col(Organization.status) != Status.DELETED)
        .order_by(col(Membership.joined_at).desc())
        .limit(MOST)
    )
    spans = select(SeatSpan).where(col(SeatSpan.user_id) == user.id).order_by(col(SeatSpan.from_day)).limit(MOST)
    with tx.within(Scope(user_id=user.id)):
        found = [{'name': name, **_row(membership, MEMBERSHIP), 'days': []} for membership, name in tx.exec(query)]
        by_id = {row['organization_id']: row['days'] for row in found}
        for span in tx.exec(spans):
            by_id.get(span.organization_id, []).append(_row(span, DAYS))
    return found


def _row(row: SQLModel, columns: Iterable[str]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in columns}


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)

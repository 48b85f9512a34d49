"""A database of any size, written in bulk around the services: the same rows each time, and records that verify.

One organization has the many people and the many events. Everybody owns another one, `FOUNDER` some more.
"""

import hashlib
import random
from base64 import b32encode
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from sqlalchemy import Connection, Engine, insert
from sqlmodel import SQLModel

from data import database
from data.database import audit_chain, schema
from data.inputs import texts
from data.models import (
    AccountEvent,
    AuditEvent,
    Invitation,
    InvitationState,
    Mail,
    MailState,
    Membership,
    Organization,
    PhoneNumber,
    Purpose,
    Role,
    SeatSpan,
    Status,
    User,
    UserSession,
)
from data.security import passwords
from data.services.audit import Act
from data.services.audit.words import searchable

PASSWORD = 'copper lantern violin harbor'
FOUNDER = 'founder@acme.com'
"""Whoever everything is measured with: the Owner of the large organization."""

NEEDLE, SELDOM = '+12025550143', 'seldom@acme.com'
"""A number and a person that are on the record once, at its very beginning."""

AT_ONCE = 5000
"""Rows in one statement."""

Values = dict[str, Any]


@dataclass(frozen=True)
class Size:
    """How many of everything; `founded` of the organizations are of `FOUNDER`, the large one among them."""

    users: int
    organizations: int
    people: int
    events: int
    founded: int = 10
    sessions: int = 0
    mails: int = 0
    account_events: int = 0


BIG, SMALL = Size(200_000, 250_000, 2_000, 300_000), Size(10, 20, 10, 10)


def an_id(kind: str, number: int) -> str:
    """The id of this thing in every database that is made here."""
    return b32encode(hashlib.sha256(f'{kind} {number}'.encode()).digest()[:10]).decode().lower()


LARGE = an_id('organization', 0)
"""The organization with the many people."""


def make(url: str, size: Size, now: datetime, backups: Path) -> None:
    """Migrate the empty database at `url` and fill it, as if it had grown for 400 days until `now`."""
    schema.prepare(url, backups)
    engine = database.connect(url)
    try:
        with engine.begin() as connection:
            _Masses(size, now).fill(connection)
        _gather_statistics(engine)
    finally:
        database.close()


def _gather_statistics(engine: Engine) -> None:
    """What PostgreSQL would have done by itself meanwhile; SQLite plans without."""
    if engine.dialect.name == 'postgresql':
        with engine.connect().execution_options(isolation_level='AUTOCOMMIT') as connection:
            connection.exec_driver_sql('VACUUM ANALYZE')


def address(number: int) -> str:
    """The address of a person."""
    return f'person{number:06}@acme.com' if number else FOUNDER


def _write(connection: Connection, table: type[SQLModel], rows: Iterable[Values]) -> None:
    rows = iter(rows)
    while portion := list(islice(rows, AT_ONCE)):
        connection.execute(insert(table), portion)


class _Masses:
    def __init__(self, size: Size, now: datetime) -> None:
        self.size, self.now, self.began = size, now, now - timedelta(days=400)
        self.password_hash = passwords.hash(PASSWORD)

    def fill(self, connection: Connection) -> None:
        """Every table; memberships before the organizations, which need an Owner."""
        size = self.size
        _write(connection, User, map(self._user, range(size.users)))
        _write(connection, Membership, self._memberships())
        _write(connection, Organization, map(self._organization, range(size.organizations)))
        _write(connection, SeatSpan, map(self._seat, self._memberships()))
        _write(connection, AuditEvent, (row for number in range(size.organizations) for row in self._record(number)))
        _write(connection, Invitation, map(self._invitation, range(min(size.people, 200))))
        _write(connection, PhoneNumber, map(self._phone, range(2)))
        _write(connection, UserSession, map(self._session, range(size.sessions)))
        _write(connection, Mail, map(self._mail, range(size.mails)))
        _write(connection, AccountEvent, map(self._account_event, range(size.account_events)))

    def _user(self, number: int) -> Values:
        email = address(number)
        secret = self.password_hash if number < self.size.people else None
        made = {'email': email, 'email_key': email, 'password_hash': secret, 'created_at': self.began}
        return {'id': an_id('user', number), **made}

    def _owner(self, organization: int) -> int:
        """Whose an organization is: the first ones of the founder, then one for everybody else, and again."""
        if organization < self.size.founded:
            return 0
        return 1 + (organization - self.size.founded) % (self.size.users - 1)

    def _memberships(self) -> Iterator[Values]:
        for organization in range(self.size.organizations):
            yield self._membership(organization, self._owner(organization), Role.OWNER)
        for person in range(1, self.size.people):
            yield self._membership(0, person, Role.ADMIN if person == 1 else Role.MEMBER)

    def _membership(self, organization: int, person: int, role: Role) -> Values:
        here = {
            'organization_id': an_id('organization', organization),
            'user_id': an_id('user', person),
            'email_key': address(person),
        }
        joined = self.began + timedelta(minutes=person % 10_000)
        return {**here, 'role': role, 'joined_at': joined, 'seen_at': joined if person else self.now}

    def _seat(self, membership: Values) -> Values:
        """As it is written with a membership."""
        taken = {name: membership[name] for name in ('organization_id', 'user_id', 'role')}
        return {**taken, 'from_day': membership['joined_at'].date()}

    def _organization(self, number: int) -> Values:
        [last] = deque(self._record(number), maxlen=1)
        name = f'Organization {number:06}'
        return {
            'id': an_id('organization', number),
            'name': name,
            'name_key': texts.search_key(name),
            'status': Status.ACTIVE,
            'status_since': self.began,
            'status_reason': '',
            'created_at': self.began,
            'active_at': last['at'],
            'audit_seq': last['seq'],
            'audit_head': last['hash'],
            'version': 1,
        }

    def _record(self, organization: int) -> Iterator[Values]:
        """The events of an organization, each with the hash that the product would give it."""
        events = self.size.events if organization == 0 else 1
        dice, head = random.Random(organization), ''
        for seq in range(1, events + 1):
            event = self._event(dice, organization, seq)
            event |= {
                'organization_id': an_id('organization', organization),
                'seq': seq,
                'at': self.began + (self.now - self.began) * (seq / (events + 1)),
                'network': '192.0.2.7',
                'actor_name': None,
            }
            event['hash'] = head = audit_chain.digest(head, SimpleNamespace(**event))
            said = {'subject': audit_chain.subject_of(event['action']), 'said': searchable(SimpleNamespace(**event))}
            yield event | said

    def _event(self, dice: random.Random, organization: int, seq: int) -> Values:
        """Who did what: the first event founds, the second has the needle, the others are what people do all day."""
        if seq == 1:
            return _done(self._owner(organization), Act.ORGANIZATION_CREATE, f'Organization {organization:06}')
        if seq == 2:
            return {**_done(0, Act.PHONE_ADD, NEEDLE), 'actor_id': an_id('seldom', 0), 'actor_email': SELDOM}
        person, other = dice.randrange(self.size.people), address(dice.randrange(self.size.people))
        act = dice.choice((Act.MEMBER_CHANGE_ROLE, Act.INVITATION_CREATE, Act.INVITATION_ACCEPT, Act.MEMBER_REMOVE))
        details = {'before': 'member', 'after': 'viewer', 'role': 'member'}
        event = {**_done(person, act, other), 'details': details}
        if dice.randrange(100) == 0:
            event |= {'action': 'organization:rename', 'target': '', 'outcome': 'refused', 'rule': 'role:member'}
        return event

    def _invitation(self, number: int) -> Values:
        email = f'invited{number:04}@acme.com'
        return {
            'organization_id': LARGE,
            'id': an_id('invitation', number),
            'email': email,
            'email_key': email,
            'role': Role.MEMBER,
            'state': InvitationState.PENDING,
            'nonce': an_id('nonce', number),
            'token_hash': hashlib.sha256(email.encode()).hexdigest(),
            'invited_by': an_id('user', 0),
            'invited_by_email': FOUNDER,
            'created_at': self.now - timedelta(hours=number),
            'expires_at': self.now + timedelta(days=7),
        }

    def _phone(self, number: int) -> Values:
        made = {'country': 'DE', 'label': '', 'purpose': Purpose.VOICE, 'created_at': self.began, 'version': 1}
        at = {'organization_id': LARGE, 'id': an_id('phone', number), 'is_primary': number == 0}
        return {**at, 'e164': f'+4930123{number:03}', **made}

    def _session(self, number: int) -> Values:
        """One that is over, idle for weeks; ids and people in no order, as they come."""
        began = self.began + timedelta(seconds=number)
        return {
            'id': an_id('session', number),
            'user_id': an_id('user', number % self.size.users),
            'token_hash': hashlib.sha256(f'session {number}'.encode()).hexdigest(),
            'created_at': began,
            'seen_at': began + timedelta(days=1),
            'expires_at': began + timedelta(days=30),
            'network': '192.0.2.7',
            'agent': 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0',
        }

    def _mail(self, number: int) -> Values:
        """One that was sent long ago, of any organization."""
        moment = self.began + timedelta(seconds=number)
        return {
            'organization_id': an_id('organization', number % self.size.organizations),
            'id': an_id('mail', number),
            'kind': 'removed',
            'recipient': address(number % self.size.users),
            'facts': {'organization': 'Acme', 'by': FOUNDER},
            'state': MailState.SENT,
            'attempts': 1,
            'problem': '',
            'created_at': moment,
            'not_before': moment,
            'sent_at': moment,
        }

    def _account_event(self, number: int) -> Values:
        person = number % self.size.users
        what = {'action': 'account:sign_in', 'outcome': 'done', 'network': '192.0.2.7', 'email_key': address(person)}
        at = self.began - timedelta(days=100) + timedelta(minutes=number % 500_000)
        return {'at': at, 'user_id': an_id('user', person), **what}


def _done(person: int, act: Act, target: str) -> Values:
    who = {'actor_id': an_id('user', person), 'actor_email': address(person)}
    return {**who, 'action': act.value, 'target': target, 'outcome': 'done', 'rule': '', 'details': {}}

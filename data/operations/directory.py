"""The organizations of an installation, as whoever runs it looks for them: by name, id or an Owner."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import col, func, or_, select

from data import database
from data.database import TenantSession
from data.inputs import emails, texts
from data.models import Membership, Organization, Role, Status, User, is_id
from data.problems import Invalid, NotFound
from data.services.portions import Portion, bounds

PORTION = 50
"""How many organizations are listed where nobody says otherwise."""

MOST = 10_000
"""How many are listed at most: a database takes some ten thousand ids with one statement."""

ALIKE = 10
"""How many organizations of one name are told apart."""


@dataclass(frozen=True)
class Listed:
    """An organization as whoever runs the installation sees it.

    `owner_names` are what its Owners are called, in the order of their addresses, None for who has not said.
    """

    id: str
    name: str
    status: Status
    owners: list[str]
    owner_names: list[str | None]
    people: int
    active_at: datetime


_BY_NAME = col(Organization.name_key), col(Organization.id)


def portion(search: str = '', limit: int = PORTION) -> Portion[Listed]:
    """The organizations whose name, id or Owner has `search` in it, by name; `limit` is `MOST` at most.

    Raises Invalid('limit'), Unavailable.
    """
    if limit > MOST:
        raise Invalid(limit=f'Ask for {MOST:,} organizations at most.')
    part, key = bounds(0, limit), texts.plain_key(emails.searched(search))
    query = select(Organization).order_by(*_BY_NAME).limit(part['limit'])
    with database.administrator() as tx:
        if key:
            alike = _alike(tx, key)
            query, total = query.where(col(Organization.id).in_(alike[:limit])), len(alike)
        else:
            total = tx.exec(select(func.count()).select_from(Organization)).one()
        found = tx.exec(query).all()
        owners, people = _owners(tx, [it.id for it in found]), _head_counts(tx, [it.id for it in found])
    rows = [_listed(it, owners.get(it.id, []), people.get(it.id, 0)) for it in found]
    return Portion(rows, total, len(rows) < total)


def _listed(at: Organization, owners: list[tuple[str, str | None]], people: int) -> Listed:
    addresses, names = [email for email, _ in owners], [name for _, name in owners]
    return Listed(at.id, at.name, at.status, addresses, names, people, at.active_at)


def id_of(word: str) -> str:
    """The id of the organization that has this id, or this name and is the only one.

    Raises NotFound, Invalid('organization') where several have the name; it says which.
    """
    key = texts.search_key(word)
    with database.administrator() as tx:
        if is_id(word) and tx.exec(select(Organization.id).where(Organization.id == word)).first():
            return word
        named = select(Organization.id, Organization.status).where(col(Organization.name_key) == key[:400])
        alike = tx.exec(named.order_by(col(Organization.id)).limit(ALIKE + 1)).all() if key else []
    if not alike:
        raise NotFound(f'There is no organization “{word}”. To see which there are: python -m data list')
    if len(alike) > 1:
        ids = ', '.join(f'{each} ({status})' for each, status in alike[:ALIKE]) + (' …' if len(alike) > ALIKE else '')
        raise Invalid(organization=f'Several organizations are called “{word}”. Say which by its id: {ids}')
    return alike[0][0]


def _alike(tx: TenantSession, key: str) -> list[str]:
    """The ids of those with this in them, by name: all are looked at, some thousand at a time."""
    owned = _owned_by(tx, key)
    names = select(Organization.id, Organization.name_key).order_by(*_BY_NAME).execution_options(yield_per=MOST)
    return [it for it, name in tx.exec(names) if key in texts.without_accents(name) or it == key or it in owned]


def _owned_by(tx: TenantSession, key: str) -> set[str]:
    """The organizations of the Owners with this in their address or name."""
    address, name = col(User.email_key), col(User.name_key)
    owned = select(Membership.organization_id, address, name).join(User, col(User.id) == Membership.user_id)
    may_be = or_(*(it.contains(key, autoescape=True) for it in (address, name)), address.contains('xn--'))
    found = tx.exec(owned.where(Membership.role == Role.OWNER, may_be).execution_options(yield_per=MOST))
    return {it for it, email, name in found if key in f'{email}\n{name or ""}' or emails.reading_like(key, [email])}


def _owners(tx: TenantSession, ids: list[str]) -> dict[str, list[tuple[str, str | None]]]:
    """The Owners of some organizations: their addresses, and what they are called."""
    query = select(Membership.organization_id, User.email, User.name).join(User, col(User.id) == Membership.user_id)
    owners = query.where(Membership.role == Role.OWNER, col(Membership.organization_id).in_(ids))
    found: dict[str, list[tuple[str, str | None]]] = {}
    for organization_id, email, name in tx.exec(owners.order_by(col(User.email_key))):
        found.setdefault(organization_id, []).append((email, name))
    return found


def _head_counts(tx: TenantSession, ids: list[str]) -> dict[str, int]:
    counted = select(Membership.organization_id, func.count()).where(col(Membership.organization_id).in_(ids))
    return dict(tx.exec(counted.group_by(col(Membership.organization_id))).all())

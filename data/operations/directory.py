"""The organizations of an installation, as whoever runs it looks for them: by name, id or the address of an Owner."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement
from sqlmodel import col, func, or_, select

from data import database
from data.database import TenantSession
from data.inputs import texts
from data.models import Membership, Organization, Role, Status, User, is_id
from data.problems import Invalid, NotFound
from data.services.portions import Portion, bounds

PORTION = 50
"""How many organizations are listed where nobody says otherwise."""

ALIKE = 10
"""How many organizations of one name are told apart."""


@dataclass(frozen=True)
class Listed:
    """An organization as whoever runs the installation sees it."""

    id: str
    name: str
    status: Status
    owners: list[str]
    people: int
    active_at: datetime


def portion(search: str = '', limit: int = PORTION) -> Portion[Listed]:
    """The organizations whose name, id or Owner has `search` in it, by name. Raises Invalid('limit'), Unavailable."""
    wanted = _matching(search)
    query = select(Organization).where(*wanted).order_by(col(Organization.name_key), col(Organization.id))
    with database.administrator() as tx:
        found = tx.exec(query.limit(bounds(0, limit)['limit'])).all()
        total = tx.exec(select(func.count()).select_from(Organization).where(*wanted)).one()
        owners, people = _owners(tx, [it.id for it in found]), _head_counts(tx, [it.id for it in found])
    rows = [
        Listed(it.id, it.name, it.status, owners.get(it.id, []), people.get(it.id, 0), it.active_at) for it in found
    ]
    return Portion(rows, total, len(rows) < total)


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


def _matching(search: str) -> list[ColumnElement[bool]]:
    key = texts.search_key(search)
    if not key:
        return []
    of_owner = (
        select(Membership.organization_id)
        .join(User, col(User.id) == Membership.user_id)
        .where(Membership.role == Role.OWNER, col(User.email_key).contains(key, autoescape=True))
    )
    name = col(Organization.name_key).contains(key, autoescape=True)
    return [or_(name, col(Organization.id) == key, col(Organization.id).in_(of_owner))]


def _owners(tx: TenantSession, ids: list[str]) -> dict[str, list[str]]:
    """The addresses of the Owners of some organizations."""
    query = select(Membership.organization_id, User.email).join(User, col(User.id) == Membership.user_id)
    owners = query.where(Membership.role == Role.OWNER, col(Membership.organization_id).in_(ids))
    found: dict[str, list[str]] = {}
    for organization_id, email in tx.exec(owners.order_by(col(User.email_key))):
        found.setdefault(organization_id, []).append(email)
    return found


def _head_counts(tx: TenantSession, ids: list[str]) -> dict[str, int]:
    counted = select(Membership.organization_id, func.count()).where(col(Membership.organization_id).in_(ids))
    return dict(tx.exec(counted.group_by(col(Membership.organization_id))).all())

"""The data that is measured on, made through the service layer."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path

from sqlalchemy import Engine
from sqlmodel import insert

from data import clock, database
from data.database import Actor, schema
from data.models import Membership, Role, SeatSpan, User
from data.services import accounts, billing_address, organizations, phone_numbers
from data.services.accounts import sessions

ADDRESS = {
    'kind': 'company',
    'country': 'DE',
    'company_name': 'Acme GmbH',
    'street_address': 'Unter den Linden 1',
    'postal_code': '10117',
    'city': 'Berlin',
}
PHONES = (
    {'number': '030 123456', 'country': 'DE', 'label': 'Front desk', 'purpose': 'voice'},
    {'number': '(415) 555-2671', 'country': 'US', 'label': '', 'purpose': 'sms'},
)

PASSWORD = 'copper lantern violin harbor'
_numbers = count(1)


@dataclass(frozen=True)
class Person:
    """Somebody with an account, and the ids of their organizations in the order of the list."""

    email: str
    password: str
    organizations: tuple[str, ...]


def newcomer() -> dict[str, str]:
    """What somebody who has never been here types into the sign-up form."""
    number = next(_numbers)
    password = f'copper lantern {number} violin'
    return {'email': f'newcomer{number}@acme.com', 'password': password, 'confirmation': password}


def prepare(folder: Path, sizes: Iterable[int]) -> dict[int, Person]:
    """A migrated database in `folder` with one person for each number of organizations."""
    folder.mkdir(parents=True, exist_ok=True)
    schema.prepare(url(folder), folder / 'backups')
    engine = database.connect(url(folder))
    try:
        return {size: _person(size) for size in sizes}
    finally:
        engine.dispose()


def url(folder: Path) -> str:
    """The database in a folder."""
    return f'sqlite:///{folder.resolve()}/botcadence.db'


def teams(folder: Path, sizes: Iterable[int]) -> dict[int, Person]:
    """In a database that `prepare` made: one Owner for each number of people in their organization."""
    engine = database.connect(url(folder))
    try:
        return {size: _team(engine, size) for size in sizes}
    finally:
        engine.dispose()


def colleague(number: int) -> str:
    """The address of somebody in a team, in the order of the list."""
    return f'colleague{number:04}@acme.com'


def _team(engine: Engine, size: int) -> Person:
    """The colleagues have accounts without a password; they are written at once, around the services."""
    email = f'team{size}@acme.com'
    actor = signed_up(email)
    found = [User(email=f'{size}-{colleague(it)}', email_key=f'{size}-{colleague(it)}') for it in range(size - 1)]
    people = [it.model_dump() for it in found]
    here = {'organization_id': actor.organization_id, 'role': Role.MEMBER, 'joined_at': clock.now()}
    with engine.begin() as connection:
        connection.execute(insert(User), people)
        connection.execute(
            insert(Membership), [{**here, 'user_id': it['id'], 'email_key': it['email_key']} for it in people]
        )
        seat = {'organization_id': actor.organization_id, 'role': Role.MEMBER, 'from_day': clock.now().date()}
        connection.execute(insert(SeatSpan), [{**seat, 'user_id': it['id']} for it in people])
    return Person(email, PASSWORD, (actor.organization_id,))


def signed_up(email: str) -> Actor:
    """Somebody new, standing in the organization that came with the account."""
    actor = sessions.of_token(accounts.sign_up(email, PASSWORD, PASSWORD))
    assert actor is not None
    return replace(actor, organization_id=organizations.latest_of(actor) or '')


def _person(size: int) -> Person:
    email = f'owner{size}@acme.com'
    actor = signed_up(email)
    made = [organizations.create(actor, f'Organization {number:03}').id for number in range(1, size)]
    ids = list(organizations.choices(actor))
    assert len(ids) == len(made) + 1
    for organization_id in ids[:3]:
        _furnish(replace(actor, organization_id=organization_id))
    return Person(email, PASSWORD, tuple(ids))


def _furnish(actor: Actor) -> None:
    billing_address.set_address(actor, ADDRESS, version=0)
    for phone in PHONES:
        phone_numbers.add(actor, phone)

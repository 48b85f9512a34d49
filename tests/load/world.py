"""The data that is measured on, made through the service layer."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path

from data import database, schema
from data.database import Actor
from data.services import accounts, billing, organizations, phone_numbers, sessions

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
    url = f'sqlite:///{folder.resolve()}/botcadence.db'
    schema.prepare(url, folder / 'backups')
    engine = database.connect(url)
    try:
        return {size: _person(size) for size in sizes}
    finally:
        engine.dispose()


def _person(size: int) -> Person:
    email, password = f'owner{size}@acme.com', 'copper lantern violin harbor'
    actor = sessions.of_token(accounts.sign_up(email, password, password))
    assert actor is not None
    made = [organizations.create(actor, f'Organization {number:03}').id for number in range(1, size)]
    ids = list(organizations.names(actor))
    assert len(ids) == len(made) + 1
    for organization_id in ids[:3]:
        _furnish(replace(actor, organization_id=organization_id))
    return Person(email, password, tuple(ids))


def _furnish(actor: Actor) -> None:
    billing.set_address(actor, ADDRESS, version=0)
    for phone in PHONES:
        phone_numbers.add(actor, phone)

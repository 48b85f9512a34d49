"""Seats beside memberships: what must be one and the same, read around the services."""

from sqlalchemy import Engine

from tests.support.probes import rows

_MEMBERS = 'SELECT organization_id, user_id, role FROM memberships'
_SEATS = 'SELECT organization_id, user_id, role FROM seat_spans WHERE to_day IS NULL'


def assert_in_step(db: Engine) -> None:
    """Make sure that whoever is a member has one open span, with their role, and nobody else has one."""
    assert rows(db, f'{_MEMBERS} EXCEPT {_SEATS}') == [], 'members without a seat'
    assert rows(db, f'{_SEATS} EXCEPT {_MEMBERS}') == [], 'seats without a member'
    assert rows(db, f'SELECT 1 FROM ({_SEATS}) open GROUP BY organization_id, user_id HAVING count(*) > 1') == []

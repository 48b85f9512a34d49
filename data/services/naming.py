"""What the people of an organization are called, for lists and sentences that know only who it is."""

from typing import Any

from sqlalchemy import ColumnElement, bindparam, literal
from sqlmodel import col, select

from data.database import TenantSession, constant
from data.models import User

_NAME = constant(select(User.name).where(col(User.id) == bindparam('user_id')))


def name_of(tx: TenantSession, user_id: str) -> str | None:
    """What somebody in the organization of this session is called, None for who has not said, or has left."""
    return tx.exec(_NAME, params={'user_id': user_id}).first()


def is_called(user_id: Any, word: str) -> ColumnElement[bool]:
    """Whether whoever has this id, a column, has a word of a search (`emails.search_words`) in their name."""
    somebody = select(literal(1)).where(User.id == user_id, col(User.name_key).contains(word, autoescape=True))
    return somebody.correlate_except(User).exists()

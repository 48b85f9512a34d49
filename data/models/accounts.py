"""People with an account, and how they are signed in."""

from datetime import datetime

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from data import clock
from data.models.base import new_id
from data.runtime import account_rules


class User(SQLModel, table=True):
    """A person with an account.

    `name` is what they are called, None for who has not said; `name_key` the same for a search. `verified_at` is when
    the address was last proved to be theirs, `second_factor_at` since when they have a second factor. `language` (BCP
    47) and `time_zone` (IANA) are for dates, None for English and for the zone of the browser.
    """

    __tablename__ = 'users'
    __table_args__ = (Index('uq_users_id_email_key', 'id', 'email_key', unique=True),)
    id: str = Field(default_factory=new_id, primary_key=True, max_length=16)
    email: str = Field(max_length=254)
    email_key: str = Field(max_length=254, unique=True)
    password_hash: str | None = Field(default=None, max_length=255)
    created_at: datetime = Field(default_factory=clock.now)
    name: str | None = Field(default=None, max_length=80)
    name_key: str | None = Field(default=None, max_length=400)
    verified_at: datetime | None = None
    second_factor_at: datetime | None = None
    language: str | None = Field(default=None, max_length=16)
    time_zone: str | None = Field(default=None, max_length=64)


class UserSession(SQLModel, table=True):
    """One signed-in browser. The cookie carries the token, this row only its SHA-256.

    `method` is the way in that began it. `authenticated_at` is when the person last proved who they are, None for when
    it began; `proved_at` when they proved a second factor in it, None for never.
    """

    __tablename__ = 'sessions'
    id: str = Field(default_factory=new_id, primary_key=True, max_length=16)
    user_id: str = Field(foreign_key='users.id', ondelete='CASCADE', index=True, max_length=16)
    token_hash: str = Field(max_length=64, unique=True)
    created_at: datetime = Field(default_factory=clock.now)
    seen_at: datetime = Field(default_factory=clock.now)
    expires_at: datetime = Field(default_factory=lambda: clock.now() + account_rules.current().absolute, index=True)
    network: str = Field(default='', max_length=64)
    agent: str = Field(default='', max_length=200)
    method: str | None = Field(default=None, max_length=48)
    authenticated_at: datetime | None = None
    proved_at: datetime | None = None

    def is_live(self, now: datetime) -> bool:
        """Whether this session still counts (ASVS 7.3.1, 7.3.2)."""
        return now < self.expires_at and now - self.seen_at < account_rules.current().idle


class AccountEvent(SQLModel, table=True):
    """What happened to an account: signed up, signed in, refused, signed out. Outlives its user.

    `detail` says more of it in a few words, such as the way in or the name of a passkey; `agent` is the browser.
    """

    __tablename__ = 'account_events'
    id: int | None = Field(default=None, primary_key=True)
    at: datetime = Field(default_factory=clock.now)
    user_id: str | None = Field(default=None, index=True, max_length=16)
    email_key: str = Field(max_length=254)
    action: str = Field(max_length=40)
    outcome: str = Field(max_length=8)
    network: str = Field(default='', max_length=64)
    agent: str | None = Field(default=None, max_length=200)
    detail: str | None = Field(default=None, max_length=254)

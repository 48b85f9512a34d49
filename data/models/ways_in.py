"""Ways into an account besides its password: providers, passkeys, authenticator apps, codes on paper, links by mail."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, UniqueConstraint
from sqlmodel import JSON, Field, SQLModel

from data import clock
from data.models.base import PersonOwned, choice, new_id


class Identity(PersonOwned, table=True):
    """Who somebody is at an OpenID Connect provider: `(issuer, subject)`, never the address (OpenID Core 5.7).

    `email` is what the provider said last; it is shown, and nothing goes by it.
    """

    __tablename__ = 'identities'
    __table_args__ = (UniqueConstraint('issuer', 'subject'),)
    id: str = Field(default_factory=new_id, primary_key=True, max_length=16)
    provider: str = Field(max_length=40)
    issuer: str = Field(max_length=255)
    subject: str = Field(max_length=255)
    email: str = Field(default='', max_length=254)
    created_at: datetime = Field(default_factory=clock.now)
    used_at: datetime | None = None


class Passkey(PersonOwned, table=True):
    """A WebAuthn credential. `credential_id` and `public_key` (COSE) are base64url without padding.

    `sign_count` has 32 bits without a sign.
    """

    __tablename__ = 'passkeys'
    id: str = Field(default_factory=new_id, primary_key=True, max_length=16)
    credential_id: str = Field(max_length=1400, unique=True)
    public_key: str = Field(max_length=1400)
    sign_count: int = Field(default=0, sa_type=BigInteger)
    name: str = Field(max_length=80)
    aaguid: str = Field(default='', max_length=36)
    transports: list[str] = Field(default_factory=list, sa_type=JSON)
    backed_up: bool = False
    created_at: datetime = Field(default_factory=clock.now)
    used_at: datetime | None = None


class Authenticator(PersonOwned, table=True):
    """The secret that an authenticator app shares (RFC 6238), sealed; counts once `confirmed_at` is set.

    `last_step` is the newest time step whose code was taken: none is taken twice.
    """

    __tablename__ = 'authenticators'
    __table_args__ = (UniqueConstraint('user_id'),)
    id: str = Field(default_factory=new_id, primary_key=True, max_length=16)
    sealed: str = Field(max_length=255)
    last_step: int = 0
    created_at: datetime = Field(default_factory=clock.now)
    confirmed_at: datetime | None = None
    used_at: datetime | None = None


class RecoveryCode(PersonOwned, table=True):
    """One of ten codes on paper, each for one use in place of the second factor; only its hash is kept."""

    __tablename__ = 'recovery_codes'
    __table_args__ = (UniqueConstraint('user_id', 'code_hash'),)
    id: str = Field(default_factory=new_id, primary_key=True, max_length=16)
    code_hash: str = Field(max_length=64)
    created_at: datetime = Field(default_factory=clock.now)
    used_at: datetime | None = None


class TokenPurpose(StrEnum):
    """What a token of an account is for."""

    VERIFY = 'verify'
    CHANGE = 'change'
    RESET = 'reset'
    SECOND = 'second'


class AccountToken(PersonOwned, table=True):
    """A secret that lets somebody do one thing with an account, once, until it expires; only its SHA-256 is kept.

    `email` is the address that it proves, '' where it proves none; `method` the way in that it goes on from.
    """

    __tablename__ = 'account_tokens'
    id: str = Field(default_factory=new_id, primary_key=True, max_length=16)
    purpose: TokenPurpose = Field(sa_column=choice(TokenPurpose, 'purpose'))
    token_hash: str = Field(max_length=64, unique=True)
    email: str = Field(default='', max_length=254)
    method: str = Field(default='', max_length=48)
    created_at: datetime = Field(default_factory=clock.now)
    expires_at: datetime = Field(index=True)


class RecoveryRequest(SQLModel, table=True):
    """Somebody has asked for a new password for this address, whether anybody has an account with it or not."""

    __tablename__ = 'recovery_requests'
    id: str = Field(default_factory=new_id, primary_key=True, max_length=16)
    email_key: str = Field(max_length=254)
    network: str = Field(default='', max_length=64)
    created_at: datetime = Field(default_factory=clock.now, index=True)


class Challenge(SQLModel, table=True):
    """What was asked of a browser or a provider and may be answered once: the SHA-256 of a nonce, and for whom."""

    __tablename__ = 'challenges'
    challenge_hash: str = Field(primary_key=True, max_length=64)
    purpose: str = Field(max_length=16)
    user_id: str | None = Field(default=None, foreign_key='users.id', ondelete='CASCADE', index=True, max_length=16)
    expires_at: datetime = Field(index=True)

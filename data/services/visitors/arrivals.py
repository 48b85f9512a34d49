"""Visitors come: who they are by their token or by what their site signs, and to an agent that answers now.

A token is `<id of the visitor>.<43 letters>`, made of the installation's key, so that every browser of somebody whom a
site has signed has the same; the database keeps its hash. It is good at the agent that it was made for, and as long as
the visitor's row is there.
"""

import hmac
from contextlib import suppress
from dataclasses import dataclass

from sqlalchemy import bindparam
from sqlmodel import col, select

from data import clock
from data.database import System, TenantSession, constant, reading
from data.inputs import texts
from data.models import Conversation, Visitor, is_id
from data.problems import NotFound, Problem
from data.security import tokens
from data.services.agents import serving as agents_serving
from data.services.agents.serving import Serving
from data.services.visitors import identity

VISITOR = 'a visitor'
"""Whoever writes to an agent, as the transactions of what they do call them."""

LONGEST_TOKEN = 80

_BY_ID = constant(
    select(Visitor).where(col(Visitor.id) == bindparam('visitor'), col(Visitor.agent_id) == bindparam('at'))
)
_SIGNED = constant(
    select(Visitor)
    .where(
        col(Visitor.agent_id) == bindparam('at'),
        col(Visitor.known_as) == bindparam('who'),
        col(Visitor.is_signed).is_(True),
    )
    .order_by(col(Visitor.created_at))
)
_LATEST = constant(
    select(Conversation)
    .where(col(Conversation.visitor_id) == bindparam('visitor'))
    .order_by(col(Conversation.opened_at).desc(), col(Conversation.id))
)


@dataclass(frozen=True)
class Arrival:
    """What a request brings along: the token that the browser keeps, None before the first message; what the site has

    signed (`data.services.visitors.identity`); the page, the site and the browser, in words; and its network.
    """

    token: str | None = None
    identity: str | None = None
    page: str = ''
    site: str = ''
    device: str = ''
    network: str = ''


@dataclass(frozen=True)
class Recognized:
    """The token of whoever has written before, None for others; and whether the one that the browser keeps is that of

    somebody else whom the site has signed, also where what it says now is too old to be anybody's word.
    """

    token: str | None
    is_other: bool


class NotServing(NotFound):
    """The agent answers nobody, perhaps since a moment ago."""

    def __init__(self) -> None:
        super().__init__('This chat is not available right now.')


class Stranger(NotFound):
    """Nobody is known by this token here: it was never good, is that of another agent, or all of it was deleted."""

    def __init__(self) -> None:
        super().__init__('This conversation is no longer here.')


def principal(serving: Serving, network: str = '') -> System:
    """Whoever writes to an agent, as a principal of its organization."""
    return System(serving.organization_id, network, VISITOR)


def expect_serving(tx: TenantSession, serving: Serving) -> Serving:
    """The agent as it answers now, in a transaction of its organization. Raises NotServing."""
    now = agents_serving.as_of(tx, serving.agent_id)
    if now is None:
        raise NotServing
    return now


def known(tx: TenantSession, serving: Serving, token: object) -> Visitor | None:
    """The visitor of this agent who has this token, None where that is nobody."""
    visitor_id = token.partition('.')[0] if isinstance(token, str) and len(token) <= LONGEST_TOKEN else ''
    if not is_id(visitor_id):
        return None
    visitor = tx.exec(_BY_ID, params={'visitor': visitor_id, 'at': serving.agent_id}).first()
    is_it = visitor is not None and hmac.compare_digest(tokens.hashed(str(token)), visitor.token_hash)
    return visitor if is_it else None


def expect(tx: TenantSession, serving: Serving, token: object) -> tuple[Visitor, Conversation]:
    """The visitor who has this token, and their conversation. Raises Stranger."""
    visitor = known(tx, serving, token)
    conversation = latest(tx, visitor) if visitor else None
    if visitor is None or conversation is None:
        raise Stranger
    return visitor, conversation


def latest(tx: TenantSession, visitor: Visitor) -> Conversation | None:
    """The conversation of a visitor: there is one, for as long as it is kept."""
    return tx.exec(_LATEST, params={'visitor': visitor.id}).first()


def recognize(serving: Serving, arrival: Arrival) -> Recognized:
    """Who their site has signed, from whichever browser. Raises Unavailable."""
    with reading(principal(serving, arrival.network)) as tx:
        signed = _signed(tx, serving, arrival)
        visitor = _signed_before(tx, serving, signed) if signed else None
        named = signed or _signed(tx, serving, arrival, however_old=True)
        there = known(tx, serving, arrival.token) if named else None
    is_other = bool(named and there and there.is_signed and there.known_as != named.id)
    return Recognized(token_of(visitor) if visitor else None, is_other)


def enter(tx: TenantSession, serving: Serving, arrival: Arrival) -> tuple[Visitor, str | None]:
    """The visitor who comes, by what the site has signed or by token, else a new one; and the token where it is news.

    What is signed badly, or too long ago, is nobody's word: then they are whoever their token says.
    """
    signed = _signed(tx, serving, arrival)
    visitor = known(tx, serving, arrival.token)
    if signed:
        is_another = visitor is not None and visitor.is_signed and visitor.known_as != signed.id
        visitor = _signed_before(tx, serving, signed) or (None if is_another else visitor)
    if visitor is None:
        visitor = _made(serving, arrival)
        tx.add(visitor)
        tx.flush()  # the conversation refers to it
    if signed:
        if not visitor.is_signed:
            visitor.name = visitor.email = ''  # what they said themselves is not their site's word
        visitor.known_as, visitor.is_signed = signed.id, True
        call_them(visitor, signed.name or visitor.name, signed.email or visitor.email)
    visitor.seen_at = clock.now()
    token = token_of(visitor)
    return visitor, None if arrival.token == token else token


def call_them(visitor: Visitor, name: str, email: str) -> None:
    """Keep who a visitor is, and that so that it is found."""
    visitor.name, visitor.email = name, email
    visitor.key_of_who = texts.plain_key(f'{name} {email} {visitor.known_as}')


def token_of(visitor: Visitor) -> str:
    """The token of a visitor, for their browser alone."""
    return _token(visitor.organization_id, visitor.agent_id, visitor.id)


def is_made(serving: Serving, token: str) -> bool:
    """Whether a token was made here for this agent, without a look into the database: who had it may be gone."""
    made = _token(serving.organization_id, serving.agent_id, token.partition('.')[0])
    return hmac.compare_digest(made.encode(), token.encode('utf-8', 'replace'))


def _token(organization_id: str, agent_id: str, visitor_id: str) -> str:
    return f'{visitor_id}.{tokens.make("visitor", organization_id, agent_id, visitor_id)}'


def _signed(
    tx: TenantSession, serving: Serving, arrival: Arrival, *, however_old: bool = False
) -> identity.Signed | None:
    with suppress(Problem):
        return identity.read(tx, serving, arrival.identity, however_old=however_old) if arrival.identity else None
    return None


def _signed_before(tx: TenantSession, serving: Serving, signed: identity.Signed) -> Visitor | None:
    return tx.exec(_SIGNED, params={'at': serving.agent_id, 'who': signed.id}).first()


def _made(serving: Serving, arrival: Arrival) -> Visitor:
    visitor = Visitor(
        organization_id=serving.organization_id,
        project_id=serving.project_id,
        agent_id=serving.agent_id,
        token_hash='',
        site=plain(arrival.site, 260),
        device=plain(arrival.device, 80),
    )
    visitor.token_hash = tokens.hashed(token_of(visitor))
    return visitor


def plain(text: object, limit: int) -> str:
    """What a browser says of itself, cut and without what nobody sees."""
    kept = ''.join(it for it in text[:limit] if it.isprintable()) if isinstance(text, str) else ''
    return texts.without_invisible(kept).strip()

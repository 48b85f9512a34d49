"""What has happened to somebody's account, as they see it themselves; no organization does."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam
from sqlmodel import col, select

from data.database import Actor, accounts, constant
from data.inputs import devices
from data.models import AccountEvent
from data.permissions import identify
from data.services.accounts.words import LIMITED, names_in, sentence_of
from data.services.portions import LAST, Step, number

PORTION = 10
"""How many are fetched at first: the last days of most people."""


@dataclass(frozen=True)
class OwnEvent:
    """An event in words: number, moment, sentence with the names in it, and what it came from ('' for unknown).

    `refused` says why it was not done, '' where it was.
    """

    id: int
    at: datetime
    sentence: str
    names: tuple[str, ...]
    device: str
    network: str
    refused: str


_NEWEST = constant(
    select(AccountEvent)
    .where(col(AccountEvent.user_id) == bindparam('whose'), col(AccountEvent.id) < bindparam('before'))
    .order_by(col(AccountEvent.id).desc())
    .limit(bindparam('limit'))
)


def events_of(actor: Actor, *, before: object = None, limit: int = PORTION) -> Step[OwnEvent]:
    """The newest events of the actor's account, or those older than the number `before`.

    Raises Invalid('before' | 'limit'), SignedOut.
    """
    end = LAST if before is None else number(before, 'before')
    params = {'whose': actor.user_id, 'before': end, 'limit': number(limit, 'limit') + 1}
    with accounts(writes=False) as tx:
        identify(tx, actor)
        found = list(tx.exec(_NEWEST, params=params))
    events = [_in_words(event) for event in found[:limit]]
    more = len(found) > limit
    reached = events[-1].id if more and events else None
    newest = events[0].id if events else 0
    return Step(events, None, more, newest=newest, before=reached, since=None)


def _in_words(event: AccountEvent) -> OwnEvent:
    is_known = bool(event.agent)
    refusals = {'refused': 'It did not work.', 'limited': LIMITED}
    return OwnEvent(
        id=event.id or 0,
        at=event.at,
        sentence=sentence_of(event),
        names=names_in(event),
        device=devices.in_words(event.agent) if is_known else '',
        network=event.network,
        refused=refusals.get(event.outcome, ''),
    )

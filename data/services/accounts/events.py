"""Account events: what happens to accounts, kept apart from the audit logs of organizations."""

from datetime import timedelta

from sqlmodel import col, delete, select

from data import changes, clock
from data.database import TenantSession, accounts
from data.database.portions import in_portions
from data.database.principals import LONGEST_NETWORK
from data.models import AccountEvent
from data.services.accounts.acts import AccountAct

KEPT = timedelta(days=365)
"""How long they are kept (PCI DSS 4.0, 10.5.1: at least twelve months)."""


def note_event(
    tx: TenantSession,
    act: AccountAct,
    outcome: str,
    email_key: str,
    network: str,
    user_id: str | None = None,
    *,
    agent: str = '',
    detail: str = '',
) -> None:
    """Remember that somebody did this, or tried: `outcome` is 'done', 'refused' or 'limited'.

    `detail` says more in a few words: the way in, the name of what was added. Open screens of the person's account are
    told, too. Raises ValueError for an act that is not in the table, and where that has no sentence for the outcome.
    """
    if not isinstance(act, AccountAct) or (outcome != 'done' and not act.tried):
        raise ValueError(f'The table of acts has no sentence for {act}, {outcome}.')
    event = AccountEvent(user_id=user_id, email_key=email_key, action=act.value, outcome=outcome)
    event.network, event.agent, event.detail = network[:LONGEST_NETWORK], agent[:200] or None, detail[:254] or None
    tx.add(event)
    if user_id:
        changes.note_own(tx, user_id)


def prune() -> int:
    """Delete events older than KEPT, in portions, and return how many there were."""
    before, reached = clock.now() - KEPT, 0
    known = select(AccountEvent.id, AccountEvent.at).order_by(col(AccountEvent.id))  # they are numbered as they come

    def portion(limit: int) -> int | None:
        nonlocal reached
        with accounts(writes=False) as tx:
            rows = tx.exec(known.where(col(AccountEvent.id) > reached).limit(limit)).all()
        ids = [number for number, at in rows if at < before]
        if not ids:
            return None
        reached = rows[-1][0] or 0
        with accounts() as tx:
            return int(tx.exec(delete(AccountEvent).where(col(AccountEvent.id).in_(ids))).rowcount)

    return in_portions(portion)

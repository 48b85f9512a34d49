"""Account events: what happens to accounts, kept apart from the audit logs of organizations."""

from data.database import TenantSession
from data.database.principals import LONGEST_NETWORK
from data.models import AccountEvent

SIGN_IN, SIGN_UP, SIGN_OUT = 'account:sign_in', 'account:sign_up', 'account:sign_out'


def note_event(
    tx: TenantSession, action: str, outcome: str, email_key: str, network: str, user_id: str | None = None
) -> None:
    """Remember that somebody did this, or tried: `outcome` is 'done', 'refused' or 'limited'."""
    event = AccountEvent(user_id=user_id, email_key=email_key, action=action, outcome=outcome)
    event.network = network[:LONGEST_NETWORK]
    tx.add(event)

"""Notices about limits: who is told that one is near, or reached."""

from data.database import TenantSession
from data.services.usage.standings import Standing


def tell(tx: TenantSession, standing: Standing) -> None:
    """Tell people that so much of a limit is used, in the transaction that used it. Nobody is told by mail yet."""

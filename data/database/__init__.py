"""The database: transactions in the scope of one organization, on SQLite and PostgreSQL alike."""

from data.database.tenancy import Scope, TenantError, TenantSession
from data.database.transactions import (
    Actor,
    accounts,
    administrator,
    close,
    connect,
    lock,
    newest_event,
    personal,
    ping,
    reading,
    transaction,
)

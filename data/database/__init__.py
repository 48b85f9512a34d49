"""The database: transactions in the scope of one organization, on SQLite and PostgreSQL alike."""

from data.database.pictures import once
from data.database.principals import ADMINISTRATOR, Actor, Principal, System
from data.database.scoping import Scope, constant
from data.database.tenancy import TenantError, TenantSession
from data.database.transactions import (
    accounts,
    administrator,
    close,
    connect,
    lock,
    lock_first,
    newest_event,
    personal,
    ping,
    reading,
    transaction,
)

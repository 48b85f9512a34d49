"""Pending lines: what waits for the next invoice of an organization, each cause once, whatever happens twice.

Whoever calls these holds the organization's row.
"""

from dataclasses import replace
from typing import Any

from sqlalchemy import bindparam, update
from sqlmodel import col, select

from data import clock
from data.database import TenantSession, constant
from data.models import PendingLine, new_id
from data.services.invoices.line import Line

_WAITING = constant(
    select(PendingLine).where(col(PendingLine.invoice_id).is_(None)).order_by(col(PendingLine.created_at))
)
_TAKEN = constant(
    update(PendingLine)
    .where(col(PendingLine.invoice_id).is_(None), col(PendingLine.cause) == bindparam('of'))
    .values(invoice_id=bindparam('onto'))
)


def add(tx: TenantSession, line: Line) -> bool:
    """Let a line wait for the next invoice; whether it is new. What has its cause already waits or was billed."""
    row: dict[str, Any] = {
        'organization_id': tx.scope.organization_id,
        'id': new_id(),
        'cause': line.cause,
        'text': line.text,
        'quantity': line.quantity,
        'unit_price': line.unit_price,
        'per': line.per,
        'net': line.net,
        'service_from': line.service_from,
        'service_to': line.service_to,
        'created_at': clock.now(),
        'invoice_id': None,
    }
    return bool(tx.insert_new(PendingLine, [row]))


def waiting(tx: TenantSession) -> list[Line]:
    """The lines that wait, the oldest first; of what came at once, what is taken back before what is charged."""
    rows = sorted(tx.exec(_WAITING), key=lambda row: (row.created_at, row.cause.rpartition(':')[0], row.net))
    return [
        Line(
            row.cause,
            row.text,
            row.net,
            row.quantity,
            row.unit_price,
            row.per,
            row.service_from,
            row.service_to,
            pending=True,
        )
        for row in rows
    ]


def put(tx: TenantSession, line: Line, invoice_id: str) -> None:
    """Note on which invoice a line is that has waited: it waits no longer."""
    tx.change_here(_TAKEN, {'of': line.cause, 'onto': invoice_id})


def put_off(tx: TenantSession, line: Line, until: str) -> None:
    """Let a line that was on no invoice wait for the next one; `until` names what was closed without it."""
    if not line.pending:
        add(tx, replace(line, cause=f'carried:{until}:{line.cause}'))

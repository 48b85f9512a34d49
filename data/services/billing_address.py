"""Where the bills of an organization go."""

from collections.abc import Mapping
from dataclasses import asdict

from sqlmodel import select

from data.database import Actor, constant, reading, transaction
from data.inputs import addresses
from data.models import BillingAddress
from data.permissions import Permission, authorize
from data.services import audit, sureness
from data.services.audit import Act

_ADDRESS = constant(select(BillingAddress))


def address(actor: Actor) -> BillingAddress | None:
    """The billing address, None before there is one. Raises Forbidden, NotFound, SignedOut."""
    with reading(actor) as tx:
        authorize(tx, actor, Permission.BILLING_VIEW)
        return tx.exec(_ADDRESS).first()


def set_address(actor: Actor, values: Mapping[str, object], *, version: int) -> BillingAddress:
    """Replace the billing address; `version` is that of the one on screen, 0 where there was none.

    Among `values`, `sure` are the names of fields that are right though they look wrong; without it they raise
    Doubtful(field, …). Raises Invalid(field, …) by the rules of the country, Stale, Forbidden, NotFound, SignedOut.
    """
    checked, doubts = addresses.read(values)
    with transaction(actor) as tx:
        member = authorize(tx, actor, Permission.BILLING_MANAGE)
        new = BillingAddress(organization_id=actor.organization_id, kind='', country='', version=0)
        row = tx.exec(_ADDRESS).first() or new
        row.expect(version)
        in_spite = sureness.overruled(addresses.new_doubts(checked, doubts, row.model_dump()), values)
        for field, value in asdict(checked).items():
            setattr(row, field, value)
        tx.add(row)
        audit.record(tx, member, Act.BILLING_SET_ADDRESS, checked.country, **in_spite)
    return row

"""Terms: what holds of the catalogue for an organization that has a plan of it, and how much of that it uses."""

from collections.abc import Mapping
from dataclasses import dataclass

from data.database import Actor, reading
from data.permissions import Permission, authorize
from data.services import usage
from data.services.plans import Plan
from data.services.subscriptions import holding
from data.services.usage import Standing


@dataclass(frozen=True)
class Terms:
    """How invoices are paid and taxed, and how an organization stands with each metric.

    `free` is the plan of whoever has none. `transfer` is where money goes, as the catalogue says it; `tax_name` is
    what the tax is called.
    """

    free: Plan
    transfer: Mapping[str, str]
    tax_name: str
    used: tuple[Standing, ...]


def terms(actor: Actor) -> Terms:
    """What holds for the actor's organization. Raises NotFound where there is no catalogue, Forbidden, SignedOut."""
    with reading(actor) as tx:
        authorize(tx, actor, Permission.BILLING_VIEW)
        catalogue = holding.catalogue_of(tx)
        return Terms(catalogue.free, catalogue.transfer, catalogue.tax.name, tuple(usage.standings(tx)))

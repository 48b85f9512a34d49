"""The catalogue that holds, with how many organizations have which version of each plan: for whoever runs it all."""

from dataclasses import dataclass

from sqlmodel import col, func, select

from data.database import administrator
from data.models import Subscription
from data.services.plans.catalogue import Catalogue
from data.services.plans.current import current


@dataclass(frozen=True)
class Overview:
    """A catalogue, and how many organizations have each version of a plan, by its id and that number."""

    catalogue: Catalogue
    holders: dict[tuple[str, int], int]

    def versions(self, plan: str) -> dict[int, int]:
        """How many organizations have each version of this plan, the newest first."""
        return {version: number for (it, version), number in sorted(self.holders.items(), reverse=True) if it == plan}


def overview() -> Overview | None:
    """What there is; None where there is no catalogue. Raises Unavailable."""
    held = select(Subscription.plan, Subscription.plan_version, func.count())
    with administrator() as tx:
        catalogue = current(tx)
        counted = tx.exec(held.group_by(col(Subscription.plan), col(Subscription.plan_version))).all()
    return Overview(catalogue, {(plan, version): number for plan, version, number in counted}) if catalogue else None

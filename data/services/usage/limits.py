"""Limits, as whoever runs the installation sets them: how much of each metric an organization may use."""

from collections.abc import Callable

from data.database import System, TenantSession, reading, transaction
from data.models import Organization
from data.services import audit
from data.services.audit import Act
from data.services.usage import caps, member_limit, metrics
from data.services.usage.metrics import Metric
from data.services.usage.standings import Standing, standings

NO_LIMIT = 'no limit'


def set_limit(
    organization_id: str,
    metric: object,
    cap: int | None,
    *,
    lifted: Callable[[TenantSession], None] = lambda _: None,
) -> tuple[Organization, Standing]:
    """Let an organization use so much of a metric from now on, or with None as much as it likes; how it stands then.

    Of what it has already nothing is taken away. It is on its record, and its Owners are told where it is near the
    limit or past it. `lifted` is what follows where it is none any more: a plan may have one.
    Raises Invalid('metric' | 'cap'), NotFound, Unavailable.
    """
    metric, administrator = metrics.known(metric), System(organization_id)
    with transaction(administrator) as tx:
        organization = tx.find(Organization, organization_id)
        if metric is Metric.MEMBERS:
            member_limit.count_members(tx, whatever=True)
        before = caps.set_cap(tx, metric, cap)
        if cap is None:
            lifted(tx)
        if before != cap:
            words = {'before': _in_words(metric, before), 'after': _in_words(metric, cap)}
            audit.record(tx, administrator, Act.USAGE_LIMIT, metric.label.lower(), **words)
        return organization, next(it for it in standings(tx) if it.metric is metric)


def limits_of(organization_id: str) -> tuple[Organization, list[Standing]]:
    """How an organization stands with each metric, for whoever runs the installation. Raises NotFound, Unavailable."""
    with reading(System(organization_id)) as tx:
        return tx.find(Organization, organization_id), standings(tx)


def _in_words(metric: Metric, cap: int | None) -> str:
    """A limit without saying of what, which the sentence does: '10,000', '50,000,000 bytes'; the record is exact."""
    if cap is None:
        return NO_LIMIT
    return f'{cap:,} bytes' if metric.counted == 'bytes' else f'{cap:,}'

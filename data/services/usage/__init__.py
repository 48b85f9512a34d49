"""Usage: what an organization uses, counted in the transaction that uses it, its sums, and what is left of limits."""

from data.services.usage.caps import Allowance, follow, set_cap
from data.services.usage.counters import LimitReached
from data.services.usage.events import BATCH, Conflict, Event
from data.services.usage.levels import change_level, end_levels
from data.services.usage.metrics import Kind, Metric
from data.services.usage.recording import record, record_many
from data.services.usage.reserving import reserve, settle
from data.services.usage.standings import (
    FULL,
    WARNED,
    Standing,
    near,
    near_of,
    standings,
    standings_by,
)

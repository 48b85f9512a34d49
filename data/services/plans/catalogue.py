"""The catalogue: what its file says, read and checked; a plan is what a version of it holds.

Prices are whole numbers of the smallest unit of the currency, rates of tax in thousandths of a per cent.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from data.models import Interval, Role
from data.money.charges import Pricing, Rate, Tier
from data.services.usage import Metric


class Over(StrEnum):
    """What happens beyond what is included: it is billed, refused, or only told of."""

    BILL = 'bill'
    BLOCK = 'block'
    TELL = 'tell'


@dataclass(frozen=True)
class Included:
    """How much of a metric a plan includes in a whole period, or at once, and what happens beyond."""

    included: int
    over: Over
    pricing: Pricing = Pricing.LINEAR
    price: int = 0
    per: int = 1
    tiers: tuple[Tier, ...] = ()

    @property
    def rate(self) -> Rate:
        """What is beyond costs this, where it is billed."""
        return Rate(self.pricing, self.price, self.per, self.tiers)


@dataclass(frozen=True)
class Seats:
    """How many members a plan includes; `price` is that of one more for a whole period, where they are billed."""

    included: int
    over: Over
    price: int = 0
    roles: tuple[Role, ...] = (Role.OWNER, Role.ADMIN, Role.MEMBER)


@dataclass(frozen=True)
class Plan:
    """A version of a plan; `version` is 0 where it was not applied yet.

    `seats` None means that members are free, and so is a metric that is not in `included`, however much of it there is.
    Who has a plan that `is_offered` no longer keeps it; nobody chooses it any more.
    """

    id: str
    name: str
    price: int
    interval: Interval = Interval.MONTH
    trial_days: int = 0
    sentence: str = ''
    seats: Seats | None = None
    included: Mapping[Metric, Included] = field(default_factory=dict)
    is_offered: bool = True
    version: int = 0


@dataclass(frozen=True)
class TaxRules:
    """The rate where nothing else holds, those of countries, and whether companies of the EU owe it themselves."""

    rate: int
    name: str = 'VAT'
    reverse_charge: bool = False
    rates: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Catalogue:
    """What the file says. `anchor` is the day of the month on which periods begin, None for that of each beginning.

    `default` is the plan of whoever has chosen none, and after one has ended; it has no price. `seller` has `name`,
    `country`, `tax_id`, `email`, `logo` and what its country has in an address; `transfer` has `holder`, `iban`,
    `bic`, or `text`. `number` and `credit_number` are patterns such as 'INV-{year}-{n:06}', for `str.format`.
    """

    currency: str
    time_zone: str
    anchor: int | None
    review_hours: int
    default: str
    seller: Mapping[str, str]
    transfer: Mapping[str, str]
    number: str
    credit_number: str
    payment_days: int
    grace_days: int
    footer: str
    tax: TaxRules
    plans: tuple[Plan, ...]
    hash: str = ''

    @property
    def offered(self) -> tuple[Plan, ...]:
        """The plans that can be chosen, in their order."""
        return tuple(plan for plan in self.plans if plan.is_offered)

    @property
    def free(self) -> Plan:
        """The plan of whoever has chosen none."""
        return next(plan for plan in self.plans if plan.id == self.default)

    def plan(self, plan_id: str) -> Plan | None:
        """The plan with this id, in the version that whoever begins with it gets."""
        return next((plan for plan in self.plans if plan.id == plan_id), None)

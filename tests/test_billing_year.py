"""A year of fifty organizations with a moved clock, and the same bills found by another calculation.

That one shares no code with the application: it knows the calendar, fractions, and the rules on paper.
"""

import calendar
import random
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine
from test_billing import GERMAN

from data import clock
from data.services import billing_address, organizations, subscriptions
from data.services.invoices import closing
from tests.support import billed, catalogues
from tests.support.months import count_by
from tests.support.probes import rows
from tests.support.world import World, inside

DAY = timedelta(days=1)
PLANS = {  # price, seats included, price of one more, messages included, price of 1,000 more
    'team': (4900, 5, 600, 10000, 400),
    'business': (9900, 20, 500, 25000, 300),
}
ANCHORS = (1, 29, 30, 31)
FIRST, LAST = date(2027, 10, 29), date(2028, 11, 3)


@dataclass
class Life:
    """What happens to one organization: all that its bills are found from."""

    begins: date
    upgraded: date | None
    members: list[tuple[date, date | None]]
    used: list[tuple[datetime, datetime, int]] = field(default_factory=list)
    """When it happened, when it was told, and how much that was."""


# the other calculation -----------------------------------------------------------------------------------------------


def rounded(exact: Fraction) -> int:
    """Half of a cent away from zero."""
    sign = -1 if exact < 0 else 1
    return sign * int(abs(exact) + Fraction(1, 2))


def boundary(begins: date, number: int) -> date:
    """The first day of a period, counted from that of the first one."""
    month = begins.month - 1 + number
    year, month = begins.year + month // 12, month % 12 + 1
    return date(year, month, min(begins.day, calendar.monthrange(year, month)[1]))


def plan_on(life: Life, day: date) -> str:
    return 'business' if life.upgraded and life.upgraded <= day else 'team'


def beyond(life: Life, first: date, next: date, zone: ZoneInfo, seen_by: datetime) -> int:
    """What was used beyond what is included comes to, as far as it was told by a moment."""
    total = sum(it for at, seen, it in life.used if first <= at.astimezone(zone).date() < next and seen < seen_by)
    days = [first + DAY * number for number in range((next - first).days)]
    included = int(sum(Fraction(PLANS[plan_on(life, day)][3], len(days)) for day in days))
    return rounded(Fraction(max(0, total - included) * PLANS[plan_on(life, days[-1])][4], 1000))


def seats(life: Life, first: date, next: date) -> int:
    days = [first + DAY * number for number in range((next - first).days)]
    amounts = 0
    for plan, (_, included, price, *_) in PLANS.items():
        there = 0
        for day in (it for it in days if plan_on(life, it) == plan):
            present = sum(begin <= day and (end is None or day <= end) for begin, end in life.members)
            there += max(0, present - included)
        amounts += rounded(Fraction(price * there, len(days)))
    return amounts


def bills(life: Life, zone: ZoneInfo) -> dict[date, int]:
    """The net amount of the invoice of each period that is over, by its first day."""
    found: dict[date, int] = {}
    number = 0
    while (next := boundary(life.begins, number + 1)) <= LAST:
        first, net = (
            boundary(life.begins, number),
            PLANS[plan_on(life, next - DAY)][0],
        )  # who upgrades then does so later
        if life.upgraded and first <= life.upgraded < next:
            left, days = (next - life.upgraded).days, (next - first).days
            net += rounded(Fraction(-PLANS['team'][0] * left, days)) + rounded(Fraction(9900 * left, days))
        net += seats(life, first, next) + beyond(life, first, next, zone, closed(next, zone))
        for before in range(max(0, number - 2), number):
            span = boundary(life.begins, before), boundary(life.begins, before + 1)
            net += beyond(life, *span, zone, closed(next, zone)) - beyond(life, *span, zone, closed(first, zone))
        found[first] = net
        number += 1
    return found


def closed(day: date, zone: ZoneInfo) -> datetime:
    """When the periods are closed that end with the day before: half an hour after midnight."""
    return datetime.combine(day, time(0, 30), zone).astimezone(UTC)


# the year ------------------------------------------------------------------------------------------------------------


def made_up(chance: random.Random, number: int, zone: ZoneInfo) -> Life:
    """A life by chance, the same one each time; the anchors take turns."""
    begins = {1: date(2027, 11, 1), 29: FIRST, 30: date(2027, 10, 30), 31: date(2027, 10, 31)}[ANCHORS[number % 4]]
    upgraded = begins + DAY * chance.randrange(1, 340) if number % 3 else None
    life = Life(begins, upgraded, [(date(2027, 1, 1), None)] * chance.randrange(3, 7))
    for _ in range(chance.randrange(2, 8)):
        joined = begins + DAY * chance.randrange(0, 330)
        left = joined + DAY * chance.randrange(0, 90) if chance.random() < 0.7 else None
        life.members.append((joined, left))
    for turn in range(14):
        day = boundary(begins, chance.randrange(1, 12)) - DAY if turn % 3 == 0 else begins + DAY * chance.randrange(345)
        hour = time(23, 59, 59) if turn % 3 == 0 else time(chance.randrange(1, 24), 10)
        at = datetime.combine(day, hour, zone).astimezone(UTC)
        seen = at + timedelta(days=chance.randrange(1, 34), hours=1) if turn % 4 == 0 else at
        life.used.append((at, seen, chance.choice([150, 4999, 9000, 13417, 26001])))
    return life


@pytest.mark.slow
@pytest.mark.usefixtures('at_any_time', 'unthrottled')
@pytest.mark.parametrize('databases', ['sqlite'], indirect=True)
@pytest.mark.parametrize(
    ('name', 'number'), [('Europe/Berlin', 17), ('America/Santiago', 17), ('Asia/Kathmandu', 16)], ids=str
)
def test_a_year_is_billed_as_it_is_on_paper(world: World, db: Engine, name: str, number: int) -> None:
    zone, chance = ZoneInfo(name), random.Random(name)
    count_by(db, name)
    stand(datetime.combine(FIRST - DAY * 10, time(12), zone))
    catalogues.applied(('anchor = 1', 'anchor = "start"'), ('rates = { FR = "20", CH = "0" }', ''))
    lives = live(world, db, [made_up(chance, each, zone) for each in range(number)], zone)
    drafts = rows(
        db,
        'SELECT i.organization_id, p.first_day, i.net, i.tax, i.total FROM invoices i JOIN billing_periods p '
        'ON p.id = i.period_id ORDER BY i.organization_id, p.first_day',
    )
    wanted = []
    for at, life in sorted(lives.items()):
        for first, net in bills(life, zone).items():
            tax = rounded(Fraction(net * 19, 100))
            wanted.append((at, str(first), net, tax, net + tax))
    assert [(at, str(first), *amounts) for at, first, *amounts in drafts] == wanted
    assert len(wanted) > 12 * number - 5


def live(world: World, db: Engine, all_of: list[Life], zone: ZoneInfo) -> dict[str, Life]:
    """Let all of it happen, in the order of the clock; after each midnight what is over is closed. Whose it was."""
    day, lives = FIRST, dict[str, Life]()
    told = {id(life): sorted(life.used, key=lambda it: it[1]) for life in all_of}
    while day <= LAST:
        stand(closed(day, zone))
        closing.close_all()
        for life in (it for it in all_of if it.begins == day):
            lives[begun(world, db, life)] = life
        for at, life in lives.items():
            if life.upgraded == day:
                stand(datetime.combine(day, time(0, 45), zone))
                owner = inside(world.owner, at)
                subscriptions.choose(owner, 'business', version=subscriptions.standing(owner).version)
            events = told[id(life)]
            while events and events[0][1] < closed(day + DAY, zone):
                happened, seen, quantity = events.pop(0)
                stand(seen)
                billed.use(at, quantity, f'{happened} {quantity} {len(events)}', at=happened)
        day += DAY
    return lives


def begun(world: World, db: Engine, life: Life) -> str:
    """An organization that begins now with Team; its id."""
    at = organizations.create(world.owner, 'One of many').id
    billing_address.set_address(inside(world.owner, at), GERMAN, version=0)
    billed.begin(at)
    billed.seat(db, at, [(str(first), str(last) if last else None) for first, last in life.members])
    return at


def stand(moment: datetime) -> None:
    there = moment.astimezone(UTC)
    clock.source = lambda: there

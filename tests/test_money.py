"""What holds of money whatever the amounts are: nothing is lost, nothing is billed twice, nothing drifts."""

from calendar import monthrange
from datetime import date, timedelta
from fractions import Fraction
from itertools import accumulate, pairwise

import pytest
from babel import Locale
from babel.numbers import get_currency_precision
from hypothesis import example, given
from hypothesis import strategies as st

from data.money import charges, currencies, dunning, periods, proration, rounding, taxes
from data.money.charges import Pricing, Rate, Tier
from data.money.periods import Period
from data.money.taxes import Category, TaxedNet, Treatment
from data.problems import Invalid

DAY = timedelta(days=1)

DAYS = st.dates(date(2000, 1, 1), date(2100, 12, 31))
ANCHORS = st.integers(1, 31)
AMOUNTS = st.integers(0, 10**10)
QUANTITIES = st.integers(0, 10**12)
RATES = st.integers(0, taxes.HIGHEST)
CODES = st.sampled_from(sorted(currencies.DIGITS))
PAID_IN_WHOLES = 'AFN ALL IQD IRR KPW LAK LBP MGA MMK RSD SOS SYP YER'
LINES = st.lists(
    st.builds(TaxedNet, st.integers(-(10**12), 10**12), st.sampled_from(['S', 'AE', 'E']), RATES), max_size=8
)


@st.composite
def months(draw: st.DrawFn) -> tuple[Period, date]:
    """A period of any anchor, whole or begun within, and a day of it."""
    day, anchor = draw(DAYS), draw(ANCHORS)
    whole = periods.around(day, anchor_day=anchor)
    period = whole if draw(st.booleans()) else Period(day, whole.next, whole.first)
    return period, day


@st.composite
def prices(draw: st.DrawFn) -> Rate:
    """Any way to price a quantity."""
    pers = st.integers(1, 10**6)
    pricing = draw(st.sampled_from(Pricing))
    if pricing is not Pricing.GRADUATED:
        return Rate(pricing, draw(AMOUNTS), draw(pers))
    ends = sorted(draw(st.sets(st.integers(1, 10**9), max_size=4)))
    return Rate(pricing, tiers=tuple(Tier(end, draw(AMOUNTS), draw(pers)) for end in [*ends, None]))


# rounding and currencies ---------------------------------------------------------------------------------------------


@given(st.fractions(max_denominator=10**6))
@example(Fraction(1, 2))
@example(Fraction(-1, 2))
@example(Fraction(5, 2))
def test_a_fraction_is_rounded_to_the_nearest_and_halves_away_from_zero(exact: Fraction) -> None:
    rounded = rounding.half_away(exact)
    assert rounding.half_away(-exact) == -rounded
    assert abs(rounded - exact) <= Fraction(1, 2)
    assert abs(rounded - exact) != Fraction(1, 2) or abs(rounded) > abs(exact)


@given(st.integers(-currencies.LARGEST, currencies.LARGEST), CODES)
def test_an_amount_is_read_as_it_is_written(amount: int, code: str) -> None:
    text = currencies.plain(amount, code)
    assert currencies.parse(text, code, negative=True) == amount
    digits = ''.join(filter(str.isdigit, currencies.shown(amount, code)))
    assert digits == text.replace('-', '').replace('.', '')
    assert currencies.shown(amount, code).startswith('\u2212') == (amount < 0)


@pytest.mark.parametrize(
    ('amount', 'code', 'shown'),
    [
        (104_900, 'EUR', '€1,049.00'),
        (-2_371, 'EUR', '−€23.71'),
        (4_900, 'CHF', 'CHF\u00a049.00'),
        (4_900, 'JPY', '¥4,900'),
        (4_900, 'KWD', 'KWD\u00a04.900'),
        (1_250, 'RSD', 'RSD\u00a012.50'),
        (5, 'USD', '$0.05'),
        (0, 'GBP', '£0.00'),
        (1_234_567_890, 'CNY', 'CN¥12,345,678.90'),
    ],
)
def test_an_amount_is_shown_with_the_digits_of_its_currency(amount: int, code: str, shown: str) -> None:
    assert currencies.shown(amount, code) == shown


def test_currencies_are_those_of_iso_4217_with_its_digits() -> None:
    names = Locale('en').currencies
    assert all(code in names for code in currencies.DIGITS)
    other = {code for code, digits in currencies.DIGITS.items() if get_currency_precision(code) != digits}
    assert ' '.join(sorted(other)) == PAID_IN_WHOLES, 'CLDR says 0 for them: what is paid in cash'


@pytest.mark.parametrize(
    ('text', 'code', 'said'),
    [
        ('49,00', 'EUR', 'with a point'),
        ('1,049.00', 'EUR', 'with a point'),
        ('49.005', 'EUR', 'EUR has 2 digits after the point'),
        ('49.5', 'JPY', 'JPY has no smaller unit: write the amount as "49"'),
        ('49.1234', 'KWD', 'KWD has 3 digits after the point: write the amount as "49.000"'),
        ('-1', 'EUR', 'can’t be below zero'),
        ('-0.01', 'EUR', 'can’t be below zero'),
        ('49.', 'EUR', 'with a point'),
        ('.5', 'EUR', 'with a point'),
        ('4e2', 'EUR', 'with a point'),
        ('NaN', 'EUR', 'with a point'),
        ('49.00 EUR', 'EUR', 'with a point'),
        ('٤٩', 'EUR', 'with a point'),
        (' 49', 'EUR', 'with a point'),
        ('49\n', 'EUR', 'with a point'),
        ('', 'EUR', 'with a point'),
        ('9' * 20, 'EUR', 'too large'),
        ('9' * 21, 'EUR', 'with a point'),
        (49.0, 'EUR', 'in quotes'),
        (49, 'EUR', 'in quotes'),
        (True, 'EUR', 'in quotes'),
        (None, 'EUR', 'in quotes'),
        ('49', 'EURO', 'code of three capitals'),
        ('49', 'eur', 'code of three capitals'),
        ('49', 'XAU', 'code of three capitals'),
        ('49', None, 'code of three capitals'),
    ],
)
def test_what_is_no_amount_is_refused_with_a_sentence(text: object, code: str, said: str) -> None:
    with pytest.raises(Invalid, match=said) as problem:
        currencies.parse(text, code, field='price')
    assert set(problem.value.fields) <= {'price', 'currency'}


# periods and shares --------------------------------------------------------------------------------------------------


@given(DAYS, ANCHORS)
@example(date(2027, 1, 31), 31)
@example(date(2028, 2, 29), 30)
def test_boundaries_never_drift(day: date, anchor: int) -> None:
    """Each is the anchor day of its month or the last one, for forty months; each period ends where the next begins."""
    period = periods.around(day, anchor_day=anchor)
    assert period.first <= day < period.next
    for _ in range(40):
        first = period.next
        assert first.day == min(anchor, monthrange(first.year, first.month)[1])
        assert periods.around(first - DAY, anchor_day=anchor) == period
        period = periods.around(first, anchor_day=anchor)
        assert period.first == first and 28 <= period.days <= 31


@given(DAYS, st.integers(0, 20))
@example(date(2028, 2, 29), 4)
def test_years_never_drift(started: date, years: int) -> None:
    first = started
    for _ in range(years):
        period = periods.around(first, anchor_day=1, interval=periods.YEAR, started_on=started)
        assert (period.first, period.days in (365, 366)) == (first, True)
        first = period.next
    assert (first.year, first.month) == (started.year + years, started.month)
    assert first.day == min(started.day, monthrange(first.year, first.month)[1])


def test_a_year_needs_the_day_of_its_beginning() -> None:
    with pytest.raises(ValueError, match='beginning'):
        periods.around(date(2027, 1, 1), anchor_day=1, interval=periods.YEAR)


@given(DAYS, ANCHORS, AMOUNTS)
def test_a_first_period_is_a_part_of_a_whole_one(day: date, anchor: int, price: int) -> None:
    period = periods.beginning(day, anchor_day=anchor)
    assert period.first == day and period.last == period.next - DAY
    fee = proration.first_fee(price, period)
    assert 0 <= fee <= price
    assert fee == price or period.held < period.days


@given(months(), AMOUNTS, AMOUNTS)
def test_a_proration_never_exceeds_the_period(month: tuple[Period, date], old: int, new: int) -> None:
    period, day = month
    change = proration.change(old, new, period, day)
    assert -old <= change.credit <= 0 <= change.charge <= new
    assert 1 <= change.days_left <= change.days
    back = proration.change(new, old, period, day)
    assert (back.credit, back.charge) == (-change.charge, -change.credit), 'up and down on one day costs nothing'
    chosen = proration.choice(old, new, period, day)
    assert (chosen.from_day, chosen.net) == ((day, change.net) if new > old else (period.next, 0))


@given(months(), st.lists(AMOUNTS, min_size=2, max_size=6), st.data())
def test_however_often_plans_change_nobody_pays_more_than_the_dearest(
    month: tuple[Period, date], held: list[int], data: st.DataObject
) -> None:
    """Nor less than the cheapest, but for half a cent of each line."""
    period, _ = month
    offsets = st.integers(0, period.held - 1)
    on = [period.first + DAY * data.draw(offsets) for _ in held[1:]]
    paid = proration.first_fee(held[0], period)
    for old, new, day in zip(held, held[1:], sorted(on), strict=False):
        paid += proration.change(old, new, period, day).net
    exact = [Fraction(price * period.held, period.days) for price in (min(held), max(held))]
    assert exact[0] - len(held) <= paid <= exact[1] + len(held)


@pytest.mark.parametrize('day', [date(2027, 2, 28), date(2027, 4, 1)])
def test_a_plan_changes_within_its_period_only(day: date) -> None:
    with pytest.raises(ValueError, match='day of the period'):
        proration.change(1, 2, periods.around(date(2027, 3, 1), anchor_day=1), day)


@pytest.mark.parametrize(('held', 'days'), [(-1, 31), (32, 31), (0, 0)])
def test_a_share_is_one_of_a_period(held: int, days: int) -> None:
    with pytest.raises(ValueError, match='no days of a period'):
        proration.share(100, held, days)


# seats and what is beyond --------------------------------------------------------------------------------------------


@given(st.lists(st.integers(0, 1000), min_size=1, max_size=31), st.integers(0, 1000), AMOUNTS)
def test_seats_cost_no_more_than_the_most_there_were(members: list[int], included: int, price: int) -> None:
    found = charges.seat_days(members, included)
    assert found.most == max(0, max(members) - included)
    assert 0 <= charges.seats(price, found.days, len(members)) <= price * found.most


@given(st.lists(st.tuples(st.integers(0, 10**12), st.integers(1, 31)), min_size=1, max_size=5))
def test_what_is_included_is_between_the_least_and_the_most(held: list[tuple[int, int]]) -> None:
    included = charges.included(held, sum(days for _, days in held))
    assert min(quantity for quantity, _ in held) <= included <= max(quantity for quantity, _ in held)


@given(prices(), QUANTITIES, QUANTITIES)
def test_more_never_costs_less_and_each_line_is_its_price(rate: Rate, some: int, more: int) -> None:
    lines = charges.overage(rate, some)
    for line in lines:
        assert line.net == rounding.half_away(Fraction(line.price * line.quantity, line.per))
    counted = sum(line.quantity for line in lines)
    assert counted == some or (rate.pricing is Pricing.PACKAGE and 0 <= counted - some < rate.per)
    assert charges.amount(rate, 0) == 0 <= charges.amount(rate, some) <= charges.amount(rate, some + more)


@given(prices(), st.lists(st.integers(-1000, 10**6), min_size=1, max_size=8), st.integers(0, 10**6))
def test_what_comes_late_in_pieces_costs_what_it_costs_at_once(rate: Rate, pieces: list[int], included: int) -> None:
    known = list(accumulate(pieces))
    late = [charges.late(rate, billed=before, now=now, included=included) for before, now in pairwise(known)]
    whole = charges.late(rate, billed=known[0], now=known[-1], included=included)
    assert sum(it.net for it in late) == whole.net
    assert whole.already_billed + whole.net == charges.amount(rate, charges.over(known[-1], included))


def test_a_period_has_a_day() -> None:
    for act in (lambda: charges.seats(1, 1, 0), lambda: charges.included([], 0)):
        with pytest.raises(ValueError, match='has a day'):
            act()


# taxes and credit notes ----------------------------------------------------------------------------------------------


@given(LINES)
def test_an_invoice_adds_up(lines: list[TaxedNet]) -> None:
    totals = taxes.totals(lines)
    assert totals.net == sum(line.net for line in lines) == sum(tax.net for tax in totals.taxes)
    assert totals.tax == sum(tax.tax for tax in totals.taxes)
    assert totals.total == totals.net + totals.tax
    assert len({(tax.category, tax.rate) for tax in totals.taxes}) == len(totals.taxes)
    for tax in totals.taxes:
        assert abs(Fraction(tax.net * tax.rate, 100_000) - tax.tax) <= Fraction(1, 2)


@given(st.lists(st.tuples(st.integers(1, 10**10), RATES), min_size=1, max_size=6), st.data())
def test_credit_notes_never_exceed_the_invoice_and_the_whole_is_the_invoice(
    charged: list[tuple[int, int]], data: st.DataObject
) -> None:
    """In any order, in any pieces: what is left is never below zero, and nothing is left at the end."""
    lines = [TaxedNet(net, 'S', rate) for net, rate in charged]
    pieces = []
    for line in lines:
        rest = line.net
        for _ in range(data.draw(st.integers(0, 3))):
            piece = data.draw(st.integers(0, rest))
            pieces.append(TaxedNet(-piece, line.category, line.rate))
            rest -= piece
        pieces.append(TaxedNet(-rest, line.category, line.rate))
    pieces = data.draw(st.permutations(pieces))
    invoice, left, paid_back = taxes.totals(lines), taxes.totals(lines), 0
    for place, piece in enumerate(pieces):
        note = taxes.credit(pieces[:place], [piece])
        assert note.net == piece.net and piece.net <= 0 and note.tax <= 0
        paid_back += note.total
        left = taxes.left(lines, pieces[: place + 1])
        assert left.total == invoice.total + paid_back
        assert all(tax.net >= 0 and tax.tax >= 0 for tax in left.taxes)
    assert (left.net, left.tax, left.total) == (0, 0, 0)
    assert paid_back == -invoice.total


@given(LINES)
def test_a_credit_note_of_the_whole_is_the_invoice_with_other_signs(lines: list[TaxedNet]) -> None:
    """Also where lines of the invoice are credits themselves."""
    note = taxes.credit([], [TaxedNet(-line.net, line.category, line.rate) for line in lines])
    invoice = taxes.totals(lines)
    assert (note.net, note.tax, note.total) == (-invoice.net, -invoice.tax, -invoice.total)


GERMAN = {'rate': 19_000, 'rates': {'FR': 20_000, 'CH': 0}, 'seller_country': 'DE'}


@pytest.mark.parametrize(
    ('buyer', 'expected'),
    [
        ({'buyer_country': 'DE'}, Treatment(Category.STANDARD, 19_000)),
        ({'buyer_country': 'DE', 'owes_it': True}, Treatment(Category.STANDARD, 19_000)),
        ({'buyer_country': 'PL', 'owes_it': True}, Treatment(Category.REVERSE_CHARGE, 0)),
        ({'buyer_country': 'PL'}, Treatment(Category.STANDARD, 19_000)),
        ({'buyer_country': 'FR'}, Treatment(Category.STANDARD, 20_000)),
        ({'buyer_country': 'FR', 'owes_it': True}, Treatment(Category.REVERSE_CHARGE, 0)),
        ({'buyer_country': 'CH', 'owes_it': True}, Treatment(Category.ZERO, 0)),
        ({'buyer_country': 'US', 'owes_it': True}, Treatment(Category.STANDARD, 19_000)),
        ({'buyer_country': 'PL', 'owes_it': True, 'is_exempt': True}, Treatment(Category.EXEMPT, 0)),
    ],
    ids=lambda it: '-'.join(map(str, it.values())) if isinstance(it, dict) else '',
)
def test_how_a_buyer_is_taxed(buyer: dict[str, object], expected: Treatment) -> None:
    assert taxes.treatment(**GERMAN, **buyer) == expected


@given(RATES)
def test_a_rate_is_read_as_it_is_shown(rate: int) -> None:
    assert taxes.parse(taxes.shown(rate).removesuffix('\u00a0%')) == rate


@pytest.mark.parametrize('text', ['1900', '100.001', '8,1', '-1', '19 %', '8.1234', '', '9' * 25, 19, 8.1, None, True])
def test_what_is_no_rate_is_refused(text: object) -> None:
    with pytest.raises(Invalid, match='per cent') as problem:
        taxes.parse(text, field='tax.rate')
    assert list(problem.value.fields) == ['tax.rate']


# days to pay ---------------------------------------------------------------------------------------------------------


@given(DAYS, st.integers(0, 365), st.integers(0, 365))
def test_what_follows_on_an_unpaid_invoice_follows_in_order(issued: date, payment: int, grace: int) -> None:
    dates = dunning.dates(issued, payment, grace)
    assert issued <= dates.due_on < dates.past_due_from <= dates.restricted_from
    assert (dates.restricted_from - dates.past_due_from).days == grace

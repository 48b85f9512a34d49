"""What billing reads like: plans, what is used of them, lines, days and amounts, each in one short sentence."""

from datetime import date

import pytest

from components.billing import Meter
from data.models import Interval, InvoiceKind
from data.money.taxes import Tax, Totals
from data.services.invoices.line import Line
from data.services.invoices.looking import InvoiceRow
from data.services.payments import InvoiceStanding
from data.services.plans.catalogue import Included, Over, Plan, Pricing, Seats, Tier
from data.services.plans.words import rate
from data.services.usage import Metric, Standing

MESSAGES = Included(10_000, Over.BILL, price=400, per=1000)
TEAM = Plan(
    'team',
    'Team',
    4900,
    trial_days=14,
    seats=Seats(5, Over.BILL, 600),
    included={Metric.MESSAGES: MESSAGES, Metric.PROJECTS: Included(10, Over.BLOCK)},
)
FREE = Plan('free', 'Free', 0, seats=Seats(3, Over.BLOCK), included={Metric.MESSAGES: Included(500, Over.TELL)})
YEARLY = Plan('yearly', 'Yearly', 49_000, interval=Interval.YEAR)


def words_of(used: int, included: Included, metric: Metric = Metric.MESSAGES) -> Meter:
    from pages.billing import plan_words

    return plan_words.meter(Standing(metric, used, None), included, TEAM, 'EUR')


@pytest.mark.parametrize(
    ('used', 'over', 'note', 'share', 'tone'),
    [
        (0, Over.BILL, '', 0, 'ok'),
        (8_000, Over.BILL, '', 80, 'warn'),
        (10_000, Over.BILL, '', 100, 'warn'),
        (13_417, Over.BILL, '3,417 billed at €4.00 per 1,000', 134, 'warn'),
        (10_000, Over.BLOCK, Metric.MESSAGES.stops, 100, 'danger'),
        (10_001, Over.BLOCK, '1 more than included', 100, 'danger'),
        (10_001, Over.TELL, '1 more than included, not billed', 100, 'warn'),
        (-5, Over.BILL, '', 0, 'ok'),
    ],
)
def test_what_is_used_stands_beside_what_is_included(used: int, over: Over, note: str, share: int, tone: str) -> None:
    meter = words_of(used, Included(10_000, over, price=400, per=1000))
    assert (meter.words, meter.note, meter.share, meter.tone) == (f'{used:,} of 10,000', note, share, tone)


def test_a_plan_that_includes_nothing_is_full_with_the_first_one() -> None:
    included = Included(0, Over.BILL, price=1)
    assert [words_of(it, included).share for it in (0, 1)] == [0, 100]
    assert words_of(2, included).note == '2 billed at €0.01 each'


def test_members_are_said_by_the_day_and_bytes_as_people_say_them() -> None:
    from pages.billing import plan_words

    used = [Standing(Metric.MEMBERS, 7, None), Standing(Metric.MESSAGES, 0, None), Standing(Metric.PROJECTS, 10, 10)]
    assert [(it.words, it.note) for it in plan_words.meters(TEAM, used, 'EUR')] == [
        ('7 of 5', '2 billed at €6.00 a month each, by the day'),
        ('0 of 10,000', ''),
        ('10 of 10', Metric.PROJECTS.stops),
    ]
    storage = words_of(1_200_000_000, Included(5 * 10**9, Over.TELL), Metric.STORAGE)
    assert storage.words == '1.2 GB of 5 GB'
    assert plan_words.meters(YEARLY, used, 'EUR') == []


@pytest.mark.parametrize(
    ('included', 'words'),
    [
        (Included(1, Over.BILL, price=400, per=1000), '€4.00 per 1,000'),
        (Included(1, Over.BILL, price=10), '€0.10 each'),
        (Included(1, Over.BILL, Pricing.PACKAGE, 400, 1000), '€4.00 per 1,000 begun'),
        (
            Included(1, Over.BILL, Pricing.GRADUATED, tiers=(Tier(9, 5), Tier(None, 3))),
            '€0.05 each for the first 9, then €0.03 each',
        ),
    ],
)
def test_each_way_to_price_has_its_words(included: Included, words: str) -> None:
    assert rate(Metric.MESSAGES, included.rate, 'EUR') == words


def test_of_a_plan_that_was_held_for_some_days_their_share_counts() -> None:
    from pages.billing import plan_words

    now = Standing(Metric.MESSAGES, 1_400, 1_333, by_plan=True, blocks=False, whole=10_000, is_billed=True)
    shown = plan_words.meter(now, MESSAGES, TEAM, 'EUR')
    assert (shown.words, shown.note, shown.share) == (
        '1,400 of 1,333',
        '67 billed at €4.00 per 1,000. A whole month includes 10,000.',
        105,
    )


def test_what_is_beyond_on_trial_is_not_said_to_cost_anything() -> None:
    from pages.billing import plan_words

    now = Standing(Metric.MESSAGES, 13_417, 10_000, by_plan=True, blocks=False, is_billed=False)
    assert plan_words.meter(now, MESSAGES, TEAM, 'EUR').note == '3,417 more than included, free while it is a trial'


def test_plans_stand_side_by_side() -> None:
    from pages.billing import plan_words

    assert plan_words.rows([FREE, TEAM, YEARLY], 'EUR') == [
        ('Members', [('3', 'no more than that'), ('5', 'then €6.00 a month each, by the day'), ('Not limited', '')]),
        (
            'Messages',
            [('500 a month', 'more is not billed'), ('10,000 a month', 'then €4.00 per 1,000'), ('Not limited', '')],
        ),
        ('Projects', [('Not limited', ''), ('10', 'no more than that'), ('Not limited', '')]),
        ('Trial', [('None', ''), ('14 days', ''), ('None', '')]),
    ]
    assert [plan_words.price_of(it, 'JPY') for it in (TEAM, YEARLY)] == ['¥4,900 a month', '¥49,000 a year']


@pytest.mark.parametrize(
    ('first', 'last', 'words'),
    [
        (date(2027, 3, 1), date(2027, 3, 31), '1–31 March 2027'),
        (date(2027, 3, 15), date(2027, 4, 14), '15 March to 14 April 2027'),
        (date(2027, 12, 15), date(2028, 1, 14), '15 December 2027 to 14 January 2028'),
        (date(2028, 2, 29), date(2028, 2, 29), '29 February 2028'),
    ],
)
def test_days_are_said_once(first: date, last: date, words: str) -> None:
    from pages.billing import bill_words

    assert bill_words.days_of(first, last) == words


def test_lines_say_of_what_and_add_up() -> None:
    from pages.billing import bill_words

    march = date(2027, 3, 1), date(2027, 3, 31)
    lines = [
        Line('plan', 'Team plan', 4900, 1, 4900, 1, *march),
        Line('usage:messages', 'Messages beyond 10,000', 1367, 3417, 400, 1000, *march),
        Line('seats:team:1', 'Members beyond 5', 716, 37, 600, 31),
        Line('change:x:credit', 'Free given back', -100),
    ]
    assert [(it.note, it.amount) for it in bill_words.lines(lines, 'EUR')] == [
        ('1–31 March 2027', '€49.00'),
        ('1–31 March 2027 · 3,417 at €4.00 per 1,000', '€13.67'),
        ('37 days at €6.00 for 31', '€7.16'),
        ('', '−€1.00'),
    ]
    totals = Totals(6167, (Tax('S', 19_000, 6167, 1172),), 1172, 7339)
    assert [(it.text, it.amount, it.is_total) for it in bill_words.sums(totals, 'EUR', 'VAT')] == [
        ('Net', '€61.67', False),
        ('VAT 19\N{NO-BREAK SPACE}%', '€11.72', False),
        ('In all', '€73.39', True),
    ]
    assert bill_words.tax_of('VAT', 7_700) == 'VAT 7.7\N{NO-BREAK SPACE}%'


@pytest.mark.parametrize(
    ('standing', 'word'),
    [
        (InvoiceStanding.OPEN, 'Due 16 March'),
        (InvoiceStanding.OVERDUE, 'Overdue since 16 March'),
        (InvoiceStanding.PAID, 'Paid'),
        (InvoiceStanding.CREDITED, 'Credited'),
    ],
)
def test_an_invoice_says_where_it_stands(standing: InvoiceStanding, word: str) -> None:
    from pages.billing import bill_words

    days = date(2027, 3, 2), date(2027, 3, 16), date(2027, 2, 1), date(2027, 2, 28)
    row = bill_words.invoice_row(InvoiceRow('INV-1', InvoiceKind.INVOICE, *days, 'EUR', 8303, 0, standing), '/at')
    assert (row.standing, row.period, row.date, row.total) == (word, '1–28 February 2027', '2 March 2027', '€83.03')
    assert (row.path, row.pdf) == ('/at/billing/invoices/INV-1', '/at/billing/invoices/INV-1/pdf')


def test_a_draft_has_neither_number_nor_file() -> None:
    from pages.billing import bill_words

    none = InvoiceRow('draft-x', InvoiceKind.INVOICE, None, None, None, None, 'EUR', 1, 0, InvoiceStanding.DRAFT)
    row = bill_words.invoice_row(none, '/at')
    assert (row.id, row.number, row.date, row.pdf) == ('draft-x', 'Not issued yet', '', '')

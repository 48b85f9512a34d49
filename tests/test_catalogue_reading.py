"""Reading of the catalogue: what is right, and for each mistake the sentence and the field it is about."""

import json
import re
from base64 import b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.models import Interval, Role
from data.money.charges import Pricing, Tier
from data.problems import Invalid
from data.services import plans
from data.services.plans import Over, differences, parties, reading, stored, words
from data.services.usage import Metric
from tests.support import catalogues
from tests.support.catalogues import TEAM, TEXT

TEAM_MESSAGES = 'messages = { included = 10000, over = "bill", price = "4.00", per = 1000 }'
TIERS = '[{ up_to = 5000, price = "4.00", per = 1000 }, { price = "3.00", per = 1000 }]'
Change = tuple[str, str]


def tiers(text: str) -> Change:
    return TEAM_MESSAGES, f'messages = {{ included = 10000, tiers = {text} }}'


def wrong(text: object) -> dict[str, str]:
    with pytest.raises(Invalid) as problem:
        plans.read(text)
    return problem.value.fields


# what is right -------------------------------------------------------------------------------------------------------


def test_all_that_a_file_says_is_read() -> None:
    catalogue = plans.read(TEXT)
    assert (catalogue.currency, catalogue.time_zone, catalogue.anchor, catalogue.review_hours) == ('EUR', 'UTC', 1, 24)
    assert catalogue.seller == {
        'name': 'Botcadence GmbH',
        'country': 'DE',
        'street_address': 'Musterstraße 1',
        'postal_code': '10115',
        'city': 'Berlin',
        'tax_id': 'DE136695976',
        'email': 'billing@botcadence.test',
    }
    assert catalogue.transfer == {'holder': 'Botcadence GmbH', 'iban': 'DE89370400440532013000', 'bic': 'COBADEFFXXX'}
    assert catalogue.number.format(year=2027, n=42) == 'INV-2027-000042'
    assert catalogue.credit_number.format(year=2027, n=42) == 'CN-2027-000042'
    assert (catalogue.payment_days, catalogue.grace_days) == (14, 14)
    assert (catalogue.tax.rate, catalogue.tax.rates, catalogue.tax.reverse_charge) == (
        19_000,
        {'FR': 20_000, 'CH': 0},
        True,
    )
    free, team, business = catalogue.plans
    assert (free.price, team.price, team.trial_days, business.price) == (0, 4900, 14, 9900)
    assert team.seats is not None and team.seats.over is Over.BILL and team.seats.price == 600
    assert team.seats.roles == (Role.OWNER, Role.ADMIN, Role.MEMBER)
    assert team.included[Metric.PROJECTS].over is Over.BLOCK and Metric.STORAGE not in team.included


def test_what_is_not_said_has_its_usual_value() -> None:
    short = TEXT.replace('anchor = 1\nreview_hours = 24\n', '').replace('name = "VAT"\n', '')
    begin, end = short.index('[invoices]'), short.index('[tax]')
    assert plans.read(short[:begin] + short[end:]).payment_days == 14
    assert plans.read(short) == plans.read(TEXT)


@pytest.mark.parametrize(
    ('before', 'after', 'words_of_team'),
    [
        (*tiers(TIERS), '10,000 messages included, then €4.00 per 1,000 for the first 5,000, then €3.00 per 1,000'),
        (TEAM_MESSAGES, 'messages = { included = 0, price = "0.03" }', '0 messages included, then €0.03 each'),
        (
            TEAM_MESSAGES,
            'messages = { included = 1, pricing = "package", price = "4", per = 1000 }',
            '1 message included, then €4.00 per 1,000 begun',
        ),
        (TEAM_MESSAGES, 'messages = { included = 9, over = "tell" }', '9 messages included, more is not billed'),
        (TEAM_MESSAGES, 'messages = { included = 9 }', '9 messages at most'),
        (TEAM_MESSAGES, 'storage = { included = 5_000_000_000 }', '5 GB of knowledge at most'),
        (
            TEAM_MESSAGES,
            'storage = { included = 0, price = "1.00", per = 1_000_000_000 }',
            '0 bytes of knowledge included, then €1.00 per 1 GB',
        ),
    ],
    ids=['tiers', 'each', 'package', 'tell', 'block', 'storage', 'storage-billed'],
)
def test_what_is_included_is_read_and_said(before: str, after: str, words_of_team: str) -> None:
    catalogue = catalogues.read((before, after))
    team = catalogue.plans[1]
    assert words_of_team in words.lines(team, 'EUR')
    kept = json.loads(json.dumps(stored.kept(catalogue)))
    assert stored.catalogue_of(kept, catalogue.hash) == catalogue


def test_other_forms_that_are_right() -> None:
    catalogue = catalogues.read(
        ('anchor = 1', 'anchor = "start"\nseat_roles = ["owner", "viewer"]'),
        ('trial_days = 14', 'interval = "year"'),
        ('seats = { included = 5, price = "6.00" }\n', ''),
        tiers(TIERS),
        ('INV-{year}-{n:06}', 'R{n}'),
        ('bic = "COBADEFFXXX"', 'text = """Or by the bank\nof your choice."""'),
        ('price = "0"', 'price = "0.00"'),
    )
    team = catalogue.plans[1]
    assert (catalogue.anchor, team.interval, team.seats, team.trial_days) == (None, Interval.YEAR, None, 0)
    assert catalogue.plans[0].seats is not None and catalogue.plans[0].seats.roles == (Role.OWNER, Role.VIEWER)
    assert team.included[Metric.MESSAGES].tiers == (Tier(5000, 400, 1000), Tier(None, 300, 1000))
    assert team.included[Metric.MESSAGES].pricing is Pricing.GRADUATED
    assert catalogue.transfer['text'] == 'Or by the bank\nof your choice.'
    assert words.lines(team, 'EUR')[0] == 'any number of members'
    assert words.price(team, 'EUR') == '€49.00 a year'


def test_a_mark_of_byte_order_and_line_ends_of_windows_change_nothing() -> None:
    assert plans.read('\ufeff' + TEXT.replace('\n', '\r\n')) == plans.read(TEXT)


def test_the_order_of_keys_and_the_way_to_write_them_change_nothing() -> None:
    other = catalogues.changed(('name = "Team"\n', ''), ('trial_days = 14\n', 'trial_days = 14\nname = "Team"\n'))
    assert plans.read(other).hash == plans.read(TEXT).hash
    assert catalogues.read(('price = "99.00"', 'price = "99"')).hash == plans.read(TEXT).hash
    assert catalogues.read(('price = "99.00"', 'price = "98"')).hash != plans.read(TEXT).hash


def test_what_may_be_a_mistake_of_the_seller_is_said_and_taken() -> None:
    text = catalogues.changed(('"10115"', '"1011"'), ('reverse_charge = true', ''), ('DE136695976', 'DE136695977'))
    doubts = parties.doubts(plans.read(text).seller)
    assert list(doubts) == ['seller.postal_code', 'seller.tax_id']
    assert 'Enter a postal code like' in doubts['seller.postal_code']
    assert 'This is not a valid VAT ID for Germany.' in doubts['seller.tax_id']


# what is wrong -------------------------------------------------------------------------------------------------------

MISTAKES: list[tuple[str, str, str, str]] = [
    # prices
    ('price = "49.00"\n', '', 'plan.team.price', 'It is missing. Write the amount in quotes, such as "49.00".'),
    ('"49.00"', '"49,00"', 'plan.team.price', 'with a point'),
    ('"49.00"', '"49.005"', 'plan.team.price', 'EUR has 2 digits after the point'),
    ('"49.00"', '"-1"', 'plan.team.price', 'can’t be below zero'),
    ('"49.00"', '49.00', 'plan.team.price', 'in quotes, such as "49.00"'),
    ('"49.00"', '49', 'plan.team.price', 'in quotes'),
    ('"49.00"', 'true', 'plan.team.price', 'in quotes'),
    ('"49.00"', '"49.00 USD"', 'plan.team.price', 'with a point'),
    ('"49.00"', '{ EUR = "49.00", USD = "55.00" }', 'plan.team.price', 'in quotes'),
    ('"49.00"', '"99999999999999.00"', 'plan.team.price', 'can be €100,000,000.00 at most'),
    ('price = "6.00"', 'price = "6,00"', 'plan.team.seats.price', 'with a point'),
    ('price = "4.00"', 'price = "4.001"', 'plan.team.messages.price', 'EUR has 2 digits'),
    ('price = "0"', 'price = "1.00"', 'default', 'has the price 0'),
    # currencies
    ('currency = "EUR"\n', '', 'currency', 'It is missing. Write its code (ISO 4217), such as "EUR".'),
    ('"EUR"', '"EURO"', 'currency', 'code of three capitals'),
    ('"EUR"', '"eur"', 'currency', 'code of three capitals'),
    ('"EUR"', '["EUR", "USD"]', 'currency', 'Write its code'),
    ('trial_days = 14', 'currency = "USD"', 'plan.team.currency', 'One currency holds for all plans'),
    # what is included
    ('messages = { included = 10000,', 'mesages = { included = 10000,', 'plan.team.mesages', 'Did you mean messages?'),
    ('messages = { included = 10000,', 'mail = { included = 10000,', 'plan.team.mail', 'nothing of this name'),
    ('messages = { included = 10000,', 'members = { included = 10000,', 'plan.team.members', 'counted as seats'),
    ('included = 10000,', '', 'plan.team.messages.included', 'It is missing.'),
    ('included = 10000', 'included = -1', 'plan.team.messages.included', 'whole number from 0'),
    ('included = 10000', 'included = 0.5', 'plan.team.messages.included', 'whole number from 0'),
    ('included = 10000', 'included = "10000"', 'plan.team.messages.included', 'without quotes'),
    ('included = 10000', 'included = true', 'plan.team.messages.included', 'whole number'),
    ('included = 10000', 'included = 9223372036854775808', 'plan.team.messages.included', 'whole number'),
    ('included = 10000', 'included = nan', 'plan.team.messages.included', 'whole number'),
    (
        'per = 1000 }\nprojects = { included = 10,',
        'per = 0 }\nprojects = { included = 10,',
        'plan.team.messages.per',
        'whole number from 1',
    ),
    (
        'over = "bill", price = "4.00"',
        'over = "charge", price = "4.00"',
        'plan.team.messages.over',
        'Write one of "bill", "block", "tell".',
    ),
    ('over = "bill", price = "4.00", per = 1000', 'over = "bill"', 'plan.team.messages.price', 'It is missing'),
    (
        'over = "bill", price = "4.00"',
        'over = "block", price = "4.00"',
        'plan.team.messages.over',
        'What has a price is billed',
    ),
    (TEAM_MESSAGES, 'messages = 10000', 'plan.team.messages', 'Write a table'),
    (
        TEAM_MESSAGES,
        'messages = { included = 1, price = "1", pricing = "stairs" }',
        'plan.team.messages.pricing',
        '"linear", "package", "graduated"',
    ),
    (
        TEAM_MESSAGES,
        'messages = { included = 1, price = "1", pricing = "graduated" }',
        'plan.team.messages.pricing',
        'has tiers',
    ),
    ('included = 5, price', 'included = -1, price', 'plan.team.seats.included', 'whole number from 0'),
    (
        'included = 5, price = "6.00"',
        'included = 5, price = "6.00", per = 2',
        'plan.team.seats.per',
        'nothing of this name',
    ),
    # tiers
    (
        *tiers('[{ up_to = 5000, price = "4" }, { up_to = 4000, price = "3" }, { price = "2" }]'),
        'plan.team.messages.tiers.2.up_to',
        'Tiers rise: write more than 5,000',
    ),
    (
        *tiers('[{ up_to = 5000, price = "4" }, { up_to = 5000, price = "3" }, { price = "2" }]'),
        'plan.team.messages.tiers.2.up_to',
        'Tiers rise',
    ),
    (
        *tiers('[{ up_to = 5000, price = "4" }, { up_to = 6000, price = "3" }]'),
        'plan.team.messages.tiers.2.up_to',
        'The last tier has no end',
    ),
    (*tiers('[{ price = "4" }, { price = "3" }]'), 'plan.team.messages.tiers.1.up_to', 'It is missing.'),
    (
        *tiers('[{ up_to = 0, price = "4" }, { price = "3" }]'),
        'plan.team.messages.tiers.1.up_to',
        'whole number from 1',
    ),
    (
        *tiers('[{ up_to = 1, price = "4", per = 0 }, { price = "3" }]'),
        'plan.team.messages.tiers.1.per',
        'whole number from 1',
    ),
    (*tiers('[{ up_to = 1 }, { price = "3" }]'), 'plan.team.messages.tiers.1.price', 'It is missing.'),
    (*tiers('[]'), 'plan.team.messages.tiers', 'Write 1 to 20 tiers'),
    (*tiers('{}'), 'plan.team.messages.tiers', 'Write a list.'),
    (*tiers('[1, 2]'), 'plan.team.messages.tiers.1', 'Write a table'),
    (
        TEAM_MESSAGES,
        f'messages = {{ included = 1, price = "1", tiers = {TIERS} }}',
        'plan.team.messages.price',
        'Each tier has a price of its own',
    ),
    # plans
    ('id = "team"\n', '', 'plan.2.id', 'It is missing. Write a short name'),
    ('id = "team"', 'id = "Team"', 'plan.2.id', 'in small letters'),
    ('id = "team"', 'id = "free"', 'plan.2.id', 'Another plan has the id "free" already.'),
    ('id = "team"', f'id = "{"t" * 41}"', 'plan.2.id', 'in small letters'),
    ('id = "team"', 'id = "../team"', 'plan.2.id', 'in small letters'),
    ('name = "Team"', 'name = "FREE"', 'plan.team.name', 'Another plan has this name already'),
    ('name = "Team"', 'name = ""', 'plan.team.name', 'It is empty.'),
    ('name = "Team"', 'name = "\\u202eTeam"', 'plan.team.name', 'hidden control character'),
    ('name = "Team"', f'name = "{"T" * 61}"', 'plan.team.name', 'too long'),
    ('name = "Team"', 'name = 7', 'plan.team.name', 'such as "Team"'),
    ('name = "Team"', 'nam = "Team"', 'plan.team.nam', 'Did you mean name?'),
    ('trial_days = 14', 'trial_days = -1', 'plan.team.trial_days', 'whole number from 0 to 366'),
    ('trial_days = 14', 'interval = "week"', 'plan.team.interval', 'Write one of "month", "year".'),
    ('trial_days = 14', 'offered = "no"', 'plan.team.offered', 'true or false'),
    ('default = "free"\n', '', 'default', 'It is missing.'),
    ('default = "free"', 'default = "fre"', 'default', 'There is no plan with this id.'),
    ('default = "free"', 'default = "team"', 'default', 'has the price 0'),
    # the whole
    ('time_zone = "UTC"', 'time_zone = "CET+1"', 'time_zone', 'This machine knows no such time zone.'),
    ('time_zone = "UTC"', 'time_zone = "../../etc/passwd"', 'time_zone', 'no such time zone'),
    ('time_zone = "UTC"\n', '', 'time_zone', 'It is missing.'),
    ('anchor = 1', 'anchor = 0', 'anchor', '1 to 31, or "start"'),
    ('anchor = 1', 'anchor = 32', 'anchor', '1 to 31, or "start"'),
    ('anchor = 1', 'anchor = true', 'anchor', '1 to 31, or "start"'),
    ('anchor = 1', 'anchor = "first"', 'anchor', '1 to 31, or "start"'),
    ('review_hours = 24', 'review_hours = 24.0', 'review_hours', 'whole number from 0 to 720'),
    ('review_hours = 24', 'review_hour = 24', 'review_hour', 'Did you mean review_hours?'),
    ('review_hours = 24', 'seat_roles = ["boss"]', 'seat_roles', 'Write the roles that take a seat'),
    ('review_hours = 24', 'seat_roles = []', 'seat_roles', 'Write the roles that take a seat'),
    ('review_hours = 24', 'seat_roles = [["owner"]]', 'seat_roles', 'Write the roles that take a seat'),
    ('review_hours = 24', 'seat_roles = ["owner", "owner"]', 'seat_roles', 'each once'),
    # taxes
    ('rate = "19"', 'rate = 19', 'tax.rate', 'in quotes'),
    ('rate = "19"', 'rate = "1900"', 'tax.rate', 'from 0 to 100 per cent'),
    ('rate = "19"', 'rate = "19 %"', 'tax.rate', 'with a point'),
    ('rate = "19"\n', '', 'tax.rate', 'in quotes'),
    ('FR = "20"', 'FRANCE = "20"', 'tax.rates.FRANCE', 'This is no country.'),
    ('FR = "20"', 'FR = 20', 'tax.rates.FR', 'in quotes'),
    ('rates = {', 'rates = [] #', 'tax.rates', 'Write a table'),
    ('tax_id = "DE136695976"\n', '', 'seller.tax_id', 'invoices show the seller’s VAT ID'),
    ('DE136695976', 'DE136695977', 'seller.tax_id', 'invoices show the seller’s VAT ID'),
    # the seller and how to pay
    ('name = "Botcadence GmbH"\n', '', 'seller.name', 'It is missing. Write the name'),
    ('country = "DE"', 'country = "Germania"', 'seller.country', 'as its code (ISO 3166)'),
    ('city = "Berlin"\n', '', 'seller.city', 'Enter a city.'),
    ('email = "billing@botcadence.test"', 'email = "billing"', 'seller.email', 'Enter an email address like'),
    ('email = "billing@botcadence.test"', 'phone = "1"', 'seller.phone', 'nothing of this name'),
    ('DE89 3704', 'DE88 3704', 'transfer.iban', 'The check digits of this IBAN are wrong'),
    ('DE89 3704 0044 0532 0130 00', 'account 5', 'transfer.iban', 'This is not an IBAN.'),
    ('"DE89 3704 0044 0532 0130 00"', '89', 'transfer.iban', 'This is not an IBAN.'),
    ('COBADEFFXXX', 'COBA', 'transfer.bic', 'This is not a BIC.'),
    ('holder = "Botcadence GmbH"\n', '', 'transfer.holder', 'Write whose account it is.'),
    ('iban = "DE89 3704 0044 0532 0130 00"\n', '', 'transfer.iban', 'It is missing.'),
    # invoices
    ('INV-{year}-{n:06}', 'INV', 'invoices.number', 'with {n} for the number once'),
    ('INV-{year}-{n:06}', '{n}{n}', 'invoices.number', 'with {n} for the number once'),
    ('INV-{year}-{n:06}', 'INV/{n}', 'invoices.number', 'Write letters, digits'),
    ('INV-{year}-{n:06}', '{n.__class__}', 'invoices.number', 'Write letters, digits'),
    ('INV-{year}-{n:06}', '{n:0999999999}', 'invoices.number', 'Write letters, digits'),
    ('INV-{year}-{n:06}', '../{n}', 'invoices.number', 'Write letters, digits'),
    ('INV-{year}-{n:06}', 'draft-{n}', 'invoices.number', 'Write letters, digits'),
    ('INV-{year}-{n:06}', 'CN-{year}-{n:06}', 'invoices.credit_number', 'write another pattern'),
    ('INV-{year}-{n:06}', '{year}-{n}', 'invoices.credit_number', 'write another pattern'),
    ('payment_days = 14', 'payment_days = 1000', 'invoices.payment_days', 'whole number from 0 to 365'),
    ('HRB 12345', 'HRB \\u0007', 'invoices.footer', 'hidden control character'),
]


@pytest.mark.parametrize(
    ('before', 'after', 'field', 'said'),
    MISTAKES,
    ids=[f'{number}-{it[2]}' for number, it in enumerate(MISTAKES)],
)
def test_a_mistake_is_refused_with_its_field_and_a_sentence(before: str, after: str, field: str, said: str) -> None:
    text = catalogues.changed((before, after)) if TEXT.count(before) == 1 else in_team(before, after)
    found = wrong(text)
    assert field in found, found
    assert found[field].startswith(f'{field}: ') and said in found[field]


def in_team(before: str, after: str) -> str:
    """The change in the first place where this stands, or in the plan Team where that has it."""
    if TEAM.count(before) == 1:
        return catalogues.changed((TEAM, TEAM.replace(before, after)))
    return TEXT.replace(before, after, 1)


def test_yen_have_no_smaller_unit() -> None:
    assert 'JPY has no smaller unit: write the amount as "49".' in wrong(
        catalogues.changed(('"EUR"', '"JPY"'), ('"49.00"', '"49.5"'))
    )['plan.team.price']  # fmt: skip


def test_all_that_is_wrong_is_said_at_once_and_not_without_end() -> None:
    found = wrong('price = "1"\nplans = []\n[[plan]]\nid = "a"\n[seller]\n[transfer]\n')
    assert {'currency', 'time_zone', 'default', 'price', 'plans', 'plan.a.price', 'seller.name', 'tax'} <= found.keys()
    assert 'below a line [[plan]]' in found['plans']
    assert len(wrong('\n'.join(f'key{number} = 1' for number in range(1000)))) == 30


@pytest.mark.parametrize(
    ('text', 'said'),
    [
        ('', 'The catalogue is empty.'),
        ('\ufeff \n', 'The catalogue is empty.'),
        (None, 'The catalogue is empty.'),
        (b'currency = "EUR"', 'The catalogue is empty.'),
        ('#' * 5_000_000, 'The catalogue is too long.'),
        ('currency = EUR', 'This is not TOML: Invalid value (at line 1, column 12).'),
        ('currency = "EUR"\ncurrency = "USD"', 'This is not TOML: Cannot overwrite a value'),
        ('[tax]\n[tax]', 'This is not TOML: Cannot declare'),
        ('x = ' + '[' * 50_000, 'nested too deeply'),
        ('x = ' + '9' * 10_000, 'This is not TOML'),
        ('a.' * 90_000 + 'a = 1', 'A line has too many dots.'),
        ('x = "\x00"', 'This is not TOML: Illegal character'),
        ('x = "\ud800"', 'It'),
        ('{"currency": "EUR"}', 'This is not TOML'),
    ],
    ids=[
        'nothing',
        'mark',
        'none',
        'bytes',
        'long',
        'bare',
        'twice',
        'tables',
        'deep',
        'digits',
        'dots',
        'nul',
        'half',
        'json',
    ],
)
def test_what_is_no_catalogue_at_all_is_refused(text: object, said: str) -> None:
    assert any(said in sentence for sentence in wrong(text).values())


def test_too_many_plans_are_refused() -> None:
    more = ''.join(f'[[plan]]\nid = "p{number}"\nname = "P{number}"\nprice = "1"\n' for number in range(48))
    assert wrong(TEXT + more) == {'plan': 'plan: Write 1 to 50 plans, each below a line [[plan]].'}
    assert wrong('plan = 1' + TEXT.partition('[[plan]]')[0])['plan'] == 'plan: Write a list.'


@given(st.data())
def test_whatever_stands_there_is_a_catalogue_or_refused(data: st.DataObject) -> None:
    """Lines that are gone, doubled, moved or cut, and values that are anything."""
    lines = TEXT.splitlines()
    for _ in range(data.draw(st.integers(1, 3))):
        place, kind = data.draw(st.integers(0, len(lines) - 1)), data.draw(st.sampled_from('ddmcv'))
        if kind == 'd':
            del lines[place]
        elif kind == 'm':
            lines.append(lines.pop(place))
        elif kind == 'c':
            lines[place] = lines[place][: data.draw(st.integers(0, len(lines[place])))]
        else:
            anything = [
                '1979-05-27',
                '[]',
                '{}',
                '-1',
                'inf',
                '""',
                'true',
                '[[1]]',
                '{ a = { b = 1 } }',
                '0x7fffffffffffffffff',
            ]
            lines[place] = f'{lines[place].partition("=")[0] or "x"} = {data.draw(st.sampled_from(anything))}'
        lines = lines or ['']
    try:
        catalogue = reading.read('\n'.join(lines))
    except Invalid as problem:
        assert problem.fields and all(problem.fields.values())
    else:
        kept = json.loads(json.dumps(stored.kept(catalogue)))
        assert stored.catalogue_of(kept, catalogue.hash) == catalogue


@given(st.text(max_size=200))
def test_any_text_is_a_catalogue_or_refused(text: str) -> None:
    wrong(text)


PNG = b64encode(b'\x89PNG\r\n\x1a\n' + b'a' * 1000).decode()


def test_a_seller_may_have_a_logo() -> None:
    url = f'data:image/png;base64,{PNG}'
    with_logo = catalogues.TEXT.replace('[seller]', f'[seller]\nlogo = "{url}"')
    assert plans.read(with_logo).seller['logo'] == url
    said = differences.of_settings(plans.read(catalogues.TEXT), plans.read(with_logo))
    assert len(said) == 1
    assert re.fullmatch('seller.logo: nothing \u2192 a picture \\([0-9a-f]{8}\\)', said[0])


@pytest.mark.parametrize(
    'logo',
    [
        'logo.png',
        '/etc/passwd',
        'https://a.test/logo.png',
        'data:image/svg+xml;base64,AAAA',
        'data:image/png;base64,AAAA',
        f'data:image/jpeg;base64,{PNG}',
        f'data:image/png;base64,{PNG * 30}',
        'data:image/png;base64,A',
    ],
    ids=range(8),
)
def test_a_logo_is_a_small_picture(logo: str) -> None:
    with pytest.raises(Invalid) as wrong:
        plans.read(catalogues.TEXT.replace('[seller]', f'[seller]\nlogo = "{logo}"'))
    assert 'seller.logo' in wrong.value.fields

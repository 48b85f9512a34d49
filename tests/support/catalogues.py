"""A catalogue for tests: Free, Team and Business, sold from Germany, and how it comes to hold."""

from data.services import plans
from data.services.plans import Catalogue, Difference
from data.services.usage import days

TEAM = """
[[plan]]
id = "team"
name = "Team"
sentence = "For one team and its documents."
price = "49.00"
trial_days = 14
seats = { included = 5, price = "6.00" }
messages = { included = 10000, over = "bill", price = "4.00", per = 1000 }
projects = { included = 10, over = "block" }
"""

TEXT = f"""
currency = "EUR"
time_zone = "UTC"
anchor = 1
review_hours = 24
default = "free"

[seller]
name = "Botcadence GmbH"
country = "DE"
street_address = "Musterstraße 1"
postal_code = "10115"
city = "Berlin"
tax_id = "DE136695976"
email = "billing@botcadence.test"

[transfer]
holder = "Botcadence GmbH"
iban = "DE89 3704 0044 0532 0130 00"
bic = "COBADEFFXXX"

[invoices]
number = "INV-{{year}}-{{n:06}}"
payment_days = 14
grace_days = 14
footer = "Amtsgericht Charlottenburg HRB 12345"

[tax]
rate = "19"
name = "VAT"
reverse_charge = true
rates = {{ FR = "20", CH = "0" }}

[[plan]]
id = "free"
name = "Free"
sentence = "To look around."
price = "0"
seats = {{ included = 3, over = "block" }}
messages = {{ included = 500, over = "block" }}
projects = {{ included = 2, over = "block" }}
{TEAM}
[[plan]]
id = "business"
name = "Business"
price = "99.00"
seats = {{ included = 20, price = "5.00" }}
messages = {{ included = 25000, over = "bill", price = "3.00", per = 1000 }}
projects = {{ included = 50, over = "tell" }}
"""


def changed(*changes: tuple[str, str], text: str = TEXT) -> str:
    """The catalogue with each of these texts, which stands there once, replaced by another one."""
    for before, after in changes:
        assert text.count(before) == 1, before
        text = text.replace(before, after)
    return text


def applied(*changes: tuple[str, str]) -> Difference:
    """Let the catalogue hold, with these changes, in the zone that days are counted in."""
    return plans.apply(changed(('time_zone = "UTC"', f'time_zone = "{days.time_zone()}"'), *changes))


def read(*changes: tuple[str, str]) -> Catalogue:
    """The catalogue, with these changes, without applying it."""
    return plans.read(changed(*changes))

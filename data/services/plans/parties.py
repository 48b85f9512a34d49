"""Reading of who sends invoices: the seller, how to pay, what is on invoices, and taxes."""

import re
from collections.abc import Mapping
from typing import Any

from data.inputs import addresses, bank_accounts, countries, emails, pictures, tax_ids
from data.money import taxes
from data.services.plans.catalogue import TaxRules
from data.services.plans.tables import Table

_NAME = 'Write the name of who sends the invoices, as it is registered.'
_COUNTRY = 'Write the country of who sends the invoices as its code (ISO 3166), such as "DE".'
_FIELDS = tuple(field for field in addresses.FIELDS if field not in ('name', 'company_name'))
_PATTERN = re.compile(r'(?=[A-Za-z0-9{])(?:[A-Za-z0-9._-]|\{year\}|\{n(?::0[1-9])?\})+')
_NUMBER = 'Write letters, digits and . _ - with {n} for the number once, such as "INV-{year}-{n:06}".'


def seller(table: Table) -> dict[str, str]:
    """Who sends the invoices; of the address what its country has."""
    values = {'name': table.text('name', _NAME), 'email': ''}
    if email := table.text('email', 'Write where people reach the seller.', '', limit=emails.LONGEST):
        found = table.taken('email', None, emails.parse, email)
        values['email'] = found.shown if found else ''
    if logo := table.text('logo', 'Write a picture as a data URL.', '', limit=pictures.LONGEST):
        values |= {'logo': logo} if table.taken('logo', None, pictures.parse, logo) else {}
    named = table.text('country', _COUNTRY, limit=60)
    country = countries.code_of(named)
    if named and not country:
        table.refuse('country', _COUNTRY)
    parts = {field: table.text(field, 'Write it as it stands in the address.', '', lines=True) for field in _FIELDS}
    typed = {**parts, 'tax_id': table.text('tax_id', 'Write the tax id.', '')}
    table.end()
    if not country or not values['name']:
        return values
    company = {'kind': 'company', 'company_name': values['name'], 'country': country}
    read = table.taken('', None, addresses.read, {**typed, **company})
    if read is None:
        return values
    known = {field: getattr(read[0], field) for field in (*_FIELDS, 'tax_id')}
    return {**values, 'country': country, **{field: text for field, text in known.items() if text}}


def doubts(seller: Mapping[str, str]) -> dict[str, str]:
    """What of the seller may be wrong, by rules that may be out of date, each with its sentence."""
    company = {**seller, 'kind': 'company', 'company_name': seller.get('name', ''), 'name': ''}
    return {f'seller.{field}': sentence for field, sentence in addresses.read(company)[1].items()}


def transfer(table: Table) -> dict[str, str]:
    """How to pay: an account, or a text."""
    values = {'text': table.text('text', 'Write how to pay.', '', limit=500, lines=True)}
    values['holder'] = table.text('holder', 'Write whose account it is.', '')
    for key, check in (('iban', bank_accounts.iban), ('bic', bank_accounts.bic)):
        if table.has(key):
            values[key] = table.taken(key, '', check, table.values[key])
    if not values['text'] and not table.has('iban'):
        table.refuse('iban', 'It is missing. Write the account that transfers go to, or how to pay as text = "…".')
    elif table.has('iban') and not values['holder']:
        table.refuse('holder', 'It is missing. Write whose account it is.')
    table.end()
    return {key: text for key, text in values.items() if text}


def invoices(table: Table) -> dict[str, Any]:
    """Numbers, days to pay and the words below each invoice."""
    values: dict[str, Any] = {
        'number': _number(table, 'number', 'INV-{year}-{n:06}'),
        'credit_number': _number(table, 'credit_number', 'CN-{year}-{n:06}'),
        'payment_days': table.whole('payment_days', 0, 365, 14),
        'grace_days': table.whole('grace_days', 0, 365, 14),
        'footer': table.text('footer', 'Write what stands below each invoice.', '', limit=600, lines=True),
    }
    if _meets(values['number'], values['credit_number']):
        table.refuse('credit_number', 'Credit notes would have the numbers of invoices: write another pattern.')
    table.end()
    return values


def _number(table: Table, key: str, default: str) -> str:
    pattern = table.text(key, _NUMBER, default, limit=40)
    is_fine = _PATTERN.fullmatch(pattern) and len(re.findall(r'\{n', pattern)) == 1 and pattern.count('{year}') <= 1
    if not is_fine or pattern.lower().startswith('draft'):  # drafts are found by a path that begins so
        table.refuse(key, _NUMBER)
        return default
    return pattern


def _meets(one: str, other: str) -> bool:
    """Whether two patterns can make the same number: they differ for good where what stands before any number does."""
    begins = (pattern.partition('{')[0].casefold() for pattern in (one, other))
    first, second = begins
    return first.startswith(second) or second.startswith(first)


def tax(table: Table) -> TaxRules:
    """The rates of tax, and whether companies of the European Union owe it themselves."""
    rates = table.table('rates', required=False)
    known = {}
    for key in rates.values:
        if not countries.name(key):
            rates.refuse(key[:60], 'This is no country. Write its code (ISO 3166), such as FR = "20".')
        known[key] = rates.rate(key)
    rules = TaxRules(
        rate=table.rate('rate'),
        name=table.text('name', 'Write what the tax is called, such as "VAT".', 'VAT', limit=20),
        reverse_charge=table.flag('reverse_charge', default=False),
        rates=dict(sorted(known.items())),
    )
    table.end()
    return rules


def refuse_reverse_charge(table: Table, seller: Mapping[str, str], rules: TaxRules) -> None:
    """Write down why a seller can't leave the tax to companies of other countries, where that is so."""
    if not rules.reverse_charge or 'country' not in seller:
        return
    if seller['country'] not in taxes.UNION:
        table.refuse('tax.reverse_charge', 'Only who sells from a country of the European Union can write true here.')
    elif not seller.get('tax_id') or tax_ids.read(seller['tax_id'], seller['country'])[1]:
        table.refuse(
            'seller.tax_id', 'Where companies owe the tax themselves, invoices show the seller’s VAT ID: write it.'
        )

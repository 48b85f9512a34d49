"""Currencies (ISO 4217): how many digits their smallest unit has, amounts as they are typed and as people read them.

An amount is a whole number of that unit everywhere. The digits are our own table: CLDR has other ones for thirteen
currencies, as they are paid in cash.
"""

import re
from decimal import Decimal
from functools import cache

from data.problems import Invalid

_TWO = """
AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY COP CRC CUP CVE CZK
DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD
KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP
PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH
USD UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG
"""
_NONE = 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF'
_THREE = 'BHD IQD JOD KWD LYD OMR TND'
DIGITS = dict.fromkeys(_TWO.split(), 2) | dict.fromkeys(_NONE.split(), 0) | dict.fromkeys(_THREE.split(), 3)
"""Code → digits after the point, of every currency that is paid in (ISO 4217 table A.1, without funds and metals)."""

LARGEST = 10**10
"""The largest amount that can be typed: sums of many of these still fit into 64 bits."""

_AMOUNT = re.compile(r'-?[0-9]{1,20}(?:\.([0-9]{1,20}))?')


def digits(code: str) -> int:
    """How many digits come after the point. Raises Invalid('currency') for what is none of these codes."""
    if not isinstance(code, str) or code not in DIGITS:
        raise Invalid(currency='Write the currency as its code of three capitals (ISO 4217), such as "EUR".')
    return DIGITS[code]


def parse(text: object, code: str, *, field: str = 'amount', negative: bool = False) -> int:
    """The amount that a text like '49.00' says, in the smallest unit; below zero only where that is allowed.

    There is nothing to guess: a point, no separators of thousands, no more digits than the currency has.
    Raises Invalid(field).
    """
    places = digits(code)
    example = plain(49 * 10**places, code)
    if not isinstance(text, str):
        raise Invalid(**{field: f'Write the amount in quotes, such as "{example}".'})
    match = _AMOUNT.fullmatch(text)
    if match is None:
        raise Invalid(**{field: f'Write the amount with a point and nothing else around the digits: "{example}".'})
    if len(match[1] or '') > places:
        allowed = f'has {places} digits after the point' if places else 'has no smaller unit'
        raise Invalid(**{field: f'{code} {allowed}: write the amount as "{example}".'})
    amount = int(Decimal(text).scaleb(places))
    if abs(amount) > LARGEST:
        raise Invalid(**{field: f'The amount is too large. It can be {shown(LARGEST, code)} at most.'})
    if amount < 0 and not negative:
        raise Invalid(**{field: 'The amount can’t be below zero.'})
    return amount


def plain(amount: int, code: str) -> str:
    """The amount with a point and nothing else, as `parse` reads it: '49.00', for files and other programs."""
    places = digits(code)
    whole, rest = divmod(abs(amount), 10**places)
    sign = '-' if amount < 0 else ''
    return f'{sign}{whole}.{rest:0{places}}' if places else f'{sign}{whole}'


def shown(amount: int, code: str) -> str:
    """The amount as people read it, on one line: '€1,049.00', 'CHF 49.00', '−€23.71' with the sign for minus."""
    number = plain(abs(amount), code)
    whole, point, rest = number.partition('.')
    sign = '\u2212' if amount < 0 else ''
    return f'{sign}{_symbol(code)}{int(whole):,}{point}{rest}'


@cache
def _symbol(code: str) -> str:
    """The sign that stands before an amount (CLDR), with a space that does not break where it is letters."""
    from babel.numbers import get_currency_symbol  # whoever shows no amount does not pay for this import

    symbol = get_currency_symbol(code, locale='en')
    return symbol if not (symbol[-1].isalnum() or symbol[-1] == '.') else f'{symbol}\u00a0'

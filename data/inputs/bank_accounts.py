"""Bank accounts: the numbers that transfers go to (IBAN, ISO 13616; BIC, ISO 9362), checked by their own digits."""

import re

from data.inputs import texts
from data.problems import Invalid

_IBAN = re.compile('[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}')


def iban(value: object, *, field: str = 'iban') -> str:
    """The number without spaces; raises Invalid(field) where there is none such, or its check digits are wrong."""
    from stdnum import iban as numbers
    from stdnum.exceptions import InvalidChecksum, ValidationError

    compact = numbers.compact(_typed(value))
    try:
        return str(numbers.validate(compact))
    except ValidationError as error:
        wrong = 'This is not an IBAN. Write it like DE89 3704 0044 0532 0130 00.'
        if isinstance(error, InvalidChecksum) and _IBAN.fullmatch(compact):
            wrong = 'The check digits of this IBAN are wrong: look for one that was mistyped.'
        raise Invalid(**{field: wrong}) from None


def bic(value: object, *, field: str = 'bic') -> str:
    """The code in capitals; raises Invalid(field)."""
    from stdnum import bic as codes
    from stdnum.exceptions import ValidationError

    try:
        return str(codes.validate(_typed(value)))
    except ValidationError:
        raise Invalid(**{field: 'This is not a BIC. It has 8 or 11 characters, like COBADEFFXXX.'}) from None


def grouped(number: str) -> str:
    """An IBAN as it is printed, in groups of four (ISO 13616-1): 'DE89 3704 0044 0532 0130 00'."""
    plain = ''.join(number.split())
    return ' '.join(plain[place : place + 4] for place in range(0, len(plain), 4))


def _typed(value: object) -> str:
    return texts.without_invisible(texts.half_width(value[:100])) if isinstance(value, str) else ''

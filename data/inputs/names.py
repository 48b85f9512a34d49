"""Names of people: checked like those of organizations, folded for a search, and put beside the address.

Nobody has to have one, and several may have the same. So a person is never shown by the name alone: the address, which
is unique, stands beside it, and no name may hold anything that looks like one.
"""

import unicodedata

from data.inputs import texts
from data.problems import Invalid

KEY_LIMIT = 400
NOTHING_TO_SEE = 'This name has nothing that can be seen. Leave it empty to be shown by your address.'
NO_ADDRESS = 'A name can’t contain an @. Your email address stands beside it anyway.'


def person_name(value: object, field: str = 'name') -> str | None:
    """A usable name of a person, 1 to 80 characters, None where the field was left empty.

    Raises Invalid(field) for what `texts.clean` refuses, for only spaces or what nobody sees, and for an @ in any of
    its forms: `olga@acme.test (mallory@evil.test)` would be read as Olga.
    """
    if value is None or value == '':
        return None
    name = texts.clean(value, field=field, label='Your name', limit=texts.NAME_LIMIT, required=False)
    if not name:
        raise Invalid(**{field: NOTHING_TO_SEE})
    if '@' in unicodedata.normalize('NFKC', name):
        raise Invalid(**{field: NO_ADDRESS})
    return name


def name_key(name: str | None) -> str | None:
    """What a search compares with the words of `emails.search_words`, and lists are sorted by."""
    return texts.plain_key(name)[:KEY_LIMIT] if name else None


def called(name: str | None, email: str) -> str:
    """A person in a sentence for others: 'Olga Berg (olga@acme.test)', the address alone for who has no name."""
    return f'{name} ({email})' if name else email

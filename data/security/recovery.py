"""Recovery codes: ten of them, on paper, each once in place of a second factor."""

import re
import secrets

from data.security.tokens import hashed

CODES = 10
_ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz'  # Crockford's: none is taken for another one
_LETTERS, _GROUP = 24, 4
_LIKE = str.maketrans('oil', '011')
_LONGEST = 80  # characters of what may be meant as one, spaces and all


def new_codes() -> list[str]:
    """Ten different codes of 120 random bits each, as people read them: six groups of four (ASVS 6.5.2, 6.5.3)."""
    codes: dict[str, None] = {}
    while len(codes) < CODES:
        letters = ''.join(secrets.choice(_ALPHABET) for _ in range(_LETTERS))
        codes['-'.join(letters[at : at + _GROUP] for at in range(0, _LETTERS, _GROUP))] = None
    return list(codes)


def hash_of(code: object) -> str:
    """What the database keeps of a code, however it is typed; '' for what can be none.

    It is a bare SHA-256, as for every secret of at least 112 random bits (ASVS 6.5.2, NIST SP 800-63B-4 3.1.2.2).
    """
    if not isinstance(code, str) or len(code) > _LONGEST:
        return ''
    letters = re.sub('[\\s\u2010-\u2015-]', '', code.lower()).translate(_LIKE)
    return hashed(letters) if len(letters) == _LETTERS and set(letters) <= set(_ALPHABET) else ''

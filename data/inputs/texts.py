"""Text as people type it: made uniform, bounded, and free of what a screen, a mail header or a log can't carry."""

import re
import unicodedata

from data.problems import Invalid

NAME_LIMIT = 80
_KEY_LIMIT = 1000
_MARKS_LIMIT = 8  # Unicode's own scripts need at most four in a row; beyond that lies text that covers its neighbors

_NONCHARACTERS = ''.join(f'{chr(plane << 16 | 0xFFFE)}{chr(plane << 16 | 0xFFFF)}' for plane in range(17))
_BREAK = re.compile('[\n\v\f\r\x85\u2028\u2029]')
_REFUSED = re.compile(
    '[\x00-\x1f\x7f-\x9f\u2028\u2029'  # controls and line breaks
    '\u202a-\u202e\u2066-\u2069'  # bidirectional embeddings, overrides, isolates (UAX #9)
    f'\ud800-\udfff\ufdd0-\ufdef{_NONCHARACTERS}]'
)
_INVISIBLE = set(
    '\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0'
)  # fillers and blanks that count as letters or marks

_JOINERS = re.compile('(?<![^\x00-\x7f])[\u200c\u200d]|[\u200c\u200d](?![^\x00-\x7f])')
_HALF_WIDTH = {0xFF01 + place: 0x21 + place for place in range(94)} | {0x3000: 0x20}


def clean(value: object, *, field: str, label: str, limit: int, required: bool = True) -> str:
    """The text in NFC without surrounding white space, on one line, at most `limit` code points long.

    Raises Invalid(field) for anything but such text: controls, surrogates, noncharacters (Unicode 23.7), bidirectional
    overrides (UAX #9), heaps of combining marks; and for nothing to see, unless it is not `required`.
    """
    if not isinstance(value, str):
        raise Invalid(**{field: f'{label} must be text.'})
    text = value.strip()
    if len(text) > 4 * limit:  # before normalizing, which takes quadratic time on a long run of combining marks
        raise Invalid(**{field: _too_long(label, limit)})
    text = unicodedata.normalize('NFC', text)
    if reason := _unusable(text, label, limit):
        raise Invalid(**{field: reason})
    if all(map(_is_invisible, text)):
        if required:
            raise Invalid(**{field: f'{label} is required.'})
        return ''
    return text


def search_key(text: object) -> str:
    """What two texts share that differ in case, spacing and compatibility forms only (NFKC, case folding, UAX #15).

    Looks at the first 1,000 characters, leaves out what `clean` refuses and what nobody sees, and is '' for anything
    but text.
    """
    if not isinstance(text, str):
        return ''
    folded = unicodedata.normalize('NFKC', without_invisible(_REFUSED.sub('', text[:_KEY_LIMIT]))).casefold()
    return ' '.join(unicodedata.normalize('NFKC', folded).split())


def half_width(text: str) -> str:
    """The text with the full-width forms of ASCII, which Japanese and Chinese keyboards write, as ASCII."""
    return text.translate(_HALF_WIDTH)


def without_invisible(text: str) -> str:
    """The text without what nobody sees and copying brings along: joiners, soft hyphens, marks of direction, fillers.

    A joiner between two letters that are not ASCII stays: in Persian and in Indian scripts it makes another word.
    """
    return ''.join(
        character
        for character in _JOINERS.sub('', text)
        if character in '\u200c\u200d' or character.isspace() or not _is_invisible(character)
    )


def organization_name(value: object, field: str = 'name') -> str:
    """A usable name for an organization: 1 to 80 printable characters; raises Invalid(field)."""
    return clean(value, field=field, label='Organization name', limit=NAME_LIMIT)


def name_from_email(email: object) -> str:
    """The part of the address before the @ as typed, or 'My organization' where that is no usable name."""
    local = email.partition('@')[0] if isinstance(email, str) else ''
    try:
        return organization_name(local[:NAME_LIMIT])
    except Invalid:
        return 'My organization'


def with_article(word: str) -> str:
    """The word after 'a' or 'an', by its first letter: a word that begins with U is spoken as in 'unit'."""
    return f'{"an" if word[0] in "aeioAEIO" else "a"} {word}'


def _unusable(text: str, label: str, limit: int) -> str:
    if len(text) > limit:
        return _too_long(label, limit)
    if _BREAK.search(text):
        return f'{label} must fit on one line.'
    if _REFUSED.search(text):
        return f'{label} contains a hidden control character. Type it instead of pasting it.'
    if _has_heap_of_marks(text):
        return f'{label} has too many accents on one letter.'
    return ''


def _too_long(label: str, limit: int) -> str:
    return f'{label} is too long. Use at most {limit} characters.'


def _has_heap_of_marks(text: str) -> bool:
    kinds = ''.join('M' if unicodedata.category(character)[0] == 'M' else '.' for character in text)
    return 'M' * (_MARKS_LIMIT + 1) in kinds


def _is_invisible(character: str) -> bool:
    if character.isascii():
        return character.isspace()
    kind = unicodedata.category(character)
    is_selector = 'VARIATION SELECTOR' in unicodedata.name(character, '')
    return character.isspace() or kind == 'Cf' or is_selector or character in _INVISIBLE

"""Text as people type it: made uniform, bounded, and free of what a screen, a mail header or a log can't carry."""

import re
import unicodedata
from functools import cache
from itertools import chain

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
_WRAPPED = re.compile('[\u202a\u202b\u2066-\u2068]([^\u202a-\u202e\u2066-\u2069]*)[\u202c\u2069]')
"""Text with the direction around it that Windows and messengers copy with a name or a number."""
_INVISIBLE = set(
    '\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0'
)  # fillers and blanks that count as letters or marks

_BLANK = (
    r'\s\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200c\u200e\u200f'
    r'\u2060-\u2064\u206a-\u206f\u2800\u3164\ufeff\uffa0'
)
_SELECTORS = '\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0001-\U000e01ef'  # look like something only behind something
_VIRAMAS = (
    '\u094d\u09cd\u0a4d\u0acd\u0b4d\u0bcd\u0c4d\u0ccd\u0d4d\u0dca'  # with a joiner behind it, a letter of its own
)
_BEFORE = re.compile(f'[{_BLANK}{_SELECTORS}\u200d]+')
_BEHIND = re.compile(f'(?:[{_BLANK}]|\u200d(?![{_VIRAMAS}]))+')  # from right to left
_JOINERS = re.compile('(?<![^\x00-\x7f])[\u200c\u200d]|[\u200c\u200d](?![^\x00-\x7f])')
_ACCENT = re.compile(
    '[\u0300-\u036f\u0483-\u0487\u1ab0-\u1aff\u1dc0-\u1dff\ufe20-\ufe2f'
    '\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7'  # Hebrew: cantillation and points
    '\u0640\u064b-\u0652\u0670]'  # Arabic: what draws a letter out, harakat, the alef above
)
LETTERS = {
    'ß': 'ss',
    'æ': 'ae',
    'œ': 'oe',
    'ø': 'o',
    'ł': 'l',
    'đ': 'd',
    'ð': 'd',
    'ħ': 'h',
    'ŋ': 'n',
    'ŧ': 't',
    'þ': 'th',
    '\u0131': 'i',
    '\u03c2': '\u03c3',
}
"""Letters that no normal form of Unicode takes apart, and what people type instead: PostgreSQL's unaccent.rules."""

_TYPED = dict.fromkeys('\u2018\u2019\u02bb\u02bc\u2032', "'") | dict.fromkeys(
    '\u2010\u2011\u2012\u2013\u2014\u2015\u2212', '-'
)
"""Signs that telephones and text processors make of those that keyboards have."""

_HALF_WIDTH = {0xFF01 + place: 0x21 + place for place in range(94)} | {0x3000: 0x20}


def clean(value: object, *, field: str, label: str, limit: int, required: bool = True) -> str:
    """The text in NFC without surrounding white space, on one line, at most `limit` code points long.

    As copied: a tab between cells of a spreadsheet is a space, what nobody sees around the whole is left out.
    Raises Invalid(field) for anything but such text: controls, surrogates, noncharacters (Unicode 23.7), bidirectional
    overrides (UAX #9), heaps of combining marks; and for nothing to see, unless it is not `required`.
    """
    if not isinstance(value, str):
        raise Invalid(**{field: f'{label} must be text.'})
    text = _trimmed(value.replace('\t', ' '))
    text = _trimmed(wrapped[1]) if (wrapped := _WRAPPED.fullmatch(text)) else text
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


def several_lines(value: object, *, field: str, label: str, limit: int) -> str:
    """Some lines of text, in NFC, at most `limit` code points with the breaks between them; '' for nothing to see.

    Every break is \\n, spaces at the ends of lines are gone, and so is more than one empty line in a row.
    Raises Invalid(field) for what `clean` refuses, but for breaks.
    """
    if not isinstance(value, str):
        raise Invalid(**{field: f'{label} must be text.'})
    if len(value) > 4 * limit:
        raise Invalid(**{field: _too_long(label, limit)})
    lines = [_trimmed_right(line) for line in _BREAK.split(value.replace('\r\n', '\n').replace('\t', ' '))]
    text = unicodedata.normalize('NFC', re.sub('\n{3,}', '\n\n', '\n'.join(lines)).strip('\n'))
    if reason := _unusable(text.replace('\n', ' '), label, limit):
        raise Invalid(**{field: reason})
    return '' if all(map(_is_invisible, text)) else text


def search_key(text: object) -> str:
    """What two texts share that differ in case, spacing and compatibility forms only (NFKC, case folding, UAX #15).

    Looks at the first 1,000 characters, leaves out what `clean` refuses and what nobody sees, and is '' for anything
    but text.
    """
    if not isinstance(text, str):
        return ''
    folded = unicodedata.normalize('NFKC', without_invisible(_REFUSED.sub('', text[:_KEY_LIMIT]))).casefold()
    return ' '.join(unicodedata.normalize('NFKC', folded).split())


def plain_key(text: object) -> str:
    """What a search compares: the `search_key` without accents, of what is looked for as of what is looked through."""
    return without_accents(search_key(text))


def without_accents(folded: str) -> str:
    """Text in NFKC and folded case without accents, points and harakat: ü is u, ø is o, שָׁ is ש, and مُ is م.

    Apostrophes and dashes are the signs that are typed for them: ’ is ', and – is -.
    All else stays as it is, letter by letter: й is no accented letter but one of its own (in the collation of CLDR's
    root and in PostgreSQL's unaccent, which take ё for an accented one), so are が and أ, and vowel signs and viramas
    are what words of Indian scripts are made of.
    """
    return folded if folded.isascii() else folded.translate(_plain())


@cache
def _plain() -> dict[int, str]:
    """By code point: what is left of each letter with an accent, and of an accent by itself."""
    blocks = chain(range(0xC0, 0x671), range(0x1AB0, 0x2213), range(0xFE20, 0xFE30))  # that Unicode has them in
    return {point: plain for point in blocks if (plain := _bare(chr(point))) != chr(point)}


def _bare(letter: str) -> str:
    if _ACCENT.match(letter):
        return ''
    if letter in _TYPED:
        return _TYPED[letter]
    apart = unicodedata.normalize('NFD', letter)
    is_accented = apart[0].isalpha() and letter not in 'йЙ' and all(map(_ACCENT.match, apart[1:]))
    plain = apart[0] if is_accented else letter
    return LETTERS.get(plain, plain)


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


def _trimmed(text: str) -> str:
    """The text without what nobody sees at its ends; joiners and selectors that show stay (Unicode 12.1, 23.4)."""
    text = text[begin.end() :] if (begin := _BEFORE.match(text)) else text
    return _trimmed_right(text)


def _trimmed_right(text: str) -> str:
    return text[: -end.end()] if (end := _BEHIND.match(text[::-1])) else text


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

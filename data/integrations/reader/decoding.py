"""Letters out of bytes: which encoding a text is in is told by its first bytes, what it says itself, and what fits."""

import codecs
import re

from data.integrations.reader.documents import CHARACTERS, Reason, Unreadable

_MARKS = (
    (codecs.BOM_UTF8, 'utf-8'),
    (codecs.BOM_UTF32_LE, 'utf-32-le'),
    (codecs.BOM_UTF32_BE, 'utf-32-be'),
    (codecs.BOM_UTF16_LE, 'utf-16-le'),
    (codecs.BOM_UTF16_BE, 'utf-16-be'),
)
"""Byte order marks, the longer ones first (Unicode 23.8)."""

_LEGACY = 'cp1252'
"""What is neither UTF-8 nor says anything: Latin-1 as Windows and browsers have it (WHATWG Encoding)."""

_UNDEFINED = b'\x81\x8d\x8f\x90\x9d'
"""Bytes that are no letter in it."""

_FOREIGN = 0.3
"""Beyond this part of letters above ASCII it is another encoding: no language in Latin letters has as many."""

_BINARY = 0.05
"""Beyond this part of control characters it is no text."""

SAMPLE = 64 * 1024

_CONTROL = re.compile('[\x00-\x08\x0e-\x1a\x1c-\x1f]')
_LETTER = re.compile(r'[^\W\d_]')


def load(*others: str) -> None:
    """Load the tables of encodings that may be needed."""
    for name in (*dict(_MARKS).values(), _LEGACY, *others):
        ''.encode(name)


def decode(content: bytes, declared: str = '') -> str:
    """The letters of a text; in doubt, `declared` is what it says about itself.

    Raises Unreadable where it is no text, too long, or nobody can tell what the letters are.
    """
    if len(content) > 4 * CHARACTERS:
        raise Unreadable(Reason.CHARACTERS)
    text = _decoded(content, declared)
    _refuse_binary(text)
    if len(text) > CHARACTERS:
        raise Unreadable(Reason.CHARACTERS)
    return text


def _refuse_binary(text: str) -> None:
    sample = text[:SAMPLE]
    if len(_CONTROL.findall(sample.replace('\x00', ''))) > _BINARY * len(sample) or '\x00' * 16 in sample:
        raise Unreadable(Reason.NO_TEXT_FILE)


def _decoded(content: bytes, declared: str) -> str:
    for mark, name in _MARKS:
        if content.startswith(mark):
            return content[len(mark) :].decode(name, 'replace')
    if name := _wide(content[:SAMPLE]):
        return content.decode(name, 'replace')
    try:
        return content.decode('utf-8')
    except UnicodeDecodeError as error:
        if error.start >= len(content) - 3 and error.end == len(content):  # cut within its last letter
            return content[: error.start].decode('utf-8')
    if declared and (text := _declared(content, declared)) is not None:
        return text
    text = content.translate(None, _UNDEFINED).decode(_LEGACY)
    _refuse_binary(text)
    letters = _LETTER.findall(text[:SAMPLE])
    if sum(letter > '\x7f' for letter in letters) > _FOREIGN * len(letters):
        raise Unreadable(Reason.ENCODING)
    return text


def _wide(sample: bytes) -> str:
    """The name of UTF-16 without a mark, by the zeros that every other byte of Latin letters is; '' for none."""
    pairs = len(sample) // 2
    if pairs < 2:
        return ''
    even, odd = sample[0 : 2 * pairs : 2].count(0), sample[1 : 2 * pairs : 2].count(0)
    if odd > 0.6 * pairs and even < 0.1 * pairs:
        return 'utf-16-le'
    return 'utf-16-be' if even > 0.6 * pairs and odd < 0.1 * pairs else ''


def _declared(content: bytes, name: str) -> str | None:
    """The letters in the encoding that a text says it is in; None where there is none of this name, or it is not."""
    try:
        return content.decode(name)
    except (LookupError, ValueError, OSError):  # of one that is rare, the table can’t be loaded any more
        return None

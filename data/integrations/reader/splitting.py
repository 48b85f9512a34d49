"""Splitting: a document becomes pieces of at most LONGEST letters, each below one path of headings, on one page.

Paragraphs stay whole where they fit, else sentences, else words; only what has no spaces is cut, and then between two
letters, never between a letter and its accents.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator

from data.integrations.reader.cleaning import clean, flat
from data.integrations.reader.documents import BETWEEN, HEADING, LONGEST, PATH, PIECES, Block, Part, Reason, Unreadable

_SENTENCE = re.compile(r'(?<=[.!?…])["”’»)\]]*\s+|(?<=[。\uff01\uff1f｡])|\n')
"""Where a sentence may end (Unicode TR 29, as far as it needs no dictionary)."""

_JOINER = '\u200d'


def parts(blocks: Iterable[Block]) -> list[Part]:
    """The pieces of these headings and paragraphs, in their order. Raises Unreadable where those are too many.

    Headings with nothing below them are text where there is no other.
    """
    blocks = list(blocks)
    made = _limited(_pieces(blocks))
    return made or _limited(_pieces(block._replace(level=0) for block in blocks))


def _limited(pieces: Iterator[Part]) -> list[Part]:
    made: list[Part] = []
    for piece in pieces:
        made.append(piece)
        if len(made) > PIECES:
            raise Unreadable(Reason.PIECES)
    return made


def _pieces(blocks: Iterable[Block]) -> Iterator[Part]:
    path: list[tuple[int, str]] = []
    heading, page, text = '', None, ''
    for block in blocks:
        if block.level or block.page != page:
            yield from _piece(heading, page, text)
            text, page = '', block.page
        if block.level:
            path = [each for each in path if each[0] < block.level]
            if name := flat(block.text)[:HEADING].rstrip():
                path.append((block.level, name))
            heading = _joined(path)
            continue
        for portion in _portions(clean(block.text)):
            gap = '\n' if block.tight else '\n\n'
            if text and len(text) + len(gap) + len(portion) > LONGEST:
                yield from _piece(heading, page, text)
                text = ''
            text = f'{text}{gap}{portion}' if text else portion
    yield from _piece(heading, page, text)


def _piece(heading: str, page: int | None, text: str) -> Iterator[Part]:
    if text:
        yield Part(heading, page, text)


def _joined(path: list[tuple[int, str]]) -> str:
    """The headings from the highest to the one right above, of which those in the middle go where it gets too long."""
    names = [name for _, name in path]
    while len(BETWEEN.join(names)) > PATH:
        del names[len(names) // 2]
    return BETWEEN.join(names)


def _portions(text: str) -> Iterator[str]:
    """A paragraph in portions that fit: whole, or as many sentences as fit, or as many words."""
    if len(text) <= LONGEST:
        if text:
            yield text
        return
    portion = ''
    for sentence in _sentences(text):
        if len(portion) + len(sentence) > LONGEST:
            if portion.strip():
                yield portion.strip()
            *whole, portion = _cut(sentence)
            yield from whole
        else:
            portion += sentence
    if portion.strip():
        yield portion.strip()


def _sentences(text: str) -> Iterator[str]:
    """Its sentences, each with what is between it and the next."""
    begin = 0
    for end in _SENTENCE.finditer(text):
        yield text[begin : end.end()]
        begin = end.end()
    if begin < len(text):
        yield text[begin:]


def _cut(sentence: str) -> Iterator[str]:
    """A sentence in portions that fit, cut at spaces where there are some."""
    begin = 0
    while len(sentence) - begin > LONGEST:
        end = sentence.rfind(' ', begin + 1, begin + LONGEST + 1)
        if end < begin + LONGEST // 2:
            end = _between_letters(sentence, begin, begin + LONGEST)
        if portion := sentence[begin:end].strip():
            yield portion
        begin = end
    yield sentence[begin:]


def _between_letters(text: str, begin: int, end: int) -> int:
    """A place at `end` or a little before it where a letter ends with all that stands upon it."""
    for place in range(end, max(begin, end - 50), -1):
        if not unicodedata.category(text[place]).startswith('M') and _JOINER not in text[place - 1 : place + 1]:
            return place
    return end

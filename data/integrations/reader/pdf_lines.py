"""Lines of a PDF become headings and paragraphs: by bookmarks, by the size of letters, by the room between lines."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from data.integrations.reader.cleaning import flat
from data.integrations.reader.documents import HEADING, Block

OUTER, INNER = 0.1, 0.5
"""Part of the pages that their first or last line, or the one next to it, is on which belongs to none of them."""

_HEAD = 80
"""Letters of such a line that has a number in it, at most."""

LARGER = 1.15
"""How much larger than the text letters of a heading are, at least."""

MANY = 0.4
"""Beyond this part of all letters these are no headings."""

ENOUGH = 3
"""Bookmarks that a document has at least that is divided by them."""

_ROOM, _OTHER = 0.45, 0.15
"""Part of their height that is between two paragraphs, and by which lines of one paragraph differ at most."""

LEVELS, _HEADING_LINES = 4, 3

_NUMBER = re.compile(r'[-–\s]*(?:\d{1,4}|[ivxlc]{1,6})[-–\s]*')
_LEADER = re.compile(r'(?:\.\s?){5,}\s*(?:\d{1,4}|[ivxlc]{1,6})$')
_DIGITS = re.compile(r'\d+')
_ITEM = re.compile(r'(?:[•▪▫●○■□◦‣\u2043·*–—-]|\(?\d{1,3}[.)]|\(?[a-z][.)])\s')
_HYPHENS = '\ufffe\u00ad\u0002'
_HYPHEN = re.compile(f'[{_HYPHENS}]')
_WIDE = re.compile('[\u2e80-\u30ff\u3400-\u9fff\uf900-\ufaff\uff00-\uff60]')


class Line(NamedTuple):
    """A line, on which page, and from where to where up it reaches, in points."""

    text: str
    page: int
    bottom: float
    top: float

    @property
    def size(self) -> float:
        """The height of its letters, in half points."""
        return round(2 * abs(self.top - self.bottom)) / 2


class Title(NamedTuple):
    """A bookmark: what it says, how deep it is (from 1), and to which page it leads."""

    text: str
    level: int
    page: int


def blocks(pages: Sequence[Sequence[Line]], titles: Sequence[Title]) -> list[Block]:
    """The headings and paragraphs on these pages."""
    body = _body([line for lines in pages for line in lines])
    pages = _without_running(pages, LARGER * body)
    if len(titles) >= ENOUGH:
        return list(_by_titles(pages, titles))
    levels = _levels([line for lines in pages for line in lines], LARGER * body)
    return list(_by_size(pages, levels))


def _body(lines: Sequence[Line]) -> float:
    """The size of most letters."""
    letters: Counter[float] = Counter()
    for line in lines:
        letters[line.size] += len(line.text)
    return letters.most_common(1)[0][0] if letters else 0.0


def _without_running(pages: Sequence[Sequence[Line]], large: float) -> list[list[Line]]:
    """Without the lines at the edges of pages that are the same on many of them, but for the numbers in small ones.

    And without the lines of a table of contents, which only say where something is.
    """

    def key(line: Line) -> str:
        is_text = line.size >= large or len(line.text) > _HEAD
        return line.text if is_text else _DIGITS.sub('#', line.text)

    outer = Counter(name for lines in pages for name in {key(line) for line in (*lines[:1], *lines[-1:])})
    inner = Counter(name for lines in pages for name in {key(line) for line in (*lines[1:2], *lines[-2:-1])})

    def is_running(place: int, line: Line, of: int) -> bool:
        if place in (0, of - 1):
            is_number = len(pages) > 1 and line.size < large and _NUMBER.fullmatch(line.text) is not None
            return is_number or outer[key(line)] >= max(3.0, OUTER * len(pages))
        return place in (1, of - 2) and inner[key(line)] >= max(3.0, INNER * len(pages))

    return [
        [
            line
            for place, line in enumerate(lines)
            if not is_running(place, line, len(lines)) and not _LEADER.search(line.text)
        ]
        for lines in pages
    ]


def _levels(lines: Sequence[Line], large: float) -> dict[float, int]:
    """Which sizes are those of headings, and of which level."""
    larger = sorted({line.size for line in lines if line.size >= large}, reverse=True)
    letters = sum(len(line.text) for line in lines if line.size >= large)
    if letters > MANY * sum(len(line.text) for line in lines):
        return {}
    return {size: min(place, LEVELS) for place, size in enumerate(larger, 1)}


def _by_size(pages: Sequence[Sequence[Line]], levels: dict[float, int]) -> Iterator[Block]:
    for lines in pages:
        for level, group in groupby(lines, key=lambda line: _level_of(line, levels)):
            some = list(group)
            text = _joined(some)
            if level and len(some) <= _HEADING_LINES and len(text) <= HEADING:
                yield Block(text, level, some[0].page)
            else:
                yield from _paragraphs(some)


def _level_of(line: Line, levels: dict[float, int]) -> int:
    return levels.get(line.size, 0) if any(map(str.isalpha, line.text)) else 0


def _by_titles(pages: Sequence[Sequence[Line]], titles: Sequence[Title]) -> Iterator[Block]:
    """Divided by bookmarks: where the line is that says the same, or else at the beginning of the page."""
    on_page: defaultdict[int, list[Title]] = defaultdict(list)
    for title in titles:
        on_page[title.page].append(title)
    for number, lines in enumerate(pages, 1):
        waiting = on_page[number]
        places = {id(title): _place(title, lines) for title in waiting}
        for title in waiting:
            if places[id(title)] is None:
                yield Block(title.text, title.level, number)
        begin = 0
        for title in sorted(waiting, key=lambda title: places[id(title)] or (0, 0)):
            if (place := places[id(title)]) and place[0] >= begin:
                yield from _paragraphs(lines[begin : place[0]])
                yield Block(title.text, title.level, number)
                begin = place[1]
        yield from _paragraphs(lines[begin:])


def _place(title: Title, lines: Sequence[Line]) -> tuple[int, int] | None:
    """From which line to which one a page says what a bookmark does, which may leave its number out."""
    wanted = _key(title.text)
    for first in range(len(lines)):
        said = ''
        for last in range(first, min(first + 3, len(lines))):
            said += _key(lines[last].text)
            if wanted and (said == wanted or said.lstrip('0123456789') == wanted):
                return first, last + 1
            if len(said) > len(wanted) + 10:
                break
    return None


def _key(text: str) -> str:
    return ''.join(letter for letter in flat(text).casefold() if letter.isalnum())


def _paragraphs(lines: Sequence[Line]) -> Iterator[Block]:
    """Lines that belong together, joined: where there is more room above one, or an item of a list begins, is a new."""
    some: list[Line] = []
    is_item = False
    for line in lines:
        begins_item = _ITEM.match(line.text) is not None
        if some and (begins_item or _is_apart(some[-1], line)):
            yield Block(_joined(some), 0, some[0].page, is_item)
            some = []
        if not some:
            is_item = begins_item
        some.append(line)
    if some:
        yield Block(_joined(some), 0, some[0].page, is_item)


def _is_apart(above: Line, below: Line) -> bool:
    height = max(above.size, below.size, 1)
    is_above = above.bottom - below.top > _ROOM * height or below.top > above.top + height
    return is_above or abs(above.size - below.size) > _OTHER * height


def _joined(lines: Sequence[Line]) -> str:
    """One text of lines: without hyphens at their ends, and without spaces where a script has none."""
    text = ''
    for line in lines:
        end = text[-1:]
        is_close = not end or end in _HYPHENS or bool(_WIDE.match(end) and _WIDE.match(line.text))
        text += line.text if is_close else f' {line.text}'
    return _HYPHEN.sub(lambda found: '' if text[found.end() : found.end() + 1].islower() else '-', text)

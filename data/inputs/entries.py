"""The entries of a pasted list: its lines, each taken apart at its commas where it is not about one person."""

import re
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

from data.inputs import emails, texts
from data.inputs.parts import (
    ANDS,
    MEANT,
    MOST_WORDS,
    WRAPPED,
    WRAPS,
    Part,
    cells,
    is_like,
    is_role,
    parts_of,
    places,
    words,
)

_LINE = re.compile('\r\n?|[\n\v\f\x85\u2028\u2029]')
_BREAKS = ('hard', 'soft', 'open', 'address')
_HALF = re.compile(rf'(?:^| )(?:{MEANT.pattern}$|[a-z]\S* (?i:at) \S+$)')


def chunks(text: str) -> Iterator[list[Part]]:
    """The lines of a text; lines that are lists are taken apart at their commas and semicolons."""
    lines = [_with_ands(parts_of(line)) for line in _LINE.split(texts.without_invisible(texts.half_width(text)))]
    shapes = Counter(map(_shape, lines))
    domains = {part.rpartition('@')[2].casefold() for line in lines for kind, part in line if kind == 'address'}
    lines = [_with_meant(line, domains, _is_of_table(line, shapes)) for line in lines]
    shapes = Counter(map(_shape, lines))
    for parts in lines:
        yield from [parts] if _is_row(parts, _is_of_table(parts, shapes)) else _taken_apart(parts)


def _shape(parts: list[Part]) -> tuple[int, ...]:
    """Which of how many cells hold addresses: what the rows of one table have in common."""
    each = cells(parts, ('hard', 'soft'))
    return len(each), *(place for place, cell in enumerate(each) if places(cell))


def _is_of_table(parts: list[Part], shapes: Counter[tuple[int, ...]]) -> bool:
    shape = _shape(parts)
    return shape[0] > 1 < len(shape) and shapes[shape] > 1


def _with_meant(parts: list[Part], domains: set[str], is_of_table: bool) -> list[Part]:
    """The line with those words as addresses that were meant as some, `fay at x.example` and `bob.x.example`.

    A word that could be a website as well is meant where it ends in the domain of an address, or where no name is
    around which the website could belong to; in a table only where both is so.
    """
    parts = list(_with_spelt(parts))
    others = [word for word in words(parts) if not MEANT.fullmatch(word.casefold())]
    is_list = not others or len(places(parts)) > 1

    def is_meant(place: int, word: str) -> bool:
        is_called = any(kind == 'open' for kind, _ in parts[place + 1 : place + 3])  # `bob.ray <bob@x.example>`
        if is_called or not MEANT.fullmatch(word.casefold()) or word.casefold() in domains:
            return False
        labels = word.casefold()[-emails.LONGEST :].split('.')
        is_near = any('.'.join(labels[place:]) in domains for place in range(1, len(labels)))
        return is_near and not others if is_of_table else is_near or (is_list and bool(MEANT.fullmatch(word)))

    bare = [word.strip(WRAPS) if kind in WRAPPED else word for kind, word in parts]
    return [
        ('meant', bare[place]) if kind in WRAPPED and is_meant(place, bare[place]) else (kind, word)
        for place, (kind, word) in enumerate(parts)
    ]


def _with_spelt(parts: list[Part]) -> Iterator[Part]:
    """The line with an @ that was spelt out where nothing but addresses is beside it, elsewhere with its words."""
    before = 'hard'
    for kind, text in parts:
        if kind in ('quoted', 'note') and [it for it, _ in parts_of(text[1:-1])] == ['spelt']:
            yield 'meant', text[1:-1]
        elif kind != 'spelt':
            yield kind, text
        elif before in _BREAKS:
            yield 'meant', text.strip("'`*")
        else:
            yield from (
                ('address' if '@' in piece else 'word' if piece.strip() else 'other', piece)
                for piece in re.split('( +)', text)
            )
        if kind in _BREAKS or any(map(str.isalpha, text)):
            before = kind


def _with_ands(parts: list[Part]) -> list[Part]:
    """The line with a break for an “and” between an address and somebody who has none: `ann@x.example and Bob`."""
    solid = [place for place, (kind, text) in enumerate(parts) if text.strip()]
    ands = set()
    for before, place in pairwise(solid):
        if parts[before][0] == 'address' and parts[place][1].casefold() in ANDS:
            rest = cells(parts[place + 1 : place + 5 * MOST_WORDS], ('hard', 'soft'))[0]
            ands |= {place} if not places(rest) and len(words(rest)) <= MOST_WORDS else set()
    return [('hard', text) if place in ands else (kind, text) for place, (kind, text) in enumerate(parts)]


def _is_row(parts: list[Part], is_of_table: bool) -> bool:
    """Whether a line is about one person, a row of a table or a sentence, and no list."""
    if len(places(parts)) != 1:
        return not places(parts)
    if is_of_table or any(kind == 'soft' for kind, _ in parts):
        return True
    each = [(bool(places(cell)), words(cell)) for cell in cells(parts, ('hard',))]
    if any(MEANT.fullmatch(word) for is_own, found in each for word in found if not is_own):
        return False
    return parts[-1][1] == ':' or _is_prose(parts)  # “On Monday, Ann <a@x.example> wrote:”


def _is_prose(parts: list[Part]) -> bool:
    """Whether a line is a sentence: more words between two commas than a name has, and most in small letters."""
    each = [[text for kind, text in cell if kind == 'word' and text[0].isalpha()] for cell in cells(parts, ('hard',))]
    small = [text[0].islower() for found in each for text in found]
    return max(map(len, each)) > MOST_WORDS and 2 * sum(small) > len(small)


def _taken_apart(parts: list[Part]) -> Iterator[list[Part]]:
    """The entries of a list; with its only address goes the name that has cells of its own."""
    each = [cell for cell in cells(parts, ('hard',)) if places(cell) or words(cell)]
    is_joined = any(kind == 'hard' and text.strip() in ANDS for kind, text in parts)
    if len(places(parts)) == 1 and (named := _name_elsewhere(each, is_joined)):
        at = next(number for number, cell in enumerate(each) if places(cell))
        whole = sorted({at, *named})
        for number, cell in enumerate(each):
            if number == at:
                yield [part for it in whole for part in (*each[it], ('hard', ', '))][:-1]
            elif number not in named:
                yield cell
        return
    if pairs := _pairs(parts):
        yield from pairs
        return
    start = 0
    ends = [place for place, part in enumerate(parts) if part[0] == 'hard' and part[1].strip() in ';؛']
    for end in [*ends, len(parts)]:
        yield from _people(parts[start:end])
        start = end + 1


def _pairs(parts: list[Part]) -> list[list[Part]]:
    """The entries where whole names and bare addresses take turns: `Ann Lee, ann@x.example, Bob Ray, bob@x.example`."""
    each = cells(parts, ('hard',))
    own = [cell for cell in each if len(places(cell)) == 1 and not words(cell)]
    names = [found for cell in each if not places(cell) and len(found := words(cell)) > 1]
    takes_turns = all(bool(places(cell)) != bool(places(then)) for cell, then in pairwise(each))
    if not takes_turns or not len(own) == len(names) == len(each) / 2 > 1:
        return []
    return [[*each[number], ('hard', ', '), *each[number + 1]] for number in range(0, len(each), 2)]


def _name_elsewhere(each: list[list[Part]], is_joined: bool) -> list[int]:
    """The cells with the name that belongs to the only address where that stands alone.

    Several people without an address are no name: of two words, or of several names, one is found in the address.
    A website, `Bob and Cleo`, and what may be half an address, `bob at x`, are nobody's name.
    """
    at = next(number for number, cell in enumerate(each) if places(cell))
    if _is_named(each[at]):
        return []
    names = [words(cell) for cell in each]
    others = [number for number, found in enumerate(names) if number != at and not is_role(found)]
    address = each[at][places(each[at])[0]][1]
    for pair in ([at - 2, at - 1], [at + 1, at + 2]):
        is_whole = {*pair} <= {*others} and all(len(names[it]) == 1 for it in pair)
        if is_whole and any(is_like(names[it], address) for it in pair):
            return pair
    for number in sorted(others, key=lambda it: abs(it - at)):
        if is_like(names[number], address):
            return [number]
    if (
        len(others) != 1
        or is_joined
        or ' ' not in (name := ' '.join(_without_notes(each[others[0]])))
        or _HALF.search(name)
    ):
        return []
    return [] if any(text.casefold() in ANDS for _, text in each[others[0]]) else others


def _without_notes(cell: list[Part]) -> list[str]:
    """The words of a cell, `Bob (no address)`, that are no remark; where all are in parentheses, all."""
    return words([part for part in cell if part[0] != 'note']) or words(cell)


def _is_named(cell: list[Part]) -> bool:
    """Whether the address of a cell has a name in it, before `<` or in parentheses, or in capitals."""
    found = words(cell)
    is_marked = any(kind in ('open', 'note') for kind, _ in cell)
    return bool(found) and (is_marked or not found[0][0].islower() or is_like(found, cell[places(cell)[0]][1]))


def _people(parts: list[Part]) -> Iterator[list[Part]]:
    """The entries between commas; a surname belongs to the name after it: `Miller, John <john@x.example>`."""
    each = cells(parts, ('hard',))
    names = [_without_notes(cell) for cell in each]
    is_opened = [bool(found := places(cell)) and cell[found[0] - 1][0] == 'open' and found[0] > 0 for cell in each]
    is_after = [number > 0 and bool(names[number - 1]) and not places(each[number - 1]) for number in range(len(each))]
    has_sign = [any(kind == 'open' for kind, _ in cell) for cell in each]
    has_whole = any(
        opened and len(name) > 1 and not after for opened, name, after in zip(is_opened, names, is_after, strict=True)
    )  # `Ann Lee <ann@x.example>`: nobody's surname comes first
    surname: list[Part] = []
    for number, cell in enumerate(each):
        is_other = surname and len(names[number - 1]) > 1 < len(names[number]) and not names[number - 1][0][0].islower()
        if surname and (has_whole or is_other or has_sign[number - 1] or not is_opened[number]):
            yield surname
            surname = []
        if places(cell):
            yield [*surname, ('hard', ', '), *cell] if surname else cell
            surname = []
        else:
            surname = cell if words(cell) else []
    if surname:
        yield surname

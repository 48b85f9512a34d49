"""Lists of e-mail addresses as people paste them: rows of a spreadsheet, bullets, lines of a mail, prose."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

from data.inputs import emails, pasted, texts
from data.problems import Invalid

MOST = 200
"""Addresses that are taken at once."""

LONGEST = 100_000
"""Characters that are looked at."""

MOST_LEFT_OUT = 50
"""Lines without an address that are named one by one."""

NO_ADDRESS = 'There is no email address in this.'

_PART = re.compile(
    r"""
    (?P<address> (?:mailto:)?+ [^\s,;、،؛:<>()\[\]{}"“”„«»|•‣◦▪●○■–—→@]*+ @ [^\s,;、،؛:<>()\[\]{}"“”„«»|•‣◦▪●○■–—→]*+ )
    | (?P<quoted> "[^"@]{0,200}" | [“„][^“”„@]{0,200}[“”] | «[^«»@]{0,200}» )
    | (?P<note> \( [^()@]{1,200} \) )
    | (?P<hard> [,;、،؛]\s?+ )
    | (?P<soft> [\t|]+ )
    | (?P<open> < )
    | (?P<word> [^\s,;、،؛:<>()\[\]{}"“”„«»|•‣◦▪●○■–—→@]++ )
    | (?P<other> . )
    """,
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)
_LINE = re.compile('\r\n?|[\n\v\f\x85\u2028\u2029]')
_BULLET = re.compile(r'^(?:[-*>\u00b7]|[^\w\x00-\x7f])+(?=.)')
_GLUE = re.compile(r'[/&=+]')
_LABELS = {
    'mail',
    'email',
    'e-mail',
    'mailto',
    'smtp',
    'correo',
    'courriel',
    'почта',
    '邮箱',
    'メール',
    '이메일',
    'co-authored-by',
    'signed-off-by',
    'contact',
    'name',
    'to',
    'cc',
    'bcc',
    'from',
    'and',
    'or',
    'und',
    'et',
    'y',
}
_LONGEST_NAME = 80
_Part = tuple[str, str]


@dataclass(frozen=True)
class Recipient:
    """One entry of a list: the address as it was typed, its key, and the name beside it, '' where there is none.

    What is none has a `problem` in a sentence instead of a key: a text with an @ that is no address, or a part of the
    list in which there is none at all (`NO_ADDRESS`).
    """

    text: str
    key: str = ''
    problem: str = ''
    name: str = ''


def parse(value: object) -> list[Recipient]:
    """The addresses in a text, in its order, with the names beside them, and the parts in which there is none.

    An address that is given twice is there twice, unless both belong to one entry (`ann@x.example <ann@x.example>`).
    Raises Invalid('addresses') for no text, nothing in it, or too many.
    """
    if not isinstance(value, str) or not value.strip():
        raise Invalid(addresses='Enter at least one email address.')
    if len(value) > LONGEST:
        raise Invalid(addresses=f'This is too long. Enter at most {MOST} addresses at once.')
    text = pasted.plain(re.sub('[\ud800-\udfff]', '\ufffd', value))
    if text.count('@') > 10 * MOST:
        raise Invalid(addresses=f'These are too many addresses. Enter at most {MOST} at once.')
    found = list(chain.from_iterable(map(_read, _chunks(text))))
    if not found:
        raise Invalid(addresses='Enter at least one email address.')
    if (number := sum('@' in recipient.text for recipient in found)) > MOST:
        raise Invalid(addresses=f'These are {number} addresses. Enter at most {MOST} at once.')
    return _bounded(found)


def _chunks(text: str) -> Iterator[list[_Part]]:
    """The lines of a text; lines that are lists are taken apart at their commas and semicolons."""
    lines = [_parts(line) for line in _LINE.split(texts.without_invisible(texts.half_width(text)))]
    shapes = Counter(map(_shape, lines))
    for parts in lines:
        yield from [parts] if _is_row(parts, shapes) else _taken_apart(parts)


def _parts(line: str) -> list[_Part]:
    return [(part.lastgroup or '', part[0]) for part in _PART.finditer(line)]


def _cells(parts: list[_Part], breaks: tuple[str, ...]) -> list[list[_Part]]:
    cells: list[list[_Part]] = [[]]
    for part in parts:
        if part[0] in breaks:
            cells.append([])
        else:
            cells[-1].append(part)
    return cells


def _places(parts: list[_Part]) -> list[int]:
    return [place for place, (kind, _) in enumerate(parts) if kind == 'address']


def _shape(parts: list[_Part]) -> tuple[int, ...]:
    """Which of how many cells hold addresses: what the rows of one table have in common."""
    cells = _cells(parts, ('hard',))
    return len(cells), *(place for place, cell in enumerate(cells) if _places(cell))


def _is_row(parts: list[_Part], shapes: Counter[tuple[int, ...]]) -> bool:
    """Whether a line is about one person, and no list in which something else than an address stands by mistake."""
    cells = _cells(parts, ('hard',))
    others = [words for cell in cells if not _places(cell) and (words := _words(cell))]
    if len(_places(parts)) != 1:
        return not _places(parts)
    if any(kind == 'soft' for kind, _ in parts):
        return True
    is_name = any(len(words) > 1 or ' ' in words[0] for words in others)
    return len(others) != 1 or is_name or shapes[_shape(parts)] > 1


def _taken_apart(parts: list[_Part]) -> Iterator[list[_Part]]:
    """The entries of a list; a surname before a comma belongs to the name after it: `Miller, John <john@x.example>`."""
    surname: list[_Part] = []
    for cell in _cells(parts, ('hard',)):
        places = _places(cell)
        if surname and not (places and places[0] and cell[places[0] - 1][0] == 'open'):
            yield surname
            surname = []
        if places:
            yield [*surname, ('hard', ', '), *cell] if surname else cell
            surname = []
        else:
            surname = cell if _words(cell) else []
    if surname:
        yield surname


def _read(chunk: list[_Part]) -> list[Recipient]:
    """The addresses of one entry, each once, or what was left out."""
    places = _places(chunk)
    if not places:
        text = ''.join(part for _, part in chunk).strip()
        return [Recipient(text[: emails.LONGEST], problem=NO_ADDRESS)] if any(map(str.isalnum, text)) else []
    follows = bool(_name(chunk[places[-1] + 1 :], 1)) and not _name(chunk[: places[0]], -1)
    found: list[Recipient] = []
    start = 0
    for place, following in zip(places, [*places[1:], len(chunk)], strict=True):
        end = following if follows or following == len(chunk) else _end_of_notes(chunk, place, following)
        found += _entry(chunk[start:place], chunk[place][1], chunk[place + 1 : end])
        start = end
    return list({recipient.key or recipient.text: recipient for recipient in reversed(found)}.values())[::-1]


def _end_of_notes(chunk: list[_Part], place: int, following: int) -> int:
    """Behind what stands in parentheses after an address: that is about this one, the rest about the next."""
    notes = [number for number in range(place + 1, following) if chunk[number][0] == 'note']
    return notes[-1] + 1 if notes else place + 1


def _entry(before: list[_Part], token: str, after: list[_Part]) -> list[Recipient]:
    name = _name(before, -1) or _name(after, 1)
    text = token if before and before[-1][0] == 'open' else _BULLET.sub('', token)
    glued = [piece for piece in _GLUE.split(text) if '@' in piece]
    try:
        return [_recipient(text, name)]
    except Invalid as problem:
        if glued not in ([], [text]):
            return [recipient for piece in glued for recipient in _entry([], piece, [])]
        return [Recipient(text[: emails.LONGEST], problem=str(problem), name=name)]


def _recipient(text: str, name: str) -> Recipient:
    address = emails.parse(text)
    return Recipient(address.shown, address.key, name=name)


def _words(parts: list[_Part]) -> list[str]:
    """What may belong to a name: words with letters, quoted ones without their quotes, no labels."""
    texts_ = (part.strip('"“”„«»()*_') if kind in ('quoted', 'note', 'word') else '' for kind, part in parts)
    return [word for word in texts_ if any(map(str.isalpha, word)) and word.casefold() not in _LABELS]


def _name(parts: list[_Part], nearest_first: int) -> str:
    """The name on one side of an address: the nearest cell there, or two where each is one word; -1 is before it."""
    opened = bool(parts) and parts[-1][0] == 'open'
    if _words(plain := [part for part in parts if part[0] != 'note']):
        parts = plain  # what stands in parentheses beside a name is none
    breaks = ('soft',) if any(kind == 'soft' for kind, _ in parts) else ('hard',)
    cells = [words for cell in _cells(parts, breaks) if (words := _words(cell))][::nearest_first]
    near = cells[:2] if opened or all(len(words) == 1 and ' ' not in words[0] for words in cells[:2]) else cells[:1]
    name = (', ' if opened else ' ').join(' '.join(words) for words in near[::nearest_first]).strip("' ")
    is_prose = not opened and len(cells) == 1 and all(word[0].islower() for word in cells[0])
    if is_prose or re.search(r'[=/\\@]', name):
        return ''
    try:
        return texts.clean(name, field='name', label='Name', limit=_LONGEST_NAME, required=False)
    except Invalid:
        return ''


def _bounded(found: list[Recipient]) -> list[Recipient]:
    """The same with a sentence instead of what is left out beyond the first lines."""
    left_out = [number for number, recipient in enumerate(found) if recipient.problem == NO_ADDRESS]
    beyond = set(left_out[MOST_LEFT_OUT:])
    if not beyond:
        return found
    rest = Recipient('…', problem=f'There is no email address in {len(beyond)} more.')
    return [recipient for number, recipient in enumerate(found) if number not in beyond] + [rest]

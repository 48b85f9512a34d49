"""Lists of e-mail addresses as people paste them: rows of a spreadsheet, bullets, lines of a mail, prose."""

import re
from dataclasses import dataclass
from itertools import chain

from data.inputs import emails, pasted, texts
from data.inputs.entries import chunks
from data.inputs.parts import MOST_WORDS, Part, cells, is_like, is_role, places, words
from data.problems import Invalid

MOST = 200
"""Addresses that are taken at once."""

LONGEST = 100_000
"""Characters that are looked at."""

MOST_LEFT_OUT = 50
"""Lines without an address that are named one by one."""

NO_ADDRESS = 'There is no email address in this.'

_BULLET = re.compile(r'^(?:[-*>\u00b7]|[^\w\x00-\x7f])+(?=.)')
_GLUE = re.compile(r'[/&=+]')
_KEY = re.compile(
    r'^(?://[^\s@]*[/?&=]|(?:cn|e?mail|e-mail|smtp|to|cc|bcc|user|login|address)=)(?=[^@])', re.IGNORECASE
)
"""The rest of a link before an address in it, or what a list says that it is."""
_LONGEST_NAME = 80


@dataclass(frozen=True)
class Recipient:
    """One entry of a list: the address as it was typed, its key, and the name beside it, '' where there is none.

    What is none has a `problem` in a sentence instead of a key: a text that was meant as an address and is none, or a
    part of the list that was not even meant as one (`is_left_out`, so that nothing is to be corrected).
    """

    text: str
    key: str = ''
    problem: str = ''
    name: str = ''
    is_left_out: bool = False


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
    found = list(chain.from_iterable(map(_read, chunks(text))))
    if not found:
        raise Invalid(addresses='Enter at least one email address.')
    if (number := sum('@' in recipient.text for recipient in found)) > MOST:
        raise Invalid(addresses=f'These are {number} addresses. Enter at most {MOST} at once.')
    return _bounded(found)


def _read(chunk: list[Part]) -> list[Recipient]:
    """The addresses of one entry, each once, or what was left out."""
    found_at = places(chunk)
    if not found_at:
        text = ''.join(part for _, part in chunk).strip()
        left_out = Recipient(text[: emails.LONGEST], problem=NO_ADDRESS, is_left_out=True)
        return [left_out] if any(map(str.isalnum, text)) and not is_role(words(chunk)) else []
    follows = bool(_name(chunk[found_at[-1] + 1 :], 1)) and not _name(chunk[: found_at[0]], -1)
    found: list[Recipient] = []
    start = 0
    for place, following in zip(found_at, [*found_at[1:], len(chunk)], strict=True):
        end = following if follows or following == len(chunk) else _end_of_notes(chunk, place, following)
        found += _entry(chunk[start:place], chunk[place][1], chunk[place + 1 : end])
        start = end
    found += [] if follows else _rest(chunk, found_at[0], found_at[-1])
    return list({recipient.key or recipient.text: recipient for recipient in reversed(found)}.values())[::-1]


def _rest(chunk: list[Part], first: int, last: int) -> list[Recipient]:
    """Who stands behind the last address where that has a name before it, `Ann <ann@x.example> Bob`.

    In small letters only where nothing stands before: else it may be the end of a sentence.
    """
    after = words([part for part in cells(chunk[last + 1 :], ('hard', 'soft'))[0] if part[0] != 'note'])
    is_over = chunk[last][1][-1] in '.!?' or chunk[-1][1] == ':'
    if is_over or not 0 < len(after) <= MOST_WORDS or is_role(after):
        return []
    is_small = after[0][0].islower()
    if words(chunk[:first]) if is_small else not _name(chunk[:last], -1):
        return []
    if is_small and is_like(after, chunk[last][1]):
        return []
    return [Recipient(' '.join(after), problem=NO_ADDRESS, is_left_out=True)]


def _end_of_notes(chunk: list[Part], place: int, following: int) -> int:
    """Behind what stands in parentheses after an address: that is about this one, the rest about the next."""
    notes = [number for number in range(place + 1, following) if chunk[number][0] == 'note']
    return notes[-1] + 1 if notes else place + 1


def _entry(before: list[Part], token: str, after: list[Part]) -> list[Recipient]:
    name = _name(before, -1, token) or _name(after, 1, token)
    text = token if before and before[-1][0] == 'open' else _KEY.sub('', _BULLET.sub('', token))
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


def _name(parts: list[Part], nearest_first: int, address: str = '') -> str:
    """The name on one side of an address: the nearest cell there, or two where each is one word; -1 is before it.

    Words in small letters beside it are prose where the address is not made of them.
    """
    opened = bool(parts) and parts[-1][0] == 'open'
    plain = [part for part in parts if part[0] != 'note']
    if not (is_noted := not words(plain)):
        parts = plain  # what stands in parentheses beside a name is none
    if nearest_first < 0:
        colons = (place for place, part in enumerate(parts) if part[1] == ':' and words(parts[place + 1 :]))
        parts = parts[max(colons, default=-1) + 1 :]  # “Von:”, “Кому:”
    breaks = ('soft',) if any(kind == 'soft' for kind, _ in parts) else ('hard',)
    all_cells = cells(parts, breaks)
    is_apart = len(all_cells) > 1 and not words(all_cells[-1 if nearest_first < 0 else 0])
    each = [found for cell in all_cells if (found := words(cell)) and not is_role(found)][::nearest_first]
    near = each[:2] if opened or all(len(found) == 1 and ' ' not in found[0] for found in each[:2]) else each[:1]
    name = (', ' if opened else ' ').join(' '.join(found) for found in near[::nearest_first]).strip("' ")
    found = [word for cell in near for word in cell]
    is_small = not opened and all(word[0].islower() for word in found)
    is_prose = len(found) > MOST_WORDS or not (is_apart or is_noted or is_like(found, address))
    if (is_small and is_prose) or re.search(r'[=/\\@]', name):
        return ''
    try:
        return texts.clean(name, field='name', label='Name', limit=_LONGEST_NAME, required=False)
    except Invalid:
        return ''


def _bounded(found: list[Recipient]) -> list[Recipient]:
    """The same with a sentence instead of what is left out beyond the first lines."""
    left_out = [number for number, recipient in enumerate(found) if recipient.is_left_out]
    beyond = set(left_out[MOST_LEFT_OUT:])
    if not beyond:
        return found
    rest = Recipient('…', problem=f'There is no email address in {len(beyond)} more.', is_left_out=True)
    return [recipient for number, recipient in enumerate(found) if number not in beyond] + [rest]

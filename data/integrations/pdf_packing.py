"""Packing a PDF: small objects, which typst leaves beside each other, go into streams (ISO 32000-1, 7.5.7).

The tags of a table are thousands of them: with 300 lines they are seven tenths of the file.
"""

import re
import struct
import zlib
from collections.abc import Iterator

AT_ONCE = 200
"""How many objects share a stream: a reader unpacks all of them to see one."""

_START = re.compile(rb'startxref\s+(\d+)\s+%%EOF\s*$')
_SECTION = re.compile(rb'xref\s+0 (\d+)\s+')
_OBJECT = re.compile(rb'(\d+) 0 obj\s(.*?)\sendobj', re.DOTALL)
_KEPT = re.compile(rb'/(?:Root|Info) \d+ \d+ R|/ID ?\[[^\]]*\]')
_ENTRY = 20  # bytes of a line of the table (7.5.4)


def packed(pdf: bytes) -> bytes:
    """The same document in fewer bytes; one that is not written as typst writes them stays as it is."""
    start = _START.search(pdf)
    section = _SECTION.match(pdf, int(start[1])) if start else None
    trailer = pdf.find(b'trailer', int(start[1])) if start else -1
    if start is None or section is None or trailer < 0:
        return pdf
    count, begin = int(section[1]), section.end()
    lines = [pdf[at : at + _ENTRY] for at in range(begin, begin + count * _ENTRY, _ENTRY)]
    offsets = {number: int(line[:10]) for number, line in enumerate(lines) if line[17:18] == b'n'}
    small, large = {}, {}
    ends = dict(zip(sorted(offsets.values()), [*sorted(offsets.values())[1:], int(start[1])], strict=True))
    for number, offset in offsets.items():
        whole = pdf[offset : ends[offset]]
        found = _OBJECT.match(whole)
        if found and int(found[1]) == number and b'stream' not in whole:
            small[number] = found[2].strip()
        else:
            large[number] = whole
    head = pdf[: min(ends)]
    return _written(head, small, large, count, b''.join(_KEPT.findall(pdf[trailer : start.start()])))


def _written(head: bytes, small: dict[int, bytes], large: dict[int, bytes], count: int, kept: bytes) -> bytes:
    parts, at, places = [head], len(head), {0: (0, 0, 65535)}
    for number, whole in large.items():
        places[number] = (1, at, 0)
        parts.append(whole)
        at += len(whole)
    for number, (members, whole) in enumerate(_streams(small, count), count):
        places |= {member: (2, number, index) for index, member in enumerate(members)}
        places[number] = (1, at, 0)
        parts.append(whole)
        at += len(whole)
    last = max(places) + 1
    places[last] = (1, at, 0)
    rows = (places.get(number, (0, 0, 0)) for number in range(last + 1))
    table = b''.join(struct.pack('>BIH', kind, place, index) for kind, place, index in rows)
    about = b'/Type/XRef/Size %d/W[1 4 2]' % (last + 1) + kept
    return b''.join([*parts, _stream(last, about, table), b'startxref\n%d\n%%%%EOF' % at])


def _streams(small: dict[int, bytes], first: int) -> Iterator[tuple[list[int], bytes]]:
    """The numbers of the objects in each stream, and that."""
    numbers = sorted(small)
    for number, begin in enumerate(range(0, len(numbers), AT_ONCE), first):
        members = numbers[begin : begin + AT_ONCE]
        head, body = b'', b''
        for member in members:
            head += b'%d %d ' % (member, len(body))
            body += small[member] + b'\n'
        about = b'/Type/ObjStm/N %d/First %d' % (len(members), len(head))
        yield members, _stream(number, about, head + body)


def _stream(number: int, about: bytes, content: bytes) -> bytes:
    squeezed = zlib.compress(content, 9)
    told = b'<<%s/Filter/FlateDecode/Length %d>>' % (about, len(squeezed))
    return b'%d 0 obj\n%s\nstream\n%s\nendstream\nendobj\n\n' % (number, told, squeezed)

"""Pictures that are written as text: a `data:` URL (RFC 2397) of a PNG or a JPEG."""

import re
from base64 import b64decode
from typing import NamedTuple

from data.problems import Invalid

LARGEST = 20_000
"""Bytes of a picture that is kept with each document it is printed on."""

LONGEST = 4 * LARGEST // 3 + 100
"""Characters of the text that it is written as."""

_PICTURE = re.compile(r'data:image/(png|jpeg);base64,([A-Za-z0-9+/]+={0,2})')
_BEGINS = {'png': b'\x89PNG\r\n\x1a\n', 'jpeg': b'\xff\xd8\xff'}


class Picture(NamedTuple):
    """A picture: 'png' or 'jpeg', and its bytes."""

    kind: str
    content: bytes


def parse(text: str, *, field: str = 'picture') -> Picture:
    """The picture that a text is. Raises Invalid(field)."""
    found = _PICTURE.fullmatch(text) if len(text) <= LONGEST else None
    try:
        content = b64decode(found[2], validate=True) if found else b''
    except ValueError:
        content = b''
    if found is None or not content.startswith(_BEGINS[found[1]]) or len(content) > LARGEST:
        size = f'{LARGEST // 1000} kB'
        raise Invalid(**{field: f'Write a PNG or a JPEG of at most {size} as a data URL: "data:image/png;base64,…".'})
    return Picture(found[1], content)

"""Text of documents as it is kept: composed, on one kind of lines, without what is not to be seen.

Marks of direction go: with them, a text looks like another one than it is (Unicode TR 36).
"""

import re
import unicodedata

_NOTHING = re.compile(
    '[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb'
    '\ud800-\udfff\ufffe\uffff]'
)
"""Control characters, marks of direction, soft hyphens, and what is no character."""

_LINE = re.compile('\r\n|[\r\x85\u2028\u2029\x0b\x0c]')
_SPACES = re.compile('[^\\S\n]+')
_EDGES = re.compile(' ?\n ?')
_GAPS = re.compile('\n{3,}')


def lines(text: str) -> str:
    """All of it with every end of line as one sign, and nothing that can't be seen."""
    return _NOTHING.sub('', _LINE.sub('\n', text))


def clean(text: str) -> str:
    """The same words, composed (NFC), with single spaces, and at most one empty line in a row."""
    text = unicodedata.normalize('NFC', lines(text))
    return _GAPS.sub('\n\n', _EDGES.sub('\n', _SPACES.sub(' ', text))).strip()


def flat(text: str) -> str:
    """The same in one line."""
    return ' '.join(clean(text).split())

"""What readers of documents make: headings and texts in their order, or the reason why there is nothing to be had."""

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

PAGES, CHARACTERS, ROWS, COLUMNS, PIECES = 500, 2_000_000, 50_000, 500, 20_000
"""What one document has at most: pages, letters of its text, rows and columns of a table, pieces it is cut into."""

UNPACKED = 100 * 1024 * 1024
"""Bytes that a Word document may be unpacked, counted while it is."""

LONGEST = 1200
"""Letters of one piece."""

HEADING, PATH = 150, 500
"""Letters of one heading, and of the path of headings above a piece."""

BETWEEN = ' > '
"""What stands between two headings of a path."""


class Media(StrEnum):
    """What a file is by its ending."""

    PDF = 'pdf'
    DOCX = 'docx'
    TXT = 'txt'
    MD = 'md'
    CSV = 'csv'
    HTML = 'html'


class Reason(StrEnum):
    """Why a document could not be read; the sentence to each is in `data.services.sources.reasons`."""

    EMPTY = 'empty'
    NO_PDF = 'no-pdf'
    NO_DOCX = 'no-docx'
    NO_TEXT_FILE = 'no-text-file'
    OLD_WORD = 'old-word'
    ENCRYPTED = 'encrypted'
    CUT = 'cut'
    BROKEN = 'broken'
    SCAN = 'scan'
    NOTHING = 'nothing'
    GARBLED = 'garbled'
    ENCODING = 'encoding'
    DEFINITIONS = 'definitions'
    UNPACKED = 'unpacked'
    PAGES = 'pages'
    CHARACTERS = 'characters'
    ROWS = 'rows'
    COLUMNS = 'columns'
    PIECES = 'pieces'
    SLOW = 'slow'
    MEMORY = 'memory'
    CRASHED = 'crashed'
    FULL = 'full'
    WORDLESS = 'wordless'
    KIND = 'kind'


class Unreadable(Exception):
    """A document can't be read, for this reason, however often it is tried; `error` names the failure of a parser."""

    def __init__(self, reason: Reason, error: str = '') -> None:
        super().__init__(reason.value)
        self.reason, self.error = reason, error


class Block(NamedTuple):
    """A heading (`level` from 1) or a paragraph (0) with its text; on which page it is, None where there are none.

    A `tight` paragraph follows the one before it in the next line, as the items of a list do, and not after a gap.
    """

    text: str
    level: int = 0
    page: int | None = None
    tight: bool = False


class Part(NamedTuple):
    """A piece of a document: at most LONGEST letters, the path of headings above it, the page where it is."""

    heading: str
    page: int | None
    text: str


@dataclass(frozen=True)
class Reading:
    """What was read: how many pages there are, None where there are none, how many letters, and the pieces."""

    pages: int | None
    characters: int
    parts: list[Part]


class Document(NamedTuple):
    """What a reader has found: how many pages there are, None where there are none, and headings and texts."""

    pages: int | None
    blocks: list[Block]

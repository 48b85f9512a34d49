"""Plain text: paragraphs have an empty line between them, and there are no headings."""

from data.integrations.reader.cleaning import lines
from data.integrations.reader.decoding import decode, load
from data.integrations.reader.documents import Block, Document


def warm_up() -> None:
    """Load all that any text needs."""
    load()
    read(b'a')


def read(content: bytes) -> Document:
    """The paragraphs of a text. Raises Unreadable."""
    return Document(None, [Block(paragraph) for paragraph in lines(decode(content)).split('\n\n')])

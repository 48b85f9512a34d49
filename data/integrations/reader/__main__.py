"""`python -m data.integrations.reader KIND`: one document comes in, its pieces go out, one to a line of JSON.

Started by `data.integrations.reader.process`; the bytes come with their number before them.
"""

from data.integrations.reader.confinement import close_off, confine, end_with_the_server

confine()  # before anything else is loaded

import json
import os
import sys
from importlib import import_module
from types import ModuleType

from data.integrations.reader import sniffing, splitting
from data.integrations.reader.documents import CHARACTERS, LONGEST, Block, Document, Media, Reading, Reason, Unreadable

READERS = {
    Media.PDF: 'pdf',
    Media.DOCX: 'word',
    Media.TXT: 'plain',
    Media.MD: 'markdown',
    Media.CSV: 'tables',
    Media.HTML: 'web',
}
"""The module of this folder that reads each kind, by its function `blocks`."""


def main(media: Media) -> None:
    """Read what comes in, answer, and end."""
    reader = import_module(f'data.integrations.reader.{READERS[media]}')
    reader.warm_up()
    splitting.parts(
        [Block('A', 1), Block('b. ' * LONGEST)]
    )  # what is loaded at the first use, while files can still be opened
    content = _content()
    end_with_the_server()
    close_off()
    why = {}
    try:
        _answer(_read(reader, media, content))
    except Unreadable as problem:
        why = {'reason': problem.reason.value}
    except MemoryError:
        why = {'reason': Reason.MEMORY.value}
    except Exception as error:  # parsers fail in many ways at what nobody has written
        why = {'reason': Reason.BROKEN.value, 'error': type(error).__name__}
    if why:  # only here: until then the failure holds on to all that was made, and there may be no room for a word
        _say(why)
    sys.stdout.flush()
    os._exit(0)


def _content() -> bytes:
    """What comes in: eight bytes that say how long it is, and the document."""
    content, length = bytearray(), 8
    while len(content) < length and (portion := os.read(sys.stdin.fileno(), 1 << 20)):
        content += portion
        if len(content) >= 8:
            length = 8 + int.from_bytes(content[:8], 'big')
    return bytes(memoryview(content)[8:])


def _read(reader: ModuleType, media: Media, content: bytes) -> Reading:
    """The pieces of a document. Raises Unreadable."""
    sniffing.expect(content, media)
    document: Document = reader.read(content)
    characters = sum(len(block.text) for block in document.blocks)
    if characters > CHARACTERS:
        raise Unreadable(Reason.CHARACTERS)
    parts = splitting.parts(document.blocks)
    if not parts:
        raise Unreadable(Reason.NOTHING)
    return Reading(document.pages, characters, parts)


def _answer(reading: Reading) -> None:
    for part in reading.parts:
        _say(part)
    _say({'pages': reading.pages, 'characters': reading.characters})


def _say(value: object) -> None:
    sys.stdout.write(json.dumps(value, ensure_ascii=False) + '\n')


if __name__ == '__main__':
    main(Media(sys.argv[1]))

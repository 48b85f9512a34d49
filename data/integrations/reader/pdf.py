"""PDF: the text of each page by PDFium, its headings by the bookmarks or else by the size of their letters.

Nothing in a document is run: no form is opened, no script, no attachment (ISO 32000-1, 12.6.4, 12.7).
"""

import re
from collections.abc import Iterator
from contextlib import closing

from pypdfium2 import PdfDocument, PdfiumError, PdfPage, PdfTextPage, raw

from data.integrations.reader.cleaning import flat
from data.integrations.reader.documents import CHARACTERS, PAGES, Document, Reason, Unreadable
from data.integrations.reader.pdf_lines import Line, Title, blocks

_TAIL = 2048
"""Bytes after the last end-of-file marker beyond which that was not the end."""

_LENGTH = re.compile(rb'/Linearized\b.{0,200}?/L\s+(\d{1,12})', re.DOTALL)
"""How long a PDF says it is that is made for the web (ISO 32000-1, Annex F.2)."""

_NOTHING = re.compile('[\ue000-\uf8ff\ufffd\x00-\x01\x03-\x08\x0e-\x1f]')
"""Letters that stand for nothing: of private use, replacements, controls."""

_GARBLED = 0.25
"""Beyond this part of them, nobody can read it."""

_TITLES, _DEPTH = 2000, 6
"""Bookmarks that are looked at, and how deep."""

_STAMPED = 3
"""Letters a page of what is still no more than scanned: a stamp, the name of the scanner."""


_SAMPLE = b"""%PDF-1.4
1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj
2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj
3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>endobj
4 0 obj<</Length 49>>stream
BT /F 9 Tf 9 50 Td (A) Tj /F 5 Tf 0 -9 Td (b) Tj ET
endstream endobj
5 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj
trailer<</Root 1 0 R>>
%%EOF"""


def warm_up() -> None:
    """Load all that any document needs."""
    read(_SAMPLE)


def read(content: bytes) -> Document:
    """The text of a PDF, with the page of everything. Raises Unreadable."""
    if _is_cut(content):
        raise Unreadable(Reason.CUT)
    try:
        document = PdfDocument(content)
    except PdfiumError as error:
        is_locked = error.err_code in (raw.FPDF_ERR_PASSWORD, raw.FPDF_ERR_SECURITY)
        raise Unreadable(Reason.ENCRYPTED if is_locked else Reason.BROKEN) from error
    with closing(document):
        number = len(document)
        if number > PAGES:
            raise Unreadable(Reason.PAGES)
        pages = list(_pages(document, number))
        found = blocks([lines for lines, _ in pages], _titles(document))
        _look(''.join(block.text for block in found), number, has_pictures=any(has for _, has in pages))
        return Document(number, found)


def _is_cut(content: bytes) -> bool:
    """Whether there is no end, or more of a document after the last one: it was updated, and lost the end of that."""
    end = content.rfind(b'%%EOF')
    length = _LENGTH.search(content[:2048])
    is_shorter = length is not None and int(length[1]) > len(content)
    return is_shorter or end < 0 or (len(content) - end > _TAIL and b' obj' in content[end:])


def _look(text: str, pages: int, *, has_pictures: bool) -> None:
    """Raises Unreadable where this is no text that anybody could read."""
    letters = sum(map(str.isalnum, text))
    if not letters or (letters < _STAMPED * pages and has_pictures):
        nothing = _NOTHING.search(text)
        raise Unreadable(Reason.GARBLED if nothing else Reason.SCAN if has_pictures else Reason.NOTHING)
    if len(_NOTHING.findall(text)) > _GARBLED * len(text):
        raise Unreadable(Reason.GARBLED)


def _pages(document: PdfDocument, number: int) -> Iterator[tuple[list[Line], bool]]:
    """The lines of each page, and whether there are pictures on it, which is looked at where there is hardly a line."""
    left = CHARACTERS
    for index in range(number):
        try:
            page = document[index]
        except PdfiumError:  # it is damaged alone
            yield [], False
            continue
        with closing(page), closing(page.get_textpage()) as texts:
            lines = list(_lines(texts, index + 1))
            left -= sum(len(line.text) for line in lines)
            if left < 0:
                raise Unreadable(Reason.CHARACTERS)
            yield lines, len(lines) < 5 and _has_picture(page)


def _lines(texts: PdfTextPage, page: int) -> Iterator[Line]:
    begin = 0
    for text in texts.get_text_range().split('\r\n'):
        if text.strip():
            first = begin + len(text) - len(text.lstrip())
            yield _line(texts, text.strip(), first, page)
        begin += len(text) + 2


def _line(texts: PdfTextPage, text: str, first: int, page: int) -> Line:
    """A line with its size and place, by those of its first letter."""
    index = raw.FPDFText_GetCharIndexFromTextIndex(texts, first)
    try:
        _, bottom, _, top = texts.get_charbox(max(index, 0), loose=True)
    except PdfiumError:
        bottom = top = 0.0
    return Line(text, page, bottom, top)


def _has_picture(page: PdfPage) -> bool:
    return any(True for _ in page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE], max_depth=3))


def _titles(document: PdfDocument) -> list[Title]:
    """The bookmarks that lead to a page."""
    found = []
    for number, bookmark in enumerate(document.get_toc(max_depth=_DEPTH)):
        if number == _TITLES:
            break
        place = bookmark.get_dest()
        index = place.get_index() if place else None
        if index is not None and (text := flat(bookmark.get_title())):
            found.append(Title(text, bookmark.level + 1, index + 1))
    return found

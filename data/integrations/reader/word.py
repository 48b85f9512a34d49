"""Word documents (DOCX): headings, paragraphs, items of lists and tables, in their order; macros stay unread.

Deleted text of tracked changes is gone, inserted text is there (ECMA-376, part 1, 17.13.5).
"""

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from itertools import takewhile
from typing import Any

from docx import Document as new_document
from docx.opc.part import PartFactory
from docx.oxml.ns import qn
from docx.package import Package
from docx.parts.document import DocumentPart
from docx.styles.style import ParagraphStyle
from lxml import etree

from data.integrations.reader import tables
from data.integrations.reader.cleaning import flat
from data.integrations.reader.documents import UNPACKED, Block, Document, Reason, Unreadable

_FILES = 10_000
"""Files in the archive."""

_PORTION = 256 * 1024

_DEFINES = tuple(
    sign.encode(name) for sign in ('<!DOCTYPE', '<!ENTITY') for name in ('ascii', 'utf-16-le', 'utf-16-be')
)
"""With which XML begins to define what stands for something else; Word has none of it."""

_MACROS = 'application/vnd.ms-word.document.macroEnabled.main+xml'
PartFactory.part_type_for[_MACROS] = DocumentPart  # the same document, with a part more that nobody reads

_HEADING = re.compile(r'heading (\d)', re.IGNORECASE)

_TEXT, _TAB, _BREAK, _HYPHEN = qn('w:t'), qn('w:tab'), {qn('w:br'), qn('w:cr')}, qn('w:noBreakHyphen')
_GONE = {qn(name) for name in ('w:del', 'w:moveFrom', 'w:pPr', 'w:rPr', 'w:instrText', 'w:tblPr', 'w:sdtPr')}
_GONE |= {'{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback'}
_PARAGRAPH, _TABLE, _ROW, _CELL, _BOX = qn('w:p'), qn('w:tbl'), qn('w:tr'), qn('w:tc'), qn('w:txbxContent')


def warm_up() -> None:
    """Load what is needed for any document."""
    document = new_document()
    document.add_heading('a', 1)
    document.add_table(1, 2)
    saved = io.BytesIO()
    document.save(saved)
    read(saved.getvalue())


def read(content: bytes) -> Document:
    """The headings and texts of a Word document. Raises Unreadable."""
    _look(content)
    try:
        part = Package.open(io.BytesIO(content)).main_document_part
    except etree.XMLSyntaxError as error:
        raise Unreadable(Reason.MEMORY if 'emory' in str(error) else Reason.BROKEN) from error
    except (KeyError, ValueError, AttributeError) as error:  # a part that is named is not there
        raise Unreadable(Reason.NO_DOCX) from error
    if not isinstance(part, DocumentPart):
        raise Unreadable(Reason.NO_DOCX)  # such as a spreadsheet
    body = part.element.find(qn('w:body'))
    return Document(None, [] if body is None else list(_blocks(body, _Styles(part))))


def _look(content: bytes) -> None:
    """Unpack all of it once, without keeping it, whatever it says how large it is. Raises Unreadable."""
    left = UNPACKED
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            files = archive.infolist()
            if len(files) > _FILES:
                raise Unreadable(Reason.UNPACKED)
            for each in files:
                with archive.open(each) as file:
                    left = _unpack(file, left)
    except zipfile.BadZipFile as error:
        raise Unreadable(Reason.CUT if 'not a zip' in str(error) else Reason.BROKEN) from error
    except RuntimeError as error:  # a password for files of an archive, which Word has not
        raise Unreadable(Reason.ENCRYPTED) from error
    except (NotImplementedError, EOFError, zlib.error) as error:  # packed in no way of Word’s, cut, or damaged
        raise Unreadable(Reason.BROKEN) from error


def _unpack(file: Any, left: int) -> int:
    """How many bytes are left after this file. Raises Unreadable."""
    end = b''
    while portion := file.read(_PORTION):
        left -= len(portion)
        if left < 0:
            raise Unreadable(Reason.UNPACKED)
        if file.name.endswith(('.xml', '.rels')) and any(sign in end + portion for sign in _DEFINES):
            raise Unreadable(Reason.DEFINITIONS)
        end = portion[-32:]
    return left


class _Styles:
    """Which styles are headings, and of which level; 0 for none."""

    def __init__(self, part: DocumentPart) -> None:
        self._levels: dict[str, int] = {}
        for style in part.styles:
            if isinstance(style, ParagraphStyle):
                self._levels[style.style_id] = self._level(style)

    def level(self, paragraph: Any) -> int:
        """The level of a heading, by its style or what it says itself."""
        found = paragraph.find(f'{qn("w:pPr")}/{qn("w:pStyle")}')
        own = _outline(paragraph)
        return own or (self._levels.get(found.get(qn('w:val')), 0) if found is not None else 0)

    def _level(self, style: Any) -> int:
        for _ in range(10):  # they stand upon each other, in a circle where somebody means harm
            if style is None:
                return 0
            if named := _HEADING.match(style.name or ''):
                return int(named[1]) + 1
            if (style.name or '') == 'Title':
                return 1
            if level := _outline(style.element):
                return level
            style = style.base_style
        return 0


def _outline(element: Any) -> int:
    found = element.find(f'{qn("w:pPr")}/{qn("w:outlineLvl")}')
    value = found.get(qn('w:val')) if found is not None else None
    return int(value) + 2 if value in set('012345678') else 0


def _blocks(element: Any, styles: _Styles) -> Iterator[Block]:
    """Everything inside of an element, also of one that only wraps what is inside of it."""
    for child in element.iterchildren('*'):
        if child.tag == _PARAGRAPH:
            yield from _paragraph(child, styles)
        elif child.tag == _TABLE:
            yield from _table(child)
        elif child.tag not in _GONE:
            yield from _blocks(child, styles)


def _paragraph(paragraph: Any, styles: _Styles) -> Iterator[Block]:
    if text := _said(paragraph).strip():
        is_item = paragraph.find(f'{qn("w:pPr")}/{qn("w:numPr")}') is not None or 'List' in _style(paragraph)
        level = styles.level(paragraph)
        yield Block(f'- {text}' if is_item and not level else text, level, None, is_item and not level)
    for box in paragraph.iter(_BOX):
        around = takewhile(lambda above: above is not paragraph, box.iterancestors())
        if not any(above.tag in _GONE or above.tag == _BOX for above in around):  # one in a box is read with that
            yield from _blocks(box, styles)


def _style(paragraph: Any) -> str:
    found = paragraph.find(f'{qn("w:pPr")}/{qn("w:pStyle")}')
    return found.get(qn('w:val')) or '' if found is not None else ''


def _said(element: Any) -> str:
    """The text of an element, without that of boxes in it, which are read after it, and without what was deleted."""
    said: list[str] = []
    walk = etree.iterwalk(element, events=('start',))
    for _, child in walk:
        if child.tag in _GONE or child.tag == _BOX:
            walk.skip_subtree()
        elif child.tag == _TEXT:
            said.append(child.text or '')
        elif child.tag == _TAB:
            said.append(' ')
        elif child.tag in _BREAK:
            said.append('\n')
        elif child.tag == _HYPHEN:
            said.append('-')
        elif child.tag == _PARAGRAPH and said:
            said.append(' ')
    return ''.join(said)


def _table(table: Any) -> list[Block]:
    """The rows of a table; of one that is in a cell, the text."""
    rows = [[flat(_said(cell)) for cell in _inside(row, _CELL)] for row in _inside(table, _ROW)]
    return tables.table([row for row in rows if any(row)])


def _inside(element: Any, tag: str) -> Iterator[Any]:
    """The rows of a table or the cells of a row, also where something is wrapped around them."""
    for child in element.iterchildren('*'):
        if child.tag == tag:
            yield child
        elif child.tag not in _GONE and child.tag not in (_ROW, _CELL, _TABLE, _PARAGRAPH):
            yield from _inside(child, tag)

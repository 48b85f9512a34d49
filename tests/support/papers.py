"""Documents for tests: PDFs made of lines in several sizes, Word documents, and what is broken in them on purpose."""

import io
import zipfile
from collections.abc import Sequence

import docx
import pikepdf
from pikepdf import Dictionary, Name, OutlineItem, Pdf

BODY, SECTION, CHAPTER = 11, 15, 22
"""Sizes of letters, in points."""

Lines = Sequence[tuple[int, str]]

LEADING = 1.2
"""Distance of lines, of their size; a gap of one more begins a paragraph, which is a line without text."""


def pdf(pages: Sequence[Lines], *, titles: Sequence[tuple[str, int]] = (), password: str | None = None) -> bytes:
    """A PDF of these pages, each of which has lines of a size with a text; bookmarks lead to a page (from 0)."""
    made = Pdf.new()
    for lines in pages:
        add_page(made, lines)
    if titles:
        with made.open_outline() as outline:
            outline.root.extend(OutlineItem(text, page) for text, page in titles)
    saved = io.BytesIO()
    lock = None if password is None else pikepdf.Encryption(owner='owner', user=password)
    made.save(saved, encryption=lock or False)
    return saved.getvalue()


def add_page(made: Pdf, lines: Lines) -> None:
    """One more page, in Helvetica."""
    y, drawn = 800.0, [b'BT']
    for size, text in lines:
        said = text.encode('cp1252').replace(b'\\', b'\\\\').replace(b'(', b'\\(').replace(b')', b'\\)')
        drawn.append(b'/F1 %d Tf 1 0 0 1 50 %d Tm (%s) Tj' % (size, y, said))
        y -= size * LEADING
    font = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica, Encoding=Name.WinAnsiEncoding)
    made.add_blank_page(page_size=(595, 842))
    page = made.pages[-1]
    page.Contents = made.make_stream(b'\n'.join([*drawn, b'ET']))
    page.Resources = Dictionary(Font=Dictionary(F1=font))


def scan(pages: int = 2) -> bytes:
    """A PDF whose pages are pictures only."""
    made = Pdf.new()
    for _ in range(pages):
        made.add_blank_page(page_size=(595, 842))
        gray = Dictionary(
            Type=Name.XObject, Subtype=Name.Image, Width=8, Height=8, ColorSpace=Name.DeviceGray, BitsPerComponent=8
        )
        picture = made.make_stream(bytes(range(64)), gray)
        made.pages[-1].Resources = Dictionary(XObject=Dictionary(Im=picture))
        made.pages[-1].Contents = made.make_stream(b'q 595 0 0 842 0 0 cm /Im Do Q')
    saved = io.BytesIO()
    made.save(saved)
    return saved.getvalue()


def word(*paragraphs: tuple[str, str], table: Sequence[Sequence[str]] = ()) -> bytes:
    """A Word document of paragraphs, each the name of a style and a text, and a table below them."""
    made = docx.Document()
    for style, text in paragraphs:
        made.add_paragraph(text, style=style)
    if table:
        drawn = made.add_table(len(table), len(table[0]))
        for row, texts in zip(drawn.rows, table, strict=True):
            for cell, text in zip(row.cells, texts, strict=True):
                cell.text = text
    saved = io.BytesIO()
    made.save(saved)
    return saved.getvalue()


SUBJECTS = ('parcels', 'pallets', 'letters', 'lamps', 'chairs', 'tables', 'mirrors', 'carpets', 'shelves', 'bicycles')


def handbook(pages: int, lines: int = 35) -> bytes:
    """A long PDF: a chapter every ten pages, a section on each, and plenty of text."""
    sentence = 'Whoever orders {0} {1}-{2} before noon gets them on the next day that is no holiday.'
    return pdf(
        [
            [
                *([(CHAPTER, f'Chapter {page // 10 + 1}')] if page % 10 == 0 else []),
                (SECTION, f'Section about shelf {page}'),
                *((BODY, sentence.format(SUBJECTS[(page + line) % 10], page, line)) for line in range(lines)),
            ]
            for page in range(pages)
        ]
    )


def bomb(megabytes: int = 300) -> bytes:
    """A small Word document that is large once it is unpacked."""
    text = b'<w:p><w:r><w:t>' + b'A' * 1024**2 + b'</w:t></w:r></w:p>'
    body = b'<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>'
    made, name = io.BytesIO(), 'word/document.xml'
    with (
        zipfile.ZipFile(io.BytesIO(word(('Normal', 'x')))) as old,
        zipfile.ZipFile(made, 'w', zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
    ):
        for other in set(old.namelist()) - {name}:
            archive.writestr(other, old.read(other))
        with archive.open(name, 'w') as file:
            file.write(body)
            for _ in range(megabytes):
                file.write(text)
            file.write(b'</w:body></w:document>')
    return made.getvalue()

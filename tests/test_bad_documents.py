"""Documents that are broken, hostile or no documents: each gets its sentence, and what can be read of one is read."""

import io
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from pikepdf import Array, Dictionary, Name, Pdf

from data.integrations.reader import Media, Part, Reading, Reason, Unreadable, read
from data.services.sources import reasons
from tests.support import papers
from tests.support.papers import BODY

RETURNS = 'You may return everything within thirty days.'
PAPER = papers.pdf([[(BODY, RETURNS)]])
LETTER = papers.word(('Heading 1', 'Returns'), ('Normal', RETURNS))
DOCUMENT = 'word/document.xml'
HEAD = '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body><w:p><w:r><w:t>'
TAIL = '</w:t></w:r></w:p></w:body></w:document>'
OLE = b'\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1' + bytes(504)


def outcome(content: bytes, media: str) -> Reading | Reason:
    """What was read, or why nothing was."""
    try:
        return read(content, Media(media), lambda: True)
    except Unreadable as problem:
        assert problem.error in ('', 'XMLSyntaxError'), 'a reason is found, not a defect of ours'
        return problem.reason


def parts(content: bytes, media: str) -> list[Part]:
    found = outcome(content, media)
    assert isinstance(found, Reading), found
    return found.parts


def said(content: bytes, media: str) -> str:
    return '\n'.join(part.text for part in parts(content, media))


def swollen() -> bytes:
    """A small PDF, of whose page there are 400 MB once it is unpacked."""
    with Pdf.open(io.BytesIO(PAPER)) as paper:
        packer, spaces = zlib.compressobj(1), b' ' * 1024**2
        packed = b''.join(packer.compress(spaces) for _ in range(400)) + packer.flush()
        paper.pages[0].obj.Contents = paper.make_stream(packed, Filter=Name.FlateDecode)
        saved = io.BytesIO()
        paper.save(saved)
    return saved.getvalue()


def many_pages(number: int) -> bytes:
    """Which are one page again and again."""
    with Pdf.open(io.BytesIO(PAPER)) as paper:
        page = paper.pages[0].obj
        paper.Root.Pages.Kids = Array([page] * number)
        paper.Root.Pages.Count = number
        saved = io.BytesIO()
        paper.save(saved)
    return saved.getvalue()


def loop() -> bytes:
    """Pages whose parent is among their children."""
    with Pdf.open(io.BytesIO(PAPER)) as paper:
        tree = paper.Root.Pages
        tree.Kids = Array([tree, *tree.Kids, tree])
        tree.Count = 1000
        saved = io.BytesIO()
        paper.save(saved)
    return saved.getvalue()


def xml(document: str) -> bytes:
    """A Word document with this inside."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(LETTER)) as old, zipfile.ZipFile(made, 'w', zipfile.ZIP_DEFLATED) as archive:
        for name in old.namelist():
            archive.writestr(name, document.encode() if name == DOCUMENT else old.read(name))
    return made.getvalue()


def sheet() -> bytes:
    """A spreadsheet."""
    made = io.BytesIO()
    main = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml'
    kind = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument'
    with zipfile.ZipFile(made, 'w') as archive:
        archive.writestr(
            '[Content_Types].xml',
            '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
            '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            f'<Override PartName="/xl/workbook.xml" ContentType="{main}"/></Types>',
        )
        archive.writestr(
            '_rels/.rels',
            '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
            f'<Relationship Id="a" Type="{kind}" Target="xl/workbook.xml"/></Relationships>',
        )
        archive.writestr('xl/workbook.xml', '<workbook/>')
    return made.getvalue()


def locked_archive() -> bytes:
    """One that says that its files have a password."""
    content = bytearray(LETTER)
    for mark, place in ((b'PK\x03\x04', 6), (b'PK\x01\x02', 8)):
        begin = 0
        while (begin := content.find(mark, begin)) >= 0:
            content[begin + place] |= 1
            begin += 4
    return bytes(content)


BILLION = ''.join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
BAD: dict[str, tuple[bytes | Callable[[], bytes], str, Reason]] = {
    'nothing, pdf': (b'', 'pdf', Reason.EMPTY),
    'nothing, docx': (b'', 'docx', Reason.EMPTY),
    'nothing, csv': (b'', 'csv', Reason.EMPTY),
    'spaces': (b' \n\t\r\n ', 'txt', Reason.NOTHING),
    'marks that nobody sees': ('\ufeff\u200b\u202e\u2066\x00'.encode(), 'txt', Reason.NOTHING),
    'tags only': (b'<html><body><nav>Menu</nav><script>alert(1)</script></body></html>', 'html', Reason.NOTHING),
    'text called pdf': (b'Hello, I am a letter.', 'pdf', Reason.NO_PDF),
    'word called pdf': (LETTER, 'pdf', Reason.NO_PDF),
    'pdf called docx': (PAPER, 'docx', Reason.NO_DOCX),
    'text called docx': (b'Hello, I am a letter.', 'docx', Reason.NO_DOCX),
    'spreadsheet called docx': (sheet(), 'docx', Reason.NO_DOCX),
    'pdf called txt': (PAPER, 'txt', Reason.NO_TEXT_FILE),
    'word called md': (LETTER, 'md', Reason.NO_TEXT_FILE),
    'picture called csv': (b'\x89PNG\r\n\x1a\n' + bytes(range(256)), 'csv', Reason.NO_TEXT_FILE),
    'program called html': (b'\x7fELF\x02\x01\x01' + bytes(100), 'html', Reason.NO_TEXT_FILE),
    'bytes called txt': (bytes(range(1, 256)) * 20, 'txt', Reason.NO_TEXT_FILE),
    'pdf and rubbish': (b'%PDF-1.7\n' + b'rubbish ' * 500 + b'\n%%EOF', 'pdf', Reason.BROKEN),
    'pdf without an end': (b'%PDF-1.7\n' + b'rubbish ' * 500, 'pdf', Reason.CUT),
    'pdf cut in the middle': (PAPER[: len(PAPER) // 2], 'pdf', Reason.CUT),
    'long pdf cut in the middle': (papers.handbook(20)[:9000], 'pdf', Reason.CUT),
    'pdf with a password': (papers.pdf([[(BODY, RETURNS)]], password='secret'), 'pdf', Reason.ENCRYPTED),
    'scan': (papers.scan(), 'pdf', Reason.SCAN),
    'empty pages': (papers.pdf([[], []]), 'pdf', Reason.NOTHING),
    'pdf that unpacks to 400 MB': (swollen, 'pdf', Reason.MEMORY),
    '5,000 pages': (many_pages(5000), 'pdf', Reason.PAGES),
    '501 pages': (many_pages(501), 'pdf', Reason.PAGES),
    'docx cut in the middle': (LETTER[: len(LETTER) // 2], 'docx', Reason.CUT),
    'docx with a password': (OLE + 'EncryptedPackage'.encode('utf-16-le') + bytes(500), 'docx', Reason.ENCRYPTED),
    'doc called docx': (OLE + 'WordDocument'.encode('utf-16-le'), 'docx', Reason.OLD_WORD),
    'archive with a password': (locked_archive(), 'docx', Reason.ENCRYPTED),
    'zip bomb': (papers.bomb, 'docx', Reason.UNPACKED),
    'entity bomb': (
        xml(f'<!DOCTYPE x [<!ENTITY l0 "ha">{BILLION}]>{HEAD}&l9;{TAIL}'),
        'docx',
        Reason.DEFINITIONS,
    ),
    'external entity': (
        xml(f'<!DOCTYPE x [<!ENTITY secret SYSTEM "file:///etc/passwd">]>{HEAD}&secret;{TAIL}'),
        'docx',
        Reason.DEFINITIONS,
    ),
    'docx that is no xml': (xml('rubbish'), 'docx', Reason.BROKEN),
    'docx with a deep nest': (xml(HEAD.replace('<w:p>', '<w:sdt>' * 5000 + '<w:p>') + TAIL), 'docx', Reason.BROKEN),
    'docx without text': (papers.word(('Normal', '  ')), 'docx', Reason.NOTHING),
    '10,000 columns': (b';'.join(b'c%d' % number for number in range(10_000)), 'csv', Reason.COLUMNS),
    '60,000 rows': (b'a;b\n' * 60_000, 'csv', Reason.ROWS),
    'one line of 10 MB': (b'x' * 10 * 1024 * 1024, 'txt', Reason.CHARACTERS),
    'two million words': (b'no ' * 1_000_000, 'txt', Reason.CHARACTERS),
    'Cyrillic of a time before UTF-8': ('Возврат в течение тридцати дней.'.encode('cp1251'), 'txt', Reason.ENCODING),
    'many small pieces': (b''.join(b'# %d\n\nx\n\n' % number for number in range(20_001)), 'md', Reason.PIECES),
}


@pytest.mark.parametrize('name', BAD)
def test_it_says_why(name: str) -> None:
    content, media, reason = BAD[name]
    content = content() if callable(content) else content
    assert outcome(content, media) is reason


def test_every_reason_has_sentences_that_end_and_name_no_machine() -> None:
    assert set(reasons.SENTENCES) == set(Reason)
    assert len(set(reasons.SENTENCES.values())) == len(Reason)
    for reason in Reason:
        sentence = reasons.sentence(reason.value)
        assert sentence[0].isupper() and sentence.endswith('.') and len(sentence) < 160, sentence
    assert reasons.sentence('nobody knows') == 'It could not be read.'
    assert reasons.sentence('') == ''


# what is odd, and read ------------------------------------------------------------------------------------------------


def test_a_pdf_that_is_locked_with_an_empty_password_is_read() -> None:
    assert said(papers.pdf([[(BODY, RETURNS)]], password=''), 'pdf') == RETURNS


def test_scripts_and_attachments_of_a_pdf_stay_where_they_are(tmp_path: Path) -> None:
    script = Dictionary(S=Name.JavaScript, JS='app.alert("gotcha"); this.submitForm("http://127.0.0.1:1/")')
    with Pdf.open(io.BytesIO(PAPER)) as paper:
        paper.Root.OpenAction = script
        paper.attachments['virus.txt'] = b'attached words'
        paper.pages[0].obj.AA = Dictionary(O=script)
        saved = io.BytesIO()
        paper.save(saved)
    assert said(saved.getvalue(), 'pdf') == RETURNS


def test_a_loop_among_the_pages_ends() -> None:
    found = outcome(loop(), 'pdf')
    assert found in (Reason.BROKEN, Reason.PAGES, Reason.NOTHING) or said(loop(), 'pdf').startswith(RETURNS)


def test_bookmarks_that_lead_in_a_circle_end() -> None:
    with Pdf.open(io.BytesIO(PAPER)) as paper:
        first = paper.make_indirect(Dictionary(Title='Round', Dest=Array([paper.pages[0].obj, Name.Fit])))
        second = paper.make_indirect(Dictionary(Title='and round', Prev=first, Next=first))
        first.Next, first.Prev = second, second
        paper.Root.Outlines = paper.make_indirect(Dictionary(First=first, Last=second, Count=2))
        saved = io.BytesIO()
        paper.save(saved)
    assert RETURNS in said(saved.getvalue(), 'pdf')


def test_a_page_that_is_damaged_alone_takes_no_other_with_it() -> None:
    with Pdf.open(io.BytesIO(papers.pdf([[(BODY, 'First.')], [(BODY, 'Second.')], [(BODY, RETURNS)]]))) as paper:
        paper.pages[1].obj.Contents = paper.make_stream(b'\x00\xff BT (((( garbage' * 50)
        saved = io.BytesIO()
        paper.save(saved)
    assert [(part.page, part.text) for part in parts(saved.getvalue(), 'pdf')] == [(1, 'First.'), (3, RETURNS)]


def test_a_document_with_macros_is_read_and_they_are_not() -> None:
    made = io.BytesIO()
    plain, with_macros = (
        b'application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml',
        b'application/vnd.ms-word.document.macroEnabled.main+xml',
    )
    with zipfile.ZipFile(io.BytesIO(LETTER)) as old, zipfile.ZipFile(made, 'w') as archive:
        for name in old.namelist():
            archive.writestr(name, old.read(name).replace(plain, with_macros))
        archive.writestr('word/vbaProject.bin', b'Sub AutoOpen() Shell "evil"')
    assert parts(made.getvalue(), 'docx') == [Part('Returns', None, RETURNS)]


def test_a_document_of_tables_only_is_read_row_by_row() -> None:
    table = [['Country', 'Days', 'Price'], ['France', '2', '€4'], ['Japan', '9', '€20']]
    assert said(papers.word(table=table), 'docx').splitlines() == [
        'Country: France; Days: 2; Price: €4',
        'Country: Japan; Days: 9; Price: €20',
    ]


CSV = {
    'one column': (b'Question\nHow much?\nHow long?\n', 'Question\nHow much?\nHow long?'),
    'semicolons': (b'name;price\nLamp;4,50\n', 'name: Lamp; price: 4,50'),
    'tabs': (b'name\tprice\nLamp\t4\n', 'name: Lamp; price: 4'),
    'commas in quotes': (b'name,says\nLamp,"It shines, and shines"\n', 'name: Lamp; says: It shines, and shines'),
    'named separator': (b'sep=|\r\nname|price\r\nLamp|4\r\n', 'name: Lamp; price: 4'),
    'utf-16': ('name;price\nLämp;4\n'.encode('utf-16'), 'name: Lämp; price: 4'),
    'utf-16 without a mark': ('name;price\nLämp;4\n'.encode('utf-16-le'), 'name: Lämp; price: 4'),
    'utf-8 with a mark': ('\ufeffname;price\nLämp;4\n'.encode(), 'name: Lämp; price: 4'),
    'latin-1': (
        'name;price\nLämp;4\nTürgriff weiß;5\n'.encode('latin-1'),
        'name: Lämp; price: 4\nname: Türgriff weiß; price: 5',
    ),
    'zeros': (b'name;pri\x00ce\nLa\x00mp;4\n', 'name: Lamp; price: 4'),
    'formulas': (b'name;price\n=HYPERLINK("http://x");+1+1\n', 'name: =HYPERLINK("http://x"); price: +1+1'),
    'empty cells': (b'name;;price;;\nLamp;;4;;\n;;;;\n', 'name: Lamp; price: 4'),
    'uneven rows': (b'name;price\nLamp;4;on sale\nChair\n', 'name: Lamp; price: 4; on sale\nname: Chair'),
    'numbers only': (b'1;2\n3;4\n', '1; 2\n3; 4'),
}


@pytest.mark.parametrize('name', CSV)
def test_whatever_a_table_is_written_with_each_row_says_what_is_what(name: str) -> None:
    content, text = CSV[name]
    assert said(content, 'csv') == text


def test_a_quotation_mark_that_nobody_closes_swallows_no_rows() -> None:
    rows = [f'Lamp {number};{number}' for number in range(3000)]
    rows[3] = 'Lamp 3;"3'
    found = said('\n'.join(['name;inch', *rows]).encode(), 'csv')
    assert 'name: Lamp 3; inch: "3\n' in found
    assert 'name: Lamp 2999; inch: 2999' in found


def test_headings_of_a_long_table_stand_above_each_piece() -> None:
    rows = [f'Item {number};a rather long description of it' for number in range(30_000)]
    found = parts('\n'.join(['article number and name;what it is like', *rows]).encode(), 'csv')
    assert all(part.text.startswith('article number and name; what it is like\n') for part in found)
    assert 'Item 29999' in found[-1].text


def test_html_in_markdown_is_read_as_what_it_says() -> None:
    text = (
        '# Returns <script>alert(1)</script>\n\nWithin **30 days**<br>of [buying](javascript:alert(1)).\n\n'
        '<div onclick="evil()">In the <b>shop</b>, too.</div>\n\n<img src=x onerror=alert(1)>\n\n![A box](x.png)\n'
    )
    assert parts(text.encode(), 'md') == [
        Part('Returns alert(1)', None, 'Within 30 days of buying.\n\nIn the shop, too.\n\nA box')
    ]


@pytest.mark.parametrize(
    'text', ['[' * 5000, '![](' * 5000, '> ' * 5000 + 'deep', '*a ' * 5000, '- ' * 2000 + 'x', '`' * 5000, '|' * 5000]
)
def test_marks_by_the_thousand_take_no_time(text: str) -> None:
    assert RETURNS in said(f'{text}\n\n# End\n\n{RETURNS}'.encode(), 'md')


def test_a_page_that_nests_deeply_is_read_and_one_without_end_is_not() -> None:
    assert RETURNS in said(('<div>' * 1000 + f'<p>{RETURNS}').encode(), 'html')
    assert outcome(('<div>' * 20_000 + f'<p>{RETURNS}').encode(), 'html') is Reason.BROKEN


LANGUAGES = {
    'Chinese': '您可以在三十天内退回所有商品。商品必须未使用过，并且放在原包装盒中。',
    'Japanese': 'すべての商品は三十日以内に返品できます。未使用で、元の箱に入っている必要があります。',
    'Thai': 'คุณสามารถคืนสินค้าทุกชิ้นได้ภายในสามสิบวัน โดยต้องยังไม่ได้ใช้งานและอยู่ในกล่องเดิม',
    'Arabic': 'يمكنك إعادة كل شيء خلال ثلاثين يومًا، غير مستعمل وفي صندوقه.',
    'mixed': 'Returns / Rückgabe / 返品 / إرجاع / การคืนสินค้า 🙂',
}


@pytest.mark.parametrize('language', LANGUAGES)
@pytest.mark.parametrize('media', ['txt', 'md', 'csv', 'html', 'docx'])
def test_every_script_is_read_letter_by_letter_and_cut_between_letters(language: str, media: str) -> None:
    text = LANGUAGES[language]
    if media == 'docx':
        content = papers.word(('Normal', text), ('Normal', text * 60))
    else:
        content = f'{text}\n\n{text * 60}'.encode()
    found = ''.join(part.text for part in parts(content, media))
    assert ''.join(found.split()) == ''.join((text * 61).split())

"""The PDF of an invoice: readable in every script, for archives and for who listens to it, and never in the way."""

import re
import subprocess
import sys
import unicodedata
import urllib.request
from base64 import b64encode
from collections.abc import Iterator
from contextlib import closing
from io import BytesIO
from pathlib import Path
from zlib import compress, crc32

import pikepdf
import pypdfium2
import pytest
from structlog.testing import capture_logs

from data.integrations import pdf_packing, typst
from data.services.invoices import printing
from data.services.invoices.printed import Document
from tests.support.documents import SELLER, credit_note, long, sample
from tests.support.served import Served

ROOT = Path(__file__).parents[1]
ADDRESSES = {
    'german': ['Müller & Söhne KG', 'Königstraße 1', '70173 Stuttgart'],
    'polish': ['Zażółć Gęślą Sp. z o.o.', 'ul. Świętokrzyska 5', '00-116 Warszawa'],
    'vietnamese': ['Công ty Phở Việt', '12 Đường Nguyễn Huệ', 'Đà Nẵng'],
    'greek': ['Ελληνική Εταιρεία', 'Οδός Ερμού 7', '105 63 Αθήνα'],
    'russian': ['ООО «Ёлка»', 'ул. Тверская, д. 1', 'Москва'],
    'japanese': ['株式会社髙橋', '𠮷野 太郎', '〒150-0001', '東京都渋谷区神宮前一丁目2-3'],
    'chinese': ['北京直骨科技有限公司', '北京市朝阳区建国路88号', '100022'],
    'taiwanese': ['臺灣直骨股份有限公司', '臺北市信義區市府路45號'],
    'korean': ['주식회사 한글', '서울특별시 중구 세종대로 110'],
}
FROM_RIGHT = {
    'arabic': ['شركة النيل للتجارة', '١٢ شارع التحرير', 'القاهرة 11511'],
    'hebrew': ['חברת תכלת בע"מ', 'דרך מנחם בגין 132', 'תל אביב-יפו 6701101'],
    'persian': ['شرکت پارس گل', 'خیابان ولیعصر ۱۲'],
}


def to(lines: list[str], country: str = '') -> Document:
    return sample(buyer={'name': lines[0], 'lines': lines, 'country': country, 'tax': ''})


def text_of(pdf: bytes) -> str:
    """All letters of it, in the order of the pages, in the forms that people type."""
    with closing(pypdfium2.PdfDocument(pdf)) as document:
        pages = [page.get_textpage().get_text_bounded() for page in document]
    return ''.join(unicodedata.normalize('NFC', '\n'.join(pages)).replace('\ufffe', '-').split())


def joined(text: str) -> str:
    return ''.join(text.split())


def fonts(pdf: pikepdf.Pdf) -> Iterator[pikepdf.Object]:
    for it in pdf.objects:
        if isinstance(it, pikepdf.Dictionary) and it.get('/Type') == '/FontDescriptor':
            yield it


@pytest.mark.parametrize('script', ADDRESSES)
def test_an_address_is_on_it_letter_by_letter(script: str) -> None:
    text = text_of(printing.pdf(to(ADDRESSES[script])))
    for line in ADDRESSES[script]:
        assert joined(line) in text


@pytest.mark.parametrize('script', FROM_RIGHT)
def test_every_letter_of_what_is_written_from_right_to_left_is_on_it(script: str) -> None:
    """Their order in a copy is the reader's business."""
    text = unicodedata.normalize('NFKC', text_of(printing.pdf(to(FROM_RIGHT[script]))))
    for letter in set(joined(''.join(FROM_RIGHT[script]))):
        assert unicodedata.normalize('NFKC', letter) in text, letter


def test_characters_that_countries_share_are_drawn_as_each_draws_them() -> None:
    def drawn(country: str) -> bytes:
        with closing(pypdfium2.PdfDocument(printing.pdf(to(['直骨'], country)))) as document:
            return document[0].render(scale=2).to_pil().tobytes()

    assert len({drawn(country) for country in ('JP', 'CN', 'TW')}) == 3


def test_it_says_all_that_an_invoice_has_to() -> None:
    text = text_of(printing.pdf(sample(notes=['Reverse charge: seller DE136695976, buyer FR40303265045.'])))
    for part in (
        'Invoice INV-2027-000042',
        'Lange Straße 12',
        'USt-IdNr. DE136695976',
        'USt-IdNr. DE811569869',
        'Date1 April 2027',
        'Due15 April 2027',
        'Period1 – 31 March 2027',
        'Your referencePO 4711',
        'Messages beyond 10,000 included',
        '3,417€4.00 per 1,00019%€13.67',
        'Net€80.67',
        'VAT 19% on €80.67€15.33',
        'Total€96.00',
        'Please transfer €96.00 by 15 April 2027.',
        'DE89 3704 0044 0532 0130 00',
        'Reverse charge: seller DE136695976, buyer FR40303265045.',
        'HRB 12345 B',
        'Page 1 of 1',
    ):
        assert joined(part) in text, part


def test_a_credit_note_names_its_invoice_and_asks_for_nothing() -> None:
    text = text_of(printing.pdf(credit_note()))
    assert joined('Credit note CN-2027-000003') in text
    assert joined('about invoice INV-2027-000042 of 1 April 2027') in text
    assert joined('Total−€14.28') in text
    assert 'IBAN' not in text
    assert 'Pleasetransfer' not in text


@pytest.mark.parametrize('make', [sample, credit_note, lambda: to(FROM_RIGHT['arabic'])], ids=['a', 'b', 'c'])
def test_it_is_for_archives_and_for_who_listens_to_it(make: 'type[Document]') -> None:
    document = make()
    with pikepdf.open(BytesIO(printing.pdf(document))) as pdf:
        metadata = pdf.open_metadata()
        assert (metadata['pdfaid:part'], metadata['pdfaid:conformance']) == ('3', 'A')
        assert metadata['pdfuaid:part'] == '1'
        assert metadata['dc:title'] == document.title
        assert pdf.Root.Lang == 'en'
        assert pdf.Root.MarkInfo.Marked is True
        assert pdf.Root.ViewerPreferences.DisplayDocTitle is True
        assert '/StructTreeRoot' in pdf.Root
        assert '/OutputIntents' in pdf.Root
        found = list(fonts(pdf))
        assert found
        for font in found:
            assert re.match(r'/[A-Z]{6}\+', str(font.FontName))
            assert font.keys() & {'/FontFile2', '/FontFile3'}


def test_packed_it_is_the_same_document_object_by_object(monkeypatch: pytest.MonkeyPatch) -> None:
    packed = printing.pdf(long(300))
    monkeypatch.setattr(pdf_packing, 'packed', lambda pdf: pdf)
    plain = printing.pdf(long(300))
    assert len(packed) < len(plain) / 3
    with pikepdf.open(BytesIO(packed)) as after, pikepdf.open(BytesIO(plain)) as before:
        assert after.check_pdf_syntax() == []
        for it in before.objects:
            same = after.get_object(*it.objgen)
            assert it.unparse() == same.unparse()
            if isinstance(it, pikepdf.Stream):
                assert it.read_raw_bytes() == same.read_raw_bytes()
    assert text_of(packed) == text_of(plain)


@pytest.mark.parametrize(
    'other', [b'', b'%PDF-1.7', b'startxref\n9\n%%EOF', b'xref\n0 1\nstartxref\n0\n%%EOF'], ids=range(4)
)
def test_what_is_written_in_another_way_stays_as_it_is(other: bytes) -> None:
    assert pdf_packing.packed(other) == other


def test_the_table_is_one_for_who_listens() -> None:
    with pikepdf.open(BytesIO(printing.pdf(sample()))) as pdf:
        kinds = [str(it.S) for it in pdf.objects if isinstance(it, pikepdf.Dictionary) and '/S' in it and '/P' in it]
    assert kinds.count('/TH') == 5
    assert {'/Table', '/TR', '/TD', '/H1', '/H2'} <= set(kinds)


def test_it_is_the_same_whenever_it_is_made() -> None:
    script = (
        'import hashlib; from data.services.invoices import printing; from tests.support.documents import sample;'
        'print(hashlib.sha256(printing.pdf(sample())).hexdigest())'
    )
    runs = {
        subprocess.run([sys.executable, '-c', script], cwd=ROOT, capture_output=True, text=True, check=True).stdout
        for _ in range(2)
    }
    assert len(runs) == 1


def test_three_hundred_lines_go_over_pages_with_a_head_and_a_number_on_each() -> None:
    pdf = printing.pdf(long(300))
    assert len(pdf) < 200_000
    with closing(pypdfium2.PdfDocument(pdf)) as document:
        pages = [joined(page.get_textpage().get_text_bounded()) for page in document]
    assert len(pages) > 8
    for number, text in enumerate(pages, 1):
        assert f'Page{number}of{len(pages)}' in text
    for text in pages[1:-1]:
        assert 'DescriptionQuantityPriceTaxAmount' in text
        assert 'INV-2027-000042' in text
    assert ''.join(pages).count('Membersbeyond5included') == 300


HOSTILE = [
    ('bell\u0007', 'bell\ufffd'),
    ('𓀀 and', '\ufffd and'),
    ('over\u202eturned', 'over\ufffdturned'),
    ('\ue000private', '\ufffdprivate'),
    ('\ufeffmark', '\ufffdmark'),
    ('half\ud83d', 'half\ufffd'),
    ('\U0001da08\u17bf\u0dd1\u1030\u0a82', '\ufffd'),
    ('🎉 ₿', '🎉 ₿'),
    ('#{[]} $x$ *b* <b> \\ `r` // _u_ #panic("x") @a', '#{[]} $x$ *b* <b> \\ `r` // _u_ #panic("x") @a'),
]


@pytest.mark.parametrize(('typed', 'printed'), HOSTILE, ids=[str(number) for number in range(len(HOSTILE))])
def test_what_cannot_be_printed_is_replaced_and_logged(typed: str, printed: str) -> None:
    with capture_logs() as logs:
        text = text_of(printing.pdf(to([typed, 'Berlin'])))
    assert joined(printed) in text
    assert 'Berlin' in text
    assert bool(logs) == ('\ufffd' in printed)


def test_what_is_longer_than_a_line_stays_on_the_paper() -> None:
    document = to(['W' * 200, *['x' * 200] * 5], 'DE')
    with closing(pypdfium2.PdfDocument(printing.pdf(document))) as pdf:
        page = pdf[0]
        text = page.get_textpage()
        rights = [text.get_charbox(at)[2] for at in range(text.count_chars())]
        assert max(rights) < page.get_width() - 50
    assert 'W' * 200 in text_of(printing.pdf(document)).replace('\u200b', '')


def lowest(pdf: bytes) -> list[float]:
    """How far above the edge the lowest letter of each page stands, in points."""
    with closing(pypdfium2.PdfDocument(pdf)) as document:
        texts = [page.get_textpage() for page in document]
        return [min(text.get_charbox(at)[1] for at in range(text.count_chars())) for text in texts]


@pytest.mark.parametrize(
    'footer', ['W' * 600, '株' * 600, 'x\n' * 300, 'Amtsgericht\n' * 8], ids=['w', 'han', 'x', 'rows']
)
def test_what_stands_below_each_page_stays_on_the_paper(footer: str) -> None:
    pdf = printing.pdf(sample(footer=footer))
    assert min(lowest(pdf)) > 25
    assert joined(footer) in text_of(pdf).replace('\u200b', '').replace('·', '')


def test_a_long_address_begins_on_the_first_page() -> None:
    pdf = printing.pdf(to([*['Wort ' * 40] * 6, 'Ende'], 'DE'))
    with closing(pypdfium2.PdfDocument(pdf)) as document:
        first = document[0].get_textpage().get_text_bounded()
    assert 'Wort' in first
    assert 'Ende' in text_of(pdf)


def test_an_address_longer_than_a_page_goes_on_over_it() -> None:
    pdf = printing.pdf(to([*['W' * 200] * 9, 'Ende'], 'DE'))
    assert text_of(pdf).count('W') == 9 * 200
    assert 'Ende' in text_of(pdf)
    assert min(lowest(pdf)) > 25


def png(color: bytes) -> bytes:
    """A picture of two by two pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return len(data).to_bytes(4, 'big') + kind + data + crc32(kind + data).to_bytes(4, 'big')

    head = (2).to_bytes(4, 'big') * 2 + bytes([8, 2, 0, 0, 0])
    pixels = compress((b'\0' + color * 2) * 2)
    return b'\x89PNG\r\n\x1a\n' + chunk(b'IHDR', head) + chunk(b'IDAT', pixels) + chunk(b'IEND', b'')


def with_logo(url: str) -> bytes:
    return printing.pdf(sample(seller={**SELLER, 'logo': url}))


def test_a_logo_is_on_it() -> None:
    plain = printing.pdf(sample())
    with_picture = with_logo(f'data:image/png;base64,{b64encode(png(b"rgb")).decode()}')
    assert b'/Subtype/Image' in with_picture
    assert b'/Subtype/Image' not in plain


@pytest.mark.parametrize(
    'url',
    [
        'x',
        'file:///etc/passwd',
        'data:image/png;base64,AAAA',
        'data:image/svg+xml;base64,AAAA',
        'data:image/png;base64,A',
    ],
)
def test_without_a_logo_that_is_none(url: str) -> None:
    with capture_logs() as logs:
        assert with_logo(url) == printing.pdf(sample())
    assert 'logo' in logs[0]['event']


def test_what_makes_no_document_says_why() -> None:
    with pytest.raises(typst.Unprintable, match='date'):
        typst.pdf(printing.TEMPLATE, {}, on=sample().on)


def test_neither_typst_nor_fonts_are_loaded_before_the_first_document() -> None:
    script = (
        'import sys, data.services.invoices.printing, pages, pages.server.start, data.__main__;'
        'print([it for it in sys.modules if it == "typst" or "font" in it or it.startswith(("noto", "manimgx"))])'
    )
    done = subprocess.run([sys.executable, '-c', script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == '[]\n'


@pytest.mark.skipif(not Path('/proc/self/maps').exists(), reason='only Linux tells what a process has loaded')
def test_a_running_server_loads_neither_for_a_screen(tmp_path: Path) -> None:
    server = Served(tmp_path)
    try:
        for path in ('/sign-in', '/sign-up', '/healthz'):
            asked = urllib.request.Request(server.url + path, headers={'Host': server.url.partition('//')[2]})
            urllib.request.urlopen(asked, timeout=30).close()
        loaded = Path(f'/proc/{server.process.pid}/maps').read_text()
    finally:
        server.stop()
    assert 'site-packages' in loaded
    assert not re.findall(r'site-packages/(?:typst|fontpkg|manimgx|noto)', loaded)

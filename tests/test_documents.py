"""What people write in: headings, pages, lists and tables come out as passages that can be found and cited."""

import io

import docx
import pytest
from docx.oxml import OxmlElement
from docx.oxml.ns import qn

from data.integrations.reader import Media, Part, read
from tests.support import papers
from tests.support.papers import BODY, CHAPTER, SECTION

GAP = (BODY, '')


def parts(content: bytes, media: str) -> list[Part]:
    return read(content, Media(media), lambda: True).parts


def test_a_pdf_has_pages_and_headings_by_the_size_of_their_letters() -> None:
    paper = papers.pdf(
        [
            [
                (CHAPTER, 'Handbook'),
                (SECTION, 'Returns'),
                (BODY, 'You may return everything within thirty days of its arri-'),
                (BODY, 'val. It has to be unused and in its box.'),
                GAP,
                (BODY, 'You pay what sending it back costs.'),
            ],
            [(BODY, 'In the shop it costs nothing.'), (SECTION, 'Payment'), (BODY, 'We take cards and coins.')],
        ]
    )
    assert parts(paper, 'pdf') == [
        Part(
            'Handbook > Returns',
            1,
            'You may return everything within thirty days of its arrival. It has to be unused and in its box.\n\n'
            'You pay what sending it back costs.',
        ),
        Part('Handbook > Returns', 2, 'In the shop it costs nothing.'),
        Part('Handbook > Payment', 2, 'We take cards and coins.'),
    ]


def test_bookmarks_are_its_headings_where_there_are_some() -> None:
    paper = papers.pdf(
        [
            [(BODY, 'Welcome to the shop.')],
            [(BODY, '2.1 Returns'), (BODY, 'Within thirty days.'), (BODY, 'Payment'), (BODY, 'By card.')],
        ],
        titles=[('Before you begin', 0), ('Returns', 1), ('Payment', 1)],
    )
    assert parts(paper, 'pdf') == [
        Part('Before you begin', 1, 'Welcome to the shop.'),
        Part('Returns', 2, 'Within thirty days.'),
        Part('Payment', 2, 'By card.'),
    ]


def test_the_head_and_the_foot_of_pages_are_no_text_of_them() -> None:
    days = ('Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday')
    paper = papers.pdf(
        [
            [(BODY, 'Handbook of the shop'), (BODY, f'We are open on {day}.'), (BODY, f'Page {number} of 5')]
            for number, day in enumerate(days, 1)
        ]
    )
    assert [(part.page, part.text) for part in parts(paper, 'pdf')] == [
        (number, f'We are open on {day}.') for number, day in enumerate(days, 1)
    ]


def test_what_only_says_where_something_is_is_no_text() -> None:
    contents = [(BODY, 'Returns . . . . . . . . . . . . 2'), (BODY, 'Payment..................... 17'), (BODY, 'i')]
    paper = papers.pdf([contents, [(BODY, 'Within thirty days.'), (BODY, 'Call 0800 17 … or write.'), (BODY, '2')]])
    assert parts(paper, 'pdf') == [Part('', 2, 'Within thirty days. Call 0800 17 … or write.')]


def test_a_word_document_has_headings_lists_and_tables_in_their_order() -> None:
    letter = papers.word(
        ('Title', 'Handbook'),
        ('Heading 1', 'Shipping'),
        ('Normal', 'We ship to:'),
        ('List Bullet', 'France'),
        ('List Bullet', 'Japan'),
        ('Heading 2', 'Prices'),
        table=[['Country', 'Price'], ['France', '€4'], ['Japan', '€20']],
    )
    assert parts(letter, 'docx') == [
        Part('Handbook > Shipping', None, 'We ship to:\n- France\n- Japan'),
        Part('Handbook > Shipping > Prices', None, 'Country: France; Price: €4\nCountry: Japan; Price: €20'),
    ]


def test_tracked_changes_are_read_as_they_would_be_accepted_and_what_wraps_text_hides_nothing() -> None:
    made = docx.Document()
    paragraph = made.add_paragraph('Within ')
    for tag, text_tag, text in (('w:del', 'w:delText', 'ten'), ('w:ins', 'w:t', 'thirty')):
        change, run, said = OxmlElement(tag), OxmlElement('w:r'), OxmlElement(text_tag)
        said.text = text
        run.append(said)
        change.append(run)
        paragraph._p.append(change)
    paragraph.add_run(' days.')
    control, inside = OxmlElement('w:sdt'), OxmlElement('w:sdtContent')
    inside.append(made.add_paragraph('In a field.')._p)
    control.append(inside)
    made.element.body.insert(1, control)
    made.add_paragraph('One\ttwo\nthree')
    saved = io.BytesIO()
    made.save(saved)
    assert parts(saved.getvalue(), 'docx') == [Part('', None, 'Within thirty days.\n\nIn a field.\n\nOne two\nthree')]


def test_a_box_within_a_box_is_read_once() -> None:
    made = docx.Document()
    outer = made.add_paragraph('Text.')
    for text in ('Outer.', 'Inner.', 'Innermost.'):
        run, picture, box = outer.add_run(), OxmlElement('w:pict'), OxmlElement('w:txbxContent')
        inner = made.add_paragraph(text)
        box.append(inner._p)
        picture.append(box)
        run._r.append(picture)
        outer = inner
    saved = io.BytesIO()
    made.save(saved)
    assert parts(saved.getvalue(), 'docx') == [Part('', None, 'Text.\n\nOuter.\n\nInner.\n\nInnermost.')]


def test_a_style_of_ones_own_is_a_heading_where_it_stands_on_one_or_has_a_level() -> None:
    made = docx.Document()
    chapter = made.styles.add_style('Chapter of mine', 1)
    chapter.base_style = made.styles['Heading 1']
    made.add_paragraph('Returns', style='Chapter of mine')
    made.add_paragraph('Within thirty days.')
    own = made.add_paragraph('Payment')
    level = OxmlElement('w:outlineLvl')
    level.set(qn('w:val'), '0')
    own._p.get_or_add_pPr().append(level)
    made.add_paragraph('By card.')
    saved = io.BytesIO()
    made.save(saved)
    assert parts(saved.getvalue(), 'docx') == [
        Part('Returns', None, 'Within thirty days.'),
        Part('Payment', None, 'By card.'),
    ]


def test_markdown_has_headings_lists_tables_and_code() -> None:
    text = """---
title: "Handbook"
---

# Returns

Within *thirty*
days.

* unused
  1. with its box

## Prices

| Country | Price |
|---|---|
| France | `€4` |

```
cost = 4
```

> Somebody said so.

Payment
=======
By [card](https://example.com "ours").
"""
    assert parts(text.encode(), 'md') == [
        Part('Returns', None, 'Within thirty days.\n- unused\n- with its box'),
        Part('Returns > Prices', None, 'Country: France; Price: €4\n\ncost = 4\n\nSomebody said so.'),
        Part('Payment', None, 'By card.'),
    ]


def test_a_page_is_read_without_what_leads_around_in_it() -> None:
    page = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Returns – Shop</title>
<style>p { color: red }</style><script>track()</script></head><body>
<header role="banner"><a href="/">Shop</a></header>
<nav><a href="/a">Lamps</a></nav>
<ul class="menu"><li><a href="/b">Chairs</a><li><a href="/c">Tables</a><li><a href="/d">Carpets</a></ul>
<h2>Returns</h2><p>Within <b>thirty</b>   days,<br>un&shy;used &amp; boxed.</p>
<div hidden>Not yet true.</div><!-- nor this -->
<ol><li>Pack it.<li>Send it to <a href="/e">us</a>.</ol>
<table><tr><th>Country<th>Price<tr><td>France<td>€4</table>
<form><label>Mail</label><input value="x"><button>Send</button></form>
<footer>© Shop</footer></body></html>"""
    assert parts(page.encode(), 'html') == [
        Part(
            'Returns – Shop > Returns',
            None,
            'Within thirty days,\nunused & boxed.\n- Pack it.\n- Send it to us.\nCountry: France; Price: €4\n\nMail',
        )
    ]


@pytest.mark.parametrize(
    ('content', 'text'),
    [
        ('<meta charset="windows-1251"><p>Возврат в течение дней'.encode('cp1251'), 'Возврат в течение дней'),
        ('<meta http-equiv="Content-Type" content="text/html; charset=shift_jis"><p>返品'.encode('shift_jis'), '返品'),
        ('<meta charset="no-such-thing"><p>Tür'.encode('cp1252'), 'Tür'),
        ('<p>返品'.encode('utf-16'), '返品'),
    ],
    ids=['Cyrillic', 'Japanese', 'unknown', 'UTF-16'],
)
def test_a_page_says_which_letters_it_is_written_in(content: bytes, text: str) -> None:
    assert parts(content, 'html') == [Part('', None, text)]


def test_lines_of_a_text_end_as_they_like() -> None:
    assert parts(b'One.\r\nTwo.\r\n\r\nThree.\rFour.\x0cFive.', 'txt') == [
        Part('', None, 'One.\nTwo.\n\nThree.\nFour.\nFive.')
    ]

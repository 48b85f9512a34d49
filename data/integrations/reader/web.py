"""HTML: what people read of a page, without what leads around in it; nothing of it is run or fetched."""

import re
from collections.abc import Iterator

from lxml import etree, html

from data.integrations.reader import decoding, tables
from data.integrations.reader.cleaning import flat
from data.integrations.reader.documents import Block, Document, Reason, Unreadable

_DECLARED = re.compile(rb'<meta[^>]{0,200}?charset\s*=\s*["\']?([\w-]{1,40})', re.IGNORECASE)
"""How a page says what it is encoded in (HTML, 13.2.3.2)."""


def _names(names: str) -> frozenset[str]:
    return frozenset(names.split())


_ENCODINGS = _names(
    'cp1250 cp1251 cp1253 cp1254 cp1255 cp1256 cp1257 cp1258 cp874 latin-1 iso8859-2 iso8859-5 iso8859-7 iso8859-9 '
    'iso8859-15 koi8-r koi8-u shift_jis cp932 euc_jp iso2022_jp euc_kr cp949 gb2312 gbk gb18030 big5'
)
"""What pages are written in that say so (WHATWG Encoding 4.2)."""

_UNSEEN = _names(
    'script style template noscript head iframe object embed svg math canvas audio video map select option '
    'button input textarea dialog nav menu footer'
)
"""What people don't read as text, or not on this page alone."""

_ROLES = frozenset({'navigation', 'menu', 'menubar', 'banner', 'contentinfo', 'search', 'dialog', 'alertdialog'})
"""Parts of a page that lead around (WAI-ARIA 1.2, 5.3)."""

_BLOCKS = _names(
    'address article aside blockquote body caption center dd details div dl dt fieldset figcaption figure form '
    'h1 h2 h3 h4 h5 h6 header hgroup hr html legend li main ol p pre section summary table tbody td tfoot th '
    'thead tr ul'
)
"""What begins in a line of its own (HTML, 15.3)."""

_HEADINGS = frozenset({'h1', 'h2', 'h3', 'h4', 'h5', 'h6'})

_SPACE = re.compile(r'\s+')

_MENU = 0.8
"""Beyond this part of its letters that are links, a list leads elsewhere."""


def warm_up() -> None:
    """Load what parses."""
    decoding.load(*_ENCODINGS)
    read(b'<!doctype html><h1>a</h1><table><tr><td>b</td></tr></table><p>&eacute;')


def read(content: bytes) -> Document:
    """The headings and texts of a page. Raises Unreadable."""
    declared = _DECLARED.search(content[:4096])
    text = decoding.decode(content, declared[1].decode() if declared else '')
    root = _parsed(text)
    title = root.findtext('.//title') or ''
    found = _blocks(_main(root))
    if (name := flat(title)) and not any(block.level == 1 for block in found):
        found.insert(0, Block(name, 1))
    return Document(None, found)


def fragment(text: str) -> Iterator[Block]:
    """The texts of a piece of HTML within another document."""
    if re.search(r'[^\W_]', re.sub('<[^>]*>', '', text)):
        yield from _blocks(_parsed(text))


def _parsed(text: str) -> html.HtmlElement:
    """The page, in whatever state it is. Raises Unreadable where there is nothing of one."""
    parser = html.HTMLParser(encoding='utf-8', no_network=True, huge_tree=True, remove_comments=True, remove_pis=True)
    try:
        root = html.document_fromstring(text.encode('utf-8', 'replace'), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError, AssertionError) as error:
        raise Unreadable(Reason.NOTHING) from error
    if any('depth' in error.message for error in parser.error_log):
        raise Unreadable(Reason.BROKEN)  # the rest is lost
    return root


def _main(root: html.HtmlElement) -> html.HtmlElement:
    """The part that the page is about, where it says which one that is."""
    mains = root.findall('.//main')
    return mains[0] if len(mains) == 1 and len(flat(mains[0].text_content())) > 200 else root


def _blocks(root: html.HtmlElement) -> list[Block]:
    """Headings and texts of an element, in their order; without recursion, since pages nest as they like."""
    for element in [element for element in root.iter() if _leads_around(element)]:
        if element is not root:
            element.drop_tree()
    page = _Page()
    walk = etree.iterwalk(root, events=('start', 'end'))
    for event, element in walk:
        if event == 'end':
            page.leave(element)
        elif element.tag == 'table' and _is_data(element):
            page.end()
            page.blocks += tables.table([row for line in element.iter('tr') if any(row := _cells(line))])
            walk.skip_subtree()
        else:
            page.enter(element)
    page.end()
    return page.blocks


class _Page:
    """What was come across so far, and the text that is under way."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self._text: list[str] = []
        self._level, self._is_item = 0, False

    def enter(self, element: html.HtmlElement) -> None:
        if element.tag in _BLOCKS:
            self.end()
            self._level = int(element.tag[1]) if element.tag in _HEADINGS else 0
            self._is_item = element.tag in ('li', 'dd')
        elif element.tag == 'br':
            self._text.append('\n')
        self._add(element.text, element)

    def leave(self, element: html.HtmlElement) -> None:
        if element.tag in _BLOCKS:
            self.end()
            self._level, self._is_item = 0, False
        self._add(element.tail, element.getparent())

    def end(self) -> None:
        """A paragraph is over."""
        if any(map(str.strip, self._text)):
            text = '\n'.join(filter(None, map(flat, ''.join(self._text).split('\n'))))
            self.blocks.append(Block(f'- {text}' if self._is_item else text, self._level, None, self._is_item))
        self._text = []

    def _add(self, text: str | None, inside: html.HtmlElement | None) -> None:
        if text:
            is_set = inside is not None and inside.tag == 'pre'
            self._text.append(text if is_set else _SPACE.sub(' ', text))


def _leads_around(element: html.HtmlElement) -> bool:
    tag = element.tag
    if tag in _UNSEEN or not isinstance(tag, str) or 'hidden' in element.attrib:
        return True
    if element.get('role', '').lower() in _ROLES or element.get('aria-hidden') == 'true':
        return True
    return tag in ('ul', 'ol') and _is_menu(element)


def _is_menu(element: html.HtmlElement) -> bool:
    links = [len(flat(link.text_content())) for link in element.iter('a')]
    return len(links) >= 3 and sum(links) > _MENU * len(flat(element.text_content()))


def _is_data(element: html.HtmlElement) -> bool:
    """Whether a table has cells only, and does not lay out a page."""
    return not any(element.iter('h1', 'h2', 'h3', 'h4', 'ul', 'ol')) and len(list(element.iter('table'))) == 1


def _cells(row: html.HtmlElement) -> list[str]:
    return [flat(cell.text_content()) for cell in row.iter('td', 'th')]

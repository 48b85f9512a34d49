"""Markdown (CommonMark with tables): headings, paragraphs, items of lists, code; of HTML in it only the text."""

import re
from collections.abc import Iterator, Sequence

from markdown_it import MarkdownIt
from markdown_it.token import Token

from data.integrations.reader import decoding, tables, web
from data.integrations.reader.cleaning import flat, lines
from data.integrations.reader.documents import Block, Document

_FRONT = re.compile(r'---\n(?:.{0,2000}\n){0,100}?(?:---|\.\.\.)\n')
"""What stands before the text for programs that publish it."""

_NESTING = 100
"""Levels of lists and quotations; of what is deeper nothing is read."""

_TITLE = re.compile(r'^title:\s*["\']?(.+?)["\']?\s*$', re.MULTILINE)


def warm_up() -> None:
    """Load all rules."""
    web.warm_up()
    list(_blocks('# a\n\n* b `c`\n\n|d|e|\n|-|-|\n|f|g|\n\n<b>h</b> [i](j "k") &amp;\n\n<div>l</div>\n'))


def read(content: bytes) -> Document:
    """The headings and texts of a Markdown file. Raises Unreadable."""
    text = lines(decoding.decode(content))
    return Document(None, list(_blocks(text)) or [Block(text)])


def _blocks(text: str) -> Iterator[Block]:
    if front := _FRONT.match(text):
        text = text[front.end() :]
        if title := _TITLE.search(front[0]):
            yield Block(title[1], 1)
    tokens = _parser().parse(text)
    inside: list[str] = []
    rows: list[list[str]] = []
    for place, token in enumerate(tokens):
        if token.nesting > 0:
            inside.append(token.type)
        elif token.nesting < 0:
            inside.pop()
        if token.type == 'tr_open':
            rows.append([])
        elif token.type == 'table_close':
            yield from tables.table(rows)
            rows = []
        elif token.type == 'inline' and inside[-1] in ('th_open', 'td_open'):
            rows[-1].append(flat(_said(token.children or [])))
        elif token.type == 'inline':
            yield _block(token, tokens[place - 1], inside)
        elif token.type in ('fence', 'code_block'):
            yield Block(token.content)
        elif token.type == 'html_block':
            yield from web.fragment(token.content)


def _parser() -> MarkdownIt:
    """Where a link leads does not matter: only its text is read."""
    parser = MarkdownIt('commonmark', {'maxNesting': _NESTING}).enable('table')
    parser.validateLink = lambda url: True  # type: ignore[method-assign]  # as its documentation says
    return parser


def _block(token: Token, opened: Token, inside: Sequence[str]) -> Block:
    text = _said(token.children or [])
    if opened.type == 'heading_open':
        return Block(text, int(opened.tag[1:]))
    is_item = 'list_item_open' in inside
    return Block(f'- {text}' if is_item else text, tight=is_item)


def _said(tokens: Sequence[Token]) -> str:
    """What people read of it: the text of links, what pictures are called, no tags."""
    return ''.join(_of(token) for token in tokens)


def _of(token: Token) -> str:
    if token.type in ('softbreak', 'hardbreak'):
        return '\n' if token.type == 'hardbreak' else ' '
    if token.type == 'html_inline':
        return ' ' if token.content.startswith(('<br', '<BR')) else ''
    return _said(token.children) if token.children else token.content

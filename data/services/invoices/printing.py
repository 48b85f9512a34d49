"""The PDF of an invoice: what is printed on it, made ready for the template."""

import re
import unicodedata
from collections.abc import Iterable
from typing import Any

from data.inputs import pictures
from data.integrations import typst
from data.problems import Invalid
from data.runtime.logs import log
from data.services.invoices.printed import Document, Fact, Party

TEMPLATE = 'invoice.typ'

COLUMNS = 'Description', 'Quantity', 'Price', 'Tax', 'Amount'

_NEVER = {'Cc', 'Cs', 'Co', 'Cn', 'Zl', 'Zp'}
"""Categories of characters that no document may hold: controls, halves, private and unassigned ones, breaks."""

_DIRECTIONS = '\u202a-\u202e\u2066-\u2069\ufeff\ufff9-\ufffb'
_REFUSED = re.compile(f'[{_DIRECTIONS}]')
_HAN = {'CN': ('zh', 'cn'), 'TW': ('zh', 'tw'), 'HK': ('zh', 'hk'), 'MO': ('zh', 'hk'), 'KR': ('ko', 'kr')}
"""How characters that several countries share are drawn, by country; elsewhere as in Japan."""

_SCRIPTS = (
    (re.compile('[\u0590-\u05ff\ufb1d-\ufb4f]'), 'he'),
    (re.compile('[\u0600-\u06ff\u0750-\u077f\u08a0-\u08ff\ufb50-\ufdff\ufe70-\ufefe]'), 'ar'),
    (re.compile('[\uac00-\ud7af\u1100-\u11ff\u3130-\u318f]'), 'ko'),
    (re.compile('[\u3040-\u30ff\u31f0-\u31ff\uff66-\uff9f]'), 'ja'),
)
_IS_HAN = re.compile('[\u2e80-\u2fdf\u3005-\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]')


def pdf(document: Document) -> bytes:
    """The PDF (A-3a, UA-1) of a document: the same bytes whenever it is made of the same document.

    What can't be printed is replaced and logged; a logo that can't be is left out. Raises Unprintable.
    """
    ready = printable(document)
    try:
        return typst.pdf(TEMPLATE, ready, on=document.on)
    except typst.Unprintable as reason:
        if ready['logo'] is None:
            raise
        log.warning('the logo of the seller cannot be printed', reason=str(reason))
        return typst.pdf(TEMPLATE, {**ready, 'logo': None}, on=document.on)


def printable(document: Document) -> dict[str, Any]:
    """What the template prints, as JSON."""
    ready = {**_head(document), **_body(document)}
    unprinted = set(_unprinted(_texts(ready)))
    if unprinted:
        named = sorted(f'U+{ord(character):04X}' for character in unprinted)
        log.warning('a document has characters that are never printed', number=document.number, characters=named)
    return {**typst.without(ready, unprinted), 'logo': _logo(document.logo)}


def _head(document: Document) -> dict[str, Any]:
    """Who, to whom, when, and what stands around the pages."""
    buyer, language = document.buyer, document.language
    lines = [_row(line, language, buyer.country) for line in buyer.lines or (buyer.name,)]
    return {
        'language': language,
        'title': document.title,
        'date': [document.on.year, document.on.month, document.on.day],
        'seller': _seller(document.seller, language),
        'buyer': {'name': buyer.name, 'lines': lines, 'tax': buyer.tax},
        'facts': _pairs(document.facts, language),
        'about': list(document.about),
        'footer': list(document.footer),
        'words': {'to': 'Bill to', 'page': 'Page {n} of {m}', 'columns': list(COLUMNS)},
    }


def _body(document: Document) -> dict[str, Any]:
    """What for, how much, and how to pay it."""
    language, country = document.language, document.seller.country
    return {
        'lines': [{**vars(line), 'text': _row(line.text, language, country)} for line in document.lines],
        'totals': [['Net', document.net], *map(list, document.taxes)],
        'sum': ['Total', document.total],
        'after': [*map(list, document.after)],
        'payment': {
            'title': 'Payment',
            'facts': _pairs(document.payment, language),
            'sentences': list(document.how),
        },
        'notes': [_row(note, language) for note in document.notes],
    }


def _pairs(facts: Iterable[Fact], language: str) -> list[list[Any]]:
    return [[label, _row(text, language)] for label, text in facts]


def _seller(seller: Party, language: str) -> dict[str, Any]:
    lines = [*(line for line in seller.lines if line != seller.name), seller.tax, seller.email]
    return {'name': seller.name, 'lines': [_row(line, language, seller.country) for line in lines if line]}


def _row(text: str, language: str, country: str = '') -> dict[str, Any]:
    """A text with the language whose letters it has, and whether that is written from right to left."""
    spoken, region = _spoken(text, language, country)
    strong = (unicodedata.bidirectional(letter) for letter in text)
    first = next((it for it in strong if it in ('L', 'R', 'AL')), 'L')
    return {'text': text, 'language': spoken, 'region': region, 'rtl': first != 'L'}


def _spoken(text: str, language: str, country: str) -> tuple[str, str | None]:
    for letters, its in _SCRIPTS:
        if letters.search(text):
            return its, None
    return _HAN.get(country, ('ja', None)) if _IS_HAN.search(text) else (language, None)


def _texts(value: Any) -> Iterable[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _texts(each)


def _unprinted(texts: Iterable[str]) -> Iterable[str]:
    """The characters that are never printed, whatever the fonts have."""
    for text in texts:
        yield from (it for it in set(text) if unicodedata.category(it) in _NEVER or _REFUSED.match(it))


def _logo(text: str) -> dict[str, Any] | None:
    """A picture as the template takes it, None where there is none that could be printed."""
    if not text:
        return None
    try:
        kind, content = pictures.parse(text)
    except Invalid:
        log.warning('the logo of the seller is no picture that could be printed', characters=len(text))
        return None
    return {'format': 'jpg' if kind == 'jpeg' else 'png', 'bytes': list(content)}

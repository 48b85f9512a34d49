"""Typst: PDFs out of our own templates, for archives (PDF/A-3a) and for who listens to them (PDF/UA-1).

Nothing of it is loaded before the first document: typst and the fonts take 46 MB.
"""

import json
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

from data.integrations import pdf_packing
from data.runtime.logs import log

if TYPE_CHECKING:
    import typst

STANDARDS: list['typst.PDFStandard'] = ['a-3a', 'ua-1']

FONTS = {
    'fontpkg_inter': 'files',
    'fontpkg_ibm_plex_sans_arabic': 'files',
    'noto_cjk_sans_jp_regular': '',
    'manimgx_fonts': '',
}
"""The packages with the fonts, and the folder in each; no font of the system is used: it would look different there."""

REPLACED = '\ufffd'
"""What stands for what can't be printed (Unicode, replacement character)."""

TRIES = 25
"""How often what no font has is replaced: each time typst names what it has come across.

Of marks that stand upon each other it names one at a time; names made of nothing else took ten tries at most.
"""

_UNPRINTED = re.compile(r'the text `"(.+?)"` could not be displayed|codepoint `"(.+?)"`')
_ESCAPE = re.compile(r'\\u\{([0-9a-f]{1,6})\}|\\(.)')
_one_at_a_time = Lock()


class Unprintable(Exception):
    """Typst makes no document of it; the text says why, for whoever runs Botcadence."""


def pdf(template: str, document: dict[str, Any], *, on: date) -> bytes:
    """The PDF of a document, by one of our templates: the same bytes whenever it is made of the same.

    All texts in `document` are printed as they are; characters that no font has are replaced and logged. `on` is the
    day that is written into it. Raises Unprintable.
    """
    import typst

    for _ in range(TRIES):
        try:
            with _one_at_a_time:
                return _compiled(template, document, on)
        except typst.TypstError as error:
            missing = set(_missing(error.diagnostic))
            if not missing:
                raise Unprintable(error.message) from error
            log.warning('a document has characters that no font has', characters=sorted(map(_named, missing)))
            document = without(document, missing)
    raise Unprintable('No font has what is in it.')


def without(value: Any, characters: set[str]) -> Any:
    """The same with all of these characters replaced, in every text."""
    if isinstance(value, str):
        return ''.join(REPLACED if character in characters else character for character in value)
    if isinstance(value, dict):
        return {key: without(each, characters) for key, each in value.items()}
    return [without(each, characters) for each in value] if isinstance(value, list) else value


def _compiled(template: str, document: dict[str, Any], on: date) -> bytes:
    compiler = _compiler(template)
    made = compiler.compile(
        format='pdf',
        pdf_standards=STANDARDS,
        sys_inputs={'document': json.dumps(document, ensure_ascii=False)},
        timestamp=int(datetime(on.year, on.month, on.day, 12, tzinfo=UTC).timestamp()),
    )
    if not isinstance(made, bytes):
        raise Unprintable('It is no single file.')
    return pdf_packing.packed(made)


@lru_cache
def _compiler(template: str) -> 'typst.Compiler':
    import typst

    folder = Path(__file__).parent
    paths = [str(_folder_of(package) / inner) for package, inner in FONTS.items()]
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=paths)
    return typst.Compiler(str(folder / template), root=str(folder), font_paths=fonts, ignore_system_fonts=True)


def _folder_of(package: str) -> Path:
    """Where a package is, without running it. Raises Unprintable where it is not installed."""
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        raise Unprintable(f'The fonts of {package} are not installed.')
    return Path(spec.origin).parent


def _missing(diagnostic: str) -> Iterator[str]:
    """The characters that typst names as not printable, but for those that every font has."""
    for text, codepoint in _UNPRINTED.findall(diagnostic):
        yield from (it for it in _ESCAPE.sub(_character, text or codepoint) if not ' ' < it < '\x7f')


def _character(escape: re.Match[str]) -> str:
    return chr(int(escape[1], 16)) if escape[1] else escape[2]


def _named(character: str) -> str:
    return f'U+{ord(character):04X}'

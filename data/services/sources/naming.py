"""Names of files: what a browser says of one, made fit for a screen, and what it is by its ending."""

import re

from data.inputs import texts
from data.problems import Invalid

MEDIA: dict[str, str] = {
    'pdf': 'PDF',
    'docx': 'Word',
    'txt': 'Text',
    'md': 'Markdown',
    'csv': 'CSV',
    'html': 'Web page',
}
"""What can be read, and what it is called."""

NAME_LIMIT = 200
"""Characters of the name of a file, its ending among them."""

_ENDINGS = {**{it: it for it in MEDIA}, 'text': 'txt', 'markdown': 'md', 'htm': 'html'}
ACCEPTED = ','.join(f'.{ending}' for ending in _ENDINGS)
"""The endings as browsers want them for the window in which files are chosen."""

WHAT = 'PDF, Word (.docx), text, Markdown, CSV and HTML files can be read.'
_INSTEAD = {
    **dict.fromkeys(('doc', 'rtf', 'odt', 'pages'), 'Save it as .docx or PDF first.'),
    **dict.fromkeys(('xls', 'xlsx', 'ods', 'numbers', 'tsv'), 'Save it as CSV first.'),
    **dict.fromkeys(('ppt', 'pptx', 'odp', 'key'), 'Save it as PDF first.'),
    **dict.fromkeys(('png', 'jpg', 'jpeg', 'gif', 'tif', 'tiff', 'heic', 'webp'), 'A picture has no text to be found.'),
}
_KEY_LIMIT = 500
_HIDDEN = re.compile('[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]')
"""What has no place in a name: controls, and what turns the direction around (UAX #9): cod.exe looks like exe.doc."""


def file_name(value: object) -> tuple[str, str]:
    """The name of a file without the folders before it, on one line, and what the file is: a key of MEDIA.

    What nobody can see is left out before its ending is looked at. Raises Invalid('file').
    """
    if not isinstance(value, str):
        raise Invalid(file='A file has a name.')
    shown = _HIDDEN.sub('', re.split(r'[/\\]', value[-4 * NAME_LIMIT :])[-1])
    name = texts.clean(shown, field='file', label='The name of the file', limit=NAME_LIMIT)
    stem, dot, ending = name.rpartition('.')
    media = _ENDINGS.get(ending.lower()) if dot and stem.strip(' .') else None
    if media is None:
        raise Invalid(file=f'{WHAT} {_INSTEAD.get(ending.lower(), "")}'.strip())
    return name, media


def key_of(name: str) -> str:
    """What lists are sorted and searched by."""
    return texts.plain_key(name)[:_KEY_LIMIT]


def is_same(name: str, other: str) -> bool:
    """Whether two names are one to people and to most disks."""
    return texts.search_key(name) == texts.search_key(other)

"""Whether a file is what its ending says, told by its first bytes: the reason is clearer than that of any parser."""

from data.integrations.reader.documents import Media, Reason, Unreadable

_OLE = b'\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1'
"""How a compound file begins (MS-CFB): Word before 2007, and every Office document that has a password."""

_ENCRYPTED = 'EncryptedPackage'.encode('utf-16-le')
"""The name of the stream of such a document (MS-OFFCRYPTO 1.3.2)."""

_ZIP, _PDF = b'PK\x03\x04', b'%PDF-'

_BINARY = (
    _OLE,
    _ZIP,
    _PDF,
    b'\x89PNG',
    b'\xff\xd8\xff',
    b'GIF87a',
    b'GIF89a',
    b'\x1f\x8b',
    b'BZh9',
    b'\xfd7zXZ',
    b'7z\xbc\xaf',
    b'Rar!',
    b'\x7fELF',
    b'MZ\x90',
    b'{\\rtf',
    b'SQLite format 3',
    b'%!PS-Adobe',
)
"""How files of other kinds begin, none of which is text that somebody has written."""

PDF_WITHIN = 1024
"""Bytes at the beginning among which a PDF says that it is one (ISO 32000-1, Annex H.3, note 13)."""


def expect(content: bytes, media: Media) -> None:
    """Raises Unreadable for what can't be of this kind."""
    if not content:
        raise Unreadable(Reason.EMPTY)
    if media is Media.PDF:
        if _PDF not in content[:PDF_WITHIN]:
            raise Unreadable(Reason.NO_PDF)
    elif media is Media.DOCX:
        if content.startswith(_OLE):
            raise Unreadable(Reason.ENCRYPTED if _ENCRYPTED in content else Reason.OLD_WORD)
        if not content.startswith(_ZIP):
            raise Unreadable(Reason.NO_DOCX)
    elif content.startswith(_BINARY):
        raise Unreadable(Reason.NO_TEXT_FILE)

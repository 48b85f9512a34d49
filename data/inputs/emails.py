"""E-mail addresses: how they are shown and how they are compared."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import unquote

from data.inputs import texts
from data.problems import Invalid

LONGEST = 254  # RFC 5321 4.5.3.1.3, without the angle brackets

_SEARCHED = 1000
_WORDS = 8  # each is a condition for each address
_WRITTEN_ALONG = 200  # characters of a name, a scheme, what nobody sees
_NAMED = re.compile(r'[^<>@]*<([^<>]*)>[\s,;.]*')
_LABEL = re.compile(r'(mailto)\s*:(?://)?\s*|([^\W\d_][\w .-]{0,30})\s*:(?!//)\s*', re.IGNORECASE)
_TWICE = re.compile(r'(?:^|(?<=[<\s]))\[?([^\s@<>\[\]]+@[^\s@<>\[\]]+)\]?\s*[<(](?:mailto:)\1[>)]', re.IGNORECASE)
_PAIRS = (
    "''",
    '""',
    '()',
    '[]',
    '<>',
    '\u201c\u201d',
    '\u2018\u2019',
    '\u201e\u201c',
    '\u00ab\u00bb',
    '\u2039\u203a',
    '``',
)
_APOSTROPHE = re.compile('(?<=\\w)[\u2018\u2019\u02bc\u2032](?=\\w)')
_HYPHENS = str.maketrans('\u2010\u2011', '--')


@dataclass(frozen=True)
class Email:
    """One address: `shown` as it was typed, `key` in the one form under which it is unique."""

    shown: str
    key: str


def parse(value: object, *, field: str = 'email') -> Email:
    """The address in both forms; raises Invalid(field) for anything that is not exactly one address.

    What comes along when it is copied is no part of it: characters that nobody sees, `mailto:`, quotes, brackets, a
    name before `<address>`, the end of a sentence; full-width letters are ASCII.

    The part before the @ is ASCII, at most 64 characters (RFC 5321 4.5.3.1.1): folding the case of anything else lets
    two people share an account (the Kelvin sign becomes k). The domain's key is its ASCII form (IDNA 2008).
    """
    if not isinstance(value, str) or not value.strip():
        raise Invalid(**{field: 'Enter an email address.'})
    typed = cleared(value) if len(value) <= LONGEST + _WRITTEN_ALONG else value
    if len(typed) > LONGEST:
        raise Invalid(**{field: f'This email address is too long. An address has at most {LONGEST} characters.'})
    domains, local = _domains(typed), typed.rpartition('@')[0]
    if domains is None:
        plain = 'Before the @, use only letters from a to z, digits and signs.'
        like = 'Enter an email address like name@example.com.'
        raise Invalid(**{field: like if local.isascii() or ' ' in local else plain})
    if '=?' in local:  # mail programs, and Python, take it for the beginning of an encoded word (RFC 2047)
        raise Invalid(**{field: 'Enter an email address without =? in it.'})
    shown = typed if typed.isascii() else f'{local}@{domains[0]}'  # look-alike letters and hidden ones don't survive
    return Email(shown, f'{local}@{domains[1]}'.lower())


def domain(text: str) -> str:
    """The domain in the form in which keys have it, small letters of ASCII. Raises ValueError for what is none."""
    domains = _domains(f'a@{text.strip().removeprefix("@")}')
    if domains is None:
        raise ValueError(text)
    return domains[1].lower()


def cleared(text: str) -> str:
    """The text without what is copied along with an address; it may still be none."""
    address = texts.without_invisible(texts.half_width(text)).translate(_HYPHENS).strip()
    address = _TWICE.sub(r'\1', _APOSTROPHE.sub("'", address))
    if named := _NAMED.fullmatch(address):
        address = named[1].strip()
    if label := _LABEL.match(address):
        address = address[label.end() :]
        address = unquote(address) if label[1] else address
    address = re.sub(r'(@[^@?]*)\?.*', r'\1', address)  # RFC 6068: a subject, a text
    while address and (address[0] + address[-1] in _PAIRS or address[-1] in '.,;:!?\u2026\u3001\u3002\uff61'):
        address = (address[1:-1] if address[0] + address[-1] in _PAIRS else address[:-1]).strip()
    return address


def search_words(text: object) -> list[str]:
    """The first words of a search for people, folded, each once; of a pasted address only the address itself."""
    whole = searched(text[:_SEARCHED]) if isinstance(text, str) else ''
    words = (texts.plain_key(searched(piece)) for piece in whole.split())
    return [word for word in dict.fromkeys(words) if word][:_WORDS]


def reading_like(word: str, addresses: Iterable[str]) -> list[str]:
    """Those of the addresses in which a word of a search is found as people read them, accents aside.

    Of those that are not ASCII, shown or as a key (xn--): all others are as they are read, and databases look in them.
    """
    return [it for it in addresses if (not it.isascii() or 'xn--' in it) and word in _read(it)]


@lru_cache(4096)  # each word of a search is looked for in all of them
def _read(address: str) -> str:
    local, _, domain = address.rpartition('@')
    return texts.plain_key(f'{local}@{_decoded(domain)}')


def _decoded(domain: str) -> str:
    """The domain of a key in Unicode (RFC 3492); it was one that IDNA takes."""
    labels = (
        label[4:].encode().decode('punycode') if label.startswith('xn--') else label for label in domain.split('.')
    )
    return '.'.join(labels)


def searched(text: str) -> str:
    """What a search is for: of an address that was pasted only the address itself, of other texts all."""
    return cleared(text) if '@' in texts.half_width(text) else text


@lru_cache(1024)  # an act asks for the same address several times
def _domains(typed: str) -> tuple[str, str] | None:
    """The domain in Unicode and in ASCII, or None where `typed` is not an address we take."""
    from email_validator import EmailNotValidError, validate_email

    try:
        # test_environment: people who host this themselves use names below .test (RFC 6761)
        checked = validate_email(
            typed, check_deliverability=False, allow_smtputf8=False, strict=True, test_environment=True
        )
    except (EmailNotValidError, UnicodeError):
        return None
    if checked.ascii_domain is None or '.' not in checked.ascii_domain:
        return None
    return checked.domain, checked.ascii_domain

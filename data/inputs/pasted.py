"""What other programs wrap a text in when it is copied out of them."""

import re
from html import unescape

_ENTITY = re.compile(r'&(?:lt|gt|amp|quot|apos|nbsp|#\d{1,7}|#x[\da-f]{1,6});', re.IGNORECASE)
_CARD = re.compile(r'(?:[\w-]+\.)?(BEGIN|END|FN|EMAIL)\b[^:]*:(.*)', re.IGNORECASE)  # vCard, RFC 6350
_BENT = re.compile(r'(?:\r\n?|\n)[ \t]')  # a line that goes on in the next one (RFC 5545 3.1, RFC 6350 3.2)
_GUEST = re.compile(r'(?:ATTENDEE|ORGANIZER)\b((?:"[^"]*"|[^":])*):(?:mailto:)?(.*)', re.IGNORECASE)  # RFC 5545 3.8.4
_DOT = re.compile(r'(?<=[\w-])(?:\s?[(\[{<]\s?dot\s?[)\]}>]\s?|\s-dot-\s)(?=[\w-])', re.IGNORECASE)
_SPELT = re.compile(  # hides it from programs
    r'(?<=[\w.+-])(?:\s?[(\[{<]\s?(?:at|ät|@)\s?[)\]}>]\s?|\s-at-\s|[(\[{]a[)\]}])(?=[\w-]+\.\w)', re.IGNORECASE
)
_CALLED = re.compile(r';CN=(?:"([^"]*)"|([^;]*))', re.IGNORECASE)


def plain(text: str) -> str:
    """The text with characters for entities of HTML, and lines of names and addresses for vCards and events.

    An @ that is spelt out, `ann [at] x [dot] example`, is one.
    """
    text = _SPELT.sub('@', _DOT.sub('.', _ENTITY.sub(lambda found: unescape(found[0]), text)))
    if re.search('BEGIN:V(?:CARD|CALENDAR)', text, re.IGNORECASE):
        text = _of_events(_of_cards(_BENT.sub('', text)))
    return text


def _of_cards(text: str) -> str:
    """The text with a line for each address of a visiting card (vCard), its name before it, instead of the card."""
    if 'BEGIN:VCARD' not in text.upper():
        return text
    name, is_inside = '', False
    rows: list[str] = []
    addresses: list[str] = []
    for line in text.splitlines():
        key, value = found.groups() if (found := _CARD.match(line)) else ('', '')
        if (mark := key.upper()) in ('BEGIN', 'END'):
            rows += [f'{name} <{address}>' for address in addresses]
            name, addresses, is_inside = '', [], mark == 'BEGIN'
        elif not is_inside:
            rows.append(line)
        elif mark == 'EMAIL':
            addresses.append(value.strip())
        elif mark == 'FN':
            name = value.replace('\\', '').strip()
    return '\n'.join([*rows, *(f'{name} <{address}>' for address in addresses)])


def _of_events(text: str) -> str:
    """The text with a line for each guest of an event (iCalendar) instead of the event."""
    if 'BEGIN:VCALENDAR' not in text.upper():
        return text
    rows: list[str] = []
    depth = 0
    for line in text.splitlines():
        mark = line.partition(':')[0].upper()
        if mark == 'BEGIN':
            depth += 1
        elif mark == 'END':
            depth -= 1
        elif not depth:
            rows.append(line)
        elif guest := _GUEST.match(line):
            name = next(filter(None, called.groups()), '') if (called := _CALLED.search(guest[1])) else ''
            rows.append(f'{"" if "@" in name else name} <{guest[2].strip()}>')
    return '\n'.join(rows)

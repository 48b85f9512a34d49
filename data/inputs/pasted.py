"""What other programs wrap a text in when it is copied out of them."""

import re
from html import unescape

_ENTITY = re.compile(r'&(?:lt|gt|amp|quot|apos|nbsp|#\d{1,7}|#x[\da-f]{1,6});', re.IGNORECASE)
_CARD = re.compile(r'(?:[\w-]+\.)?(BEGIN|END|FN|EMAIL)\b[^:]*:(.*)', re.IGNORECASE)  # vCard, RFC 6350


def plain(text: str) -> str:
    """The text with characters instead of entities of HTML, and with lines of names and addresses instead of vCards."""
    return _of_cards(_ENTITY.sub(lambda found: unescape(found[0]), text))


def _of_cards(text: str) -> str:
    """The text with a line for each address of a visiting card (vCard), its name before it, instead of the card."""
    if 'BEGIN:VCARD' not in text.upper():
        return text
    name, rows, is_inside = '', [], False
    for line in text.splitlines():
        key, value = found.groups() if (found := _CARD.match(line)) else ('', '')
        if (mark := key.upper()) in ('BEGIN', 'END'):
            name, is_inside = '', mark == 'BEGIN'
        elif not is_inside:
            rows.append(line)
        elif mark == 'EMAIL':
            rows.append(f'{name} <{value.strip()}>')
        elif mark == 'FN':
            name = value.replace('\\', '').strip()
    return '\n'.join(rows)

"""The parts of a line in a pasted list: addresses, words, quoted texts, and the signs between them."""

import re

from data.inputs import texts
from data.models import Role

WRAPPED, WRAPS = ('quoted', 'note', 'word'), '"“”„«»()*_'
Part = tuple[str, str]
"""What a piece of a line is (a group of the pattern below), and the piece."""

ANDS = {'and', 'or', 'und', 'oder', 'et', 'ou', 'y', '&', '+', '/'}
"""What joins two people."""
MOST_WORDS = 3
"""Words; what has more may be a sentence."""

_PART = re.compile(
    r"""
    (?P<spelt> ['`*]*+ [\w.+-]++ (?: [ ]DOT[ ] [\w.+-]++ ){0,3}+
        (?: [ ]++ (?:at|arroba|arobase) [ ]++ (?!www\.) | [ ]*+ @ [ ]++ | [ ]++ @ )
        [\w-]++ (?: (?:\.|[ ]DOT[ ]) [\w-]++ ){1,8}+ (?<=[^\W\d_]{2})
        (?= [.!]? ['"”“»`*]*+ \s* (?: [,;|\t>)\]}] | $ | [^\s,;@]++@ | (?:AND)[ ] ) ) )
    | (?P<address> (?:mailto:)?+ [^\s,;、،؛:<>()\[\]{}"“”„«»|•‣◦▪●○■–—→@]*+
        @ [^\s,;、،؛:<>()\[\]{}"“”„«»|•‣◦▪●○■–—→]*+ )
    | (?P<meant> (?<=<) [^\s<>()@/:]{1,200} \. [^\W\d_]{2,20} (?=>) )
    | (?P<quoted> "[^"@]{0,200}" | [“„][^“”„@]{0,200}[“”] | «[^«»@]{0,200}» )
    | (?P<note> \( [^()@]{1,200} \) )
    | (?P<hard> [,;、،؛]\s?+ )
    | (?P<soft> [\t|]+ )
    | (?P<open> < )
    | (?P<word> [^\s,;、،؛:<>()\[\]{}"“”„«»|•‣◦▪●○■–—→@]++ )
    | (?P<other> . )
    """.replace('AND', '|'.join(map(re.escape, sorted(ANDS)))).replace('DOT', '(?:dot|punkt|point|punto|ponto)'),
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)
MEANT = re.compile(r'(?!www\.)[\w+-]+(?:\.[\w-]+)*\.[a-z]{2,}')  # `bob.x.example`: the @ may have been forgotten
_LABELS = {
    'mail',
    'email',
    'e-mail',
    'mailto',
    'smtp',
    'correo',
    'courriel',
    'почта',
    '邮箱',
    'メール',
    '이메일',
    'co-authored-by',
    'signed-off-by',
    'contact',
    'name',
    'to',
    'cc',
    'bcc',
    'from',
    *ANDS,
}


def parts_of(line: str) -> list[Part]:
    """What a line is made of, in its order; nothing is left out."""
    return [(part.lastgroup or '', part[0]) for part in _PART.finditer(line)]


def cells(parts: list[Part], breaks: tuple[str, ...]) -> list[list[Part]]:
    """The parts of a line between its breaks, which are 'hard' (commas and semicolons) or 'soft' (tabs and bars)."""
    found: list[list[Part]] = [[]]
    for part in parts:
        if part[0] in breaks:
            found.append([])
        else:
            found[-1].append(part)
    return found


def places(parts: list[Part]) -> list[int]:
    """Where addresses are, and what was meant as some."""
    return [place for place, (kind, _) in enumerate(parts) if kind in ('address', 'meant')]


def words(parts: list[Part]) -> list[str]:
    """What may belong to a name: words with letters, quoted ones without their quotes, no labels."""
    bare = (part.strip(WRAPS) if kind in WRAPPED else '' for kind, part in parts)
    return [word for word in bare if any(map(str.isalpha, word)) and word.casefold() not in _LABELS]


def is_role(found: list[str]) -> bool:
    """Whether a cell says what somebody is to be with us, `Member` or `Admins`, which is nobody's name."""
    return len(found) == 1 and found[0].casefold().removesuffix('s') in set(Role)


def is_like(found: list[str], address: str) -> bool:
    """Whether these few words look like the name of whoever has this address: one of them is in it."""
    local = texts.plain_key(address.rpartition('@')[0])
    return len(found) <= MOST_WORDS and any(len(word) > 1 and texts.plain_key(word) in local for word in found)

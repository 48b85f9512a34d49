"""Words of a text as they are searched: stems of the language it is in, pairs of signs where no spaces are written."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from enum import Enum
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from data.inputs import texts

LONGEST = 40
"""Characters of a word that count: what is longer is no word that anybody types."""

LANGUAGES = {
    'en': 'english',
    'de': 'german',
    'fr': 'french',
    'es': 'spanish',
    'it': 'italian',
    'pt': 'portuguese',
    'nl': 'dutch',
    'sv': 'swedish',
    'da': 'danish',
    'no': 'norwegian',
    'fi': 'finnish',
    'pl': 'polish',
    'cs': 'czech',
    'ro': 'romanian',
    'hu': 'hungarian',
    'tr': 'turkish',
    'ru': 'russian',
    'el': 'greek',
    'ar': 'arabic',
    'hi': 'hindi',
}
"""The stemmers of Snowball, by the code of the language; words of others are searched as they are written."""

JOINING = frozenset({'de', 'nl', 'sv', 'da', 'no', 'fi', 'hu'})
"""Languages that write compounds as one word: who asks for the costs of shipping means Versandkosten, too."""

_SAMPLE = 20_000
_STEMS = 50_000
_HAN = '\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af'
_PAIRED = f'\u3005\u3040-\u30ff\uac00-\ud7af{_HAN}'
_TRIPLED = '\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff'  # Thai, Lao, Burmese, Khmer
_MARKS = '\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670\u0900-\u0dff'  # within words, yet no letters
_HEAP = re.compile(f'([{_MARKS}]{{8}})[{_MARKS}]+')
_UNSEEN = re.compile('[\u00ad\u034f\u061c\u180e\u200b-\u200f\u2060-\u2064\ufeff\ufe00-\ufe0f]')
_WORD = re.compile(
    f'(?P<hangul>[\uac00-\ud7af]+)|(?P<pairs>[{_PAIRED}]+)|(?P<triples>[{_TRIPLED}]+)'
    f'|(?:[^\\W_{_PAIRED}{_TRIPLED}]|[{_MARKS}])+'
)
_BETWEEN = re.compile(
    '[\u3041-\u309f的了吗呢是在有我你您们他她它这那哪什么怎样几多少要能会可请问吧和或也就把被给谁如何啥麽嗎個幾]'
)
"""Hiragana, and what asks, points or joins in Chinese: in a pair with it, another word begins or ends."""

_SCRIPTS = {
    'ja': '\u3040-\u30ff',
    'zh': '\u3400-\u4dbf\u4e00-\u9fff',
    'ko': '\uac00-\ud7af',
    'th': '\u0e00-\u0e7f',
    'el': '\u0370-\u03ff',
    'he': '\u0590-\u05ff',
    'ar': '\u0600-\u06ff',
    'hi': '\u0900-\u097f',
    'ru': '\u0400-\u04ff',
}
_OF_SCRIPT = {language: re.compile(f'[{signs}]') for language, signs in _SCRIPTS.items()}
_JAPANESE = 0.1
"""The share of kana from which Chinese signs are Japanese."""


class Part(Enum):
    """What of a text is looked for: a word, or signs beside each other where no spaces are written.

    Those are LOOSE where another word, or an ending, begins among them: nothing is missing where they are not found.
    """

    WORD = 1
    PAIR = 2
    LOOSE = 3


def language_of(text: str) -> str:
    """The code of the language that most of a text is in, '' where nobody can tell, as from a single word."""
    sample = _folded(text[:_SAMPLE])
    signs = {language: len(pattern.findall(sample)) for language, pattern in _OF_SCRIPT.items()}
    signs['la'] = len(re.findall('[a-z\u00df-\u024f]', sample))
    most, number = max(signs.items(), key=lambda it: it[1])
    if number == 0:
        return ''
    if most in {'zh', 'ja'}:
        return 'ja' if signs['ja'] > _JAPANESE * (signs['zh'] + signs['ja']) else 'zh'
    if most != 'la':
        return most
    return _of_latin(Counter(word for word, part in _split(sample) if part is Part.WORD))


def _of_latin(words: Counter[str]) -> str:
    """The language whose small words are the most, where they are clearly more than those of any other one."""
    counts = {
        language: sum(number for word, number in words.items() if word in _small_of(language))
        for language in _small()
        if language in LANGUAGES
    }
    (best, most), (_, second) = Counter(counts).most_common(2)
    return best if most > second else ''


def stems(text: str, language: str) -> Iterator[str]:
    """The stems of a text in its order, without small words and words of a single letter."""
    small = stop_words(language)
    for word, part in _split(_folded(text)):
        if part is not Part.WORD:
            yield word
        elif word not in small and (len(word) > 1 or word.isdigit()):
            yield stem(word, language)


def question_words(text: str, languages: tuple[str, ...], *, however_small: bool = False) -> dict[str, bool]:
    """The words of a question as it has them, and whether each counts when it is not found.

    Left out is what is small in one of these languages, and, but for `however_small`, what only makes it a question.
    Where no spaces are written, pairs between two words are in it, or an ending: these are looked for, and nothing is
    missing where they are.
    """
    small_of = stop_words if however_small else _small_of
    small = frozenset[str]().union(*(small_of(language) for language in languages))
    return {
        word: part is not Part.LOOSE
        for word, part in _split(_folded(text))
        if word not in small and (part is not Part.WORD or len(word) > 1 or word.isdigit())
    }


def small_talk(text: str) -> str:
    """What somebody does who asks nothing: 'greeting' or 'thanks'; '' where there is anything else in it."""
    said = {word for word, _ in _split(_folded(text))}
    thanks, greeting = _small()['thanks'], _small()['greeting']
    if not said & (thanks | greeting) or said - thanks - greeting - _all_small():
        return ''
    return 'thanks' if said & (thanks - greeting) else 'greeting'


def stop_words(language: str) -> frozenset[str]:
    """The small words of a language, which say nothing of what a text is about."""
    return _small().get(language, frozenset())


@lru_cache(_STEMS)
def stem(word: str, language: str) -> str:
    """What a word has in common with its other forms, without accents: 'Rückgaben' and 'rueckgabe' are 'ruckgab'."""
    if language not in LANGUAGES or not word.isalpha():
        return texts.without_accents(word)
    return texts.without_accents(_stemmer(language).stemWord(word))


def _folded(text: str) -> str:
    """A text in NFKC and folded case, without signs that nobody sees.

    Heaps of marks are cut first: to put those in order takes quadratic time.
    """
    bare = _HEAP.sub(r'\1', _UNSEEN.sub('', text))
    return unicodedata.normalize('NFKC', unicodedata.normalize('NFKC', bare).casefold())


def _split(text: str) -> Iterator[tuple[str, Part]]:
    """Each word of a folded text, and what it is."""
    for match in _WORD.finditer(text):
        word = match[0]
        if match.lastgroup is None:
            yield word[:LONGEST], Part.WORD
            continue
        size = 3 if match.lastgroup == 'triples' else 2
        for place in range(max(1, len(word) - size + 1)):
            pair = word[place : place + size]
            is_loose = place > 0 if match.lastgroup == 'hangul' else _BETWEEN.search(pair) is not None
            yield pair, Part.LOOSE if is_loose else Part.PAIR


@cache
def _small() -> dict[str, frozenset[str]]:
    words: dict[str, list[str]] = {}
    for line in Path(__file__).with_name('stop_words.txt').read_text(encoding='utf-8').splitlines():
        language, *small = _folded(line).split()
        if language in {'greeting', 'thanks'}:  # whole words, of which all that they are split into has been said
            small = [word for it in small for word, _ in _split(it)]
        words.setdefault(language, []).extend(small)
    return {language: frozenset(small) for language, small in words.items()}


@cache
def _small_of(language: str) -> frozenset[str]:
    """The small words of a language, and those that only make a sentence a question."""
    return _small().get(language, frozenset()) | _small().get(f'{language}?', frozenset())


@cache
def _all_small() -> frozenset[str]:
    return frozenset[str]().union(*(_small_of(language) for language in LANGUAGES))


def _stemmer(language: str) -> Any:
    """A new one for each word: it keeps the word in itself, and several threads look for words at once.

    Imported when the first text is searched: a server without agents needs none.
    """
    import snowballstemmer

    return snowballstemmer.stemmer(LANGUAGES[language])

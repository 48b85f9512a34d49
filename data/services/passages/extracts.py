"""Extracts: the sentences of a passage that a question is about, as people read them."""

import re
from collections.abc import Mapping

from data.services.passages import words

LONGEST = 480
"""Characters of an extract at most."""

_END = re.compile(r'(?<=[.!?…])\s+|(?<=[.!?…]["»”\')\]])\s+|(?<=[\u3002\uff01\uff1f])|\n+')


def extract(text: str, worth: Mapping[str, float], language: str, *, longest: int = LONGEST) -> str:
    """The run of whole sentences of a passage, at most so long, whose words are worth most; `worth` is by stem.

    Each word counts once. A sentence that is longer by itself is cut between two words, with an ellipsis.
    """
    if len(text) <= longest:
        return text.strip()
    sentences = _sentences(text)
    had = [frozenset(words.stems(sentence, language)) & worth.keys() for sentence in sentences]
    best, run = -1.0, (0, 1)
    for first in range(len(sentences)):
        size, found, value = 0, frozenset[str](), 0.0
        for last in range(first, len(sentences)):
            size += len(sentences[last]) + 1
            if size > longest and last > first:
                break
            new = had[last] - found
            found |= new
            value += sum(worth[word] for word in sorted(new))
            if value > best + 1e-9:
                best, run = value, (first, last + 1)
    return _cut(' '.join(_widened(sentences, run, longest)), longest)


def _widened(sentences: list[str], run: tuple[int, int], longest: int) -> list[str]:
    """A run of sentences with what follows it, as long as that has room: an answer often comes behind its words."""
    first, last = run
    size = sum(len(sentence) + 1 for sentence in sentences[first:last])
    while last < len(sentences) and size + len(sentences[last]) < longest:
        size += len(sentences[last]) + 1
        last += 1
    return sentences[first:last]


def _sentences(text: str) -> list[str]:
    return [bare for sentence in _END.split(text) if (bare := ' '.join(sentence.split()))]


def _cut(text: str, longest: int) -> str:
    if len(text) <= longest:
        return text
    head = text[: longest - 1]
    return (head.rsplit(None, 1)[0] if ' ' in head else head) + '…'

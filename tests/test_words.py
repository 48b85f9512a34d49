"""Words of texts: what they have in common is the same whoever else looks for words at the same moment."""

import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import product
from string import ascii_lowercase

import pytest

from data.services.passages import words

THREADS = 4
ENDS = 'ational', 'fulness', 'ively', 'ments'


@pytest.fixture
def hasty() -> Iterator[None]:
    """Threads that give way in the middle of whatever they do."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


@pytest.mark.usefixtures('hasty')
def test_a_stem_is_of_its_own_word_whoever_looks_for_words_in_another_thread() -> None:
    asked = [f'{first}{second}connec{end}' for first, second, end in product(ascii_lowercase, ascii_lowercase, ENDS)]
    words.stem.cache_clear()
    with ThreadPoolExecutor(THREADS) as pool:
        parts = pool.map(lambda n: [words.stem(word, 'en') for word in asked[n::THREADS]], range(THREADS))
        at_once = {
            word: stem for n, part in enumerate(parts) for word, stem in zip(asked[n::THREADS], part, strict=True)
        }
    words.stem.cache_clear()
    assert at_once == {word: words.stem(word, 'en') for word in asked}

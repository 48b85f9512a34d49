"""Documents are cut into pieces: none too long, no letter lost, each below the headings it stands under."""

from hypothesis import given, settings
from hypothesis import strategies as st

from data.integrations.reader.documents import HEADING, LONGEST, PATH, Block, Part
from data.integrations.reader.splitting import parts

TEXTS = st.text(st.characters(codec='utf-8', exclude_categories=['Cc', 'Cf', 'Co', 'Cn']), max_size=300)
BLOCKS = st.builds(
    Block,
    text=st.one_of(TEXTS, TEXTS.map(lambda text: text * 30)),
    level=st.sampled_from([0, 0, 0, 1, 2, 6]),
    page=st.sampled_from([None, 1, 2]),
    tight=st.booleans(),
)


def letters(texts: list[str]) -> str:
    return ''.join(letter for letter in ''.join(texts) if not letter.isspace())


@settings(max_examples=60, deadline=None)
@given(st.lists(BLOCKS, max_size=12))
def test_no_piece_is_too_long_or_empty_and_no_letter_is_lost(blocks: list[Block]) -> None:
    import unicodedata

    made = parts(blocks)
    for part in made:
        assert 0 < len(part.text) <= LONGEST
        assert len(part.heading) <= PATH
        assert part.text == part.text.strip()
    texts = [block.text for block in blocks if not block.level]
    if any(text.strip() for text in texts):
        assert letters([part.text for part in made]) == letters([unicodedata.normalize('NFC', text) for text in texts])


def test_a_piece_stands_below_the_headings_above_it() -> None:
    blocks = [
        Block('Before.'),
        Block('A', 1),
        Block('B', 2),
        Block('b.'),
        Block('C', 2),
        Block('D', 4),
        Block('d.'),
        Block('E', 1),
        Block('e.'),
    ]
    assert parts(blocks) == [
        Part('', None, 'Before.'),
        Part('A > B', None, 'b.'),
        Part('A > C > D', None, 'd.'),
        Part('E', None, 'e.'),
    ]


def test_headings_alone_are_text() -> None:
    assert parts([Block('Returns', 1), Block('Payment', 2)]) == [Part('', None, 'Returns\n\nPayment')]


def test_a_piece_is_on_one_page() -> None:
    made = parts([Block('One.', page=1), Block('Two.', page=1), Block('Three.', page=2)])
    assert made == [Part('', 1, 'One.\n\nTwo.'), Part('', 2, 'Three.')]


def test_long_headings_are_cut_and_those_in_the_middle_of_a_long_path_go() -> None:
    blocks = [*(Block(f'{level} ' + 'x' * 300, level) for level in range(1, 7)), Block('Text.')]
    [part] = parts(blocks)
    names = part.heading.split(' > ')
    assert len(part.heading) <= PATH
    assert all(len(name) <= HEADING for name in names)
    assert names[0].startswith('1 ') and names[-1].startswith('6 ')


def test_sentences_stay_whole_where_they_fit_and_words_where_they_do_not() -> None:
    sentence = 'You may return everything within thirty days, unused and in its box. '
    for part in parts([Block(sentence * 40)]):
        assert part.text.startswith('You may') and part.text.endswith('box.')
    for part in parts([Block('parcel ' * 1000)]):
        assert set(part.text.split()) == {'parcel'}


def test_a_letter_is_never_cut_from_what_stands_upon_it() -> None:
    for sign in ('\u0e01\u0e49\u0e33', 'q\u0323\u0307', '👩‍👩‍👧'):
        for part in parts([Block(sign * 1000)]):
            assert part.text.startswith(sign[0]) and len(part.text) % len(sign) == 0, sign

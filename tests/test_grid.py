"""Rows of a list: what is sent when some of them are different."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.kit.grid import Grid, Piece, Row, difference
from tests.support.visitors import Visitor

Visit = Callable[..., Awaitable[Visitor]]
ROWS = st.lists(
    st.builds(lambda row_id, text: {'id': row_id, 'text': text}, st.integers(0, 12), st.sampled_from('ab')),
    unique_by=lambda row: row['id'],
    max_size=12,
).map(tuple)


def put_together(before: tuple[Row, ...], pieces: list[Piece]) -> tuple[Row, ...]:
    """What grid.js makes of the pieces."""
    rows: list[Row] = []
    for piece in pieces:
        rows += before[slice(*piece)] if isinstance(piece, tuple) else [piece]
    return tuple(rows)


@given(ROWS, ROWS)
def test_the_difference_leads_from_any_rows_to_any_others(before: tuple[Row, ...], fresh: tuple[Row, ...]) -> None:
    pieces = difference(before, fresh)
    assert put_together(before, pieces) == fresh
    assert [piece for piece in pieces if isinstance(piece, dict)] == [row for row in fresh if row not in before]


def rows(*ids: int) -> list[Row]:
    return [{'id': number, 'text': f'row {number}'} for number in ids]


class Sent:
    """A list that a browser has already, and what is on its way to there."""

    def __init__(self, visitor: Visitor) -> None:
        assert visitor.client
        self.outbox = visitor.client.outbox
        with visitor.client.content:
            self.grid = Grid('', '')
        self.grid.rows = rows(*range(100))
        self.clear()

    def clear(self) -> None:
        self.outbox.updates.clear()
        self.outbox.messages.clear()

    @property
    def whole(self) -> bool:
        return self.grid.id in self.outbox.updates

    @property
    def scripts(self) -> list[Any]:
        return [message[2]['code'] for message in self.outbox.messages if message[1] == 'run_javascript']


@pytest.fixture
async def sent(visit: Visit) -> Sent:
    visitor = await visit()
    await visitor.open('/sign-in')
    return Sent(visitor)


def test_what_is_the_same_is_not_sent(sent: Sent) -> None:
    sent.grid.rows = rows(*range(100))
    assert (sent.whole, sent.scripts) == (False, [])


@pytest.mark.parametrize(
    ('ids', 'pieces'),
    [
        ([*range(100), 100], '[[0,100],{"id":100,"text":"row 100"}]'),
        ([100, *range(100)], '[{"id":100,"text":"row 100"},[0,100]]'),
        ([it for it in range(100) if it != 7], '[[0,7],[8,100]]'),
        ([99, *range(99)], '[[99,100],[0,99]]'),
        ([], '[]'),
    ],
    ids=['below', 'on top', 'gone', 'another order', 'none'],
)
def test_what_is_different_is_sent_without_the_rest(sent: Sent, ids: list[int], pieces: str) -> None:
    edition = sent.grid.props['edition']
    sent.grid.rows = rows(*ids)
    assert not sent.whole or not ids
    if ids:
        assert sent.scripts == [f'runMethod({sent.grid.id}, "change", [{edition},{pieces}])']


def test_what_goes_out_whole_has_all_that_came_before(sent: Sent) -> None:
    sent.grid.set_visibility(False)
    sent.grid.rows = rows(*range(101))
    assert sent.whole and sent.scripts == [], 'what is sent whole needs no difference'
    sent.clear()
    before = sent.grid.props['edition']
    sent.grid.rows = rows(*range(102))
    sent.grid.set_visibility(True)
    assert sent.whole and len(sent.scripts) == 1
    assert sent.grid.props['edition'] == before + 1, 'the browser has it when the difference comes, and leaves that be'


def test_rows_that_are_all_new_go_whole(sent: Sent) -> None:
    sent.grid.rows = rows(*range(200, 300))
    assert sent.whole and sent.scripts == []

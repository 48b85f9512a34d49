"""Turns: how many are looked at side by side, who comes next, and when a turn is over."""

import asyncio
from typing import Any

import pytest

from pages.server.turns import Turns


class Asked:
    """Somebody who wants to be answered, and may be gone."""

    def __init__(self, begun: list[str], name: str) -> None:
        self.begun, self.name, self.is_there = begun, name, True

    def begin(self) -> bool:
        if self.is_there:
            self.begun.append(self.name)
        return self.is_there


@pytest.fixture
def begun() -> list[str]:
    """Whose turn it was."""
    return []


def test_as_many_as_may_begin_at_once_and_the_others_in_their_order(begun: list[str]) -> None:
    turns = Turns(2)
    for name in 'abcde':
        turns.take(Asked(begun, name).begin)
    assert begun == ['a', 'b']
    turns.end()
    turns.end()
    assert begun == ['a', 'b', 'c', 'd']


def test_where_the_line_is_long_nobody_stands_behind_it(begun: list[str]) -> None:
    turns = Turns(1, 2)
    assert [turns.take(Asked(begun, name).begin) for name in 'abcd'] == [True, True, True, False]
    turns.end()
    assert turns.take(Asked(begun, 'e').begin)
    for _ in range(4):
        turns.end()
    assert begun == ['a', 'b', 'c', 'e']


def test_whoever_is_gone_takes_no_turn(begun: list[str]) -> None:
    turns, asked = Turns(1), [Asked(begun, name) for name in 'abcd']
    for each in asked:
        turns.take(each.begin)
    asked[1].is_there = asked[2].is_there = False
    turns.end()
    assert begun == ['a', 'd']
    turns.end()
    assert turns.free == 1
    turns.take(asked[1].begin)
    assert turns.free == 1


@pytest.mark.parametrize('how', ['answers', 'begins and waits', 'says nothing', 'fails'])
async def test_a_turn_is_over_once_when_the_answer_begins_or_there_is_none(how: str) -> None:
    turns, reads = Turns(1), asyncio.Event()

    async def app(scope: Any, receive: Any, send: Any) -> None:
        if how == 'fails':
            raise ValueError
        if how != 'says nothing':
            await send({'type': 'http.response.start'})
        if how == 'begins and waits':
            await reads.wait()
        if how == 'answers':
            await send({'type': 'http.response.body'})

    async def send(message: Any) -> None:
        pass

    inside: Any = turns.ending(app)
    turns.take(lambda: True)
    assert turns.free == 0
    task = asyncio.ensure_future(inside({}, None, send))
    for _ in range(5):
        await asyncio.sleep(0)
    assert turns.free == 1, 'whoever reads slowly keeps nobody waiting'
    reads.set()
    await asyncio.gather(task, return_exceptions=True)
    await asyncio.sleep(0)
    assert turns.free == 1

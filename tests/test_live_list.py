"""Lists in portions: searching, showing more, and what changes meanwhile, in whatever order answers come."""

import asyncio
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from nicegui.testing import User as Browser

from components.kit.grid import Row
from data.database import Actor
from data.services.portions import Portion, Step, counted

FIRST, STEP = 3, 5
NOBODY = Actor('', '', '', '')
THEN = datetime(2026, 5, 3, tzinfo=UTC)


class Drawn:
    """What a list has drawn."""

    def __init__(self) -> None:
        self.drawn: list[Row] = []
        self.total: int | None = None
        self.more = False
        self.says: list[tuple[int, datetime]] = []

    @property
    def ids(self) -> list[Any]:
        return [row['id'] for row in self.drawn]

    def show(self, rows: list[Row], *, total: int | None, more: bool) -> None:
        self.drawn, self.total, self.more = list(rows), total, more

    def add(self, rows: list[Row], *, total: int | None, more: bool) -> None:
        self.drawn, self.total, self.more = [*self.drawn, *rows], total, more

    def add_on_top(self, rows: list[Row]) -> None:
        self.drawn = [*rows, *self.drawn]

    def searched(self, since: datetime) -> None:
        self.says.append((len(self.drawn), since))


class Numbers:
    """A service that lists numbers, and answers when it is let."""

    def __init__(self) -> None:
        self.all = list(range(20))
        self.search = ''
        self.looked = 1000
        self.reads: list[tuple[str, int, int]] = []
        self.open = threading.Event()
        self.open.set()

    def fetch(self, _: Actor, drawn: list[Row], limit: int) -> Portion[int]:
        search, offset = self.search, len(drawn)
        self.reads.append((search, offset, limit))
        assert self.open.wait(10)
        matching = [number for number in self.all if search in str(number)]
        return counted(matching[offset : offset + limit], offset, len(matching))

    def fetch_before(self, _: Actor, drawn: list[Row], limit: int) -> Step[int]:
        """A step looks at LOOKED numbers at most."""
        before = drawn[-1]['id'] if drawn else 1000
        looked = [number for number in reversed(self.all) if number < before]
        self.reads.append((self.search, before, limit))
        assert self.open.wait(10)
        matching = [number for number in looked[: self.looked] if self.search in str(number)]
        end = matching[limit - 1] if len(matching) > limit else min(looked[: self.looked], default=0)
        is_end = len(matching) <= limit and len(looked) <= self.looked
        newest = max(self.all, default=0)
        return Step(matching[:limit], None, not is_end, newest, None if is_end else end, None if is_end else THEN)


def words(portion: Portion[int]) -> list[Row]:
    return [{'id': number} for number in portion.rows]


@pytest.fixture
def numbers(user: Browser) -> Iterator[Numbers]:
    yield Numbers()


@pytest.fixture
async def drawn(numbers: Numbers) -> Drawn:
    return Drawn()


async def listed(numbers: Numbers, drawn: Drawn) -> Any:
    from pages.shell.live_list import LiveList

    made = LiveList(NOBODY, fetch=numbers.fetch, words=words, first=FIRST, step=STEP)
    made.draw(drawn, numbers.fetch(NOBODY, [], FIRST))
    return made


async def log(numbers: Numbers, drawn: Drawn) -> Any:
    from pages.shell.live_list import LiveLog

    made = LiveLog(NOBODY, fetch=numbers.fetch_before, words=words, first=FIRST, step=STEP)
    made.draw(drawn, numbers.fetch_before(NOBODY, [], FIRST))
    return made


async def test_it_comes_in_portions(numbers: Numbers, drawn: Drawn) -> None:
    screen = await listed(numbers, drawn)
    assert (drawn.ids, drawn.total, drawn.more) == ([0, 1, 2], 20, True)
    for _ in range(4):
        await screen.more()
    assert (drawn.ids, drawn.total, drawn.more) == (numbers.all, 20, False)
    assert numbers.reads == [('', 0, 3), ('', 3, 5), ('', 8, 5), ('', 13, 5), ('', 18, 5)]


async def test_it_is_read_again_as_far_as_somebody_has_looked(numbers: Numbers, drawn: Drawn) -> None:
    screen = await listed(numbers, drawn)
    await screen.more()
    numbers.all.remove(0)
    await screen.refresh()
    assert drawn.ids == list(range(1, 9))
    numbers.search = '1'
    await screen.find()
    assert drawn.ids == [1, 10, 11]
    await screen.refresh()
    assert numbers.reads[-1] == ('1', 0, FIRST)


async def test_an_answer_to_an_earlier_question_is_not_drawn(numbers: Numbers, drawn: Drawn) -> None:
    screen = await listed(numbers, drawn)
    numbers.open.clear()
    tasks = []
    for search in ('1', '12', '19'):
        numbers.search = search
        tasks.append(asyncio.create_task(screen.find()))
        await asyncio.sleep(0)
    await asyncio.sleep(0)
    numbers.open.set()
    await asyncio.gather(*tasks)
    assert drawn.ids == [19]
    assert [search for search, _, _ in numbers.reads] == ['', '1', '19'], 'what nobody asks any more is not read'


async def test_whoever_asks_for_more_and_then_for_something_else_gets_that(numbers: Numbers, drawn: Drawn) -> None:
    screen = await listed(numbers, drawn)
    numbers.open.clear()
    more = asyncio.create_task(screen.more())
    await asyncio.sleep(0)
    numbers.search = '1'
    find = asyncio.create_task(screen.find())
    numbers.open.set()
    await asyncio.gather(more, find)
    assert drawn.ids == [1, 10, 11]


@pytest.mark.parametrize('first', ['more', 'refresh'])
async def test_more_and_a_change_at_once_lose_nothing(numbers: Numbers, drawn: Drawn, first: str) -> None:
    screen = await listed(numbers, drawn)
    numbers.open.clear()
    acts = [screen.more, screen.refresh] if first == 'more' else [screen.refresh, screen.more]
    tasks = []
    for act in acts:
        tasks.append(asyncio.create_task(act()))
        await asyncio.sleep(0)
    numbers.all.remove(1)
    numbers.open.set()
    await asyncio.gather(*tasks)
    assert sorted(set(drawn.ids)) == drawn.ids
    await screen.refresh()
    assert drawn.ids == [number for number in numbers.all if number < 9]


async def test_a_read_that_fails_holds_up_no_other(numbers: Numbers, drawn: Drawn) -> None:
    screen = await listed(numbers, drawn)
    numbers.all, kept = None, numbers.all  # makes it fail
    with pytest.raises(TypeError):
        await screen.refresh()
    with pytest.raises(TypeError):
        await screen.more()
    numbers.all = kept
    await screen.refresh()
    assert drawn.ids == list(range(FIRST)), 'nobody has looked further yet'
    await screen.more()
    assert drawn.ids == list(range(8))


async def test_a_log_reads_on_top_only_what_is_new(numbers: Numbers, drawn: Drawn) -> None:
    screen = await log(numbers, drawn)
    assert (drawn.ids, drawn.total, drawn.more) == ([19, 18, 17], None, True)
    await screen.more()
    numbers.all += [20, 21]
    await screen.refresh()
    await screen.refresh()
    assert drawn.ids == list(range(21, 11, -1))
    await screen.more()
    assert drawn.ids == list(range(21, 6, -1))
    assert drawn.more


async def test_a_log_begins_anew_after_more_than_a_portion(numbers: Numbers, drawn: Drawn) -> None:
    screen = await log(numbers, drawn)
    numbers.all += range(20, 30)
    await screen.refresh()
    assert (drawn.ids, drawn.more) == ([29, 28, 27], True)


@pytest.mark.parametrize('come', [3, 4, 8, 9])
async def test_what_is_opened_far_stays_open_when_many_come_at_once(numbers: Numbers, drawn: Drawn, come: int) -> None:
    """Whoever invites fifty people at once does not throw a reader back to the top."""
    screen = await log(numbers, drawn)
    await screen.more()
    assert len(drawn.ids) == FIRST + STEP
    numbers.all += range(20, 20 + come)
    await screen.refresh()
    kept = list(range(19, 11, -1)) if come <= FIRST + STEP else []
    assert drawn.ids == [*range(19 + come, 19, -1)][: None if kept else FIRST] + kept
    numbers.all += range(20 + come, 20 + 2 * come)
    read = screen._read_anew(NOBODY)
    await screen._catch_up(NOBODY, None, read)
    assert drawn.ids[:FIRST] == list(range(19 + 2 * come, 16 + 2 * come, -1))
    assert drawn.ids[-len(kept) :] == kept or not kept


async def test_an_empty_log_takes_in_the_first(numbers: Numbers, drawn: Drawn) -> None:
    numbers.all = []
    screen = await log(numbers, drawn)
    await screen.refresh()
    assert drawn.ids == []
    numbers.all = [1, 2]
    await screen.refresh()
    assert drawn.ids == [2, 1]


async def test_a_log_is_looked_through_until_a_portion_is_found(numbers: Numbers, drawn: Drawn) -> None:
    screen = await log(numbers, drawn)
    numbers.all, numbers.looked, numbers.search = list(range(100)), 10, '0'
    await screen.find()
    assert drawn.ids == [90, 80, 70]
    assert [(before, limit) for _, before, limit in numbers.reads[1:]] == [(1000, 3), (90, 2), (80, 1)]
    await screen.more()
    assert (drawn.ids, drawn.more) == ([90, 80, 70, 60, 50, 40, 30, 20], True)
    numbers.search = '42'
    await screen.find()
    assert (drawn.ids, drawn.more) == ([42], False)
    assert [count for count, _ in drawn.says[-9:]] == [0, 0, 0, 0, 0, 1, 1, 1, 1]


async def test_a_log_that_is_looked_through_stops_for_another_question(numbers: Numbers, drawn: Drawn) -> None:
    screen = await log(numbers, drawn)
    numbers.all, numbers.looked, numbers.search = list(range(1000)), 1, 'nothing'
    numbers.open.clear()
    looking = asyncio.create_task(screen.find())
    await asyncio.sleep(0)
    numbers.search = '999'
    other = asyncio.create_task(screen.find())
    await asyncio.sleep(0)
    numbers.looked = 1000
    numbers.open.set()
    await asyncio.gather(looking, other)
    assert drawn.ids == [999]
    assert len(numbers.reads) == 3, 'nobody looks on for what is not asked for any more'


async def test_what_comes_in_does_not_begin_a_long_look_anew(numbers: Numbers, drawn: Drawn) -> None:
    screen = await log(numbers, drawn)
    numbers.all, numbers.looked, numbers.search = list(range(100)), 10, '12'
    await screen.find()
    assert drawn.ids == [12]
    numbers.all += [100, 112]
    reads = len(numbers.reads)
    await screen.refresh()
    assert drawn.ids == [112, 12]
    assert len(numbers.reads) == reads + 1

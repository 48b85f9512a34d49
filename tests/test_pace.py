"""The pace of what changes often: of a burst some are handed on, the last one always, and nothing else waits."""

import asyncio
import heapq
import threading
from collections.abc import Callable
from typing import Any

import pytest

from data.changes import Change
from data.services.audit import Topic
from tests.support.visitors import until

HERE, THERE = 'abcdefghijklmnop', 'ponmlkjihgfedcba'


class Moved(asyncio.AbstractEventLoop):
    """An event loop whose clock is moved by hand: what is due then is done, in its order."""

    def __init__(self) -> None:
        self.now = 0.0
        self._due: list[tuple[float, int, Callable[[], object]]] = []
        self._count = 0
        self.woken = 0

    def call_later(self, delay: float, callback: Callable[..., object], *args: Any, **_: Any) -> Any:
        self._count += 1
        heapq.heappush(self._due, (self.now + delay, self._count, lambda: callback(*args)))

    def call_soon_threadsafe(self, callback: Callable[..., object], *args: Any, **_: Any) -> Any:
        self.woken += 1
        self.call_later(0, callback, *args)

    def move(self, seconds: float) -> None:
        end = self.now + seconds
        while self._due and self._due[0][0] <= end:
            self.now, _, call = heapq.heappop(self._due)
            call()
        self.now = end

    @property
    def is_idle(self) -> bool:
        return not self._due


def usage(number: int = 0, where: str = HERE) -> Change:
    return Change(where, Topic.USAGE, subject=str(number))


@pytest.fixture
def loop() -> Moved:
    return Moved()


def test_one_that_comes_alone_goes_through_at_once(loop: Moved) -> None:
    from pages.shell.pace import Pace

    seen: list[float] = []
    pace = Pace(lambda change: seen.append(loop.now))
    for _ in range(3):
        pace.take(usage(), loop)
        loop.move(10)
    assert seen == [0, 10, 20]
    assert loop.is_idle, 'nothing is left behind'


def test_five_thousand_in_a_second_are_four_and_the_last_one_is_among_them(loop: Moved) -> None:
    from pages.shell.pace import REST, Pace

    seen: list[tuple[float, int]] = []
    taken = 0
    pace = Pace(lambda change: seen.append((loop.now, taken)))
    for _ in range(5000):
        taken += 1
        pace.take(usage(taken), loop)
        loop.move(1 / 5000)
    loop.move(10)
    moments = [moment for moment, _ in seen]
    for begin in moments:
        assert len([it for it in moments if begin <= it < begin + 1]) <= 4
    assert 1 - 1 / 5000 <= seen[-1][0] <= 1 + REST
    assert seen[-1][1] == 5000, 'whoever looks then sees all of them'
    assert loop.woken == 1, 'the loop was asked once, not five thousand times'
    assert loop.is_idle


def test_what_comes_during_a_rest_comes_after_it(loop: Moved) -> None:
    from pages.shell.pace import REST, Pace

    seen: list[float] = []
    pace = Pace(lambda change: seen.append(loop.now))
    pace.take(usage(), loop)
    loop.move(REST / 2)
    pace.take(usage(), loop)
    loop.move(REST)
    assert seen == [0, REST]
    pace.take(usage(), loop)
    loop.move(REST)
    assert seen == [0, REST, 2 * REST]


def test_one_organization_does_not_wait_for_another(loop: Moved) -> None:
    from pages.shell.pace import Pace

    seen: list[tuple[float, str]] = []
    pace = Pace(lambda change: seen.append((loop.now, change.organization_id)))
    for _ in range(10):
        pace.take(usage(), loop)
    pace.take(usage(where=THERE), loop)
    loop.move(0)
    assert sorted(seen) == [(0, HERE), (0, THERE)]


def test_what_waits_is_about_all_of_it(loop: Moved) -> None:
    from pages.shell.pace import Pace

    seen: list[Change] = []
    pace = Pace(seen.append)
    for number, user in enumerate('abc'):
        pace.take(Change(HERE, Topic.USAGE, users=frozenset(user), subject=str(number)), loop)
    loop.move(10)
    assert seen == [Change(HERE, Topic.USAGE, users=frozenset('abc'), subject='')]


def test_another_loop_begins_anew(loop: Moved) -> None:
    from pages.shell.pace import Pace

    seen: list[str] = []
    pace = Pace(lambda change: seen.append(change.subject))
    pace.take(usage(1), loop)
    loop.move(0)
    pace.take(usage(2), loop)
    other = Moved()
    pace.take(usage(3), other)
    loop.move(10)
    other.move(10)
    assert seen == ['1', '3'], 'what has ended brings nothing any more'


async def test_from_eight_threads_the_last_one_arrives_and_nothing_else_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    from pages.shell import pace

    rests: list[float] = []
    loop, done, seen = asyncio.get_running_loop(), [0], list[int]()
    paced = pace.Pace(lambda change: seen.append(done[0]))
    lock, later = threading.Lock(), loop.call_later

    def at_once(delay: float, call: Callable[..., object], *args: Any, **options: Any) -> asyncio.TimerHandle:
        if call == paced._next:
            rests.append(delay)
            delay = 0
        return later(delay, call, *args, **options)

    monkeypatch.setattr(loop, 'call_later', at_once)

    def work() -> None:
        for _ in range(500):
            with lock:
                done[0] += 1
            paced.take(usage(), loop)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    await asyncio.gather(*(asyncio.to_thread(thread.join) for thread in threads))
    await until(lambda: seen and seen[-1] == 4000)
    await until(lambda: not paced._resting)
    assert set(rests) == {pace.REST}, 'all that is waited for is the rest'
    assert paced._waiting == {}

"""Lists of a screen: searched, fetched in portions, and true while one looks at them.

A screen says how a portion is fetched, how its rows are put into words, and which topics it follows.
"""

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import Any, Generic, Protocol, TypeVar

from components.kit.calls import call
from components.kit.grid import Row
from data.changes import ACCOUNT, Change
from data.database import Actor
from data.services.audit import Topic
from data.services.portions import Portion, Step
from pages.shell import live

Who = TypeVar('Who', bound=Actor)
Fetched = TypeVar('Fetched', bound=Portion[Any])


class Rows(Protocol):
    """What draws the rows."""

    @property
    def drawn(self) -> list[Row]:
        """The rows that are drawn, in their order."""

    def show(self, rows: list[Row], *, total: int | None, more: bool) -> None:
        """Draw these rows and no others."""

    def add(self, rows: list[Row], *, total: int | None, more: bool) -> None:
        """Draw these rows below the others."""


class LiveList(Generic[Who, Fetched]):
    """A list that is read anew, as far as somebody has looked, whenever something in it may have changed.

    `fetch(reader, drawn, limit)` fetches the portion that follows the rows that are drawn, none for the first one; it
    runs in a thread, and reads what is searched for from the filters. `words` makes rows of a portion. `first` is how
    many rows are fetched at first, `step` how many more each time somebody asks for more. One read follows the other;
    those that were about an earlier question are dropped.
    """

    def __init__(
        self,
        reader: Who,
        *,
        fetch: Callable[[Who, list[Row], int], Fetched],
        words: Callable[[Fetched], list[Row]],
        first: int,
        step: int,
    ) -> None:
        self.reader = reader
        self._fetch, self._words = fetch, words
        self._first, self._step = first, step
        self._limit = first
        self._question = 0
        self._turn = asyncio.Lock()

    def draw(self, rows: Rows, portion: Fetched, *topics: Topic, own: bool = False) -> None:
        """Draw the first portion, and keep it live, by topics for a `Member`; `own` is for what is about the person."""
        self._rows = rows
        if topics:
            live.watch(*topics, read=self._read_anew)(self._catch_up)
        if own:
            reader, change = self.reader, Change('', ACCOUNT)
            live.watch_own(self._read_anew)(lambda read: self._catch_up(reader, change, read))
        self._show(self._words(portion), portion)

    async def find(self) -> None:
        """Begin anew: the filters ask for something else."""
        self._question += 1
        self._limit = self._first
        await self._read(self._show, self._first)

    async def more(self) -> None:
        """Draw the next portion as well."""
        question = self._question
        self._limit += self._step
        try:
            await self._read(self._add, self._step, after=True)
        except BaseException:
            if question == self._question:
                self._limit -= self._step
            raise

    async def refresh(self) -> None:
        """Draw what is true now."""
        await self._read(self._draw_anew, self._again)

    @property
    def _again(self) -> int:
        """How many rows are read anew when something has changed."""
        return self._limit

    def _read_anew(self, reader: Any) -> tuple[tuple[int, int], Fetched]:
        asked = self._question, self._limit
        return asked, self._fetch(reader, [], self._again)

    async def _catch_up(self, reader: Any, _: Change, read: tuple[tuple[int, int], Fetched]) -> None:
        self.reader = reader
        asked, portion = read
        if asked == (self._question, self._limit) and not self._turn.locked():
            self._draw_anew(self._words(portion), portion)
        else:  # something else was asked for meanwhile
            await self.refresh()

    def _draw_anew(self, rows: list[Row], portion: Fetched) -> None:
        self._show(rows, portion)

    async def _read(self, draw: Callable[[list[Row], Fetched], None], limit: int, *, after: bool = False) -> None:
        question = self._question
        async with self._turn:
            if question != self._question:
                return
            portion = await call(self._fetch, self.reader, self._rows.drawn if after else [], limit)
            if question == self._question:
                draw(self._words(portion), portion)

    def _show(self, rows: list[Row], portion: Fetched) -> None:
        self._rows.show(rows, total=portion.total, more=portion.more)

    def _add(self, rows: list[Row], portion: Fetched) -> None:
        self._rows.add(rows, total=portion.total, more=portion.more)


Searched = TypeVar('Searched', bound=Step[Any])


class Log(Rows, Protocol):
    """What draws rows of which no other changes than that new ones come on top."""

    def add_on_top(self, rows: list[Row]) -> None:
        """Draw these rows above the others."""

    def searched(self, since: datetime) -> None:
        """Say how far back has been looked, where that was not the end."""


class LiveLog(LiveList[Who, Searched]):
    """A list whose rows stay as they are and only come on top: of what is drawn already, nothing is read again.

    It is looked through step by step, until as many rows are found as were asked for, or none are left: each step is a
    read of its own, drawn as soon as it is there. `fetch` is told by a row without content where the next one begins.
    """

    _rows: Log
    _newest: int
    _before: int | None

    @property
    def _again(self) -> int:
        return self._first

    async def _read(self, draw: Callable[[list[Row], Searched], None], limit: int, *, after: bool = False) -> None:
        question, left, goes_on = self._question, limit, True
        async with self._turn:
            while goes_on and question == self._question:
                portion = await call(self._fetch, self.reader, [{'id': self._before}] if after else [], left)
                if draw == self._draw_anew and (missing := self._missing(portion)):
                    portion = await call(self._fetch, self.reader, [], missing)
                if question != self._question:
                    return
                goes_on = draw != self._draw_anew and portion.before is not None and len(portion.rows) < left
                draw(self._words(portion), portion)
                left -= len(portion.rows)
                draw, after = self._add, True
                if left and portion.since:
                    self._rows.searched(portion.since)

    async def _catch_up(self, reader: Any, change: Change, read: tuple[tuple[int, int], Searched]) -> None:
        if self._missing(read[1]):
            self.reader = reader
            await self.refresh()
        else:
            await super()._catch_up(reader, change, read)

    def _missing(self, portion: Searched) -> int:
        """How many of the newest rows reach down to those that are drawn, where this portion does not.

        0 where they would be more than somebody has opened: then the list begins anew.
        """
        gap = portion.newest - self._newest
        is_open = portion.before is not None and portion.before > self._newest + 1
        return gap if is_open and gap <= len(self._rows.drawn) else 0

    def _show(self, rows: list[Row], portion: Searched) -> None:
        self._newest, self._before = portion.newest, portion.before
        super()._show(rows, portion)

    def _add(self, rows: list[Row], portion: Searched) -> None:
        self._before = portion.before
        super()._add(rows, portion)

    def _draw_anew(self, rows: list[Row], portion: Searched) -> None:
        """Draw what has come since; when that is more than has been opened, begin anew."""
        if portion.before is not None and portion.before > self._newest + 1:
            self._show(rows, portion)
            return
        fresh = [row for row in rows if row['id'] > self._newest]
        self._newest = portion.newest
        if fresh:
            self._rows.add_on_top(fresh)

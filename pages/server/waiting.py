"""Waiting room: connections whose client has to do the next thing, how long each is waited for, and how many are.

A client that sends half a request, that reads nothing, or that keeps a connection for later costs a file descriptor and
some memory, and no limit of requests ever sees it. Where there are too many, those that came first go first.
"""

import asyncio
import resource
import time
from collections import Counter
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import Literal, Protocol

from data.runtime import limits
from data.runtime.rate_limiter import network_of

LOOK_EVERY = 0.25
"""Seconds. Of those who have said nothing yet, nobody goes earlier: what they said may lie there, unread."""

Owed = Literal['', 'first', 'headers', 'body', 'file', 'rest', 'reading', 'next', 'frame']
"""What the client has to do next, in the words of `limits.PATIENCE`; '' where it is not its turn."""

Times = tuple[float, float]
"""Since when somebody is waited for, and until when."""


class Waited(Protocol):
    """A connection that may have to be given up."""

    network: str

    def give_up(self) -> None:
        """End it, since its time is over; with an answer where there can be one."""

    def abort(self) -> None:
        """End it at once, since there are too many."""


class WaitingRoom:
    """Everybody who is waited for. Of `files` descriptors of the process, some are left for what is no connection."""

    def __init__(self, files: int, trusted_proxies: str = '') -> None:
        self.connections = files - min(limits.FILES_KEPT, files // 4)
        """How many connections there may be at once, of every kind."""
        self.waited = min(limits.WAITED_FOR, self.connections // 3)
        """How many of them may be waited for."""
        self.sockets = self.connections - 2 * self.waited
        """How many of them may be the sockets of open pages; the others are for requests."""
        self._proxies = [ip_network(each) for each in trusted_proxies.split(',') if each]
        self._silent: dict[Waited, Times] = {}
        self._begun: dict[Waited, Times] = {}

    def network(self, address: str) -> str:
        """What an address counts as; '' for this machine and for web servers in front, where everybody comes from."""
        network = network_of(address)
        return '' if network and self._proxies and _is_in(address, self._proxies) else network

    def wait(self, one: Waited, owed: Owed) -> None:
        """Wait for what this one owes, or no longer where that is nothing."""
        if owed:
            self.enter(one, limits.PATIENCE[owed], is_silent=owed == 'first')
        else:
            self.leave(one)

    def enter(self, one: Waited, seconds: float, *, is_silent: bool) -> None:
        """Wait for this one from now on, so many seconds; where too many have begun something, the oldest goes."""
        self.leave(one)
        now = time.monotonic()
        (self._silent if is_silent else self._begun)[one] = now, now + seconds
        if len(self._begun) > self.waited:
            self._let_oldest_go(self._begun)

    def leave(self, one: Waited) -> None:
        """It has done what it was waited for, or is gone."""
        self._silent.pop(one, None)
        self._begun.pop(one, None)

    def make_room(self, connections: int) -> bool:
        """Let one go where there are more connections than there may be; whether there is room then."""
        return connections <= self.connections or self._let_oldest_go(self._begun) or self._let_oldest_go(self._silent)

    async def look(self) -> None:
        """Give up those whose time is over, and the oldest of those who are too many, of one network or in all."""
        if not (self._silent or self._begun):
            return
        for _ in range(2):  # what has come while everybody waited for this process is read first
            await asyncio.sleep(0)
        now, here = time.monotonic(), Counter[str]()
        everybody = [*self._begun.items(), *self._silent.items()]
        for seen, (one, (since, until)) in enumerate(sorted(everybody, key=_newest_first), 1):
            here[one.network] += 1
            is_crowded = seen > self.waited or (one.network and here[one.network] > limits.WAITED_FOR_HERE)
            if now > until:
                self.leave(one)
                one.give_up()
            elif is_crowded and now > since + LOOK_EVERY:
                self.leave(one)
                one.abort()

    @staticmethod
    def _let_oldest_go(of: dict[Waited, Times]) -> bool:
        oldest = next(iter(of), None)
        if oldest is None:
            return False
        del of[oldest]
        oldest.abort()
        return True


def _newest_first(waited: tuple[Waited, Times]) -> float:
    return -waited[1][0]


def _is_in(address: str, networks: list[IPv4Network | IPv6Network]) -> bool:
    try:
        ip = ip_address(address)
    except ValueError:
        return False
    return any(ip in network for network in networks)


def descriptors() -> int:
    """How many files and sockets this process may have open at once."""
    soft = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    return 2**20 if soft == resource.RLIM_INFINITY else soft


room = WaitingRoom(descriptors())


def configure(trusted_proxies: str) -> None:
    """Begin anew, with as many descriptors as there are now."""
    global room
    room = WaitingRoom(descriptors(), trusted_proxies)

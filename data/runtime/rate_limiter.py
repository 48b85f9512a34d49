"""Rate limiting: who did what when, counted in moving windows in the memory of this process.

The memory is gone with the process, and bounded. It counts on the monotonic clock: somebody who sets the machine's
clock back locks nobody out. The same storage of `limits` itself goes by the wall clock and keeps every key for good,
which is why this file has its own.
"""

import threading
import time
from bisect import bisect_right
from collections import OrderedDict, defaultdict
from functools import lru_cache
from ipaddress import IPv6Address, ip_address, ip_network
from math import ceil

from limits.storage import MovingWindowSupport, Storage
from limits.strategies import MovingWindowRateLimiter

from data.runtime.limits import Rule

KEYS = 10_000
"""Keys remembered at once per length of window; beyond, the ones seen longest ago are forgotten."""


class Memory(Storage, MovingWindowSupport):
    """The moments of every key; apart by the length of the window, so that keys run out in the order they were seen."""

    def __init__(self) -> None:
        super().__init__()
        self._windows: defaultdict[int, OrderedDict[str, list[float]]] = defaultdict(OrderedDict)
        self._lock = threading.Lock()

    def acquire_entry(self, key: str, limit: int, expiry: int, amount: int = 1) -> bool:
        """Remember `amount` moments now, unless there are too many of the last `expiry` seconds."""
        now = time.monotonic()
        with self._lock:
            seen = self._windows[expiry]
            moments = seen.setdefault(key, [])
            seen.move_to_end(key)
            del moments[: bisect_right(moments, now - expiry)]
            admitted = len(moments) + amount <= limit
            if admitted:
                moments.extend([now] * amount)
            self._tidy(seen, now - expiry)
        return admitted

    def _tidy(self, seen: OrderedDict[str, list[float]], before: float) -> None:
        """Forget what counts no more: two keys at a time, so that the memory shrinks and nobody waits."""
        for _ in range(2):
            key, moments = next(iter(seen.items()))
            if len(seen) > KEYS or (moments and moments[-1] <= before):
                del seen[key]

    def get_moving_window(self, key: str, limit: int, expiry: int) -> tuple[float, int]:
        """The oldest moment that counts, on the monotonic clock, and how many there are."""
        now = time.monotonic()
        with self._lock:
            moments = self._windows[expiry].get(key, [])
            first = bisect_right(moments, now - expiry)
            return (moments[first] if first < len(moments) else now), len(moments) - first

    def clear(self, key: str) -> None:
        """Forget one key."""
        with self._lock:
            for seen in self._windows.values():
                seen.pop(key, None)

    def reset(self) -> int:
        """Forget everything; how many keys there were."""
        with self._lock:
            number = sum(map(len, self._windows.values()))
            self._windows.clear()
        return number

    def check(self) -> bool:
        """Whether the storage can be used; memory always can."""
        return True

    @property
    def base_exceptions(self) -> type[Exception]:
        """Errors of a storage elsewhere; this one has none."""
        return ValueError

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Counters of fixed windows are not supported."""
        raise NotImplementedError  # `Storage` asks for it; moving windows count without it

    def get(self, key: str) -> int:
        """Counters of fixed windows are not supported."""
        raise NotImplementedError  # `Storage` asks for it; moving windows count without it

    def get_expiry(self, key: str) -> float:
        """Counters of fixed windows are not supported."""
        raise NotImplementedError  # `Storage` asks for it; moving windows count without it


_memory = Memory()
_limiter = MovingWindowRateLimiter(_memory)
reset = _memory.reset


def wait(rule: Rule, *key: str, amount: int = 1) -> int:
    """Count so many more; 0 where it is within the rule, else the seconds until it will be. Safe in any thread."""
    if _limiter.hit(rule, *key, cost=amount):
        return 0
    frees = _limiter.get_window_stats(rule, *key).reset_time
    return max(1, ceil(frees - time.monotonic()))


def forget(rule: Rule, *key: str) -> None:
    """Count this key from zero again."""
    _limiter.clear(rule, *key)


@lru_cache(4096)
def network_of(address: str) -> str:
    """What counts as one network: an IPv4 address, 64 bits of an IPv6 address; '' for this machine, which has no limit.

    This machine is no stranger. Where a web server in front is not named in BOTCADENCE_TRUSTED_PROXIES, everybody seems
    to come from here, and one of them must not use up what is meant for all.
    """
    try:
        ip = ip_address(address)
    except ValueError:
        return address[:64]
    if isinstance(ip, IPv6Address):
        ip = ip.ipv4_mapped or ip
    if ip.is_loopback:
        return ''
    return str(ip_network((ip, 64), strict=False)) if isinstance(ip, IPv6Address) else str(ip)

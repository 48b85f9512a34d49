"""How much is too much: every rule with its unit, and the one memory of who did what when.

The memory is of this process, gone with it, and bounded. It counts on the monotonic clock: somebody who sets the
machine's clock back locks nobody out. The same storage of `limits` itself goes by the wall clock and keeps every key
for good, which is why this file has its own.
"""

import threading
import time
from bisect import bisect_right
from collections import OrderedDict, defaultdict
from functools import lru_cache
from ipaddress import IPv6Address, ip_address, ip_network
from math import ceil

from limits import RateLimitItem, RateLimitItemPerDay, RateLimitItemPerHour, RateLimitItemPerMinute
from limits.storage import MovingWindowSupport, Storage
from limits.strategies import MovingWindowRateLimiter

Rule = RateLimitItem
"""So many, per so many minutes, hours or days; its last argument names it apart from the others."""

TRIES_HERE = RateLimitItemPerMinute(10, 10, 'tries-here')
"""Tries to sign in per e-mail address and network. A right password forgets the wrong ones before it."""

TRIES_ADDRESS = RateLimitItemPerHour(100, 1, 'tries-address')
"""Tries to sign in per e-mail address, from all the networks where nobody ever signed in with it."""

TRIES_NETWORK = RateLimitItemPerMinute(200, 10, 'tries-network')
"""Tries to sign in per network, which may be an office or a school: many people behind one address."""

SIGN_UPS = RateLimitItemPerHour(50, 1, 'sign-ups')
"""Forms of sign-up per network."""

NOTED = RateLimitItemPerMinute(1, 1, 'noted')
"""Entries on the record about tries that were too many, per e-mail address and network."""

PAGES = RateLimitItemPerMinute(600, 1, 'pages')
"""Pages per network, looked at before one is built: a page costs 10 ms and lives for a minute at least."""

UNOPENED = 50
"""Pages for the signed-out that wait to be opened by a browser; of more, the oldest go: each is 100 kB."""

SOCKETS = RateLimitItemPerMinute(600, 1, 'sockets')
"""Sockets opened per network; a page needs one, and another one whenever its connection was lost."""

SOCKETS_OPEN = 1000
"""Sockets open at once per network: an office of some hundred people with a few tabs each; idle ones cost 100 kB."""

HELLO = 10
"""Seconds in which a socket has to say hello."""

REFUSALS = RateLimitItemPerMinute(10, 1, 'refusals')
"""Refusals on the record per person, organization, act and rule; the others are refused, too, but not written down."""

INVITATIONS = RateLimitItemPerHour(300, 1, 'invitations')
"""Invitations sent per organization, and per person: a list of two hundred, and some that are sent again."""

RESENDS = RateLimitItemPerMinute(1, 1, 'resends')
"""How often one invitation is sent again."""

INVITED = RateLimitItemPerDay(10, 1, 'invited')
"""Mails with invitations per address, from all organizations together; the others come a day later."""

MAILS = RateLimitItemPerDay(100, 1, 'mails')
"""Mails of one kind to one address on behalf of an organization."""

EVENTS, EVENTS_AT_ONCE = 50, 200
"""Frames a second that one socket may send, and how many of them at once."""

FLOOD = 1000
"""Frames beyond those after which a socket is closed."""

FRAME = 128 * 1024
"""Bytes of one frame of a socket."""

BODY = 1024 * 1024
"""Bytes of what is posted by HTTP."""

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
        """It is always there."""
        return True

    @property
    def base_exceptions(self) -> type[Exception]:
        """What can go wrong outside of this process: nothing."""
        return ValueError

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Not for windows that move."""
        raise NotImplementedError

    def get(self, key: str) -> int:
        """Not for windows that move."""
        raise NotImplementedError

    def get_expiry(self, key: str) -> float:
        """Not for windows that move."""
        raise NotImplementedError


_memory = Memory()
_limiter = MovingWindowRateLimiter(_memory)
reset = _memory.reset


def wait(rule: Rule, *who: str, amount: int = 1) -> int:
    """Count so many more; 0 where it is within the rule, else the seconds until it will be. Safe in any thread."""
    if _limiter.hit(rule, *who, cost=amount):
        return 0
    frees = _limiter.get_window_stats(rule, *who).reset_time
    return max(1, ceil(frees - time.monotonic()))


def forget(rule: Rule, *who: str) -> None:
    """Begin to count anew."""
    _limiter.clear(rule, *who)


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

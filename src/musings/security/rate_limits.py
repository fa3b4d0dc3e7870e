"""Limits on how often something may be tried. They live in memory: a restart forgives. Safe to use from any thread.

Times are seconds of a clock that the caller brings; every answer is how many seconds to wait, 0 to go on.
"""

import threading
from collections import OrderedDict
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address, ip_network

from musings.backoff import backoff

MOST_KEYS = 10_000
FREE_TRIES = 5
LONGEST_WAIT = 900.0
FORGIVEN_AFTER = 3600.0
FREE_TRIES_OF_ALL = 50
LONGEST_WAIT_OF_ALL = 30.0
WRITES_AT_ONCE = 300
WRITES_PER_SECOND = 5.0


@dataclass
class _Tries:
    count: int = 0
    last: float = 0.0

    def wait(self, now: float, free: int, longest: float) -> float:
        if now - self.last > FORGIVEN_AFTER:
            self.count = 0
        if self.count < free:
            return 0.0
        return max(0.0, self.last + backoff(self.count - free + 1, 1.0, longest) - now)

    def note(self, now: float) -> None:
        self.count, self.last = self.count + 1, now


class LoginThrottle:
    """Exponential waits for whoever guesses, per address and for all addresses together.

    A try counts as failed from its start, so that many at once do not slip through. An address that has logged in
    before is not held up by what others try.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._all = _Tries()
        self._each: OrderedDict[str, _Tries] = OrderedDict()
        self._known: OrderedDict[str, None] = OrderedDict()

    def attempt(self, address: str, now: float) -> float:
        """Ask for a try from an address; one that is granted is noted."""
        key = neighbourhood(address)
        with self._lock:
            tries = self._each.setdefault(key, _Tries())
            self._each.move_to_end(key)
            _trim(self._each)
            wait = tries.wait(now, FREE_TRIES, LONGEST_WAIT)
            if key not in self._known:
                wait = max(wait, self._all.wait(now, FREE_TRIES_OF_ALL, LONGEST_WAIT_OF_ALL))
            if wait == 0:
                tries.note(now)
                self._all.note(now)
            return wait

    def succeeded(self, address: str) -> None:
        """The try was no failure after all: the address is forgiven, and known from now on."""
        key = neighbourhood(address)
        with self._lock:
            self._each.pop(key, None)
            self._all.count = max(0, self._all.count - 1)
            self._known[key] = None
            self._known.move_to_end(key)
            _trim(self._known)


class TokenBuckets:
    """A token bucket for each client: so many at once, and so many a second over time."""

    def __init__(self, at_once: float = WRITES_AT_ONCE, per_second: float = WRITES_PER_SECOND) -> None:
        self._at_once = at_once
        self._per_second = per_second
        self._lock = threading.Lock()
        self._filled: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, client: str, now: float) -> float:
        """Take one from the bucket of a client."""
        with self._lock:
            level, then = self._filled.pop(client, (self._at_once, now))
            level = min(self._at_once, level + (now - then) * self._per_second)
            granted = level >= 1
            self._filled[client] = (level - 1 if granted else level, now)
            _trim(self._filled)
            return 0.0 if granted else (1 - level) / self._per_second


def neighbourhood(address: str) -> str:
    """What counts as one address: of IPv6 the /64, because a household has that many."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    if not isinstance(found, IPv6Address):
        return address
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return str(ip_network((found, 64), strict=False))


def _trim(table: "OrderedDict[str, _Tries] | OrderedDict[str, None] | OrderedDict[str, tuple[float, float]]") -> None:
    while len(table) > MOST_KEYS:
        table.popitem(last=False)

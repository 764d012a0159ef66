"""How often one may do something: token buckets and strikes. Pure, without Django.

They are of one process; docs/decisions/0009 says why, and what is not left to them.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Hashable


class TokenBucket:
    """``burst`` at once, then ``per_second``."""

    __slots__ = ("_clock", "_tokens", "_updated", "burst", "paid_for", "per_second")

    def __init__(
        self, per_second: float, burst: float, *, clock: Callable[[], float] = time.monotonic
    ):
        self.per_second = per_second
        self.burst = burst
        self._clock = clock
        self._tokens = float(burst)
        self._updated = clock()
        self.paid_for: Hashable = None

    def take(self, amount: float = 1) -> float:
        """0 when it is allowed; otherwise the seconds until it would be, and nothing is taken."""
        now = self._clock()
        self._tokens = min(self.burst, self._tokens + (now - self._updated) * self.per_second)
        self._updated = now
        if self._tokens >= amount:
            self._tokens -= amount
            return 0.0
        return (amount - self._tokens) / self.per_second


class Buckets:
    """A bucket for each key, the least recently used forgotten first; safe between threads."""

    def __init__(self, *, keep: int = 20_000):
        self._buckets: OrderedDict[Hashable, TokenBucket] = OrderedDict()
        self._keep = keep
        self._lock = threading.Lock()

    def take(self, key: Hashable, *, per_second: float, burst: int, what: Hashable = None) -> float:
        """Seconds to wait, 0 when allowed. ``what`` names the thing done: a repetition of
        the last one allowed is free, as when several sockets send one command again."""
        with self._lock:
            bucket = self._buckets.get(key)
            if bucket is None:
                bucket = self._buckets[key] = TokenBucket(per_second, burst)
                while len(self._buckets) > self._keep:
                    self._buckets.popitem(last=False)
            self._buckets.move_to_end(key)
            if what is not None and bucket.paid_for == what:
                return 0.0
            wait = bucket.take()
            if not wait:
                bucket.paid_for = what
            return wait

    def clear(self) -> None:
        with self._lock:
            self._buckets.clear()


class Strikes:
    """Counts faults inside a moving window; ``add`` is True when it is enough."""

    def __init__(self, limit: int, seconds: float, *, clock: Callable[[], float] = time.monotonic):
        self._limit = limit
        self._seconds = seconds
        self._clock = clock
        self._times: deque[float] = deque()

    def add(self) -> bool:
        now = self._clock()
        self._times.append(now)
        while self._times[0] < now - self._seconds:
            self._times.popleft()
        return len(self._times) >= self._limit

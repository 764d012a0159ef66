"""What waits to go out to one socket: bounded, in order, never waiting for anybody."""

from __future__ import annotations

import time
from collections import deque

from webinars.live.encoded import Encoded, Run
from webinars.live.protocol import batch

MAX_FRAMES = 256
MAX_BYTES = 1024 * 1024
MAX_AGE_SECONDS = 10
MAX_BATCH_BYTES = 60 * 1024
_BATCH_OVERHEAD = 24


class Outbox:
    """Durable frames keep their order and are never dropped; of a state only the last waits."""

    __slots__ = ("_allowance", "_bytes", "_frames", "_states", "waiting_since")

    def __init__(self) -> None:
        self._frames: deque[Encoded] = deque()
        self._states: dict[str, Encoded] = {}
        self._bytes = 0
        self._allowance = (0, 0)
        self.waiting_since = 0.0

    def __bool__(self) -> bool:
        return bool(self._frames or self._states)

    @property
    def is_over(self) -> bool:
        """Whether more is waiting than a socket may have: its reader is too slow."""
        frames, size = self._allowance
        return len(self._frames) > MAX_FRAMES + frames or self._bytes > MAX_BYTES + size

    def is_stale(self, now: float) -> bool:
        return bool(self._frames) and now - self.waiting_since > MAX_AGE_SECONDS

    def durable(self, frame: Encoded) -> None:
        if not self:
            self.waiting_since = time.monotonic()
        self._frames.append(frame)
        self._bytes += frame.size

    def durables(self, frames: list[Encoded]) -> None:
        for frame in frames:
            self.durable(frame)

    def history(self, frames: list[Encoded]) -> None:
        """What a client asked for by joining; it does not count against its limit."""
        self._allowance = (len(frames), sum(frame.size for frame in frames))
        self.durables(frames)

    def state(self, key: str, frame: Encoded) -> None:
        """The newest value of a state; one that is still waiting is replaced."""
        if not self:
            self.waiting_since = time.monotonic()
        self._states.pop(key, None)
        self._states[key] = frame

    def take(self, *, most_bytes: int = MAX_BATCH_BYTES) -> list[Encoded]:
        """The frames that go out next: at least one, together not much over ``most_bytes``."""
        taken: list[Encoded] = []
        size = _BATCH_OVERHEAD
        while self._frames and (not taken or size + self._frames[0].size < most_bytes):
            frame = self._frames.popleft()
            self._bytes -= frame.size
            size += frame.size + 1
            taken.append(frame)
        while not self._frames and self._states:
            key = next(iter(self._states))
            if taken and size + self._states[key].size >= most_bytes:
                break
            frame = self._states.pop(key)
            size += frame.size + 1
            taken.append(frame)
        self.waiting_since = time.monotonic()
        return taken


class Joiner:
    """Joins frames once for all the sockets of one flush that wait for the same."""

    def __init__(self) -> None:
        self._batches: dict[tuple[int, ...], Encoded] = {}
        self._runs: dict[tuple[int, ...], Run] = {}

    def batch(self, frames: list[Encoded]) -> Encoded:
        """One frame that holds them."""
        if len(frames) == 1:
            return frames[0]
        key = tuple(map(id, frames))
        if key not in self._batches:
            self._batches[key] = Encoded(batch([frame.text for frame in frames]))
        return self._batches[key]

    def run(self, frames: list[Encoded]) -> Encoded | Run:
        """Each a frame of its own, for those who take no batches."""
        if len(frames) == 1:
            return frames[0]
        key = tuple(map(id, frames))
        if key not in self._runs:
            self._runs[key] = Run(frames)
        return self._runs[key]

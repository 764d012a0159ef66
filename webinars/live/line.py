"""One stream as one process hears it: in order, without gaps, whatever the bus does.

Pure bookkeeping, without a database and without sockets: who calls it reads what is missing.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from webinars.live.encoded import Encoded
from webinars.live.protocol import MAX_REPLAY, Position

RING = 512


@dataclass(frozen=True)
class Head:
    """How far a stream has come, as the database says."""

    epoch: str
    seq: int
    floor: int = 0


class Line:
    """The last frames of a stream and its head. ``receive`` may be called in any order."""

    def __init__(self, stream_id: int, kind: str, head: Head):
        self.stream_id = stream_id
        self.kind = kind
        self.epoch = head.epoch
        self.head = head.seq
        self.floor = head.floor
        self.wanted = head.seq
        """The highest number that anybody has spoken of."""
        self._ring: deque[tuple[int, Encoded]] = deque(maxlen=RING)
        self._early: dict[int, Encoded] = {}

    @property
    def has_gap(self) -> bool:
        return self.wanted > self.head

    def receive(self, seq: int, frame: Encoded | None) -> list[Encoded]:
        """Take one event; returns the frames that may now go out, in order.

        One that was heard before is ignored; one that comes early waits for those before it. An
        empty frame only says that the event exists.
        """
        if seq <= self.head:
            return []
        self.wanted = max(self.wanted, seq)
        if frame is not None:
            self._early[seq] = frame
        ready = []
        while (early := self._early.pop(self.head + 1, None)) is not None:
            self.head += 1
            self._ring.append((self.head, early))
            ready.append(early)
        return ready

    def forget(self) -> None:
        """Keep no frames: whoever asks for earlier ones gets them from the log."""
        self._ring.clear()

    def after(self, seq: int) -> list[Encoded] | None:
        """Frames with numbers above ``seq`` up to the head; None if they are no longer here."""
        if seq >= self.head:
            return []
        if not self._ring or self._ring[0][0] > seq + 1:
            return None
        skip = seq + 1 - self._ring[0][0]
        return [frame for index, (_seq, frame) in enumerate(self._ring) if index >= skip]

    def can_resume(self, position: Position | None) -> bool:
        """Whether a client may go on from ``position`` by events alone (live.md 4.3)."""
        return (
            position is not None
            and position.e == self.epoch
            and self.floor <= position.q <= self.head
            and self.head - position.q <= MAX_REPLAY
        )

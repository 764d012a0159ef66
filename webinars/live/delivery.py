"""From what a hub hears to its sockets: gathered, joined and written, a flush for all at once.

What an event costs in a crowd is the way to each socket, so nothing is done for a socket before
the flush, and a flush tells everybody all that has come since the last.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable
from typing import TYPE_CHECKING

from webinars.live.connection import Connection
from webinars.live.encoded import Encoded, Run
from webinars.live.line import Line
from webinars.live.outbox import MAX_BATCH_BYTES, Joiner

if TYPE_CHECKING:
    from webinars.live.hub import RoomHub

REST = 1.0
"""After a flush the hub rests so many times as long as it took: commands need the core, too."""
LONGEST_REST = 0.1


class Delivery:
    """The way out of one hub."""

    def __init__(self, hub: RoomHub):
        self._hub = hub
        self._undelivered: dict[int, list[Encoded]] = {}
        self._unflushed: set[Connection] = set()
        self._draining: set[Connection] = set()
        self._timer: asyncio.TimerHandle | None = None
        self._due = float("-inf")

    def event(self, line: Line, frames: list[Encoded]) -> None:
        """What a line has heard, for all who hear it."""
        if frames:
            self._undelivered.setdefault(line.stream_id, []).extend(frames)
            self._soon()

    def state(self, connections: Iterable[Connection], key: str, frame: Encoded) -> None:
        """The newest value of a state, for some sockets."""
        for connection in connections:
            if connection.is_live:
                connection.outbox.state(key, frame)
                self._unflushed.add(connection)
        self._soon()

    def flush_soon(self, connection: Connection) -> None:
        """Something was put into the outbox of ``connection``."""
        self._unflushed.add(connection)
        self._soon()

    def distribute(self, joiner: Joiner | None = None) -> None:
        """Give what the lines have heard to those who hear them: into their outboxes.

        Before a socket becomes live or leaves, so that it gets each event once. With a ``joiner``,
        in a flush, a socket for which nothing else waits is written to directly.
        """
        undelivered, self._undelivered = self._undelivered, {}
        for stream_id, frames in undelivered.items():
            is_one_write = joiner is not None and sum(f.size for f in frames) < MAX_BATCH_BYTES
            joined: dict[bool, Encoded | Run] = {}
            for connection in self._hub.members.get(stream_id, ()):
                if not connection.is_live:
                    continue
                if is_one_write and not connection.outbox and connection.wire.is_writable:
                    way = connection.takes_batches
                    if way not in joined:
                        joined[way] = connection.join(joiner, frames)
                    connection.wire.write(joined[way])
                else:
                    connection.outbox.durables(frames)
                    self._unflushed.add(connection)

    def discard(self, connection: Connection) -> None:
        """Nothing more for a socket that has left."""
        self._unflushed.discard(connection)

    def forget(self) -> None:
        """Nothing that was heard is delivered any more."""
        self._undelivered.clear()

    def drop_stale(self) -> None:
        """Give up those who have not read for long."""
        now = time.monotonic()
        for connection in list(self._draining):
            if connection.outbox.is_stale(now):
                self._hub.drop(connection)

    # --- The flush --------------------------------------------------------------------------
    def _soon(self) -> None:
        """A lone message goes out at once; of a burst, one batch each 50 ms.

        In a crowd so large that a flush takes long, less often: the core must not be spent on
        telling many times what can be told once.
        """
        if self._timer is None:
            loop = asyncio.get_running_loop()
            self._timer = loop.call_at(max(loop.time(), self._due), self._flush)

    def _flush(self) -> None:
        self._timer = None
        loop = asyncio.get_running_loop()
        began = loop.time()
        joiner = Joiner()
        self.distribute(joiner)
        waiting, self._unflushed = self._unflushed, set()
        for connection in waiting:
            if connection.flush(joiner):
                continue
            if connection.outbox.is_over:
                self._hub.drop(connection)
            elif connection not in self._draining:
                self._draining.add(connection)
                self._hub.spawn(self._drain(connection))
        ended = loop.time()
        rest = min(REST * (ended - began), LONGEST_REST)
        self._due = max(began + self._hub.tempo.burst, ended + rest)

    async def _drain(self, connection: Connection) -> None:
        """Write to one blocked socket as its reader takes it: a task only for those."""
        try:
            while connection in self._hub.connections:
                await connection.wire.wait_writable()
                if connection.flush(Joiner()):
                    return
        finally:
            self._draining.discard(connection)

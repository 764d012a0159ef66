"""One socket that has been let in, as its hub sees it."""

from __future__ import annotations

import asyncio
import itertools
from dataclasses import dataclass

from webinars.live.admission import Guest, Standing
from webinars.live.encoded import Encoded, Run
from webinars.live.line import Line
from webinars.live.outbox import Joiner, Outbox
from webinars.live.protocol import CloseCode, ServerFrame, encode
from webinars.live.wire import Wire

_numbers = itertools.count(1)


@dataclass(frozen=True)
class End:
    """Why the server ends a connection."""

    code: CloseCode
    retry_in: int = 0


class Connection:
    """Its outbox and the streams that it hears.

    ``is_live``: it has caught up with them. ``is_present``: it counts for its person's presence.
    """

    def __init__(self, guest: Guest, wire: Wire, *, takes_batches: bool):
        self.number = next(_numbers)
        self.guest = guest
        self.wire = wire
        self.takes_batches = takes_batches
        self.outbox = Outbox()
        self.lines: dict[str, Line] = {}
        self.is_live = False
        self.is_present = False
        self.ended: asyncio.Future[End] = asyncio.get_running_loop().create_future()

    @property
    def user_id(self) -> int:
        return self.guest.user.pk

    @property
    def standing(self) -> Standing:
        guest = self.guest
        return Standing(self.user_id, guest.role, guest.session_key, guest.session_hash)

    def put(self, frame: ServerFrame) -> None:
        self.outbox.durable(Encoded(encode(frame)))

    def join(self, joiner: Joiner, frames: list[Encoded]) -> Encoded | Run:
        """The frames as this socket takes them: one batch, or one behind the other."""
        return joiner.batch(frames) if self.takes_batches else joiner.run(frames)

    def flush(self, joiner: Joiner) -> bool:
        """Write what waits while the wire takes it; True if all is out."""
        while self.outbox:
            if not self.wire.is_writable:
                return False
            self.wire.write(self.join(joiner, self.outbox.take()))
        return True

    def end(self, code: CloseCode, *, retry_in: int = 0) -> None:
        """Ask whoever serves the socket to say goodbye and close it."""
        if not self.ended.done():
            self.ended.set_result(End(code, retry_in))

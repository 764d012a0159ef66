"""How a socket joins its hub: attached first, then brought up to date, then live.

Registered before anything is read (Zulip's order), so that nothing falls between what was read
and what comes by the bus.
"""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

from webinars.live import protocol, snapshots
from webinars.live.connection import Connection
from webinars.live.database import in_database
from webinars.live.encoded import Encoded
from webinars.live.line import Head, Line
from webinars.live.log import public_id
from webinars.live.outbox import Joiner
from webinars.live.permissions import Audience, Role, audiences_of, permissions_of
from webinars.live.protocol import Position, Snap, StreamState, Welcome
from webinars.live.together import Together

if TYPE_CHECKING:
    from webinars.live.hub import RoomHub

SNAPSHOT_SECONDS = 1.0


class Doorkeeper:
    """Lets sockets into one hub."""

    def __init__(self, hub: RoomHub):
        self._hub = hub
        self._shared_snapshots: dict[Role, tuple[float, asyncio.Task]] = {}
        self._private_streams: Together[int, tuple[int, Head]] = Together(
            lambda user_ids: in_database(snapshots.private_streams, hub.room.pk, user_ids)
        )

    async def join(self, connection: Connection, resume: dict[str, Position]) -> bool:
        """Attach a socket to its streams and bring it up to date.

        Returns False when the client claimed to have seen what has not happened; it gets a
        snapshot all the same.
        """
        self._hub.arriving += 1
        try:
            await self._hub.start()
            await self._attach(connection)
        finally:
            self._hub.arriving -= 1
        return await self.bring_up_to_date(connection, resume)

    async def _attach(self, connection: Connection) -> None:
        guest = connection.guest
        stream_id, head = await self._private_streams.ask(guest.user.pk)
        own = self._hub.lines.get(stream_id)
        if own is None:
            own = self._hub.lines[stream_id] = Line(stream_id, Audience.ME, head)
        for kind in audiences_of(guest.role):
            line = own if kind is Audience.ME else self._hub.shared[kind]
            connection.lines[kind] = line
            self._hub.members.setdefault(line.stream_id, set()).add(connection)
        self._hub.connections.add(connection)
        self._hub.sockets_of.setdefault(guest.user.pk, []).append(connection)

    async def bring_up_to_date(self, connection: Connection, resume: dict[str, Position]) -> bool:
        """Send what a socket lacks since ``resume``, or a snapshot; then it is live."""
        was_live, connection.is_live = connection.is_live, False
        lines = connection.lines
        if self._is_ahead(connection, resume):
            await self._hub.check_heads()
            await self._filled(connection)
        is_honest = not self._is_ahead(connection, resume) and all(
            position.q >= 0 for position in resume.values()
        )
        recovered = all(line.can_resume(resume.get(kind)) for kind, line in lines.items())
        snap: Snap | None = None
        if recovered:
            seen = {kind: resume[kind].q for kind in lines}
        else:
            snap = await self._snapshot(connection)
            seen = {kind: position.q for kind, position in snap.s.items()}
        missed = await self._missed(connection, seen)
        # From here on without waiting for anything, so that no event comes in between.
        self._hub.delivery.distribute()
        connection.put(self._welcome(connection, recovered=recovered))
        if snap is not None:
            connection.put(snap)
        history = [
            frame
            for kind, line in lines.items()
            for frame in [*missed[kind], *(line.after(seen[kind]) or [])]
        ]
        connection.outbox.history(history)
        self._hub.repeat_states(connection)
        connection.outbox.state("presence:", Encoded(protocol.encode(self._hub.presence_frame())))
        connection.is_live = True
        connection.flush(Joiner())
        self._hub.delivery.flush_soon(connection)
        if not was_live:
            self._hub.enter(connection)
        return is_honest

    def _is_ahead(self, connection: Connection, resume: dict[str, Position]) -> bool:
        """Whether the client names numbers that this process has not heard of."""
        return any(
            kind in resume and resume[kind].e == line.epoch and resume[kind].q > line.head
            for kind, line in connection.lines.items()
        )

    async def _filled(self, connection: Connection) -> None:
        for line in connection.lines.values():
            if line.has_gap:
                await self._hub.fill(line)

    async def _missed(
        self, connection: Connection, seen: dict[str, int]
    ) -> dict[str, list[Encoded]]:
        """Events that the ring no longer holds, from the log; moves ``seen`` forward.

        Afterwards ``line.after(seen)`` has the rest of every line.
        """
        missed: dict[str, list[Encoded]] = {kind: [] for kind in connection.lines}
        while True:
            for kind, line in connection.lines.items():
                if seen[kind] > line.head:  # the snapshot has seen more than this process
                    line.wanted = max(line.wanted, seen[kind])
            await self._filled(connection)
            lagging = [
                (kind, line)
                for kind, line in connection.lines.items()
                if line.after(seen[kind]) is None
            ]
            if not lagging:
                return missed
            for kind, line in lagging:
                found = await in_database(snapshots.frames_after, line.stream_id, seen[kind])
                missed[kind] += [Encoded(text) for seq, text in found if seq <= line.head]
                seen[kind] = min(found[-1][0], line.head) if found else line.head

    def _welcome(self, connection: Connection, *, recovered: bool) -> Welcome:
        guest = connection.guest
        return Welcome(
            sid=f"{self._hub.name[:8]}-{connection.number}",
            me=public_id(guest.user.pk),
            role=guest.role,
            perms=permissions_of(guest.role),
            streams={
                kind: StreamState(e=line.epoch, q=line.head, recovered=recovered)
                for kind, line in connection.lines.items()
            },
            hb_ms=round(self._hub.tempo.heartbeat * 1000),
            ts=round(time.time() * 1000),
        )

    async def _snapshot(self, connection: Connection) -> Snap:
        guest = connection.guest
        shared = await self._shared_snapshot(guest.role)
        own = await in_database(
            snapshots.personal_snapshot, self._hub.room.pk, guest.user.pk, guest.role
        )
        return Snap(s=shared.heads | own.heads, d=shared.data | own.data)

    async def _shared_snapshot(self, role: Role) -> snapshots.Snapshot:
        """Read once a second for all of a role, however many come in at once."""
        now = time.monotonic()
        read_at, task = self._shared_snapshots.get(role, (0.0, None))
        if task is None or now - read_at > SNAPSHOT_SECONDS or (task.done() and task.exception()):
            reading = in_database(snapshots.shared_snapshot, self._hub.room.pk, role)
            task = asyncio.ensure_future(reading)
            self._shared_snapshots[role] = (now, task)
        return await asyncio.shield(task)

"""The hub: one for each process and room. It hears the bus once and speaks to all its sockets.

A frame is encoded once; a socket costs an append to its outbox. A slow one is dropped, never
waited for. The log is the truth: what the bus loses, doubles or reorders is read from there.
"""

from __future__ import annotations

import asyncio
import logging
import time
import uuid
from collections.abc import Awaitable, Iterable
from dataclasses import dataclass

from webinars.live import bus, snapshots
from webinars.live.clockwork import Clockwork
from webinars.live.connection import Connection
from webinars.live.database import in_database
from webinars.live.delivery import Delivery
from webinars.live.encoded import Encoded
from webinars.live.joining import Doorkeeper
from webinars.live.line import Line
from webinars.live.log import public_id
from webinars.live.permissions import Audience
from webinars.live.presence import Person, Presence
from webinars.live.protocol import CloseCode, Hb, St, encode
from webinars.live.pulses import Pulses
from webinars.live.stewarding import Steward
from webinars.models.room import Room

logger = logging.getLogger(__name__)

FILL_AT_ONCE = 64
AT_MOST_FOR_READERS = 2.0
"""Seconds that a long gap waits for readers: one who stands still holds up nobody for longer."""
COMMANDS_AT_ONCE = 2
"""Of one room: more would wait for the lock of its stream, and for each other's turn in Python."""


@dataclass(frozen=True)
class Tempo:
    """How often what happens, in seconds."""

    burst: float = 0.05
    reordering: float = 0.05
    tick: float = 0.5
    head_check: float = 3
    head_check_degraded: float = 1
    heartbeat: float = 20
    heartbeat_degraded: float = 5
    attendance: float = 15
    recheck: float = 45
    renew: float = 30
    gossip: float = 10
    crowd_presence: float = 2
    deadlines: float = 2
    linger: float = 10


class RoomHub:
    """All the sockets of one room in this process, and what they hear."""

    MAX_SOCKETS_OF_A_PERSON = 2

    def __init__(self, room: Room, *, tempo: Tempo | None = None):
        self.room = room
        self.tempo = tempo or Tempo()
        self.name = uuid.uuid4().hex
        self.connections: set[Connection] = set()
        self.lines: dict[int, Line] = {}
        self.shared: dict[str, Line] = {}
        self.members: dict[int, set[Connection]] = {}
        self.sockets_of: dict[int, list[Connection]] = {}
        self.presence = Presence()
        self.pulses = Pulses()
        self._version = 0
        self.is_presence_dirty = False
        self.dirty_states: set[tuple[str, str]] = set()
        self._known_states: dict[tuple[str, str], tuple[Audience, Encoded]] = {}
        self._was_degraded = False
        self.empty_since = time.monotonic()
        self.arriving = 0
        self.commands = asyncio.Semaphore(COMMANDS_AT_ONCE)
        self.delivery = Delivery(self)
        self.door = Doorkeeper(self)
        self.steward = Steward(self)
        self._subscription = bus.Subscription(room.uuid, self.receive)
        self._clockwork = Clockwork(self)
        self._starting: asyncio.Task | None = None
        self._filling: dict[int, asyncio.Task] = {}
        self._tasks: set[asyncio.Task] = set()
        self._gossip_timer: asyncio.TimerHandle | None = None
        self._gossiped_at = float("-inf")

    # --- Life -------------------------------------------------------------------------------
    @property
    def is_degraded(self) -> bool:
        return not self._subscription.is_listening or bus.is_failing()

    @property
    def is_used(self) -> bool:
        """Whether anybody is connected or on the way in."""
        return bool(self.connections) or self.arriving > 0

    async def start(self) -> None:
        """Listen, then read the heads; those who join at once wait for the same start."""
        starting = self._starting
        if starting is None:
            starting = self._starting = asyncio.create_task(self._start())
        try:
            await asyncio.shield(starting)
        except Exception:
            if self._starting is starting:
                self._starting = None  # the next one to come tries again
            raise

    async def _start(self) -> None:
        await self._subscription.start()
        for line in await in_database(snapshots.shared_lines, self.room.pk):
            self.shared[line.kind] = self.lines[line.stream_id] = line
            self.members[line.stream_id] = set()
        self._clockwork.start()

    async def stop(self) -> None:
        """End everything; whoever is still connected is told to come back."""
        for connection in list(self.connections):
            connection.end(CloseCode.RESTART)
        await self._clockwork.stop()
        await self._subscription.stop()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def spawn(self, work: Awaitable) -> asyncio.Task:
        """Run something beside; what it raises is logged."""
        task = asyncio.ensure_future(self._logged(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _logged(self, work: Awaitable) -> None:
        try:
            await work
        except Exception:
            logger.warning("Room %s: work of the hub failed", self.room.uuid, exc_info=True)

    # --- From the bus -----------------------------------------------------------------------
    def receive(self, message: bus.Message) -> None:
        """Take one message; never waits, never trusts the order."""
        match message:
            case bus.Wake():
                self._wake(message)
            case bus.Touch():
                self.dirty_states.add((message.type, message.key))
            case bus.Redacted() if line := self.lines.get(message.stream):
                line.forget()
            case bus.Pulse():
                self.pulses.hear(message.type, message.items)
            case bus.Presence() if message.hub != self.name:
                self.is_presence_dirty |= self.presence.hear(message.hub, message.people)
            case bus.Recheck():
                self.spawn(self.steward.recheck())

    def _wake(self, wake: bus.Wake) -> None:
        line = self.lines.get(wake.stream)
        if line is None:
            return
        if wake.epoch != line.epoch:
            self.reset()
            return
        frame = Encoded(wake.frame) if wake.frame else None
        self.delivery.event(line, line.receive(wake.seq, frame))
        if line.has_gap:
            self.fill(line, wait=self.tempo.reordering)

    def reset(self) -> None:
        """The numbers mean nothing any more (a backup was restored): all begin anew."""
        for connection in list(self.connections):
            connection.end(CloseCode.RESYNC)
        self.lines.clear()
        self.delivery.forget()
        self._starting = None

    def fill(self, line: Line, *, wait: float = 0) -> asyncio.Task:
        """Read from the log what a line lacks; one reading at a time."""
        task = self._filling.get(line.stream_id)
        if task is None or task.done():
            task = self._filling[line.stream_id] = self.spawn(self._fill(line, wait))
        return task

    async def _fill(self, line: Line, wait: float) -> None:
        if wait:
            await asyncio.sleep(wait)
        while line.has_gap:
            found = await in_database(
                snapshots.frames_after, line.stream_id, line.head, FILL_AT_ONCE
            )
            if not found:
                line.wanted = line.head  # a wake-up from a transaction that we cannot see yet
                return
            for seq, text in found:
                self.delivery.event(line, line.receive(seq, Encoded(text)))
            if line.has_gap:  # a long gap must not look like slow readers: let them read
                await self._let_read(line)

    async def _let_read(self, line: Line) -> None:
        """Wait a moment, or until those of the line have taken what they were given."""
        await asyncio.sleep(self.tempo.burst)
        end = time.monotonic() + AT_MOST_FOR_READERS
        while time.monotonic() < end and any(
            member.outbox and not member.wire.is_writable
            for member in self.members.get(line.stream_id, ())
        ):
            await asyncio.sleep(self.tempo.burst)

    async def check_heads(self) -> None:
        """Compare with the database: this heals whatever the bus has lost."""
        if self._was_degraded and not self.is_degraded:
            self.dirty_states |= set(self._known_states)
        if self._was_degraded or self.is_degraded:
            self._forget_words()
        self._was_degraded = self.is_degraded
        asked = dict(self.lines)
        heads = await in_database(snapshots.heads_of, list(asked))
        if self.is_degraded and not self._was_degraded:  # since we began to look
            self._was_degraded = True
            self._forget_words()
        for stream_id, head in heads.items():
            line = self.lines.get(stream_id)
            if line is None or line is not asked[stream_id]:
                continue  # the room began anew meanwhile: the head may be of before
            if head.epoch != line.epoch:
                self.reset()
                return
            line.floor = head.floor
            line.wanted = max(line.wanted, head.seq)
            if line.has_gap:
                self.fill(line)

    def _forget_words(self) -> None:
        """They may have been taken back without our hearing of it: the log knows."""
        for line in self.lines.values():
            line.forget()

    # --- To the sockets ---------------------------------------------------------------------
    def send_state(self, connections: Iterable[Connection], frame: St) -> None:
        """Give a state to some sockets, in place of its older value."""
        self.delivery.state(connections, f"{frame.y}:{frame.k}", Encoded(encode(frame)))

    def audience(self, kind: Audience) -> set[Connection]:
        line = self.shared.get(kind)
        return self.members.get(line.stream_id, set()) if line is not None else set()

    def drop(self, connection: Connection) -> None:
        """Give up a socket whose reader is too slow; it comes back and resumes by number."""
        logger.info("Room %s: dropped a slow reader", self.room.uuid)
        self.leave(connection, reason="lost")
        connection.end(CloseCode.TOO_SLOW)
        connection.wire.abort()

    def send_pulses(self) -> None:
        """Tell other processes what was gathered here, and the sockets what was heard."""
        for type, items in self.pulses.take_gathered().items():
            bus.publish(self.room.uuid, bus.Pulse(type=type, items=items))
        for type, items in self.pulses.take_heard().items():
            frame = St(y=type, n=self.next_version(), d={"items": items})
            self.send_state(self.audience(Audience.ROOM), frame)

    def next_version(self) -> int:
        """For a state without a version of its own: the time, but never less than before."""
        self._version = max(self._version + 1, round(time.time() * 1000))
        return self._version

    def heartbeat(self) -> None:
        """Tell every socket the heads of its streams, so that it can see what it lacks."""
        now = round(time.time() * 1000)
        for connection in self.connections:
            heads = {kind: line.head for kind, line in connection.lines.items()}
            frame = Hb(ts=now, h=heads, deg=self.is_degraded)
            connection.outbox.state("hb", Encoded(encode(frame)))
            self.delivery.flush_soon(connection)

    async def send_dirty_states(self) -> None:
        dirty, self.dirty_states = self.dirty_states, set()
        for type, key in dirty:
            found = await in_database(snapshots.read_state, self.room.pk, type, key)
            if found is not None:
                audience, value = found
                frame = Encoded(encode(St(y=type, k=key, n=value.version, d=value.data)))
                self._known_states[type, key] = (audience, frame)
                self.delivery.state(self.audience(audience), f"{type}:{key}", frame)

    def repeat_states(self, connection: Connection) -> None:
        """What changed before a socket was live: its snapshot may be older, or it had none."""
        for (type, key), (audience, frame) in self._known_states.items():
            if audience in connection.lines:
                connection.outbox.state(f"{type}:{key}", frame)

    # --- Presence ---------------------------------------------------------------------------
    def presence_frame(self) -> St:
        return St(y="presence", n=self.next_version(), d=self.presence.state(public_id))

    def send_presence(self) -> None:
        self.is_presence_dirty = False
        self.send_state(self.audience(Audience.ROOM), self.presence_frame())

    def tell_presence_soon(self) -> None:
        """Gossip at once for a lone change; while many come and go, once a tick for all."""
        if self._gossip_timer is None:
            loop = asyncio.get_running_loop()
            due = max(loop.time(), self._gossiped_at + self.tempo.tick)
            self._gossip_timer = loop.call_at(due, self._gossip)

    def _gossip(self) -> None:
        self._gossip_timer = None
        self._gossiped_at = asyncio.get_running_loop().time()
        self.tell_presence()

    def tell_presence(self) -> None:
        """Gossip: who is here."""
        bus.publish(self.room.uuid, bus.Presence(hub=self.name, people=self.presence.gossip()))

    async def renew(self) -> None:
        await self._subscription.renew()

    def enter(self, connection: Connection) -> None:
        """A socket has caught up: its person is here."""
        user = connection.guest.user
        person = Person(user.get_short_name(), connection.guest.role)
        connection.is_present = True
        if self.presence.join(user.pk, person):
            self.is_presence_dirty = True
            self.tell_presence_soon()
            self.steward.record_arrival(user.pk)
        self._keep_two_sockets(user.pk)

    def _keep_two_sockets(self, user_id: int) -> None:
        own = sorted(self.sockets_of[user_id], key=lambda c: c.number)
        for connection in own[: -self.MAX_SOCKETS_OF_A_PERSON]:
            connection.end(CloseCode.OPENED_ELSEWHERE)

    def leave(self, connection: Connection, *, reason: str = "left") -> None:
        """A socket is gone; calling it again changes nothing."""
        if connection not in self.connections:
            return
        self.delivery.distribute()
        self.connections.discard(connection)
        self.delivery.discard(connection)
        own = self.sockets_of[connection.user_id]
        own.remove(connection)
        if not own:
            del self.sockets_of[connection.user_id]
        for line in connection.lines.values():
            members = self.members.get(line.stream_id, set())
            members.discard(connection)
            if line.kind == Audience.ME and not members:
                self.lines.pop(line.stream_id, None)
                self.members.pop(line.stream_id, None)
        if connection.is_present and self.presence.leave(connection.user_id):
            self.is_presence_dirty = True
            if self.connections:
                self.tell_presence_soon()
            else:  # the process may be going: this is its last word
                self.tell_presence()
            self.spawn(self.steward.record_departure([connection.user_id], reason))
        connection.is_live = connection.is_present = False
        if not self.connections:
            self.empty_since = time.monotonic()

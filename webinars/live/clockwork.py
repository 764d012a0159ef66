"""What a hub does again and again, each in its own time, by one clock for the whole room."""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from webinars.live.presence import MAX_NAMED

if TYPE_CHECKING:
    from webinars.live.hub import RoomHub

logger = logging.getLogger(__name__)

Work = Callable[[], Awaitable | None]
Period = Callable[[], float]


class Clockwork:
    """Starts each duty when it is due; one that still runs is not started again."""

    def __init__(self, hub: RoomHub):
        tempo = hub.tempo
        self._hub = hub
        self._task: asyncio.Task | None = None
        self._due: dict[str, float] = {}
        self._running: dict[str, asyncio.Task] = {}
        self._duties: dict[str, tuple[Period, Work]] = {
            "states": (lambda: tempo.tick, self._send_states),
            "pulses": (lambda: tempo.tick, hub.send_pulses),
            "presence": (self._presence_period, self._send_presence),
            "heads": (self._head_period, hub.check_heads),
            "heartbeat": (self._heartbeat_period, hub.heartbeat),
            "attendance": (lambda: tempo.attendance, hub.steward.record_everyone),
            "recheck": (lambda: tempo.recheck, hub.steward.recheck),
            "deadlines": (lambda: tempo.deadlines, hub.steward.meet_deadlines),
            "renew": (lambda: tempo.renew, hub.renew),
            "gossip": (lambda: tempo.gossip, hub.tell_presence),
            "stale": (lambda: max(tempo.tick, 1), hub.delivery.drop_stale),
        }

    def start(self) -> None:
        """Begin, if not yet: a hub that starts anew keeps its clock."""
        if self._task is not None:
            return
        now = time.monotonic()
        self._due = {name: now + period() for name, (period, _work) in self._duties.items()}
        self._task = asyncio.create_task(self._run(), name=f"clock of {self._hub.room.uuid}")

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(self._hub.tempo.tick)
            now = time.monotonic()
            for name, (period, work) in self._duties.items():
                if now >= self._due[name] and not self._is_running(name):
                    # Spread, so that many rooms do not all ask the database at once.
                    self._due[name] = now + period() * random.uniform(0.9, 1.1)  # noqa: S311
                    self._do(name, work)

    def _is_running(self, name: str) -> bool:
        return name in self._running and not self._running[name].done()

    def _do(self, name: str, work: Work) -> None:
        """A duty that fails is tried again when it is next due; the others go on."""
        try:
            started = work()
        except Exception:
            logger.exception("Room %s: the duty «%s» failed", self._hub.room.uuid, name)
            return
        if started is not None:
            self._running[name] = self._hub.spawn(started)

    def _send_states(self) -> Awaitable | None:
        return self._hub.send_dirty_states() if self._hub.dirty_states else None

    def _send_presence(self) -> None:
        hub = self._hub
        if hub.presence.forget_silent() or hub.is_presence_dirty:
            hub.send_presence()

    def _presence_period(self) -> float:
        """Quickly while few are there; a crowd is told every other second."""
        tempo = self._hub.tempo
        is_crowd = len(self._hub.presence.here) > MAX_NAMED
        return tempo.crowd_presence if is_crowd else tempo.tick

    def _head_period(self) -> float:
        tempo = self._hub.tempo
        return tempo.head_check_degraded if self._hub.is_degraded else tempo.head_check

    def _heartbeat_period(self) -> float:
        tempo = self._hub.tempo
        return tempo.heartbeat_degraded if self._hub.is_degraded else tempo.heartbeat

"""The hubs of this process, one for each room that somebody is connected to."""

from __future__ import annotations

import asyncio
import time
from uuid import UUID
from weakref import WeakKeyDictionary

from webinars.live import bus
from webinars.live.admission import Asked, Guest, admit_all
from webinars.live.database import in_database
from webinars.live.hub import RoomHub, Tempo
from webinars.live.together import Together
from webinars.models.room import Room


class Switchboard:
    """Lets people in, finds or makes the hub of their room, and ends those that stand empty."""

    def __init__(self, *, tempo: Tempo | None = None):
        self.tempo = tempo or Tempo()
        self.hubs: dict[UUID, RoomHub] = {}
        self._sweeper: asyncio.Task | None = None
        self._admissions: Together[Asked, Guest] = Together(
            lambda asked: in_database(admit_all, asked)
        )

    async def admit(self, room_uuid: UUID, session_key: str) -> Guest:
        """``admission.admit``, together with all who come at the same time. Raises Refusal."""
        return await self._admissions.ask((room_uuid, session_key))

    def hub_of(self, room: Room) -> RoomHub:
        hub = self.hubs.get(room.uuid)
        if hub is None:
            hub = self.hubs[room.uuid] = RoomHub(room, tempo=self.tempo)
        if self._sweeper is None or self._sweeper.done():
            self._sweeper = asyncio.create_task(self._sweep(), name="sweep empty hubs")
        return hub

    async def _sweep(self) -> None:
        while self.hubs:
            await asyncio.sleep(max(self.tempo.linger / 2, 0.05))
            limit = time.monotonic() - self.tempo.linger
            for room_uuid, hub in list(self.hubs.items()):
                if not hub.is_used and hub.empty_since < limit:
                    del self.hubs[room_uuid]
                    await hub.stop()

    async def close(self) -> None:
        """End every hub: the process is going."""
        if self._sweeper is not None:
            self._sweeper.cancel()
        hubs, self.hubs = list(self.hubs.values()), {}
        for hub in hubs:
            await hub.stop()


_boards: WeakKeyDictionary[asyncio.AbstractEventLoop, Switchboard] = WeakKeyDictionary()


def switchboard() -> Switchboard:
    """The switchboard of the running loop."""
    loop = asyncio.get_running_loop()
    if loop not in _boards:
        install(Switchboard())
    return _boards[loop]


def install(board: Switchboard) -> None:
    """Make ``board`` the one of the running loop, for example with another tempo."""
    loop = asyncio.get_running_loop()
    _boards[loop] = board
    bus.attach(loop)

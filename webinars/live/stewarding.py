"""What a hub does with the rules of its room: attendance, and asking again who may stay."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from django.utils import timezone

from webinars.live.admission import verdicts
from webinars.live.database import in_database
from webinars.live.protocol import St
from webinars.live.rooms import rules_of

if TYPE_CHECKING:
    from webinars.live.hub import RoomHub


class Steward:
    """Looks after the people of one hub."""

    def __init__(self, hub: RoomHub):
        self._hub = hub
        self._lock = asyncio.Lock()
        self._arrived: list[int] = []

    def record_arrival(self, user_id: int) -> None:
        """Write soon that somebody has come; those who come meanwhile are written with them."""
        self._arrived.append(user_id)
        if len(self._arrived) == 1:
            self._hub.spawn(self._record_arrivals())

    async def _record_arrivals(self) -> None:
        async with self._lock:
            await self._write_arrivals()

    async def _write_arrivals(self) -> None:
        arrived, self._arrived = self._arrived, []
        if arrived:
            await self._write_presence(arrived)

    async def record_presence(self, user_ids: list[int]) -> None:
        """Write that they are here, and tell each what is counted for them."""
        async with self._lock:
            await self._write_presence(user_ids)

    async def _write_presence(self, user_ids: list[int]) -> None:
        now = timezone.now()
        told = await in_database(
            rules_of(self._hub.room).record_presence,
            self._hub.room,
            user_ids=user_ids,
            hub=self._hub.name,
            at=now,
        )
        version = self._hub.next_version()
        for user_id, data in told.items():
            own = self._hub.sockets_of.get(user_id, [])
            self._hub.send_state(own, St(y="attendance", n=version, d=data))

    async def record_everyone(self) -> None:
        if here := list(self._hub.presence.here):
            await self.record_presence(here)

    async def record_departure(self, user_ids: list[int], reason: str) -> None:
        async with self._lock:
            await self._write_arrivals()  # theirs may still be waiting
            now = timezone.now()  # not before: nobody leaves before they have come
            gone = [user_id for user_id in user_ids if user_id not in self._hub.presence.here]
            if gone:
                await in_database(
                    rules_of(self._hub.room).record_departure,
                    self._hub.room,
                    user_ids=gone,
                    hub=self._hub.name,
                    at=now,
                    reason=reason,
                )

    async def meet_deadlines(self) -> None:
        """What the room's kind does when a time has come, whichever process is first."""
        rules = rules_of(self._hub.room)
        if rules.has_deadlines:
            await in_database(rules.meet_deadlines, self._hub.room, now=timezone.now())

    async def recheck(self) -> None:
        """Ask session and role of everybody again; whoever may not stay is told why."""
        asked = {connection: connection.standing for connection in self._hub.connections}
        if not asked:
            return
        found = await in_database(verdicts, self._hub.room.pk, set(asked.values()))
        for connection, standing in asked.items():
            if standing in found:
                connection.end(found[standing])

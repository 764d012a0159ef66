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

    async def record_presence(self, user_ids: list[int]) -> None:
        """Write that they are here, and tell each what is counted for them."""
        now = timezone.now()
        async with self._lock:
            told = await in_database(
                rules_of(self._hub.room).record_presence,
                self._hub.room,
                user_ids=user_ids,
                hub=self._hub.name,
                at=now,
            )
        version = round(now.timestamp() * 1000)
        for user_id, data in told.items():
            own = [c for c in self._hub.connections if c.user_id == user_id]
            self._hub.send_state(own, St(y="attendance", n=version, d=data))

    async def record_everyone(self) -> None:
        if here := list(self._hub.presence.here):
            await self.record_presence(here)

    async def record_departure(self, user_ids: list[int], reason: str) -> None:
        now = timezone.now()
        async with self._lock:
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

    async def recheck(self) -> None:
        """Ask session and role of everybody again; whoever may not stay is told why."""
        asked = {connection: connection.standing for connection in self._hub.connections}
        if not asked:
            return
        found = await in_database(verdicts, self._hub.room.pk, set(asked.values()))
        for connection, standing in asked.items():
            if standing in found:
                connection.end(found[standing])

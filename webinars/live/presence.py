"""Who is in a room, across processes: each tells the others all of its people, again and again.

Gossip heals itself: what was lost is said again, and a process that fell silent is forgotten.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, NamedTuple

MAX_NAMED = 50
GOSSIP_SECONDS = 10
FORGET_SECONDS = 25


class Person(NamedTuple):
    name: str
    role: str


class Presence:
    """People here and elsewhere; somebody with several sockets is one person."""

    def __init__(self, *, clock: Callable[[], float] = time.monotonic):
        self._clock = clock
        self._here: dict[int, Person] = {}
        self._sockets: dict[int, int] = {}
        self._elsewhere: dict[str, tuple[float, dict[int, Person]]] = {}

    def join(self, user_id: int, person: Person) -> bool:
        """One more socket; True if the person was not here before."""
        self._sockets[user_id] = self._sockets.get(user_id, 0) + 1
        self._here[user_id] = person
        return self._sockets[user_id] == 1

    def leave(self, user_id: int) -> bool:
        """One socket less; True if the person is now gone from here."""
        left = self._sockets.get(user_id, 0) - 1
        if left > 0:
            self._sockets[user_id] = left
            return False
        self._sockets.pop(user_id, None)
        return self._here.pop(user_id, None) is not None

    @property
    def here(self) -> dict[int, Person]:
        return dict(self._here)

    def gossip(self) -> dict[int, tuple[str, str]]:
        """What to tell the other processes; names only while there are few."""
        named = len(self._here) <= MAX_NAMED
        return {
            user_id: (person.name if named else "", person.role)
            for user_id, person in self._here.items()
        }

    def hear(self, hub: str, people: dict[int, tuple[str, str]]) -> bool:
        """What another process tells; True if it changes anything."""
        heard = {user_id: Person(*person) for user_id, person in people.items()}
        _at, before = self._elsewhere.get(hub, (0.0, {}))
        if heard:
            self._elsewhere[hub] = (self._clock(), heard)
        else:
            self._elsewhere.pop(hub, None)
        return heard != before

    def forget_silent(self) -> bool:
        """Drop processes that have not been heard for long; True if anybody went with them."""
        limit = self._clock() - FORGET_SECONDS
        silent = [hub for hub, (at, _people) in self._elsewhere.items() if at < limit]
        for hub in silent:
            del self._elsewhere[hub]
        return bool(silent)

    def everyone(self) -> dict[int, Person]:
        found: dict[int, Person] = {}
        for _at, people in self._elsewhere.values():
            found.update(people)
        return found | self._here

    def state(self, public_id: Callable[[int], str]) -> dict[str, Any]:
        """What everybody is told: how many, and who while they are few."""
        everyone = self.everyone()
        told: dict[str, Any] = {"count": len(everyone)}
        if len(everyone) <= MAX_NAMED:
            told["people"] = [
                {"id": public_id(user_id), "n": person.name, "r": person.role}
                for user_id, person in sorted(
                    everyone.items(), key=lambda item: (item[1].name, item[0])
                )
            ]
        return told

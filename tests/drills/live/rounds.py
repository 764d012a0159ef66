"""A round: everybody writes, a fault strikes, all becomes whole again, and the verdict is given."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from tests.drills.live.faults import Fault, Scene
from tests.drills.live.judging import read_log, room_head, violations

MESSAGES_PER_SECOND = 6
"""Below what a room allows in all, so that those who wait for a fault to end fit in too."""
WHOLE_SECONDS = 60
NEVER_LOGGED = ("IntegrityError", "InterfaceError", "was never retrieved", "Task was destroyed")


@dataclass
class Figures:
    """What one round has shown."""

    fault: str
    events: int
    confirmed: int
    sent_again: int
    reconnects: int
    slowest_answer: float
    seconds_to_whole: float
    counts: Counter[str]
    violations: list[str]


class Round:
    """One fault in one room."""

    def __init__(self, scene: Scene, room: str, fault: Fault, *, seconds: float):
        self._scene = scene
        self._room = room
        self._fault = fault
        self._seconds = seconds
        self._is_writing = True

    async def play(self) -> Figures:
        talkers = self._scene.talkers
        await self._spread()
        logged = {server: len(server.words()) for server in self._scene.servers}
        before = _totals(self._scene)
        events_before = len((await self._log())["room", None])
        for talker in talkers:
            talker.slowest_answer = 0.0
        writing = asyncio.create_task(self._write())
        await asyncio.sleep(self._seconds / 3)
        struck_at = time.monotonic()
        await self._fault.strike(self._scene)
        mark = await asyncio.to_thread(room_head, self._scene.postgres.url, self._room)
        is_whole = await _until(lambda: all(t.is_online and t.has_heard(mark) for t in talkers))
        seconds_to_whole = time.monotonic() - struck_at
        await asyncio.sleep(self._seconds * 2 / 3)
        self._is_writing = False
        await writing
        is_answered = await _until(lambda: not any(t.pending for t in talkers))
        mark = await asyncio.to_thread(room_head, self._scene.postgres.url, self._room)
        await _until(lambda: all(t.has_heard(mark) for t in talkers))
        await asyncio.sleep(1)  # for what should not come
        log = await self._log()
        counts = _totals(self._scene) - before
        found = violations(log, talkers)
        for server, length in logged.items():
            said = server.words()[length:]
            found += [f"a server logged {word}" for word in NEVER_LOGGED if word in said]
        if not is_whole:
            found.append(f"not whole after {WHOLE_SECONDS} s")
        if not is_answered:
            found.append(f"not all answered after {WHOLE_SECONDS} s")
        if self._fault.must_reconnect and not counts["reconnects"]:
            found.append("the fault did not happen: nobody had to come back")
        return Figures(
            fault=self._fault.label,
            events=len(log["room", None]) - events_before,
            confirmed=counts["confirmed"],
            sent_again=counts["sent again"],
            reconnects=counts["reconnects"],
            slowest_answer=max(talker.slowest_answer for talker in talkers),
            seconds_to_whole=seconds_to_whole,
            counts=counts,
            violations=found,
        )

    async def _spread(self) -> None:
        """Everybody to the server that they began with: a fault drove some of them together."""
        away = [talker for talker in self._scene.talkers if not talker.is_at_home]
        await asyncio.gather(*[talker.go_home() for talker in away])
        await _until(lambda: all(talker.is_at_home for talker in self._scene.talkers))

    async def _log(self):
        return await asyncio.to_thread(read_log, self._scene.postgres.url, self._room)

    async def _write(self) -> None:
        """Somebody writes, again and again; each waits for an answer before saying more."""
        number = 0
        while self._is_writing:
            await asyncio.sleep(random.expovariate(MESSAGES_PER_SECOND))
            for act in ("say", "vote"):  # one goes to everybody, the other into a private stream
                free = [talker for talker in self._scene.talkers if not talker.pending]
                if not free:
                    continue
                talker = random.choice(free)
                number += 1
                if act == "say":
                    text = f"{talker.number}-{number}-{time.monotonic_ns()} "
                    await talker.say(text.ljust(self._fault.text_length, "щ"))
                else:
                    await talker.vote(number % 2)


def _totals(scene: Scene) -> Counter[str]:
    totals: Counter[str] = Counter()
    for talker in scene.talkers:
        totals += talker.counts
        totals["confirmed"] += len(talker.confirmed)
    return totals


async def _until(is_so: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + WHOLE_SECONDS
    while time.monotonic() < deadline:
        if is_so():
            return True
        await asyncio.sleep(0.02)
    return False

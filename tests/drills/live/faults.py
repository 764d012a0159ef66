"""The faults: each begins, lasts for a while, and is over when it returns."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

from tests.drills.live.installation import Postgres, Redis
from tests.drills.live.talker import Talker
from tests.webinars.servers import Server

STALL_SECONDS = 30
"""Filling the buffers takes a while; a reader may then be 10 s late (outbox.MAX_AGE_SECONDS)."""
CLOCK_STEP_SECONDS = 60
COME_AND_GO = 10


@dataclass
class Scene:
    """What can break."""

    postgres: Postgres
    redis: Redis
    servers: list[Server]
    clock: Path
    """Moves the clock of the second server."""
    talkers: list[Talker]


async def nothing(scene: Scene) -> None:
    """For comparison."""


async def kill_a_server(scene: Scene) -> None:
    await asyncio.to_thread(scene.servers[0].kill)
    await asyncio.sleep(2)
    await asyncio.to_thread(scene.servers[0].start)


async def restart_redis(scene: Scene) -> None:
    await asyncio.to_thread(scene.redis.stop)
    await asyncio.sleep(3)
    await asyncio.to_thread(scene.redis.start)


async def restart_postgres(scene: Scene) -> None:
    await asyncio.to_thread(scene.postgres.stop_at_once)
    await asyncio.sleep(2)
    await asyncio.to_thread(scene.postgres.start)


async def stop_reading(scene: Scene) -> None:
    slow = [talker for talker in scene.talkers if talker.is_slow]
    for talker in slow:
        talker.stop_reading()
    await asyncio.sleep(STALL_SECONDS)
    for talker in slow:
        talker.read_on()


async def step_the_clock(scene: Scene) -> None:
    """Forward, and back again; some come in and leave by the wrong clock."""
    wrong = [t for t in scene.talkers if t.number % len(scene.servers) == 1][:COME_AND_GO]
    scene.clock.write_text(str(CLOCK_STEP_SECONDS))
    await asyncio.sleep(2)
    await asyncio.gather(*[talker.go_home() for talker in wrong])
    await asyncio.sleep(4)
    scene.clock.unlink()
    await asyncio.sleep(1)
    await asyncio.gather(*[talker.go_home() for talker in wrong])
    await asyncio.sleep(3)


@dataclass(frozen=True)
class Fault:
    strike: Callable[[Scene], Awaitable[None]]
    label: str
    text_length: int = 40
    must_reconnect: bool = False
    """Otherwise the fault did not happen at all."""


FAULTS = {
    "none": Fault(nothing, "nothing"),
    "kill": Fault(kill_a_server, "kill -9 of one of two servers", must_reconnect=True),
    "redis": Fault(restart_redis, "Redis away for 3 s"),
    "postgres": Fault(restart_postgres, "PostgreSQL away for 2 s (immediate)"),
    "stall": Fault(stop_reading, "10 stop reading for 30 s", text_length=1900, must_reconnect=True),
    "clock": Fault(step_the_clock, "clock of one server +60 s and back"),
}

"""Fan-out: one frame a message to every socket, as fast as one core can."""

from __future__ import annotations

import time
from typing import Any

from tests.bench.live.bench import Bench
from tests.bench.live.crowd import Crowd, rate_while
from tests.bench.live.installation import pin_database
from tests.bench.live.machine import resident_bytes

WARM = 3.0
AHEAD = 100
"""Events on the way: work enough for everybody, and fewer than make a reader look slow."""
JOINED = AHEAD // 2
"""Events in a write of the floor that joins them: half are sent while the others are read."""
STOCK_AHEAD = 2


def settle(bench: Bench, crowd: Crowd) -> None:
    """Wait until all are in and what follows from that is done."""
    crowd.wait_until_whole()
    time.sleep(4)
    pin_database(bench.environment)


def floor(bench: Bench, number: int, seconds: float, *, joined: int = 1) -> dict[str, Any]:
    """A bare C broadcast: one ``send`` for each socket and ``joined`` messages."""
    with bench.floor(joined) as server, bench.crowd(server.port, number, "plain") as crowd:
        crowd.wait_until_whole()
        server.go(crowd, ahead=AHEAD, seconds=seconds + 2 * WARM)
        found = rate_while(crowd, server, warm=WARM, seconds=seconds)
        return _checked(crowd, found)


def joined_floor(bench: Bench, number: int, seconds: float) -> dict[str, Any]:
    """The floor when it writes what waits for a socket in one go, as the product does."""
    return floor(bench, number, seconds, joined=JOINED)


def product(bench: Bench, number: int, seconds: float, *, dialect: str = "live") -> dict[str, Any]:
    """The log on PostgreSQL, Redis, the hub, sockets on uvicorn; and what an idle socket weighs."""
    with bench.product() as server:
        with bench.crowd(server.port, 1, dialect) as crowd:
            settle(bench, crowd)
            before = resident_bytes(server.id)
        with bench.crowd(server.port, number, dialect) as crowd:
            settle(bench, crowd)
            weight = (resident_bytes(server.id) - before) / number
            with bench.publisher(crowd, ahead=AHEAD, seconds=seconds + 60):
                _wait_for_the_first(crowd)
                pin_database(bench.environment)
                found = rate_while(crowd, server, warm=WARM, seconds=seconds)
            return _checked(crowd, found) | {"bytes_an_idle_socket": round(weight)}


def batched(bench: Bench, number: int, seconds: float) -> dict[str, Any]:
    """The product as browsers use it: a burst comes as one frame of several messages."""
    return product(bench, number, seconds, dialect="live-batch")


def socketio(bench: Bench, number: int, seconds: float) -> dict[str, Any]:
    """Socket.IO on Node; its events come from its own process, without a database and a bus."""
    with bench.socketio() as server:
        path = "/socket.io/?EIO=4&transport=websocket"
        with bench.crowd(server.port, number, "socketio", path=path) as crowd:
            crowd.wait_until_whole()
            server.go(crowd, ahead=AHEAD, seconds=seconds + 2 * WARM)
            found = rate_while(crowd, server, warm=WARM, seconds=seconds)
            return _checked(crowd, found)


def stock(bench: Bench, number: int, seconds: float) -> dict[str, Any]:
    """Stock Channels on uvicorn and Redis, at the rate that it can stand."""
    with (
        bench.stock() as server,
        bench.crowd(server.port, number, "plain", path="/ws/stock/") as crowd,
    ):
        crowd.wait_until_whole()
        time.sleep(2)
        of = "tests.bench.live.stock_publisher"
        with bench.publisher(crowd, ahead=STOCK_AHEAD, seconds=seconds + 60, of=of):
            _wait_for_the_first(crowd)
            found = rate_while(crowd, server, warm=WARM, seconds=2 * seconds)
        return _checked(crowd, found)


def _wait_for_the_first(crowd: Crowd) -> None:
    deadline = time.monotonic() + 60
    while crowd.progress.deliveries == 0 and time.monotonic() < deadline:
        time.sleep(0.05)


def _checked(crowd: Crowd, found: dict[str, Any]) -> dict[str, Any]:
    stats = crowd.stats()
    return found | {name: stats[name] for name in ("doubled", "missing", "closed")}

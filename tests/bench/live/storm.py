"""The reconnect storm: the server dies under a full room, and everybody wants back in at once."""

from __future__ import annotations

import time
from typing import Any

from tests.bench.live.bench import Bench
from tests.bench.live.machine import cpu_seconds

MISSED = 40
"""Events that are written while there is no server."""
PATIENCE_SECONDS = 120


def storm(bench: Bench, number: int) -> dict[str, Any]:
    """Kill, start again, and wait until every socket has every event, each once."""
    with bench.product() as server, bench.crowd(server.port, number, "live-batch") as crowd:
        crowd.wait_until_whole()
        last = bench.append(crowd, 5)
        assert crowd.wait_until_at(last, seconds=30), "the room is not whole before the storm"
        crowd.order("reset")
        killed = time.monotonic()
        server.kill()
        last = bench.append(crowd, MISSED)
        appended = time.monotonic()
        server.start()
        listens = time.monotonic()
        crowd.wait_until_whole(seconds=PATIENCE_SECONDS)
        complete = crowd.wait_until_at(last, seconds=PATIENCE_SECONDS)
        whole = time.monotonic()
        stats = crowd.stats()
        joining_cpu = cpu_seconds(server.id)
    return {
        "sockets": number,
        "seconds_from_start": round(whole - appended, 2),
        "seconds_from_listening": round(whole - listens, 2),
        "seconds_without_a_server": round(appended - killed, 2),
        "server_cpu_seconds": round(joining_cpu, 2),
        "is_complete": complete and not stats["missing"] and not stats["doubled"],
        "doubled": stats["doubled"],
        "missing": stats["missing"],
        "resumed": stats["recovered"],
        "snapshots": stats["snapshots"],
    }

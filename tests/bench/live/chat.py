"""A room's own budget of chat through the whole path: socket, database, bus, hub, every socket."""

from __future__ import annotations

import time
from typing import Any

import psycopg

from tests.bench.live.bench import Bench
from tests.bench.live.crowd import Crowd
from tests.bench.live.fanout import settle
from tests.bench.live.machine import Program, cpu_seconds

A_SECOND, BURST = 8, 20
WINDOW_MS = 50
"""The hub's own: of a burst, one batch goes out in so long."""


def product(bench: Bench, number: int, seconds: float) -> dict[str, Any]:
    with bench.product() as server, bench.crowd(server.port, number, "live-batch") as crowd:
        settle(bench, crowd)
        crowd.order("reset")
        before = _written(bench)
        found = _talk(server, crowd, seconds)
        written, different, events = (
            now - then for now, then in zip(_written(bench), before, strict=True)
        )
    said = found["said"]
    return found | {
        "written": written,
        "is_exactly_once": written == different == said == found["confirmed"]
        and found["deliveries"] == events * number
        and not found["doubled"] + found["missing"] + found["closed"],
    }


def floor(bench: Bench, number: int, seconds: float) -> dict[str, Any]:
    with bench.floor() as server, bench.crowd(server.port, number, "plain") as crowd:
        crowd.wait_until_whole()
        return _talk(server, crowd, seconds)


def _talk(server: Program, crowd: Crowd, seconds: float) -> dict[str, Any]:
    crowd.order("measure")
    began, cpu = time.monotonic(), cpu_seconds(server.id)
    crowd.order(f"chat {seconds} {A_SECOND} {BURST}")
    said = crowd.answer()["said"]
    cpu, spent = cpu_seconds(server.id) - cpu, time.monotonic() - began
    time.sleep(3)  # the last ones are still on their way
    stats = crowd.stats()
    return {
        "sockets": crowd.number,
        "said": said,
        "confirmed": stats["oks"],
        "refused": stats["errors"],
        "deliveries": stats["deliveries"],
        "doubled": stats["doubled"],
        "missing": stats["missing"],
        "closed": stats["closed"],
        "p50_ms": stats["p50_ms"],
        "p99_ms": stats["p99_ms"],
        "worst_ms": stats["worst_ms"],
        "server_cpu": round(cpu / spent, 3),
    }


def _written(bench: Bench) -> tuple[int, int, int]:
    """Chat messages in the database, how many different ones, and all that everybody hears."""
    with psycopg.connect(bench.environment["DATABASE_URL"]) as connection:
        row = connection.execute(
            "SELECT count(*) FILTER (WHERE type = 'chat.sent'),"
            " count(DISTINCT data->>'text') FILTER (WHERE type = 'chat.sent'), count(*)"
            " FROM webinars_roomevent JOIN webinars_stream ON webinars_stream.id = stream_id"
            " WHERE kind = 'room'"
        ).fetchone()
    assert row is not None
    return row[0], row[1], row[2]

"""How fast live rooms are on one core, against a floor and what others would build on.

Run with ``make bench-live``. PostgreSQL and Redis must answer (``DATABASE_URL``, ``REDIS_URL``);
the run uses databases of its own. The server that is measured has one core for itself; load,
databases and publishers share the other. The last line is JSON; ``ratios`` compare deliveries per
second of the server's CPU at the largest crowd.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.bench.live import chat, fanout
from tests.bench.live.bench import Bench
from tests.bench.live.installation import own_services
from tests.bench.live.machine import CannotMeasure, compiled
from tests.bench.live.servers import Absent
from tests.bench.live.storm import storm

VARIANTS = {
    "floor": fanout.floor,
    "joined_floor": fanout.joined_floor,
    "product": fanout.product,
    "batched": fanout.batched,
    "socketio": fanout.socketio,
    "stock": fanout.stock,
}


def say(*words: object) -> None:
    print(*words, flush=True)


@contextmanager
def place(var_dir: str) -> Iterator[Bench]:
    """A bench under ``VAR_DIR`` (kept: npm packages) or in a directory that is gone afterwards."""
    with tempfile.TemporaryDirectory() as temporary:
        directory = Path(var_dir or temporary) / "bench-live"
        directory.mkdir(parents=True, exist_ok=True)
        crowd, floor = compiled("crowd", directory), compiled("floor", directory)
        with own_services(directory) as environment:
            yield Bench(directory, environment, crowd, floor)


def measure_fanout(bench: Bench, numbers: list[int], seconds: float) -> dict[str, Any]:
    """Every variant at every size, one after another; those that cannot be had are left out."""
    found: dict[str, Any] = {}
    say(f"{'':12} {'sockets':>7} {'a CPU second':>13} {'a second':>10}  server  crowd")
    for number in numbers:
        for name, variant in VARIANTS.items():
            try:
                figures = variant(bench, number, seconds)
            except Absent as reason:
                say(f"{name:12} {number:7} left out: {reason}")
                continue
            found.setdefault(name, {})[str(number)] = figures
            say(
                f"{name:12} {number:7} {figures['deliveries_a_cpu_second']:13,}"
                f" {figures['deliveries_a_second']:10,}  {figures['server_cpu']:6.0%}"
                f" {figures['crowd_cpu']:6.0%}"
            )
    return found


def ratios_at(found: dict[str, Any], number: int) -> dict[str, float]:
    """The product's deliveries per CPU second over those of what it is compared with."""
    rates = {name: found[name][str(number)]["deliveries_a_cpu_second"] for name in found}
    return {
        name: round(rates["product"] / rates[name], 2)
        for name in ("floor", "joined_floor", "socketio", "stock")
        if name in rates
    }


def measure_chat(bench: Bench, number: int, seconds: float) -> dict[str, Any]:
    ours, floor = chat.product(bench, number, seconds), chat.floor(bench, number, seconds)
    over = round((ours["p99_ms"] - chat.WINDOW_MS) / max(floor["p99_ms"], 0.01), 1)
    for name, figures in (("product", ours), ("floor", floor)):
        say(
            f"chat, {name}: {figures['said']} messages to {number}, p50 {figures['p50_ms']} ms, "
            f"p99 {figures['p99_ms']} ms, server {figures['server_cpu']:.0%}"
        )
    say(f"chat: exactly once {ours['is_exactly_once']}; (p99 - window) / floor's p99: {over}")
    return {"product": ours, "floor": floor, "p99_beyond_window_over_floor": over}


def measure_storm(bench: Bench, number: int) -> dict[str, Any]:
    found = storm(bench, number)
    say(
        f"storm: {number} sockets whole {found['seconds_from_start']} s after the start of the "
        f"server, {found['seconds_from_listening']} s after it listened; "
        f"complete {found['is_complete']}"
    )
    return found


def measure(bench: Bench, arguments: argparse.Namespace) -> dict[str, Any]:
    numbers = sorted(arguments.sockets)
    most = numbers[-1]
    bench.prepare(most)
    found = measure_fanout(bench, numbers, arguments.seconds)
    figures: dict[str, Any] = {"fanout": found, "ratios": ratios_at(found, most)}
    figures["bytes_an_idle_socket"] = found["batched"][str(most)]["bytes_an_idle_socket"]
    say(f"an idle socket: {figures['bytes_an_idle_socket'] / 1024:.0f} KiB of the server")
    figures["chat"] = measure_chat(bench, most, arguments.chat_seconds)
    figures["storm"] = measure_storm(bench, most)
    say(f"ratios at {most}: {figures['ratios']}")
    return figures


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sockets", type=int, nargs="+", default=[500, 2000])
    parser.add_argument("--seconds", type=float, default=8)
    parser.add_argument("--chat-seconds", type=float, default=30)
    arguments = parser.parse_args()
    if (os.cpu_count() or 1) < 2:
        say("Two cores are needed: one for the server, one for the load.")
        return 2
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # leave nothing behind, then too
    try:
        with place(os.environ.get("VAR_DIR", "")) as bench:
            figures = measure(bench, arguments)
    except CannotMeasure as error:
        say(error)
        return 2
    say(json.dumps(figures))
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""The load generator, ``crowd.c``: thousands of sockets that count what they get."""

from __future__ import annotations

import json
import mmap
import struct
import time
from pathlib import Path
from typing import Any

from tests.bench.live.machine import LOAD_CORE, CannotMeasure, Program, cpu_seconds

_COUNTERS = struct.Struct("=QQQQ")


class Progress:
    """Counters of a crowd, mapped: any process may look at them without asking."""

    def __init__(self, path: Path):
        if path.stat().st_size < _COUNTERS.size if path.exists() else True:
            path.write_bytes(bytes(_COUNTERS.size))
        with path.open("r+b") as file:
            self._map = mmap.mmap(file.fileno(), _COUNTERS.size)

    def _read(self, which: int) -> int:
        return _COUNTERS.unpack(self._map[: _COUNTERS.size])[which]

    @property
    def deliveries(self) -> int:
        return self._read(0)

    @property
    def ready(self) -> int:
        """Sockets that are in and have been brought up to date."""
        return self._read(1)

    @property
    def lowest(self) -> int:
        """The number that every socket has reached."""
        return self._read(3)


class Crowd(Program):
    """``number`` sockets that open one after another, and again whenever they are closed."""

    answers = True

    def __init__(
        self, program: Path, *, port: int, path: str, keys: Path, number: int, dialect: str
    ):
        self.number = number
        self.progress_file = program.parent / "progress"
        self.progress_file.unlink(missing_ok=True)
        self.progress = Progress(self.progress_file)
        super().__init__(
            [str(program), str(port), path, str(keys), str(number), dialect,
             str(self.progress_file)],
            core=LOAD_CORE, log=program.parent / "crowd.log",
        )  # fmt: skip

    def wait_until_whole(self, *, seconds: float = 120, but: int = 0) -> None:
        deadline = time.monotonic() + seconds
        while self.progress.ready < self.number - but:
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise CannotMeasure(
                    f"Only {self.progress.ready} of {self.number} came in\n{self.log}"
                )
            time.sleep(0.02)

    def wait_until_at(self, number: int, *, seconds: float) -> bool:
        """Whether every socket has reached event ``number`` in time."""
        deadline = time.monotonic() + seconds
        while self.progress.lowest < number:
            if time.monotonic() > deadline:
                return False
            time.sleep(0.01)
        return True

    def stats(self) -> dict[str, Any]:
        self.order("stats")
        return self.answer()

    def answer(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        return json.loads(self.process.stdout.readline())


def rate_while(crowd: Crowd, server: Program, *, warm: float, seconds: float) -> dict[str, float]:
    """Deliveries and CPU of both sides over ``seconds``, once the flow has warmed up."""
    time.sleep(warm)
    began, count = time.monotonic(), crowd.progress.deliveries
    server_cpu, crowd_cpu = cpu_seconds(server.id), cpu_seconds(crowd.id)
    time.sleep(seconds)
    spent = time.monotonic() - began
    count = crowd.progress.deliveries - count
    server_cpu = cpu_seconds(server.id) - server_cpu
    crowd_cpu = cpu_seconds(crowd.id) - crowd_cpu
    return {
        "deliveries_a_second": round(count / spent),
        "deliveries_a_cpu_second": round(count / max(server_cpu, 0.01)),
        "server_cpu": round(server_cpu / spent, 3),
        "crowd_cpu": round(crowd_cpu / spent, 3),
    }

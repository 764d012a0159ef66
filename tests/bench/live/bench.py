"""What all the measurements of one run share: programs, services, people."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path

from tests.bench.live import servers
from tests.bench.live.crowd import Crowd
from tests.bench.live.machine import LOAD_CORE, ROOT, CannotMeasure, Program, python
from tests.bench.live.servers import Broadcaster, Uvicorn

PUBLISHER = "tests.bench.live.publisher"


@dataclass
class Bench:
    """The place of one run; everything lies under ``directory``."""

    directory: Path
    environment: dict[str, str]
    crowd_program: Path
    floor_program: Path
    room: str = ""

    @property
    def keys(self) -> Path:
        return self.directory / "keys"

    def run(self, *arguments: str) -> str:
        """Run Python on the load's core with the settings of the run; what it prints last."""
        done = subprocess.run(
            ["taskset", "-c", str(LOAD_CORE), *python(*arguments)],
            cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False,
        )  # fmt: skip
        if done.returncode:
            raise CannotMeasure(f"{arguments}\n{done.stderr}")
        return (done.stdout.splitlines() or [""])[-1]

    def prepare(self, people: int) -> None:
        self.run("manage.py", "migrate", "--verbosity", "0")
        self.room = self.run("-m", "tests.bench.live.people", str(people), str(self.keys))

    def product(self) -> Uvicorn:
        return Uvicorn("lms.asgi:application", self.environment, self.directory / "product.log")

    def stock(self) -> Uvicorn:
        return Uvicorn(
            "tests.bench.live.stock:application", self.environment, self.directory / "stock.log"
        )

    def floor(self, joined: int = 1) -> Broadcaster:
        return servers.floor(self.floor_program, joined)

    def socketio(self) -> Broadcaster:
        """Raises Absent where it cannot be had."""
        return servers.socketio(self.directory, self.keys)

    def crowd(self, port: int, number: int, dialect: str, *, path: str = "") -> Crowd:
        return Crowd(
            self.crowd_program, port=port, path=path or f"/ws/live/{self.room}/", keys=self.keys,
            number=number, dialect=dialect,
        )  # fmt: skip

    def publisher(self, crowd: Crowd, *, ahead: int, seconds: float, of: str = "") -> Program:
        """Publishes in its own process while the caller measures."""
        return Program(
            python("-m", of or PUBLISHER, self.room, str(crowd.progress_file), str(ahead),
                   str(seconds)),
            core=LOAD_CORE, log=self.directory / "publisher.log", environment=self.environment,
        )  # fmt: skip

    def append(self, crowd: Crowd, count: int) -> int:
        """Append so many events at once; the number of the last."""
        return int(self.run("-m", PUBLISHER, self.room, str(crowd.progress_file), str(count), "0"))

"""The servers that are measured, each alone on its core."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

from tests.bench.live.crowd import Crowd
from tests.bench.live.machine import HERE, SERVER_CORE, Program, python
from tests.browser.stack import free_port


class Absent(Exception):
    """Something to compare with cannot be had on this machine; the text says why."""


class Broadcaster(Program):
    """A server that makes its own events when it is told to."""

    def __init__(self, command: list[str], port: int, log: Path, **more: Any):
        self.port = port
        super().__init__(command, core=SERVER_CORE, log=log, **more)

    def start(self) -> None:
        super().start()
        self.wait_until_it_listens(self.port)

    def go(self, crowd: Crowd, *, ahead: int, seconds: float) -> None:
        """Send as fast as the crowd reads, but no more than ``ahead`` of it."""
        self.order(f"go {seconds} {ahead} {crowd.progress_file}")


def floor(program: Path, joined: int = 1) -> Broadcaster:
    """``floor.c``: a broadcast with nothing but the system calls, ``joined`` events in each."""
    port = free_port()
    return Broadcaster([str(program), str(port), str(joined)], port, program.parent / "floor.log")


def socketio(directory: Path, keys: Path) -> Broadcaster:
    """Socket.IO 4; its packages are fetched once. Raises Absent without Node or a registry."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        raise Absent("Node and npm are not here")
    place = directory / "socketio"
    if not (place / "node_modules" / "socket.io").is_dir():
        place.mkdir(exist_ok=True)
        fetched = subprocess.run(
            [npm, "install", "--prefix", str(place), "--no-audit", "--no-fund", "socket.io@4"],
            capture_output=True, text=True, check=False, timeout=180,
        )  # fmt: skip
        if fetched.returncode:
            raise Absent(f"npm could not fetch it: {fetched.stderr.strip()[-200:]}")
    port = free_port()
    return Broadcaster(
        [node, str(HERE / "socketio.js"), str(port), str(keys)], port, directory / "socketio.log",
        environment={**os.environ, "NODE_PATH": str(place / "node_modules")},
    )  # fmt: skip


class Uvicorn(Program):
    """An ASGI application as ``deploy/systemd`` starts ours."""

    def __init__(self, application: str, environment: dict[str, str], log: Path):
        self.port = free_port()
        super().__init__(
            python(
                "-m", "uvicorn", application, "--port", str(self.port), "--lifespan", "off",
                "--ws-max-size", "65536", "--ws-per-message-deflate", "false",
            ),
            core=SERVER_CORE, log=log, environment=environment,
        )  # fmt: skip

    def start(self) -> None:
        super().start()
        self.wait_until_it_listens(self.port)

"""Two cores: one for the server that is measured, one for all that it is measured with."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parent.parent.parent
SERVER_CORE, LOAD_CORE = 0, 1
TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")
START_SECONDS = 90


class CannotMeasure(Exception):
    """Something that the bench needs is missing; the text says what to do."""


def compiled(name: str, directory: Path) -> Path:
    """The program made from ``name``.c with the machine's own compiler."""
    compiler = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
    if compiler is None:
        raise CannotMeasure("No C compiler (cc): the load generator and the floor need one.")
    target = directory / name
    subprocess.run(
        [compiler, "-O2", "-Wall", "-o", str(target), str(HERE / f"{name}.c")], check=True
    )
    return target


def pin(process_id: int, core: int) -> None:
    """Keep a process with its threads on one core, as far as we are allowed to."""
    with suppress(OSError):
        for thread in os.listdir(f"/proc/{process_id}/task"):
            os.sched_setaffinity(int(thread), {core})


def cpu_seconds(process_id: int) -> float:
    """What a process has used so far, all its threads together."""
    fields = Path(f"/proc/{process_id}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS_A_SECOND


def resident_bytes(process_id: int) -> int:
    status = Path(f"/proc/{process_id}/status").read_text()
    line = next(line for line in status.splitlines() if line.startswith("VmRSS:"))
    return int(line.split()[1]) * 1024


def python(*arguments: str) -> list[str]:
    return [sys.executable, "-W", "ignore", *arguments]


class Program:
    """A process on a core of ours, ended with the ``with`` block; its log is kept."""

    def __init__(
        self,
        command: list[str],
        *,
        core: int,
        log: Path,
        environment: dict[str, str] | None = None,
    ):
        self._command = ["taskset", "-c", str(core), *command]
        self._environment = environment
        self._log = log

    def __enter__(self) -> Program:
        self.start()
        return self

    def __exit__(self, *_error) -> None:
        self.kill()

    def start(self) -> None:
        with self._log.open("a") as log:
            self.process = subprocess.Popen(
                self._command, cwd=ROOT, env=self._environment, stderr=log, text=True,
                stdin=subprocess.PIPE, stdout=subprocess.PIPE if self.answers else log,
            )  # fmt: skip

    answers = False
    """Whether its standard output is for us and not for the log."""

    @property
    def id(self) -> int:
        return self.process.pid

    @property
    def log(self) -> str:
        return self._log.read_text()[-3000:]

    def kill(self) -> None:
        self.process.kill()
        self.process.wait(timeout=10)
        for stream in (self.process.stdin, self.process.stdout):
            if stream is not None:
                with suppress(OSError):
                    stream.close()

    def order(self, line: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def wait_until_it_listens(self, port: int) -> None:
        """Wait for the port to take connections, without giving the server any work."""
        deadline = time.monotonic() + START_SECONDS
        while not _listens(port):
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise CannotMeasure(f"{self._command} does not listen:\n{self.log}")
            time.sleep(0.02)


def _listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=5).close()
    except OSError:
        return False
    return True

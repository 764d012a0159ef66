"""PostgreSQL and Redis of the drill's own, which it may stop as it likes."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import psycopg
import redis

from tests.browser.stack import free_port

START_SECONDS = 30


class Postgres:
    """A cluster in a directory of its own; it does not run as root, so ``postgres`` owns it."""

    def __init__(self, directory: Path):
        self._directory = directory
        self._user = "postgres" if os.geteuid() == 0 else None
        self._port = free_port()
        self.url = f"postgres://postgres@127.0.0.1:{self._port}/postgres"

    def create(self) -> None:
        self._directory.mkdir()
        if self._user:
            shutil.chown(self._directory, self._user)
        made = self._start_program(
            "initdb", "-D", str(self._directory), "-U", "postgres", "-A", "trust", "-E", "UTF8"
        )
        if made.wait() != 0:
            raise RuntimeError("initdb failed; its words are in postgres.log")

    def start(self) -> None:
        self._process = self._start_program(
            "postgres", "-D", str(self._directory), "-p", str(self._port), "-k", "",
            "-c", "listen_addresses=127.0.0.1",
        )  # fmt: skip
        wait_until(lambda: psycopg.connect(self.url, connect_timeout=2).close())

    def stop_at_once(self) -> None:
        """As ``pg_ctl stop -m immediate``: sessions are cut, the next start is a recovery."""
        self._process.send_signal(signal.SIGQUIT)
        self._process.wait(timeout=START_SECONDS)

    def _start_program(self, name: str, *arguments: str) -> subprocess.Popen:
        log = self._directory.with_suffix(".log")
        with log.open("a") as output:
            return subprocess.Popen(
                [program(name), *arguments],
                cwd=self._directory, user=self._user, stdout=output, stderr=output,
            )  # fmt: skip


def program(name: str) -> str:
    """A program of PostgreSQL: Debian keeps them by version, outside of the path."""
    installed = sorted(
        Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda path: float(path.parts[-3])
    )
    found = str(installed[-1]) if installed else shutil.which(name)
    if found is None:
        raise FileNotFoundError(f"{name} of PostgreSQL is not installed")
    return found


class Redis:
    """A Redis that keeps nothing on disk."""

    def __init__(self, directory: Path):
        self._directory = directory
        self._port = free_port()
        self.url = f"redis://127.0.0.1:{self._port}/0"

    def start(self) -> None:
        self._directory.mkdir(exist_ok=True)
        self._process = subprocess.Popen(
            [
                "redis-server", "--bind", "127.0.0.1", "--port", str(self._port),
                "--save", "", "--appendonly", "no", "--dir", str(self._directory),
                "--logfile", "redis.log",
            ]
        )  # fmt: skip
        wait_until(lambda: redis.Redis.from_url(self.url, socket_connect_timeout=2).ping())

    def stop(self) -> None:
        redis.Redis.from_url(self.url).shutdown(nosave=True)
        self._process.wait(timeout=START_SECONDS)


def wait_until(answers: Callable[[], object]) -> None:
    """Until it no longer raises."""
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            answers()
        except (OSError, psycopg.OperationalError, redis.RedisError):
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)
        else:
            return

"""A whole installation as real processes, for tests that look at it from outside.

Without ``DATABASE_URL`` it is the embedded default: one process. With it, it is the larger
size: gunicorn for pages, uvicorn for sockets, a Celery worker with its clock, PostgreSQL, Redis.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg

ROOT = Path(__file__).resolve().parent.parent.parent
START_SECONDS = 180
FROM_MODELS = "migrate --run-syncdb --settings tests.from_models"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@dataclass
class Stack:
    """One installation: ``start``, ``kill`` (as a power cut would), start again, ``stop``."""

    var_dir: Path
    port: int = field(default_factory=free_port)
    socket_port: int = field(default_factory=free_port)
    database_name: str = ""
    """On the services; without it the port makes the name."""
    processes: list[subprocess.Popen] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.database_url = os.environ.get("DATABASE_URL", "")
        self.url = f"http://127.0.0.1:{self.port}"
        self.environment = {
            **os.environ,
            "VAR_DIR": str(self.var_dir),
            "DJANGO_SETTINGS_MODULE": "lms.settings.base",
            "PUBLIC_URL": self.url,
            "PYTHONUNBUFFERED": "1",
        }
        if self.is_large:
            self._use_services()

    @property
    def is_large(self) -> bool:
        return bool(self.database_url)

    @property
    def log(self) -> str:
        return "\n".join(path.read_text() for path in sorted(self.var_dir.glob("*.log")))

    @property
    def mail_dir(self) -> Path:
        return self.var_dir / "mail"

    @property
    def letters(self) -> str:
        """What has been sent, one after the other; the last may still be being written."""
        return "".join(path.read_text(errors="ignore") for path in self.mail_dir.glob("*.log"))

    def begin_with(self, var_dir: Path, database: str) -> Stack:
        """Take over the data of an installation at rest: its directory and its database."""
        shutil.copytree(var_dir, self.var_dir, dirs_exist_ok=True)
        if self.is_large:
            with psycopg.connect(self.database_url, autocommit=True) as connection:
                connection.execute(f'DROP DATABASE "{self.database_name}"')
                connection.execute(f'CREATE DATABASE "{self.database_name}" TEMPLATE "{database}"')
        return self

    def prepare(self, *commands: str, migrates: bool = True) -> None:
        """Make the tables, then run management commands, each given as one line of words.

        ``migrates``: through the migrations; otherwise straight from the models, which is quicker.
        """
        tables = "migrate" if migrates else FROM_MODELS
        static = ["collectstatic --no-input"] if self.is_large else []
        for command in [tables, *static, *commands]:
            done = subprocess.run(
                [sys.executable, "manage.py", *command.split(), "--verbosity", "0"],
                cwd=ROOT,
                env=self.environment,
                capture_output=True,
                text=True,
                check=False,
            )
            assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"

    def start(self) -> Stack:
        commands = self._large() if self.is_large else self._embedded()
        for name, command in commands.items():
            with (self.var_dir / f"{name}.log").open("a") as log:
                self.processes.append(
                    subprocess.Popen(
                        command,
                        cwd=ROOT,
                        env=self.environment,
                        stdout=log,
                        stderr=subprocess.STDOUT,
                        start_new_session=True,
                    )
                )
        self._wait_until_it_answers()
        return self

    def kill(self) -> None:
        """End every process at once with SIGKILL."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        self._end(signal.SIGTERM)

    def _end(self, how: signal.Signals) -> None:
        for process in self.processes:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, how)
        for process in self.processes:
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait(timeout=5)
        self.processes.clear()

    def _embedded(self) -> dict[str, list[str]]:
        return {"serve": [sys.executable, "manage.py", "serve", "--port", str(self.port)]}

    def _large(self) -> dict[str, list[str]]:
        python = [sys.executable, "-m"]
        return {
            "pages": [
                *python, "gunicorn", "lms.wsgi", "--bind", f"127.0.0.1:{self.port}",
                "--workers", "1", "--threads", "4",
            ],
            "sockets": [
                *python, "uvicorn", "lms.asgi:application", "--port", str(self.socket_port),
                "--ws-max-size", "65536", "--ws-per-message-deflate", "false",
                "--lifespan", "off",
            ],
            "worker": [
                *python, "celery", "-A", "lms", "worker", "--beat", "--pool", "threads",
                "--queues", "celery", "--concurrency", "2", "--loglevel", "INFO",
            ],
            "deliveries": [
                *python, "celery", "-A", "lms", "worker", "--pool", "threads",
                "--queues", "deliveries", "--concurrency", "4", "--hostname", "deliveries@%h",
                "--loglevel", "INFO",
            ],
        }  # fmt: skip

    def _use_services(self) -> None:
        name = self.database_name or f"berezhno_stack_{self.port}"
        parts = urlsplit(self.database_url)
        # Not the databases of the tests in this process, which empty their cache.
        redis_url = urlsplit(os.environ["REDIS_URL"])._replace(path="/11").geturl()
        with psycopg.connect(self.database_url, autocommit=True) as connection:
            connection.execute(f'DROP DATABASE IF EXISTS "{name}"')
            connection.execute(f'CREATE DATABASE "{name}"')
        self.database_name = name
        self.environment |= {
            "DATABASE_URL": urlunsplit(parts._replace(path=f"/{name}")),
            "REDIS_URL": redis_url,
            "CELERY_BROKER_URL": redis_url,
            "SECRET_KEY": "only-for-this-test",
            "LIVE_URL": f"ws://127.0.0.1:{self.socket_port}",
            "SERVE_MEDIA": "true",
            "CACHE_PREFIX": name,
        }

    def destroy(self) -> None:
        """Stop, and leave nothing on the services behind."""
        self.stop()
        if self.is_large:
            with psycopg.connect(self.database_url, autocommit=True) as connection:
                connection.execute(f'DROP DATABASE "{self.database_name}" WITH (FORCE)')

    def _wait_until_it_answers(self) -> None:
        ports = [self.port, self.socket_port] if self.is_large else [self.port]
        deadline = time.monotonic() + START_SECONDS
        for port in ports:
            while not _answers(f"http://127.0.0.1:{port}/accounts/login/"):
                assert time.monotonic() < deadline, f"Port {port} does not answer.\n{self.log}"
                for process in self.processes:
                    assert process.poll() is None, f"A process ended.\n{self.log}"
                time.sleep(0.2)


def _answers(url: str) -> bool:
    try:
        urllib.request.urlopen(url, timeout=5).close()
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False
    return True

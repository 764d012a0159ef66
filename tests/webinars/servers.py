"""Real server processes of the platform, for tests and drills that kill them."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

from tests.browser.stack import ROOT, free_port

START_SECONDS = 120


class Server:
    """One uvicorn process of the platform."""

    def __init__(
        self,
        environment: dict[str, str],
        log: Path,
        application: str = "lms.asgi:application",
    ):
        self.port = free_port()
        self._application = application
        self._environment = environment
        self._log = log

    def start(self) -> Server:
        with self._log.open("a") as log:
            self.process = subprocess.Popen(
                [
                    sys.executable, "-m", "uvicorn", self._application,
                    "--port", str(self.port), "--lifespan", "off", "--ws-max-size", "65536",
                    "--ws-per-message-deflate", "false",
                ],
                cwd=ROOT, env=self._environment, stdout=log, stderr=subprocess.STDOUT,
            )  # fmt: skip
        deadline = time.monotonic() + START_SECONDS
        while not self._answers():
            assert self.process.poll() is None, self._log.read_text()
            assert time.monotonic() < deadline, self._log.read_text()
            time.sleep(0.1)
        return self

    def _answers(self) -> bool:
        try:
            address = f"http://127.0.0.1:{self.port}/no-such-page/"
            urllib.request.urlopen(address, timeout=5).close()
        except urllib.error.HTTPError:
            return True
        except OSError:
            return False
        return True

    def words(self) -> str:
        """What it has logged."""
        return self._log.read_text()

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(timeout=10)

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                self.kill()

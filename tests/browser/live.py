"""A webinar or a practicum for browsers, made inside an installation, with ready sessions."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass

from playwright.sync_api import BrowserContext

from tests.browser.stack import ROOT


@dataclass(frozen=True)
class Meeting:
    """Where it is; the trainer's and the learners' sessions."""

    page: str
    host: str
    cookie: str
    keys: list[str]

    def sign_in(self, context: BrowserContext, who: int, url: str) -> None:
        """Let a browser be the trainer (0) or one of the learners (1 to 3)."""
        context.add_cookies([{"name": self.cookie, "value": self.keys[who], "url": url}])


def make_meeting(environment: dict[str, str]) -> Meeting:
    """A meeting that is not open yet, with slides, a video, a prepared poll, three learners."""
    return _made("live_meeting", environment)


def make_hall(environment: dict[str, str], scenario: str = "agressivnyy-posetitel") -> Meeting:
    """A practicum for three with a required review, its trainer and three learners."""
    return _made("practicum_hall", environment | {"SCENARIO": scenario})


def _made(module: str, environment: dict[str, str]) -> Meeting:
    done = subprocess.run(
        [sys.executable, "-m", f"tests.browser.{module}"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return Meeting(**json.loads(done.stdout.splitlines()[-1]))

"""Fault drill: kill the whole installation again and again while regions enrol people.

After every kill and restart each enrolment that was confirmed must be readable, exactly once, and
its invitation must reach the person. Run with ``make drill-kill``; the last line is JSON.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path

from tests.browser.stack import Stack

WRITERS = 4


class Region:
    """A region's system: enrols people one after another, and remembers what was confirmed."""

    def __init__(self, stack: Stack, key: str, cohort: str) -> None:
        self.stack = stack
        self.headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
        self.cohort = cohort
        self.confirmed: dict[str, str] = {}
        self.lock = threading.Lock()
        self.number = 0

    def address(self, external_id: str) -> str:
        return (
            f"{self.stack.url}/api/v1/cohorts/{self.cohort}"
            f"/enrolments/by-external-id/drill/{external_id}"
        )

    def enrol_until(self, stopped: threading.Event) -> None:
        while not stopped.is_set():
            with self.lock:
                self.number += 1
                external_id = str(self.number)
            person = {
                "family_name": "Учебная",
                "given_name": "Запись",
                "email": f"drill-{external_id}@example.org",
            }
            request = urllib.request.Request(
                self.address(external_id),
                data=json.dumps(person).encode(),
                headers=self.headers,
                method="PUT",
            )
            try:
                with urllib.request.urlopen(request, timeout=10) as response:
                    answer = json.load(response)
            except (OSError, ValueError):
                return  # the installation is gone: nothing was confirmed
            with self.lock:
                self.confirmed[external_id] = answer["enrolment"]["id"]

    def is_kept(self, enrolment_id: str) -> bool:
        request = urllib.request.Request(
            f"{self.stack.url}/api/v1/enrolments/{enrolment_id}", headers=self.headers
        )
        try:
            urllib.request.urlopen(request, timeout=10).close()
        except urllib.error.HTTPError:
            return False
        return True


def run_round(region: Region, stack: Stack, seconds: float) -> None:
    stopped = threading.Event()
    writers = [threading.Thread(target=region.enrol_until, args=[stopped]) for _ in range(WRITERS)]
    for writer in writers:
        writer.start()
    time.sleep(seconds)
    stack.kill()
    stopped.set()
    for writer in writers:
        writer.join()


def letters_missing(region: Region, stack: Stack, *, wait_seconds: float) -> int:
    """Confirmed enrolments whose invitation has not been sent when the time is over."""
    deadline = time.monotonic() + wait_seconds
    while True:
        sent = "".join(path.read_text(errors="replace") for path in stack.mail_dir.glob("*.log"))
        missing = [n for n in region.confirmed if f"drill-{n}@example.org" not in sent]
        if not missing or time.monotonic() > deadline:
            return len(missing)
        time.sleep(1)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=8)
    arguments = parser.parse_args()
    chance = random.Random(2026)
    with tempfile.TemporaryDirectory() as directory:
        stack = Stack(Path(directory))
        try:
            stack.prepare("demo --quick")
            access = json.loads((stack.var_dir / "demo.json").read_text())
            region = Region(stack, access["api_key"], access["cohort"])
            for _ in range(arguments.rounds):
                stack.start()
                run_round(region, stack, chance.uniform(0.5, 3.0))
            stack.start()
            lost = sum(not region.is_kept(key) for key in region.confirmed.values())
            unsent = letters_missing(region, stack, wait_seconds=120)
        finally:
            stack.destroy()
    figures = {
        "kills": arguments.rounds,
        "confirmed": len(region.confirmed),
        "lost": lost,
        "letters_missing": unsent,
    }
    print(json.dumps(figures))
    return 0 if region.confirmed and not lost and not unsent else 1


if __name__ == "__main__":
    sys.exit(main())

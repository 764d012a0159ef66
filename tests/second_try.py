"""Tests of browsers that failed beside others, once more and alone; how CI judges their failure.

Three browsers, three installations and their databases share the cores of a test run, and a page
may then be slower than the test of it expects. Who passes alone is named as one that depends on
timing, which is a fault of the test or of the page and is to be mended; who fails again has failed.
Whatever is no test of a browser gets no second try, nor do many at once.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Collection
from pathlib import Path

FAILED = Path(".pytest_cache/v/cache/lastfailed")
"""What pytest itself remembers of its last run: a JSON object whose keys are the failed tests."""
MOST = 2


def may_be_tried_again(failed: Collection[str]) -> bool:
    """Whether ``failed`` (identities of pytest) are a few tests of browsers and nothing else."""
    of_browsers = all(name.startswith("tests/browser/test_") and "::" in name for name in failed)
    return 0 < len(failed) <= MOST and of_browsers


def main() -> int:
    try:
        failed = sorted(json.loads(FAILED.read_text(encoding="utf-8")))
    except FileNotFoundError:
        failed = []
    if not may_be_tried_again(failed):
        return 1
    print(f"\nOnce more and alone: {' '.join(failed)}", flush=True)
    command = [sys.executable, "-m", "pytest", "--nomigrations", "-p", "no:xdist", *failed]
    status = subprocess.run(command, check=False).returncode
    if status == 0:
        print(f"Passed alone, so they depend on timing and are to be mended: {' '.join(failed)}")
    return status


if __name__ == "__main__":
    sys.exit(main())

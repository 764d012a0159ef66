"""The house stays as it was drawn."""

import subprocess
import sys
from pathlib import Path

from django.conf import settings

DRAWERS = {"utils.py", "helpers.py", "misc.py", "common.py", "services.py", "managers.py"}


def tracked_files() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files"], cwd=settings.BASE_DIR, capture_output=True, text=True, check=True
    )
    return [Path(line) for line in listed.stdout.splitlines()]


def test_doors_open_downward_only():
    linter = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run(
        [linter, "--no-cache"], cwd=settings.BASE_DIR, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout


def test_no_file_is_a_drawer_for_everything():
    assert not [path for path in tracked_files() if path.name in DRAWERS]

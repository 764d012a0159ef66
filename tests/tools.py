"""Programs of the machine that tests use besides Python (``deploy/test-tools.sh`` brings them)."""

from __future__ import annotations

import os
import shutil
import subprocess

import pytest

PACKAGES = {
    "chromium": "chromium",
    "openssl": "openssl",
    "pdfinfo": "poppler-utils",
    "pdfsig": "poppler-utils",
    "pdftotext": "poppler-utils",
    "qpdf": "qpdf",
    "softhsm2-util": "softhsm2",
}
"""Debian's package of each program."""
ALSO = {"chromium": ("chromium-browser", "google-chrome")}


def find(name: str) -> str | None:
    """Where the program is, under any of its names; nothing is downloaded."""
    names = (name, *ALSO.get(name, ()))
    return next((path for each in names if (path := shutil.which(each))), None)


def needed(name: str) -> str:
    """Where the program is. Without it the test is skipped; in CI, where it must be, it fails."""
    path = find(name)
    if path is None:
        package = PACKAGES[name]
        if os.environ.get("CI"):
            pytest.fail(f"{name} must be there in CI: run deploy/test-tools.sh as root.")
        pytest.skip(f"No {name} on this machine: install Debian's package `{package}`.")
    return path


def told_by(name: str, *arguments: str) -> str:
    """What the program writes, on both streams, whatever its exit code."""
    run = subprocess.run([needed(name), *arguments], capture_output=True, text=True, check=False)
    return run.stdout + run.stderr

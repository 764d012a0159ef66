"""The programs of the guide: one in the shell, one in Python, shown step by step.

Each is a program that runs from its beginning to its end; a line ``# [name]`` begins a step, so
that the pages show the very text that the tests carry out.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

PROGRAMS = Path(__file__).parent / "programs"
_MARK = re.compile(r"^# \[(\w+)\]\n", re.MULTILINE)


@dataclass(frozen=True)
class Sample:
    """One step, as a region's programmer copies it."""

    curl: str
    python: str


@lru_cache(maxsize=4)
def program(name: str, site: str) -> str:
    """The whole program (“guide.sh” or “guide.py”) for the installation at ``site``."""
    text = (PROGRAMS / name).read_text(encoding="utf-8")
    return text.replace("{{ api }}", f"{site}/api/v1")


@lru_cache(maxsize=4)
def samples(site: str) -> Mapping[str, Sample]:
    """Every step by its name."""
    curl, python = (_steps(program(name, site)) for name in ("guide.sh", "guide.py"))
    return {name: Sample(curl=text, python=python[name]) for name, text in curl.items()}


def _steps(text: str) -> dict[str, str]:
    _before, *parts = _MARK.split(text)
    return {name: body.strip() for name, body in zip(parts[::2], parts[1::2], strict=True)}

"""Which code a report was computed by: stands on every report."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from assessments import psychometrics
from lms.insights import reports

NUMBER_OF_DIGITS = 12
ONLY_WORDS = frozenset(
    ("drawing.py", "files.py", "presenting.py", "presenting_items.py", "sections.py", "stamp.py",
     "wording.py")
)  # fmt: skip
"""Modules that show numbers and make none: another sentence is no other method."""


@cache
def method_version() -> str:
    """The first digits of a SHA-256 over the statistical code: other digits, other code."""
    digest = hashlib.sha256()
    for package in (psychometrics, reports):
        assert package.__file__ is not None
        for file in sorted(Path(package.__file__).parent.glob("*.py")):
            if file.name in ONLY_WORDS and package is reports:
                continue
            digest.update(file.name.encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()[:NUMBER_OF_DIGITS]

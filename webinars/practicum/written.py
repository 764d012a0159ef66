"""What people have written into the fields of a form, as it may be kept. Pure, without Django."""

from __future__ import annotations

import re

from lms.numerals import whole_number

LONGEST = 2000
LONGEST_NUMBER = 9
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


def words(text: str | None, *, longest: int = LONGEST) -> str:
    """Without the space around it, and without what no database keeps, such as a NUL."""
    return _UNPRINTABLE.sub("", text or "").strip()[:longest]


def number(text: str | None) -> int | None:
    """A whole number from 0 on; None for anything else, and for one too long to be meant."""
    return whole_number(text, most_digits=LONGEST_NUMBER)

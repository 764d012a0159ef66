"""Whole numbers as forms and addresses send them: anything may stand there."""

from __future__ import annotations

MOST_DIGITS = 18
"""As many as fit into the database's largest whole number, whichever they are."""


def whole_number(text: str | None, *, most_digits: int = MOST_DIGITS) -> int | None:
    """The number that ``text`` is; None for anything else, and for what no number of ours is."""
    if text and text.isascii() and text.isdigit() and len(text) <= most_digits:
        return int(text)
    return None

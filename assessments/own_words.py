"""What somebody has written, as it may be kept. Pure."""

from __future__ import annotations

import re

LONGEST_TEXT = 4000
_LINE_END = re.compile(r"\r\n?")
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


def own_words(text: str) -> str:
    """Line ends as one sign, as browsers count them; without signs that nobody types (NUL)."""
    return _UNPRINTABLE.sub("", _LINE_END.sub("\n", text)).strip()

"""Fonts of documents: registered once a process, named after their content."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont


class MissingGlyphs(ValueError):
    """The font cannot write some characters; ``characters`` says which."""

    def __init__(self, characters: str):
        super().__init__(characters)
        self.characters = characters


@lru_cache(maxsize=16)
def font(path: Path) -> str:
    """The ReportLab name of a TrueType file; registering happens once.

    ReportLab's registry is global and never replaces a name, so the name carries the file's hash.
    """
    digest = hashlib.sha256(path.read_bytes()).hexdigest()[:12]
    name = f"{path.stem}-{digest}"
    pdfmetrics.registerFont(TTFont(name, path, asciiReadable=False))  # only what is printed
    return name


def check_glyphs(text: str, *, font_name: str) -> None:
    """Raises MissingGlyphs if the font lacks a character of ``text``."""
    known = pdfmetrics.getFont(font_name).face.charToGlyph
    missing = "".join(dict.fromkeys(c for c in text if ord(c) not in known and not c.isspace()))
    if missing:
        raise MissingGlyphs(missing)


def width(text: str, *, font_name: str, size: float) -> float:
    """Width in points."""
    return pdfmetrics.stringWidth(text, font_name, size)


def wrapped(
    text: str, *, font_name: str, size: float, room: float, pairs: Sequence[str] = ()
) -> list[str]:
    """Lines of ``text`` that fit into ``room`` points; a word that is too long is cut.

    Words of one or two letters («о», «на», «№») stay with the word after them, as Russian
    typography has it, and so do the two words of each of ``pairs``, where a line has room for both.
    """
    lines: list[str] = []
    for word in _units(
        text, pairs, lambda unit: width(unit, font_name=font_name, size=size) <= room
    ):
        joined = f"{lines[-1]} {word}" if lines else word
        if lines and width(joined, font_name=font_name, size=size) <= room:
            lines[-1] = joined
            continue
        while width(word, font_name=font_name, size=size) > room:
            cut = len(word) - 1
            while cut > 1 and width(word[:cut], font_name=font_name, size=size) > room:
                cut -= 1
            lines.append(word[:cut])
            word = word[cut:]
        lines.append(word)
    return lines


def _units(text: str, pairs: Sequence[str], fits: Callable[[str], bool]) -> list[str]:
    """What is not divided between lines: words, with the short ones before them."""
    units: list[str] = []
    previous = ""
    for word in text.split():
        is_bound = (len(previous) <= 2 and previous[-1:].isalpha()) or previous == "№"
        if units and (is_bound or f"{previous} {word}" in pairs) and fits(f"{units[-1]} {word}"):
            units[-1] += f" {word}"
        else:
            units.append(word)
        previous = word
    return units


def balanced(
    text: str,
    lines: list[str],
    *,
    font_name: str,
    size: float,
    room: float,
    pairs: Sequence[str] = (),
) -> list[str]:
    """As many lines as ``lines``, the wrapping of ``text`` in ``room``, but about equally long."""
    narrow = room
    longest = max(width(word, font_name=font_name, size=size) for word in text.split())
    while narrow - 12 > longest:
        tried = wrapped(text, font_name=font_name, size=size, room=narrow - 12, pairs=pairs)
        if len(tried) > len(lines):
            break
        narrow, lines = narrow - 12, tried
    return lines

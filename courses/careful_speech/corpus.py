"""The labelled lines of our own making: a part to learn from and a part that is only measured on.

corpus/training/<voice>.tsv and corpus/kept/<voice>.tsv: in every row the categories, parted by
spaces ("-" for none), a tab, and the words. A voice is one way of speaking in one kind of
situation; a classifier is judged on voices that it has not learned from.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from courses.careful_speech.categories import Category

CORPUS = Path(__file__).parent / "corpus"


@dataclass(frozen=True, slots=True)
class LabelledLine:
    text: str
    categories: frozenset[Category]
    voice: str


def _read(part: str) -> list[LabelledLine]:
    lines = []
    for path in sorted((CORPUS / part).glob("*.tsv")):
        for row in path.read_text(encoding="utf-8").splitlines():
            labels, text = row.split("\t")
            named = frozenset(Category(name) for name in labels.split() if name != "-")
            lines.append(LabelledLine(text, named, path.stem))
    return lines


def training_lines() -> list[LabelledLine]:
    return _read("training")


def kept_lines() -> list[LabelledLine]:
    """Lines that nothing is ever trained or tuned on."""
    return _read("kept")

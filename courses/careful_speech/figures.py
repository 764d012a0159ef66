"""How often the hints are right, measured on the kept lines; which categories learners may see.

    make speech-figures      (python -m courses.careful_speech.figures)

prints the table and writes data/figures.json, from which ``shown_categories`` is read.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass
from functools import lru_cache
from math import sqrt
from pathlib import Path

import numpy as np

from courses.careful_speech.categories import CATEGORIES, Category
from courses.careful_speech.corpus import LabelledLine, kept_lines, training_lines
from courses.careful_speech.labelling import label
from courses.careful_speech.lexicon import Lexicon
from courses.careful_speech.model import classifier

FILE = Path(__file__).parent / "data" / "figures.json"
SHOWN_FROM = 0.8
"""The precision from which learners see a category."""
_RESAMPLES = 1_000


def wilson(hits: int, of: int, z: float = 1.96) -> tuple[float, float]:
    """The score interval of a share (Wilson 1927), by default of 95 %. (0, 1) for ``of`` = 0."""
    if of == 0:
        return 0.0, 1.0
    share, spread = hits / of, z * z / of
    middle = (share + spread / 2) / (1 + spread)
    half = z / (1 + spread) * sqrt(share * (1 - share) / of + spread / (4 * of))
    return max(0.0, middle - half), min(1.0, middle + half)


@dataclass(frozen=True, slots=True)
class Figures:
    """Counts of one category: rightly named, wrongly named, missed."""

    right: int
    wrong: int
    missed: int

    @property
    def precision(self) -> float:
        return self.right / (self.right + self.wrong) if self.right + self.wrong else 0.0

    @property
    def recall(self) -> float:
        return self.right / (self.right + self.missed) if self.right + self.missed else 0.0

    @property
    def f1(self) -> float:
        whole = 2 * self.right + self.wrong + self.missed
        return 2 * self.right / whole if whole else 0.0

    @property
    def precision_interval(self) -> tuple[float, float]:
        return wilson(self.right, self.right + self.wrong)

    @property
    def recall_interval(self) -> tuple[float, float]:
        return wilson(self.right, self.right + self.missed)


@dataclass(frozen=True, slots=True)
class Measurement:
    labelled: dict[Category, Figures]
    """Of everything that ``label`` says."""
    sure: dict[Category, Figures]
    """Of what may be shown: the hints that are sure."""
    macro_f1: float
    macro_f1_interval: tuple[float, float]
    """95 %, by drawing lines again (bootstrap)."""
    lines: int
    neutral_lines: int
    neutral_named: int
    """Neutral lines that were given a hint all the same."""

    @property
    def shown(self) -> frozenset[Category]:
        return frozenset(
            category for category, one in self.sure.items() if one.precision >= SHOWN_FROM
        )


def _count(truth: np.ndarray, said: np.ndarray) -> Figures:
    return Figures(
        right=int((truth & said).sum()),
        wrong=int((~truth & said).sum()),
        missed=int((truth & ~said).sum()),
    )


def measure(lines: list[LabelledLine], lexicon: Lexicon | None = None) -> Measurement:
    """Compare ``label`` with the labels of ``lines``."""
    hints = [label(line.text, lexicon) for line in lines]

    def table(rows: Iterable[Collection[Category]]) -> np.ndarray:
        return np.array([[category in row for category in CATEGORIES] for row in rows], bool)

    truth = table(line.categories for line in lines)
    said = table({hint.category for hint in row} for row in hints)
    sure = table({hint.category for hint in row if hint.sure} for row in hints)

    def macro(chosen: np.ndarray) -> float:
        right = (truth[chosen] & said[chosen]).sum(axis=0)
        whole = truth[chosen].sum(axis=0) + said[chosen].sum(axis=0)
        return float(np.mean(2 * right / np.maximum(whole, 1)))

    draw = np.random.default_rng(1)
    everything = np.arange(len(lines))
    resampled = [macro(draw.choice(everything, len(lines))) for _ in range(_RESAMPLES)]
    low, high = np.percentile(resampled, [2.5, 97.5])
    neutral = ~truth.any(axis=1)
    return Measurement(
        labelled={c: _count(truth[:, at], said[:, at]) for at, c in enumerate(CATEGORIES)},
        sure={c: _count(truth[:, at], sure[:, at]) for at, c in enumerate(CATEGORIES)},
        macro_f1=macro(everything),
        macro_f1_interval=(float(low), float(high)),
        lines=len(lines),
        neutral_lines=int(neutral.sum()),
        neutral_named=int((neutral & said.any(axis=1)).sum()),
    )


@lru_cache(maxsize=1)
def stored() -> dict:
    """The figures that were measured with the shipped model and lexicon."""
    return json.loads(FILE.read_text(encoding="utf-8"))


def shown_categories() -> frozenset[Category]:
    """Categories whose hints were right often enough on the kept lines to be shown to learners."""
    return frozenset(Category(name) for name in stored()["shown"])


def store(measured: Measurement) -> None:
    record = {
        "version": classifier().version,
        "lines": measured.lines,
        "macro_f1": round(measured.macro_f1, 4),
        "macro_f1_interval": [round(bound, 4) for bound in measured.macro_f1_interval],
        "shown_from_precision": SHOWN_FROM,
        "shown": [category for category in CATEGORIES if category in measured.shown],
        "labelled": {category: asdict(one) for category, one in measured.labelled.items()},
        "sure": {category: asdict(one) for category, one in measured.sure.items()},
    }
    FILE.write_text(json.dumps(record, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    stored.cache_clear()


def _row(name: str, one: Figures, sure: Figures, shown: bool) -> str:
    low, high = one.precision_interval
    recall_low, recall_high = one.recall_interval
    sure_low, sure_high = sure.precision_interval
    return (
        f"{name:14} {one.precision:.2f} [{low:.2f}, {high:.2f}]  "
        f"{one.recall:.2f} [{recall_low:.2f}, {recall_high:.2f}]  {one.f1:.2f}   "
        f"{sure.precision:.2f} [{sure_low:.2f}, {sure_high:.2f}]  {sure.recall:.2f}  "
        f"{'shown' if shown else '-'}"
    )


def main() -> None:
    measured = measure(kept_lines())
    store(measured)
    print(f"{measured.lines} kept lines by other voices; {len(training_lines())} to learn from;")
    print(f"model {classifier().version}; intervals of 95 %: Wilson, macro-F1 by bootstrap\n")
    print(f"{'':14} everything labelled{'':32} sure enough to be shown")
    print(f"{'':14} precision          recall             F1     precision          recall")
    for category in CATEGORIES:
        shown = category in measured.shown
        print(_row(category, measured.labelled[category], measured.sure[category], shown))
    low, high = measured.macro_f1_interval
    print(f"\nmacro-F1 {measured.macro_f1:.3f} [{low:.3f}, {high:.3f}]")
    print(f"neutral lines given a hint: {measured.neutral_named} of {measured.neutral_lines}")


if __name__ == "__main__":
    main()

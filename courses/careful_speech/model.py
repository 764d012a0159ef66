"""The trained classifier: one regularised least-squares score for every category.

A line's score is the sum of the weights of its features plus its meaning times a matrix
(learning/classifier.py makes both). Positive scores lean to the category; two limits are stored for
each: ``label`` where F1 is best and ``sure`` where precision was at least 0.85 in cross-validation.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from courses.careful_speech.features import block_of, features
from courses.careful_speech.meanings import meanings
from courses.careful_speech.words import Sentence

FILE = Path(__file__).parent / "data" / "classifier.npz"


def coded(names: set[str]) -> dict[str, list[int]]:
    """Features as 32-bit numbers by block."""
    blocks: dict[str, list[int]] = defaultdict(list)
    for name in sorted(names):
        blocks[block_of(name)].append(crc32(name.encode()))
    return blocks


@dataclass(frozen=True, slots=True)
class Classifier:
    row: dict[int, int]
    """Feature → row of ``weights``."""
    weights: NDArray[np.float32]
    """features × categories."""
    meaning: NDArray[np.float32]
    """2 · dimensions × categories."""
    bias: NDArray[np.float32]
    label_limits: NDArray[np.float32]
    sure_limits: NDArray[np.float32]
    version: str

    def scores(self, sentences: list[Sentence]) -> NDArray[np.float32]:
        """One score a category, in the order of ``CATEGORIES``."""
        known = meanings()
        total = self.bias + known.of_line(sentences) @ self.meaning
        for block in coded(features(sentences, known.groups)).values():
            rows = [self.row[code] for code in block if code in self.row]
            if rows:  # a block has length 1 however many features it holds
                total = total + self.weights[rows].sum(axis=0) / np.float32(len(rows) ** 0.5)
        return total


@lru_cache(maxsize=1)
def classifier() -> Classifier:
    with np.load(FILE) as file:
        return Classifier(
            row={int(code): row for row, code in enumerate(file["codes"])},
            weights=file["weights"].astype(np.float32) * file["scales"],
            meaning=file["meaning"].astype(np.float32),
            bias=file["bias"],
            label_limits=file["label_limits"],
            sure_limits=file["sure_limits"],
            version=str(file["version"]),
        )

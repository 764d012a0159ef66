"""Vectors and groups of meaning of some 22,000 Russian lemmas, from data/meanings.npz.

They were made once by learning/meanings.py from Navec (Natasha project, MIT licence).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from courses.careful_speech.words import Sentence

FILE = Path(__file__).parent / "data" / "meanings.npz"


@dataclass(frozen=True, slots=True)
class Meanings:
    place: dict[str, int]
    """Lemma → row."""
    vectors: NDArray[np.float32]
    weights: NDArray[np.float32]
    """Rare lemmas weigh more (Arora et al., 2017)."""
    groups: dict[str, int]

    def of_line(self, sentences: list[Sentence]) -> NDArray[np.float32]:
        """The mean meaning of all words, then of the verbs, each of length 1 (or 0)."""
        size = self.vectors.shape[1]
        rows, verbs = [], []
        for sentence in sentences:
            for word in sentence:
                row = self.place.get(word.lemma)
                if row is not None:
                    rows.append(row)
                    if word.tags & {"VERB", "INFN"}:
                        verbs.append(row)
        line = np.zeros(2 * size, np.float32)
        if rows:
            line[:size] = self.weights[rows] @ self.vectors[rows]
        if verbs:
            line[size:] = self.vectors[verbs].sum(axis=0)
        for half in (line[:size], line[size:]):
            length = float(np.linalg.norm(half))
            if length > 0:
                half /= length
        return line


@lru_cache(maxsize=1)
def meanings() -> Meanings:
    with np.load(FILE) as file:
        lemmas = file["lemmas"].tobytes().decode().split("\n")
        vectors = file["vectors"].astype(np.float32)
        weights = file["weights"].astype(np.float32)
        groups = file["groups"]
    return Meanings(
        place={lemma: row for row, lemma in enumerate(lemmas)},
        vectors=vectors,
        weights=weights,
        groups={lemma: int(group) for lemma, group in zip(lemmas, groups, strict=True)},
    )

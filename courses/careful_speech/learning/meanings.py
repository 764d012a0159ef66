"""Make data/meanings.npz from Navec's vectors: common lemmas, 48 dimensions, 300 groups.

    python -m courses.careful_speech.learning.meanings navec_news_v1_1B_250K_300d_100q.tar

Needs the package ``navec`` (development only) and its file of vectors, which the wheel of natasha
carries. Both are under the MIT licence. It is run again only when other vectors are wanted.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

import numpy as np
from scipy.cluster.vq import kmeans2

from courses.careful_speech.meanings import FILE
from courses.careful_speech.words import morphology

DIMENSIONS = 48
GROUPS = 300
MOST = {"NOUN": 9_000, "ADJF": 5_000}
"""The most frequent ones are kept; of verbs and small words all."""
_NAMES = {"Name", "Surn", "Patr", "Geox", "Orgn", "Trad", "Abbr", "Init"}
_SMOOTHING = 1e-4


def _lemmas(navec) -> list[tuple[int, str]]:
    """Frequency and lemma of the words that are their own lemma and no names."""
    analyse = morphology()
    found: dict[str, list[tuple[int, str]]] = {}
    for word, count in zip(navec.vocab.words, navec.vocab.counts, strict=False):
        if not re.fullmatch("[а-яё-]{3,}", word) or not analyse.word_is_known(word):
            continue
        readings = analyse.parse(word)
        own = [reading for reading in readings if reading.normal_form == word]
        if not own or (readings[0].normal_form != word and readings[0].score > 0.6):
            continue
        if not set(own[0].tag.grammemes) & _NAMES:
            found.setdefault(str(own[0].tag.POS), []).append((count, word))
    kept = []
    for part, words in found.items():
        kept += sorted(words, reverse=True)[: MOST.get(part, len(words))]
    return kept


def main(path: Path) -> None:
    from navec import Navec

    navec = Navec.load(str(path))
    kept = _lemmas(navec)
    vectors = np.array([navec[word] for _, word in kept])
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True) + 1e-9
    vectors -= vectors.mean(axis=0)
    values, directions = np.linalg.eigh(vectors.T @ vectors)
    vectors = vectors @ directions[:, np.argsort(values)[::-1][:DIMENSIONS]]
    unit = vectors / (np.linalg.norm(vectors, axis=1, keepdims=True) + 1e-9)
    _, groups = kmeans2(unit, GROUPS, minit="++", rng=np.random.default_rng(5), iter=15)
    counts = np.array([count for count, _ in kept], float)
    weights = _SMOOTHING / (_SMOOTHING + counts / counts.sum())
    scale = 127 / np.abs(vectors).max()
    lemmas = "\n".join(word.replace("ё", "е") for _, word in kept)
    np.savez_compressed(
        FILE,
        lemmas=np.frombuffer(lemmas.encode(), np.uint8),
        vectors=np.round(vectors * scale).astype(np.int8),
        weights=weights.astype(np.float16),
        groups=groups.astype(np.int16),
    )
    print(f"{len(kept)} lemmas, {FILE.stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    main(Path(sys.argv[1]))

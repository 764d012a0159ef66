"""Train data/classifier.npz on the training lines; print cross-validated figures by voice.

    make speech-model        (python -m courses.careful_speech.learning.classifier)

Every voice is predicted by a model that has not seen it; the limits come from these predictions.
The kept lines are measured afterwards (``figures.py``), never used here.
"""

from __future__ import annotations

from hashlib import sha256

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.linalg import solve

from courses.careful_speech.categories import CATEGORIES
from courses.careful_speech.corpus import LabelledLine, training_lines
from courses.careful_speech.features import features
from courses.careful_speech.meanings import meanings
from courses.careful_speech.model import FILE, coded
from courses.careful_speech.words import read

PENALTY = 2.0
LEAST_LINES = 2
"""Lines a feature must occur in."""
SURE_PRECISION = 0.85
FEWEST_SURE = 12
"""Predictions that a sure limit must rest on."""

Floats = NDArray[np.float64]


def _matrix(lines: list[LabelledLine]) -> tuple[sparse.csr_matrix, list[int], Floats]:
    """Features (lines × codes, each block of length 1), the codes, and the meanings."""
    known = meanings()
    read_lines = [read(line.text) for line in lines]
    blocks = [coded(features(sentences, known.groups)) for sentences in read_lines]
    seen: dict[int, int] = {}
    for line in blocks:
        for codes in line.values():
            for code in codes:
                seen[code] = seen.get(code, 0) + 1
    kept = sorted(code for code, times in seen.items() if times >= LEAST_LINES)
    column = {code: at for at, code in enumerate(kept)}
    rows, columns, values = [], [], []
    for at, line in enumerate(blocks):
        for codes in line.values():
            present = [column[code] for code in codes if code in column]
            rows += [at] * len(present)
            columns += present
            values += [max(len(present), 1) ** -0.5] * len(present)
    matrix = sparse.csr_matrix((values, (rows, columns)), shape=(len(lines), len(kept)))
    return matrix, kept, np.array([known.of_line(sentences) for sentences in read_lines], float)


def _fit(kernel: Floats, truth: Floats) -> tuple[Floats, Floats]:
    """Weights of the lines and the bias, by least squares with a penalty, in the dual form."""
    bias = truth.mean(axis=0)
    penalised = kernel + PENALTY * np.eye(len(kernel))
    return solve(penalised, truth - bias, assume_a="pos"), bias


def predict_by_voice(kernel: Floats, truth: Floats, voices: NDArray[np.str_]) -> Floats:
    scores = np.zeros(truth.shape)
    for voice in np.unique(voices):
        held = voices == voice
        weights, bias = _fit(kernel[np.ix_(~held, ~held)], truth[~held])
        scores[held] = kernel[np.ix_(held, ~held)] @ weights + bias
    return scores


def _limits(scores: Floats, truth: NDArray[np.bool_]) -> tuple[float, float, float]:
    """The limit of the best F1, the sure limit, and the best F1, of one category."""
    order = np.argsort(-scores)
    hits = np.cumsum(truth[order])
    taken = np.arange(1, len(order) + 1)
    f1 = 2 * hits / (taken + truth.sum())
    best = int(f1.argmax())
    precise = np.flatnonzero((hits / taken >= SURE_PRECISION) & (taken >= FEWEST_SURE))
    sure = int(precise[-1]) if len(precise) else 0
    between = [float(scores[order[at : at + 2]].mean()) for at in (best, sure)]
    return between[0], max(between), float(f1[best])


def main() -> None:
    lines = training_lines()
    matrix, codes, meaning = _matrix(lines)
    kernel = np.asarray((matrix @ matrix.T).todense()) + meaning @ meaning.T
    named = np.array([[category in line.categories for category in CATEGORIES] for line in lines])
    truth = named * 2.0 - 1
    scores = predict_by_voice(kernel, truth, np.array([line.voice for line in lines]))
    limits = [_limits(scores[:, at], named[:, at]) for at in range(len(CATEGORIES))]
    weights, bias = _fit(kernel, truth)
    primal = np.asarray(matrix.T @ weights)
    scales = np.abs(primal).max(axis=0) / 127
    content = repr([(line.text, sorted(line.categories)) for line in lines]).encode()
    np.savez_compressed(
        FILE,
        codes=np.array(codes, np.uint32),
        weights=np.round(primal / scales).astype(np.int8),
        scales=scales.astype(np.float32),
        meaning=(meaning.T @ weights).astype(np.float16),
        bias=bias.astype(np.float32),
        label_limits=np.array([limit[0] for limit in limits], np.float32),
        sure_limits=np.array([limit[1] for limit in limits], np.float32),
        version=np.array(sha256(content + primal.round(6).tobytes()).hexdigest()[:10]),
    )
    for category, (_, _, f1) in zip(CATEGORIES, limits, strict=True):
        print(f"{category:14} F1 {f1:.3f} on voices that were left out")
    mean = sum(limit[2] for limit in limits) / len(limits)
    print(f"macro-F1 {mean:.3f}; {len(lines)} lines, {len(codes)} features")
    print(f"{FILE.stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()

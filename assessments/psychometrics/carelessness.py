"""Signs of answers given without reading. They flag; nobody is ever left out because of them."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from assessments.psychometrics.values import matrix


def longstring(rows: ArrayLike) -> tuple[int, ...]:
    """The longest run of one and the same answer, for each person (Johnson 2005).

    rows: people × items, as clicked (before reverse keying), in the order of the page. An item
    without an answer ends a run. 0 for a person without any answer.
    """
    answers = matrix(rows, name="rows")
    people, items = answers.shape
    longest = np.zeros(people, dtype=np.int64)
    run = np.zeros(people, dtype=np.int64)
    for item in range(items):
        column = answers[:, item]
        known = np.isfinite(column)
        same = known & (column == answers[:, item - 1]) if item else np.zeros(people, dtype=bool)
        run = np.where(same, run + 1, known.astype(np.int64))
        longest = np.maximum(longest, run)
    return tuple(longest.tolist())


def intra_individual_variability(rows: ArrayLike) -> tuple[float | None, ...]:
    """Standard deviation of each person's answers, n − 1 (Dunn et al. 2018).

    rows: people × items, as clicked. Missing answers are left out; None for fewer than two answers.
    """
    answers = matrix(rows, name="rows")
    known = np.isfinite(answers)
    counts = known.sum(axis=1)
    filled = np.where(known, answers, 0.0)
    means = filled.sum(axis=1) / np.maximum(counts, 1)
    squares = np.where(known, (answers - means[:, None]) ** 2, 0.0).sum(axis=1)
    return tuple(
        float(np.sqrt(square / (count - 1))) if count > 1 else None
        for square, count in zip(squares, counts, strict=True)
    )

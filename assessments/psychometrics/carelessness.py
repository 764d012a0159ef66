"""Signs of answers given without reading. They flag; nobody is ever left out because of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from assessments.psychometrics.values import Floats, Reason, complete, matrix

PIECE = 4096


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


@dataclass(frozen=True, slots=True)
class Distances:
    """How far each person lies from the middle of all; NaN for whoever left an item out.

    ``squared``: D² with ``df`` degrees of freedom; ``p``: of as large a one by chance.
    """

    squared: Floats
    p: Floats
    df: int
    reason: Reason = ""


def mahalanobis(rows: ArrayLike) -> Distances:
    """D² = (x − x̄)ᵀ S⁻¹ (x − x̄) of each person, p by χ² (Mahalanobis 1936; Meade & Craig 2012).

    rows: people × items, as clicked. Means and covariances rest on people who answered all. Items
    that everybody answered alike are left out of the distance. Not more people than items, or items
    that follow from each other: ``too_few`` or ``no_fit``, and nobody has a distance.
    """
    answers = matrix(rows, name="rows")
    nobody = np.full(len(answers), np.nan)
    known = np.isfinite(answers).all(axis=1)
    whole = complete(answers)
    if len(whole) < 2:
        return Distances(nobody, nobody, 0, "too_few")
    varies = whole.min(axis=0) < whole.max(axis=0)
    if not varies.all():
        whole = whole[:, varies]
    people, items = whole.shape
    if not items or people <= items + 1:
        return Distances(nobody, nobody, items, "too_few")
    middle = whole.mean(axis=0)
    products = sum(away.T @ away for away in _in_pieces(whole, middle))
    covariance = products / (people - 1)
    if np.linalg.cond(covariance) > 1e10:
        return Distances(nobody, nobody, items, "no_fit")
    spin = np.linalg.inv(np.linalg.cholesky(covariance)).T
    squared, p = nobody.copy(), nobody.copy()
    squared[known] = np.concatenate(
        [np.square(away @ spin).sum(axis=1) for away in _in_pieces(whole, middle)]
    )
    p[known] = special.chdtrc(items, squared[known])
    return Distances(squared, p, items)


def _in_pieces(whole: Floats, middle: Floats) -> Iterator[Floats]:
    """How far everybody is from the middle, some thousands of people at once."""
    for start in range(0, len(whole), PIECE):
        yield whole[start : start + PIECE] - middle

"""Statistics of questionnaires: pure numpy and scipy, no Django, every formula with its source.

Results are frozen dataclasses. Where a number does not exist (too few people, no variance) it is
None and ``reason`` says why; nothing is ever NaN or infinite.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

Reason = Literal["", "too_few", "no_variance"]
Category = Literal["improved", "unchanged", "deteriorated"]


@dataclass(frozen=True, slots=True)
class PairedGain:
    """Mean of after − before with its confidence interval, in points of the scale."""

    n: int
    mean_pre: float | None
    mean_post: float | None
    mean_gain: float | None
    sd_gain: float | None
    ci_low: float | None
    ci_high: float | None
    reason: Reason = ""


def _pairs(pre: ArrayLike, post: ArrayLike) -> tuple[NDArray, NDArray]:
    before, after = np.asarray(pre, dtype=float), np.asarray(post, dtype=float)
    if before.ndim != 1 or before.shape != after.shape:
        raise ValueError("pre and post must be one-dimensional and of equal length")
    complete = np.isfinite(before) & np.isfinite(after)
    return before[complete], after[complete]


def paired_gain(pre: ArrayLike, post: ArrayLike, *, confidence: float = 0.95) -> PairedGain:
    """Mean gain and its interval: D̄ ± t · s_D / √n (Student 1908).

    pre, post: one value a person, in the same order; pairs with a missing value are left out.
    With fewer than two pairs, or no variance at all, there is no interval and ``reason`` says so.
    """
    before, after = _pairs(pre, post)
    n = len(before)
    if n == 0:
        return PairedGain(0, None, None, None, None, None, None, "too_few")
    gains = after - before
    means = (float(before.mean()), float(after.mean()), float(gains.mean()))
    if n < 2:
        return PairedGain(n, *means, None, None, None, "too_few")
    deviation = float(gains.std(ddof=1))
    if deviation < 1e-12:
        return PairedGain(n, *means, 0.0, None, None, "no_variance")
    half = float(special.stdtrit(n - 1, (1 + confidence) / 2)) * deviation / sqrt(n)
    return PairedGain(n, *means, deviation, means[2] - half, means[2] + half)


@dataclass(frozen=True, slots=True)
class Reliability:
    """Cronbach's α with Feldt's interval; ``n`` people with complete answers, ``k`` items."""

    alpha: float | None
    ci_low: float | None
    ci_high: float | None
    n: int
    k: int
    reason: Reason = ""


def cronbach_alpha(items: ArrayLike, *, confidence: float = 0.95) -> Reliability:
    """α = k/(k−1) · (1 − Σs²ᵢ / s²_T) (Cronbach 1951), interval by Feldt (1987).

    items: people × items, already keyed in one direction; rows with a missing value are left out.
    The interval is 1 − (1 − α)·F with n−1 and (n−1)(k−1) degrees of freedom.
    """
    table = np.asarray(items, dtype=float)
    if table.ndim != 2:
        raise ValueError("items must be a table of people × items")
    table = table[np.isfinite(table).all(axis=1)]
    n, k = table.shape
    if n < 2 or k < 2:
        return Reliability(None, None, None, n, k, "too_few")
    total = float(table.sum(axis=1).var(ddof=1))
    if total < 1e-12:
        return Reliability(None, None, None, n, k, "no_variance")
    alpha = k / (k - 1) * (1 - float(table.var(axis=0, ddof=1).sum()) / total)
    tail = (1 - confidence) / 2
    freedom = (n - 1, (n - 1) * (k - 1))
    low = 1 - (1 - alpha) * float(special.fdtri(*freedom, 1 - tail))
    high = 1 - (1 - alpha) * float(special.fdtri(*freedom, tail))
    return Reliability(alpha, low, high, n, k)


def sem_from_reliability(sd: float, reliability: float) -> float:
    """Standard error of measurement: s · √(1 − r) (Lord & Novick 1968).

    sd ≥ 0; reliability 0..1. Raises ValueError outside these ranges.
    """
    if sd < 0 or not 0 <= reliability <= 1:
        raise ValueError("sd must not be negative and reliability must be within 0..1")
    return sd * sqrt(1 - reliability)


@dataclass(frozen=True, slots=True)
class ReliableChange:
    """Whether one person's change is larger than measurement error."""

    sem: float
    s_diff: float
    rci: float | None
    min_reliable_change: float
    category: Category | None
    reason: Reason = ""


def reliable_change(
    pre: float,
    post: float,
    *,
    sd_pre: float,
    reliability: float,
    higher_is_better: bool = True,
    practice_effect: float = 0.0,
    z: float = 1.96,
) -> ReliableChange:
    """RCI = (x₂ − x₁ − practice) / (√2 · SEM) (Jacobson & Truax 1991; Chelune et al. 1993).

    sd_pre: of a frozen reference sample, > 0. reliability: of the scale, 0..1. practice_effect:
    mean change of an untrained group. With perfect reliability there is no error to compare with:
    ``rci`` is None.
    """
    if sd_pre <= 0:
        raise ValueError("sd_pre must be positive")
    sem = sem_from_reliability(sd_pre, reliability)
    s_diff = sqrt(2) * sem
    change = post - pre - practice_effect
    if s_diff < 1e-12:
        return ReliableChange(sem, s_diff, None, 0.0, None, "no_variance")
    rci = change / s_diff
    if abs(rci) < z:
        category: Category = "unchanged"
    else:
        category = "improved" if (rci > 0) == higher_is_better else "deteriorated"
    return ReliableChange(sem, s_diff, rci, z * s_diff, category)

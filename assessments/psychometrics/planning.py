"""How many people a study needs, and what many tests at once are worth."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, isfinite, sqrt

import numpy as np
from scipy import optimize, special

from assessments.psychometrics.values import noncentral_t_cdf

MOST_PEOPLE = 10_000_000


def holm(p: Sequence[float | None]) -> tuple[float | None, ...]:
    """Adjusted p of a family of tests, in the order given (Holm 1979).

    The i-th smallest of m becomes max over j ≤ i of min(1, (m − j + 1)·p_j). A missing p stays
    None and does not count. Raises ValueError outside 0..1.
    """
    places, values = _ordered(p)
    m = len(values)
    adjusted = np.maximum.accumulate(values * (m - np.arange(m))).clip(max=1.0)
    return _put_back(adjusted, places, len(p))


def benjamini_hochberg(p: Sequence[float | None]) -> tuple[float | None, ...]:
    """Adjusted p that hold the false discovery rate (Benjamini & Hochberg 1995).

    In the order given: the i-th smallest of m becomes min over j ≥ i of min(1, m·p_j/j). A missing
    p stays None and does not count. Raises ValueError outside 0..1.
    """
    places, values = _ordered(p)
    m = len(values)
    raw = values * m / np.arange(1, m + 1)
    adjusted = np.minimum.accumulate(raw[::-1])[::-1].clip(max=1.0)
    return _put_back(adjusted, places, len(p))


def _ordered(p: Sequence[float | None]) -> tuple[list[int], np.ndarray]:
    known = [
        (float(value), place)
        for place, value in enumerate(p)
        if value is not None and isfinite(value)
    ]
    if any(not 0 <= value <= 1 for value, _place in known):
        raise ValueError("p must be within 0..1")
    known.sort()
    return [place for _value, place in known], np.array([value for value, _place in known])


def _put_back(values: np.ndarray, places: list[int], length: int) -> tuple[float | None, ...]:
    found: list[float | None] = [None] * length
    for value, place in zip(values, places, strict=True):
        found[place] = float(value)
    return tuple(found)


def sample_size_paired(d_z: float, *, alpha: float = 0.05, power: float = 0.8) -> int | None:
    """Pairs needed to see a change of ``d_z`` deviations by a two-sided paired t (Cohen 1988).

    The least n whose power 1 − T(t_c) + T(−t_c), T being noncentral t with n − 1 degrees of
    freedom and noncentrality |d_z|·√n, reaches ``power``. None for no change at all, and where
    more than ten million would be needed. Raises ValueError unless alpha and power are within 0..1.
    """
    if not 0 < alpha < 1 or not 0 < power < 1:
        raise ValueError("alpha and power must be between 0 and 1")
    size = abs(d_z)
    if not isfinite(size) or size == 0:
        return None

    def short(n: float) -> float:
        return _power(size, n, alpha) - power

    if short(2) >= 0:
        return 2
    guess = ((special.ndtri(1 - alpha / 2) + special.ndtri(power)) / size) ** 2
    high = max(4.0, 2 * float(guess))
    if high > MOST_PEOPLE:
        return None
    while short(high) < 0:
        high *= 2
    exact = float(optimize.brentq(short, 2, high, xtol=1e-9))
    return ceil(exact - 1e-7)


def _power(size: float, n: float, alpha: float) -> float:
    df = n - 1
    border = float(special.stdtrit(df, 1 - alpha / 2))
    away = size * sqrt(n)
    return 1 - noncentral_t_cdf(border, df, away) + noncentral_t_cdf(-border, df, away)

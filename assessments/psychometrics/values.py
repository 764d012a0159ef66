"""What the statistics share: missing values, reason codes, critical values."""

from __future__ import annotations

from math import isfinite, sqrt
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

Reason = Literal[
    "", "too_few", "no_variance", "ceiling", "boundary", "missing", "unequal_raters", "no_fit"
]
"""Why a number does not exist; empty when all of them do.

too_few: not enough complete people, items, raters or groups. no_variance: everybody is alike.
ceiling: nobody had room to rise. boundary: the estimate lies at the end of its range, where its
interval is not defined. missing: an input is missing. unequal_raters: the rows were not rated by
the same number of raters. no_fit: the model cannot be fitted to these data.
"""

Interval = tuple[float, float]
Floats = NDArray[np.float64]

TINY = 1e-12


def vector(values: ArrayLike, *, name: str) -> Floats:
    """One-dimensional floats, NaN where a value is missing (None, NaN, ±infinity)."""
    found = np.array(values, dtype=np.float64)
    if found.ndim != 1:
        raise ValueError(f"{name} must be one-dimensional")
    found[~np.isfinite(found)] = np.nan
    return found


def matrix(values: ArrayLike, *, name: str) -> Floats:
    """Two-dimensional floats, NaN where a value is missing; an empty list is a table of 0 × 0.

    The given table itself where there is nothing to change in it: nobody may write into it.
    """
    found = np.asarray(values, dtype=np.float64)
    if found.size == 0 and found.ndim != 2:
        found = found.reshape(0, 0)
    if found.ndim != 2:
        raise ValueError(f"{name} must be a table of rows and columns of equal length")
    is_odd = np.isinf(found)
    return np.where(is_odd, np.nan, found) if is_odd.any() else found


def complete(table: Floats) -> Floats:
    """The rows without a missing value; the table itself where all are whole."""
    keep = np.isfinite(table).all(axis=1)
    return table if keep.all() else table[keep]


def complete_rows(*columns: Floats) -> tuple[Floats, ...]:
    """The given vectors without the places where any of them is missing (listwise)."""
    if len({len(column) for column in columns}) > 1:
        raise ValueError("the waves must be of equal length, one value a person in one order")
    keep = np.ones(len(columns[0]), dtype=bool)
    for column in columns:
        keep &= np.isfinite(column)
    return columns if keep.all() else tuple(column[keep] for column in columns)


def spread(values: Floats) -> float:
    """Standard deviation with n − 1; exactly 0 where only rounding tells the values apart."""
    if len(values) < 2:
        return 0.0
    found = float(values.std(ddof=1))
    scale = float(np.abs(values).max())
    return 0.0 if found <= TINY * max(scale, 1e-300) else found


def number(value: float) -> float | None:
    """The value as a plain float, None where it is not finite."""
    return float(value) if isfinite(value) else None


def check_confidence(confidence: float) -> None:
    if not 0 < confidence < 1:
        raise ValueError("confidence must be between 0 and 1")


def z_quantile(confidence: float) -> float:
    check_confidence(confidence)
    return float(special.ndtri((1 + confidence) / 2))


def t_quantile(confidence: float, df: float) -> float:
    check_confidence(confidence)
    return float(special.stdtrit(df, (1 + confidence) / 2))


def two_sided_t(t: float, df: float) -> float:
    """p of Student's t, two-sided, without losing small tails."""
    return float(2 * special.stdtr(df, -abs(t)))


def two_sided_z(z: float) -> float:
    return float(2 * special.ndtr(-abs(z)))


def hedges_j(df: float) -> float:
    """Exact small-sample correction J = Γ(df/2) / (√(df/2) · Γ((df − 1)/2)) (Hedges 1981).

    df > 1.
    """
    return float(
        np.exp(special.gammaln(df / 2) - special.gammaln((df - 1) / 2) - np.log(sqrt(df / 2)))
    )


_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(160)


def noncentral_t_cdf(t: float, df: float, noncentrality: float) -> float:
    """P(T ≤ t) of the noncentral t, T = (Z + δ)/S with S² = χ²/df, at least 10 digits.

    ∫ f(s)·Φ(t·s − δ) ds by Gauss and Legendre over the stretch where Φ is neither 0 nor 1; beyond
    it the chi distribution itself answers. Library routines give NaN for some small df and large δ.
    """
    if t < 0:
        return 1 - noncentral_t_cdf(-t, df, -noncentrality)
    if t == 0:
        return float(special.ndtr(-noncentrality))
    least = float(np.sqrt(2 * special.gammaincinv(df / 2, 1e-17) / df))
    most = float(np.sqrt(2 * special.gammainccinv(df / 2, 1e-17) / df))
    low = min(max(least, (noncentrality - 9) / t), most)
    high = max(min(most, (noncentrality + 9) / t), low)
    s = (high - low) / 2 * _NODES + (high + low) / 2
    log_density = (
        np.log(2)
        + df / 2 * np.log(df / 2)
        - special.gammaln(df / 2)
        + (df - 1) * np.log(np.maximum(s, 1e-300))
        - df * s * s / 2
    )
    inside = (
        (high - low) / 2 * _WEIGHTS @ (np.exp(log_density) * special.ndtr(t * s - noncentrality))
    )
    return float(inside + special.gammaincc(df / 2, df * high * high / 2))

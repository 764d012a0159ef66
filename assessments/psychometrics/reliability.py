"""How exactly a scale measures."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import ArrayLike
from scipy import optimize, special

from assessments.psychometrics.values import (
    TINY,
    Floats,
    Reason,
    check_confidence,
    complete,
    matrix,
    spread,
)

LEAST_UNIQUENESS = 0.005
"""Floor of a standardised unique variance in the factor model, against Heywood cases."""


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

    items: people × items, already keyed in one direction; rows with a missing value are left out,
    and the interval rests on the n that is left: 1 − (1 − α)·F with n−1 and (n−1)(k−1) degrees of
    freedom. α below zero usually means that an item is keyed the wrong way round.
    """
    check_confidence(confidence)
    answers = complete(matrix(items, name="items"))
    n, k = answers.shape
    if n < 2 or k < 2:
        return Reliability(None, None, None, n, k, "too_few")
    total = spread(answers.sum(axis=1)) ** 2
    single = answers.var(axis=0, ddof=1)
    if total <= TINY * max(float(single.sum()), 1e-300):
        return Reliability(None, None, None, n, k, "no_variance")
    alpha = k / (k - 1) * (1 - float(single.sum()) / total)
    tail = (1 - confidence) / 2
    freedom = (n - 1, (n - 1) * (k - 1))
    low = 1 - (1 - alpha) * float(special.fdtri(*freedom, 1 - tail))
    high = 1 - (1 - alpha) * float(special.fdtri(*freedom, tail))
    return Reliability(alpha, low, high, n, k)


@dataclass(frozen=True, slots=True)
class Omega:
    """McDonald's ω_total of the sum of the items, and of the sum of standardised items.

    ``loadings``, ``uniquenesses``: of the one-factor model, in units of the items.
    """

    omega: float | None
    omega_standardised: float | None
    n: int
    k: int
    loadings: tuple[float, ...] = ()
    uniquenesses: tuple[float, ...] = ()
    reason: Reason = ""


def omega_total(items: ArrayLike) -> Omega:
    """ω = (Σλ)² / ((Σλ)² + Σψ) of a one-factor model (McDonald 1999).

    items: people × items, keyed in one direction; rows with a missing value are left out. The
    model is fitted to the covariances by maximum likelihood (Jöreskog 1967), unique variances no
    less than 0.005 of their item's. Needs 3 items and more people than items; an item without
    variance gives ``no_variance``.
    """
    answers = complete(matrix(items, name="items"))
    n, k = answers.shape
    if k < 3 or n <= k:
        return Omega(None, None, n, k, reason="too_few")
    deviations = np.array([spread(answers[:, index]) for index in range(k)])
    if not deviations.all():
        return Omega(None, None, n, k, reason="no_variance")
    fitted = _one_factor(np.asarray(np.corrcoef(answers, rowvar=False)))
    if fitted is None:
        return Omega(None, None, n, k, reason="no_fit")
    loadings, unique = fitted
    raw, raw_unique = loadings * deviations, unique * deviations**2
    return Omega(
        omega=_omega(raw, raw_unique),
        omega_standardised=_omega(loadings, unique),
        n=n,
        k=k,
        loadings=tuple(raw.tolist()),
        uniquenesses=tuple(raw_unique.tolist()),
    )


def _omega(loadings: Floats, unique: Floats) -> float:
    common = float(loadings.sum()) ** 2
    return common / (common + float(unique.sum()))


def _one_factor(correlations: Floats) -> tuple[Floats, Floats] | None:
    """Loadings and uniquenesses of one factor by maximum likelihood, or None."""
    k = len(correlations)

    def misfit(unique: Floats) -> tuple[float, Floats]:
        scale = 1 / np.sqrt(unique)
        values, vectors = np.linalg.eigh(correlations * np.outer(scale, scale))
        rest = values[:-1]
        if rest.min() <= 0:
            rest = np.maximum(rest, TINY)
        first = vectors[:, -1] * np.sqrt(max(values[-1] - 1, 0.0)) / scale
        slope = (first**2 + unique - np.diag(correlations)) / unique**2
        return float((rest - np.log(rest)).sum() - (k - 1)), slope

    try:
        inverse = np.diag(np.linalg.inv(correlations))
        start = np.clip((1 - 0.5 / k) / inverse, LEAST_UNIQUENESS, 1)
    except np.linalg.LinAlgError:
        start = np.full(k, 0.5)
    if not np.isfinite(start).all():
        start = np.full(k, 0.5)
    found = optimize.minimize(
        misfit,
        start,
        jac=True,
        method="L-BFGS-B",
        bounds=[(LEAST_UNIQUENESS, 1.0)] * k,
        options={"maxiter": 500, "ftol": 1e-13, "gtol": 1e-8},
    )
    unique = np.asarray(found.x, dtype=np.float64)
    scale = 1 / np.sqrt(unique)
    values, vectors = np.linalg.eigh(correlations * np.outer(scale, scale))
    loadings = vectors[:, -1] * np.sqrt(max(float(values[-1]) - 1, 0.0)) / scale
    if not np.isfinite(loadings).all() or not np.abs(loadings).sum():
        return None
    if loadings.sum() < 0:
        loadings = -loadings
    return loadings, unique


def spearman_brown(reliability: float, *, length_ratio: float = 2.0) -> float:
    """Reliability of a scale lengthened by ``length_ratio`` (Spearman 1910; Brown 1910).

    r' = m·r / (1 + (m − 1)·r). reliability: 0..1, of the present scale (of one half, for the
    default of 2). length_ratio: new items / present items, > 0. Raises ValueError outside these
    ranges.
    """
    if not 0 <= reliability <= 1 or not length_ratio > 0:
        raise ValueError("reliability must be within 0..1 and length_ratio above 0")
    return length_ratio * reliability / (1 + (length_ratio - 1) * reliability)


def sem_from_reliability(sd: float, reliability: float) -> float:
    """Standard error of measurement: s · √(1 − r) (Lord & Novick 1968).

    sd ≥ 0; reliability 0..1. Raises ValueError outside these ranges.
    """
    if not sd >= 0 or not 0 <= reliability <= 1:
        raise ValueError("sd must not be negative and reliability must be within 0..1")
    return sd * sqrt(1 - reliability)


def minimal_detectable_change(sem: float, *, z: float = 1.96) -> float:
    """The smallest change of one person beyond measurement error: z · √2 · SEM (Weir 2005).

    sem ≥ 0, in points. Raises ValueError for a negative one.
    """
    if not sem >= 0:
        raise ValueError("sem must not be negative")
    return z * sqrt(2) * sem

"""How far raters agree."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from assessments.psychometrics.values import (
    TINY,
    Floats,
    Interval,
    Reason,
    check_confidence,
    matrix,
    t_quantile,
    two_sided_z,
    z_quantile,
)

Level = Literal["nominal", "ordinal", "interval", "ratio"]
Weights = Literal["linear", "quadratic"] | ArrayLike | None


@dataclass(frozen=True, slots=True)
class IntraclassCorrelation:
    """The six forms of Shrout & Fleiss: model (1, 2, 3), then one rater (1) or the mean of k.

    1: every target has raters of its own; 2: raters are a sample, absolute agreement; 3: these
    raters, consistency. ``n`` targets rated by all ``k`` raters.
    """

    n: int
    k: int
    icc_1_1: float | None = None
    icc_2_1: float | None = None
    icc_3_1: float | None = None
    icc_1_k: float | None = None
    icc_2_k: float | None = None
    icc_3_k: float | None = None
    icc_1_1_ci: Interval | None = None
    icc_2_1_ci: Interval | None = None
    icc_3_1_ci: Interval | None = None
    icc_1_k_ci: Interval | None = None
    icc_2_k_ci: Interval | None = None
    icc_3_k_ci: Interval | None = None
    reason: Reason = ""


@dataclass(frozen=True, slots=True)
class RaterReliability:
    """How far scores can be relied on: of one rater, and the mean of all ``k``. ``n`` targets."""

    n: int
    k: int
    single: float | None = None
    single_ci: Interval | None = None
    mean: float | None = None
    mean_ci: Interval | None = None
    reason: Reason = ""


def rater_reliability(ratings: ArrayLike) -> RaterReliability:
    """ICC(2,1) and ICC(2,k) of targets × raters: any raters, absolute agreement; see ``icc``.

    The one choice for every page and report: raters of practicums are a sample of those who might
    have rated (Shrout & Fleiss 1979). Raters without an order stand in some fixed one.
    """
    found = icc(ratings)
    return RaterReliability(
        found.n,
        found.k,
        single=found.icc_2_1,
        single_ci=found.icc_2_1_ci,
        mean=found.icc_2_k,
        mean_ci=found.icc_2_k_ci,
        reason=found.reason,
    )


def icc(ratings: ArrayLike, *, confidence: float = 0.95) -> IntraclassCorrelation:
    """All six intraclass correlations with F intervals (Shrout & Fleiss 1979; McGraw & Wong 1996).

    ratings: targets × raters; a target that some rater missed is left out (listwise). With the mean
    squares between targets B, within W, of raters J and of the rest E, for n targets and k raters:
    (1,1) = (B − W)/(B + (k−1)W); (2,1) = (B − E)/(B + (k−1)E + k(J − E)/n);
    (3,1) = (B − E)/(B + (k−1)E); (1,k) = (B − W)/B; (2,k) = (B − E)/(B + (J − E)/n);
    (3,k) = (B − E)/B. Fewer than two targets or raters: ``too_few``. All ratings alike, or all
    targets alike on average: what is left undefined is None (``no_variance``). Perfect agreement
    has no intervals (``boundary``).
    """
    check_confidence(confidence)
    scores = matrix(ratings, name="ratings")
    scores = scores[np.isfinite(scores).all(axis=1)]
    n, k = scores.shape
    if n < 2 or k < 2:
        return IntraclassCorrelation(n, k, reason="too_few")
    scale = max(float(np.abs(scores).max()) ** 2, 1e-300) * TINY
    grand = scores.mean()
    of_targets, of_raters = scores.mean(axis=1), scores.mean(axis=0)

    def square(sum_of_squares: float, df: int) -> float:
        return 0.0 if sum_of_squares <= scale else sum_of_squares / df

    rest = scores - of_targets[:, None] - of_raters[None, :] + grand
    b = square(k * float(((of_targets - grand) ** 2).sum()), n - 1)
    w = square(float(((scores - of_targets[:, None]) ** 2).sum()), n * (k - 1))
    j = square(n * float(((of_raters - grand) ** 2).sum()), k - 1)
    e = square(float((rest**2).sum()), (n - 1) * (k - 1))
    found: dict[str, Any] = {
        "icc_1_1": _ratio(b - w, b + (k - 1) * w),
        "icc_2_1": _ratio(b - e, b + (k - 1) * e + k * (j - e) / n),
        "icc_3_1": _ratio(b - e, b + (k - 1) * e),
        "icc_1_k": _ratio(b - w, b),
        "icc_2_k": _ratio(b - e, b + (j - e) / n),
        "icc_3_k": _ratio(b - e, b),
    }
    reason: Reason = "" if None not in found.values() else "no_variance"
    if not e or not w:
        return IntraclassCorrelation(n, k, **found, reason=reason or "boundary")
    one, three = (
        _consistency_interval(b / w, n - 1, n * (k - 1), k, confidence),
        _consistency_interval(b / e, n - 1, (n - 1) * (k - 1), k, confidence),
    )
    two = _agreement_interval(found["icc_2_1"], b, j, e, n, k, confidence)
    return IntraclassCorrelation(
        n,
        k,
        **found,
        icc_1_1_ci=one[0],
        icc_1_k_ci=one[1],
        icc_3_1_ci=three[0],
        icc_3_k_ci=three[1],
        icc_2_1_ci=two and two[0],
        icc_2_k_ci=two and two[1],
        reason=reason,
    )


def _ratio(over: float, under: float) -> float | None:
    return over / under if under > 0 else None


def _consistency_interval(
    f: float, df1: int, df2: int, k: int, confidence: float
) -> tuple[Interval | None, Interval | None]:
    """Of models 1 and 3: F over and times its quantiles; one rater, then the mean of k."""
    share = (1 + confidence) / 2
    low = f / float(special.fdtri(df1, df2, share))
    high = f * float(special.fdtri(df2, df1, share))
    single = ((low - 1) / (low + k - 1), (high - 1) / (high + k - 1))
    mean = (1 - 1 / low, 1 - 1 / high) if low > 0 else None
    return single, mean


def _agreement_interval(
    rho: float | None, b: float, j: float, e: float, n: int, k: int, confidence: float
) -> tuple[Interval, Interval] | None:
    """Of model 2, by Satterthwaite's degrees of freedom (McGraw & Wong 1996, table 7)."""
    if rho is None or rho >= 1:
        return None
    f = j / e
    part = k * rho * f, n * (1 + (k - 1) * rho) - k * rho
    over = (k - 1) * (n - 1) * (part[0] + part[1]) ** 2
    under = (n - 1) * part[0] ** 2 + part[1] ** 2
    if not over or not under:
        return None
    df, share = over / under, (1 + confidence) / 2
    upper = float(special.fdtri(n - 1, df, share))
    lower = float(special.fdtri(df, n - 1, share))
    rest = k * j + (k * n - k - n) * e
    low = n * (b - upper * e) / (upper * rest + n * b)
    high = n * (lower * b - e) / (rest + n * lower * b)
    stepped = [k * limit / (1 + (k - 1) * limit) for limit in (low, high)]
    if not np.isfinite([low, high, *stepped]).all():
        return None
    return (low, high), (stepped[0], stepped[1])


@dataclass(frozen=True, slots=True)
class KrippendorffAlpha:
    """α over ``n_units`` units with two ratings or more, which hold ``n_values`` ratings."""

    alpha: float | None
    n_units: int
    n_values: int
    observed: float | None = None
    expected: float | None = None
    reason: Reason = ""


def krippendorff_alpha(ratings: ArrayLike | Sequence, level: Level) -> KrippendorffAlpha:
    """α = 1 − D_o/D_e by the coincidence matrix (Krippendorff 2011).

    ratings: **raters × units**, as Krippendorff prints them, None or NaN where a rater gave none;
    units with a single rating are left out. level: nominal (names may be texts), ordinal, interval
    or ratio (0 is a true zero; values ≥ 0). One category in use: ``no_variance``, for without
    variation nothing can be said about agreement. No unit with two ratings: ``too_few``.
    """
    if level not in ("nominal", "ordinal", "interval", "ratio"):
        raise ValueError("level must be nominal, ordinal, interval or ratio")
    scores = matrix(_as_numbers(ratings) if level == "nominal" else ratings, name="ratings")
    known = np.isfinite(scores)
    if level == "ratio" and (scores[known] < 0).any():
        raise ValueError("values of a ratio scale must not be negative")
    paired = known.sum(axis=0) >= 2
    scores, known = scores[:, paired], known[:, paired]
    units, values = scores.shape[1], int(known.sum())
    if not units:
        return KrippendorffAlpha(None, 0, 0, reason="too_few")
    categories = np.unique(scores[known])
    counts = np.stack([(scores == category).sum(axis=0) for category in categories], axis=1)
    of_unit = counts.sum(axis=1)
    weighted = counts / (of_unit - 1)[:, None]
    coincidences = weighted.T @ counts - np.diag(weighted.sum(axis=0))
    totals = coincidences.sum(axis=1)
    distance = _distances(categories, totals, level)
    observed = float((coincidences * distance).sum()) / values
    expected = float((np.outer(totals, totals) * distance).sum()) / (values * (values - 1))
    if not expected:
        return KrippendorffAlpha(None, units, values, observed, expected, "no_variance")
    return KrippendorffAlpha(1 - observed / expected, units, values, observed, expected)


def _as_numbers(ratings: ArrayLike | Sequence) -> list[list[float]]:
    """Names as numbers in the order in which they come; None and NaN stay missing."""
    codes: dict[object, float] = {}

    def code(name: object) -> float:
        if name is None or (isinstance(name, float) and not np.isfinite(name)):
            return float("nan")
        return codes.setdefault(name, float(len(codes)))

    return [[code(name) for name in row] for row in ratings]  # type: ignore[union-attr]


def _distances(categories: Floats, totals: Floats, level: Level) -> Floats:
    """Squared differences between categories, as the level of measurement means them."""
    a, b = categories[:, None], categories[None, :]
    if level == "nominal":
        return (a != b).astype(float)
    if level == "interval":
        return (a - b) ** 2
    if level == "ratio":
        together = a + b
        return np.where(together > 0, (a - b) / np.where(together > 0, together, 1), 0.0) ** 2
    upto = np.cumsum(totals) - totals / 2  # Σ of all below, and half of its own
    return (upto[:, None] - upto[None, :]) ** 2


@dataclass(frozen=True, slots=True)
class Kappa:
    """κ of two raters. ``se``: for intervals; ``se_null``: for the test of κ = 0."""

    n: float
    kappa: float | None = None
    se: float | None = None
    se_null: float | None = None
    ci_low: float | None = None
    ci_high: float | None = None
    z: float | None = None
    p: float | None = None
    observed: float | None = None
    expected: float | None = None
    reason: Reason = ""


def cohen_kappa(table: ArrayLike, weights: Weights = None, *, confidence: float = 0.95) -> Kappa:
    """κ = 1 − Σw·p_o / Σw·p_e (Cohen 1960, 1968), errors by Fleiss, Cohen & Everitt (1969).

    table: square, counts of the first rater's categories by the second's. weights: None (agree or
    not), "linear" |i − j|, "quadratic" (i − j)², or a matrix of disagreements with a zero diagonal;
    a matrix with a constant diagonal above zero is taken for agreements. With agreement weights
    v = 1 − w/max w and row and column means v̄:
    n(1 − p_e)²·SE² = Σp(v − (v̄ᵢ + v̄ⱼ)(1 − κ))² − (κ − p_e(1 − κ))², and for κ = 0
    n(1 − p_e)²·SE₀² = Σpᵢpⱼ(v − (v̄ᵢ + v̄ⱼ))² − p_e².

    An empty table: ``too_few``. Both raters in one category: ``no_variance``.
    """
    cells = matrix(table, name="table")
    check_confidence(confidence)
    size = len(cells)
    if cells.shape != (size, size) or (cells.size and not (cells >= 0).all()):
        raise ValueError("table must be a square table of numbers that are not negative")
    n = float(cells.sum()) if size else 0.0
    if n == 0 or size < 2:
        return Kappa(n, reason="too_few")
    agree = _agreements(weights, size)
    p = cells / n
    rows, columns = p.sum(axis=1), p.sum(axis=0)
    by_chance = np.outer(rows, columns)
    observed, expected = float((agree * p).sum()), float((agree * by_chance).sum())
    if 1 - expected <= TINY:
        return Kappa(n, observed=observed, expected=expected, reason="no_variance")
    kappa = (observed - expected) / (1 - expected)
    means = (agree @ columns)[:, None] + (rows @ agree)[None, :]
    over = float((p * (agree - means * (1 - kappa)) ** 2).sum())
    over -= (kappa - expected * (1 - kappa)) ** 2
    over_null = float((by_chance * (agree - means) ** 2).sum()) - expected**2
    scale = n * (1 - expected) ** 2
    se, se_null = sqrt(max(over, 0.0) / scale), sqrt(max(over_null, 0.0) / scale)
    half = z_quantile(confidence) * se
    z = kappa / se_null if se_null > TINY else None
    return Kappa(
        n,
        kappa,
        se,
        se_null,
        kappa - half,
        kappa + half,
        z,
        None if z is None else two_sided_z(z),
        observed,
        expected,
    )


@dataclass(frozen=True, slots=True)
class ClusteredKappa:
    """κ of all ratings together; ``se`` and interval from clusters left out in turn."""

    clusters: int
    kappa: float | None = None
    se: float | None = None
    ci_low: float | None = None
    ci_high: float | None = None
    reason: Reason = ""


def clustered_kappa(
    tables: Sequence[ArrayLike], weights: Weights = None, *, confidence: float = 0.95
) -> ClusteredKappa:
    """κ where pairs of ratings come in clusters: several criteria and raters of one performance.

    tables: one a cluster, as ``cohen_kappa`` takes it; they are added up. Pairs of one cluster are
    alike, so the error is that of m clusters, each left out in turn (jackknife; Efron & Tibshirani
    1993, ch. 11): SE² = (m − 1)/m·Σ(κ₋ᵢ − κ̄)², κ ± t(m − 1)·SE, kept within −1 and 1.

    Fewer than two clusters: ``too_few``, without an interval; so is ``no_variance`` where without
    one of them all ratings are the same.
    """
    check_confidence(confidence)
    cells = [matrix(table, name="table") for table in tables]
    if not cells:
        return ClusteredKappa(0, reason="too_few")
    whole = np.sum(cells, axis=0)
    found = cohen_kappa(whole, weights)
    m = len(cells)
    if found.kappa is None or m < 2:
        return ClusteredKappa(m, found.kappa, reason=found.reason or "too_few")
    without = [cohen_kappa(whole - table, weights).kappa for table in cells]
    known = np.array([kappa for kappa in without if kappa is not None])
    if len(known) < m:
        return ClusteredKappa(m, found.kappa, reason="no_variance")
    se = sqrt((m - 1) / m * float(((known - known.mean()) ** 2).sum()))
    half = t_quantile(confidence, m - 1) * se
    return ClusteredKappa(
        m, found.kappa, se, max(-1.0, found.kappa - half), min(1.0, found.kappa + half)
    )


def _agreements(weights: Weights, size: int) -> Floats:
    """Weights as agreements: 1 on the diagonal, 0 for the worst disagreement."""
    step = np.abs(np.subtract.outer(np.arange(size), np.arange(size))).astype(float)
    if weights is None:
        return np.eye(size)
    if isinstance(weights, str):
        if weights not in ("linear", "quadratic"):
            raise ValueError("weights must be None, linear, quadratic or a matrix")
        apart = step if weights == "linear" else step**2
    else:
        apart = matrix(weights, name="weights")
        if apart.shape != (size, size) or not np.isfinite(apart).all():
            raise ValueError("weights must have the shape of the table and no gaps")
        diagonal = np.diag(apart)
        if diagonal[0] > 0 and np.ptp(diagonal) == 0:
            apart = diagonal[0] - apart
        elif diagonal.any():
            raise ValueError("the diagonal of weights must be zero, or one and the same agreement")
        if (apart < 0).any():
            raise ValueError("no disagreement may weigh less than agreement")
    worst = float(apart.max())
    if not worst:
        raise ValueError("some disagreement must have a weight")
    return 1 - apart / worst


@dataclass(frozen=True, slots=True)
class FleissKappa:
    """κ of ``n_raters`` ratings a subject; ``se`` is for the test of κ = 0."""

    n_subjects: int
    n_raters: int | None
    kappa: float | None = None
    se: float | None = None
    z: float | None = None
    p: float | None = None
    observed: float | None = None
    expected: float | None = None
    reason: Reason = ""


def fleiss_kappa(counts: ArrayLike) -> FleissKappa:
    """κ = (P̄ − P̄_e)/(1 − P̄_e) (Fleiss 1971), error of Fleiss, Nee & Landis (1979).

    counts: subjects × categories, how many raters put the subject there; every subject has the
    same number m ≥ 2 of ratings (otherwise ``unequal_raters``); a row with a missing count is left
    out. SE₀² = 2/(N·m(m − 1)) · ((Σpq)² − Σpq(q − p)) / (Σpq)². One category in use:
    ``no_variance``.
    """
    cells = matrix(counts, name="counts")
    cells = cells[np.isfinite(cells).all(axis=1)]
    if (cells < 0).any():
        raise ValueError("counts must not be negative")
    subjects = len(cells)
    if not subjects or not cells.shape[1]:
        return FleissKappa(subjects, None, reason="too_few")
    raters = cells.sum(axis=1)
    if np.ptp(raters) > TINY:
        return FleissKappa(subjects, None, reason="unequal_raters")
    m = float(raters[0])
    if m < 2:
        return FleissKappa(subjects, int(m), reason="too_few")
    shares = cells.sum(axis=0) / (subjects * m)
    observed = float((((cells**2).sum(axis=1) - m) / (m * (m - 1))).mean())
    expected = float((shares**2).sum())
    if 1 - expected <= TINY:
        return FleissKappa(
            subjects, int(m), observed=observed, expected=expected, reason="no_variance"
        )
    kappa = (observed - expected) / (1 - expected)
    spread = shares * (1 - shares)
    bracket = float(spread.sum()) ** 2 - float((spread * (1 - 2 * shares)).sum())
    se = sqrt(max(bracket, 0.0) * 2 / (subjects * m * (m - 1))) / float(spread.sum())
    z = kappa / se if se > TINY else None
    p = None if z is None else two_sided_z(z)
    return FleissKappa(subjects, int(m), kappa, se, z, p, observed, expected)

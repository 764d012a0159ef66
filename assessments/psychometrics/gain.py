"""How much a group changed between two waves, and how sure of it one can be."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from math import atanh, isfinite, sqrt, tanh
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import optimize, special

from assessments.psychometrics.values import (
    TINY,
    Floats,
    Interval,
    Reason,
    check_confidence,
    complete_rows,
    hedges_j,
    noncentral_t_cdf,
    number,
    spread,
    t_quantile,
    two_sided_t,
    two_sided_z,
    vector,
    z_quantile,
)

EXACT_UP_TO = 50
"""Differences from zero up to which Wilcoxon's p is counted out exactly."""
RESAMPLED_AT_ONCE = 200_000
"""Draws of the bootstrap that are worked on at a time: what the processor's cache holds."""


@dataclass(frozen=True, slots=True)
class PairedGain:
    """After − before of the same people. Means and deviations in points, d and g in deviations.

    ``n``: complete pairs. ``d_z``: in units of the change's deviation; ``d_av``: of the average
    deviation of the two waves, comparable between studies; ``g_``: the same without small-sample
    bias. ``reason`` tells why numbers are None.
    """

    n: int
    mean_pre: float | None = None
    mean_post: float | None = None
    sd_pre: float | None = None
    sd_post: float | None = None
    r: float | None = None
    mean_diff: float | None = None
    sd_diff: float | None = None
    t: float | None = None
    df: int | None = None
    p: float | None = None
    ci_low: float | None = None
    ci_high: float | None = None
    d_z: float | None = None
    d_z_ci: Interval | None = None
    g_z: float | None = None
    d_av: float | None = None
    d_av_ci: Interval | None = None
    g_av: float | None = None
    g_av_ci: Interval | None = None
    reason: Reason = ""


def paired_gain(pre: ArrayLike, post: ArrayLike, *, confidence: float = 0.95) -> PairedGain:
    """Mean gain D̄ of the same people with every interval a report needs.

    pre, post: one value a person, in one order; a pair with a missing end is left out (pairwise).

    - D̄ ± t · s_D/√n, t = D̄/(s_D/√n), df = n − 1, p two-sided (Student 1908);
    - d_z = D̄/s_D; its interval pivots the noncentral t distribution (Cumming & Finch 2001;
      Kelley 2007); g_z = J(n − 1) · d_z (Hedges 1981), J exact;
    - d_av = D̄/s, s² = (s₁² + s₂²)/2 (Cumming 2012), d_av ± z·SE with Bonett's (2008)
      SE² = d²(s₁⁴ + s₂⁴ + 2r²s₁²s₂²)/(8(n − 1)s⁴) + s_D²/((n − 1)s²);
    - g_av = J(n − 1) · d_av, interval J·(d_av ± z · s_D/(√n · s)) (Algina & Keselman 2003, eq. 4).

    Below two pairs there are means only (reason ``too_few``). When everybody changed by the same
    amount, t, p, the interval, d_z and g_z do not exist (``no_variance``), nor does the interval
    of g_av; d_av and g_av do as long as people differed at one wave at least.
    """
    before, after = complete_rows(vector(pre, name="pre"), vector(post, name="post"))
    n = len(before)
    check_confidence(confidence)
    if n == 0:
        return PairedGain(0, reason="too_few")
    gains = after - before
    means: dict[str, Any] = {
        "mean_pre": float(before.mean()),
        "mean_post": float(after.mean()),
        "mean_diff": float(gains.mean()),
    }
    if n == 1:
        return PairedGain(n, **means, reason="too_few")
    sd_pre, sd_post = spread(before), spread(after)
    sd_diff = float(gains.std(ddof=1))
    if sd_diff <= TINY * max(float(np.abs(before).max()), float(np.abs(after).max()), 1e-300):
        sd_diff = 0.0
    covariance = (
        float(((before - means["mean_pre"]) * (after - means["mean_post"])).sum()) / (n - 1)
        if sd_pre and sd_post
        else 0.0
    )
    return _gain(
        n=n,
        **means,
        sd_pre=sd_pre,
        sd_post=sd_post,
        sd_diff=sd_diff,
        covariance=covariance,
        confidence=confidence,
    )


def paired_gain_from_summary(
    m1: float, m2: float, sd1: float, sd2: float, r: float, n: int, *, confidence: float = 0.95
) -> PairedGain:
    """The same as ``paired_gain`` from a printed table: s_D² = s₁² + s₂² − 2·r·s₁·s₂.

    m1, sd1: before; m2, sd2: after; r: correlation of the waves. Raises ValueError for a negative
    deviation, |r| > 1, a negative n or a number that is not finite.
    """
    if not all(isfinite(value) for value in (m1, m2, sd1, sd2, r)):
        raise ValueError("means, deviations and the correlation must be finite numbers")
    if sd1 < 0 or sd2 < 0 or not -1 <= r <= 1 or n < 0:
        raise ValueError("deviations and n must not be negative, and r must be within -1..1")
    check_confidence(confidence)
    if n == 0:
        return PairedGain(0, reason="too_few")
    if n == 1:
        return PairedGain(n, mean_pre=m1, mean_post=m2, mean_diff=m2 - m1, reason="too_few")
    covariance = r * sd1 * sd2
    variance = sd1**2 + sd2**2 - 2 * covariance
    if variance <= TINY * (sd1**2 + sd2**2):
        variance = 0.0
    return _gain(
        n=n,
        mean_pre=float(m1),
        mean_post=float(m2),
        mean_diff=float(m2 - m1),
        sd_pre=float(sd1),
        sd_post=float(sd2),
        sd_diff=sqrt(variance),
        covariance=covariance,
        confidence=confidence,
    )


def _gain(
    *,
    n: int,
    mean_pre: float,
    mean_post: float,
    mean_diff: float,
    sd_pre: float,
    sd_post: float,
    sd_diff: float,
    covariance: float,
    confidence: float,
) -> PairedGain:
    """All the figures of ``paired_gain`` from the moments; n ≥ 2."""
    df = n - 1
    j = hedges_j(df) if df > 1 else None  # J does not exist with one degree of freedom
    t = p = low = high = d_z = g_z = d_av = g_av = None
    d_z_ci = d_av_ci = g_av_ci = None
    z = z_quantile(confidence)
    if sd_diff:
        error = sd_diff / sqrt(n)
        t = mean_diff / error
        p = two_sided_t(t, df)
        half = t_quantile(confidence, df) * error
        low, high = mean_diff - half, mean_diff + half
        d_z = mean_diff / sd_diff
        d_z_ci = _noncentral_interval(t, df, n, confidence)
        g_z = None if j is None else j * d_z
    average = (sd_pre**2 + sd_post**2) / 2
    if average:
        s = sqrt(average)
        d_av = mean_diff / s
        bonett = d_av**2 * (sd_pre**4 + sd_post**4 + 2 * covariance**2) / (8 * df * average**2)
        half = z * sqrt(bonett + sd_diff**2 / (df * average))
        d_av_ci = (d_av - half, d_av + half)
        if j is not None:
            g_av = j * d_av
            half = z * sd_diff / (sqrt(n) * s)
            g_av_ci = (j * (d_av - half), j * (d_av + half)) if sd_diff else None
    reason: Reason = ""
    if not sd_diff:
        reason = "no_variance"
    elif j is None:
        reason = "too_few"
    return PairedGain(
        n=n,
        mean_pre=mean_pre,
        mean_post=mean_post,
        sd_pre=sd_pre,
        sd_post=sd_post,
        r=max(-1.0, min(1.0, covariance / (sd_pre * sd_post))) if sd_pre and sd_post else None,
        mean_diff=mean_diff,
        sd_diff=sd_diff,
        t=t,
        df=df,
        p=p,
        ci_low=low,
        ci_high=high,
        d_z=d_z,
        d_z_ci=d_z_ci,
        g_z=g_z,
        d_av=d_av,
        d_av_ci=d_av_ci,
        g_av=g_av,
        g_av_ci=g_av_ci,
        reason=reason,
    )


def _noncentral_interval(t: float, df: int, n: int, confidence: float) -> Interval | None:
    """Interval of d_z: the noncentralities that put t at the two tails, over √n."""
    tail = (1 - confidence) / 2
    low, high = (_noncentrality(t, df, share) for share in (1 - tail, tail))
    if low is None or high is None:
        return None
    return (low / sqrt(n), high / sqrt(n))


def _noncentrality(t: float, df: int, share: float) -> float | None:
    """The noncentrality δ with P(T ≤ t | df, δ) = share, sought around its normal approximation."""
    width = sqrt(1 + t * t / (2 * df))
    near = t * (1 - 1 / (4 * df)) - float(special.ndtri(share)) * width

    def off(noncentrality: float) -> float:
        return noncentral_t_cdf(t, df, noncentrality) - share

    close = _by_secants(off, near, step=width / 1000)
    if close is not None:
        return close
    reach = 2 * width
    for _ in range(30):
        low, high = near - reach, near + reach
        values = off(low), off(high)
        if values[0] > 0 > values[1]:
            return float(optimize.brentq(off, low, high, xtol=1e-12, rtol=1e-13))
        reach *= 1.6
    return number(near)


def _by_secants(off: Callable[[float], float], start: float, *, step: float) -> float | None:
    """A zero close to ``start``, to a billionth of the step; None unless it is found soon."""
    at, last = start + step, start
    here, before = off(at), off(last)
    for _ in range(8):
        if here == before:
            return None
        at, last = at - here * (at - last) / (here - before), at
        if not abs(at - start) < 2000 * step:
            return None
        if abs(at - last) <= 1e-9 * step:
            return at
        here, before = off(at), here
    return None


@dataclass(frozen=True, slots=True)
class WilcoxonResult:
    """Ranks of the changes. ``method``: exact, or normal with corrections for ties and continuity.

    ``n``: changes other than zero, on which everything rests. ``rank_biserial``: −1..1 with its
    95 % interval.
    """

    n: int
    w_plus: float | None = None
    w_minus: float | None = None
    p: float | None = None
    method: Literal["exact", "normal"] | None = None
    rank_biserial: float | None = None
    ci_low: float | None = None
    ci_high: float | None = None
    reason: Reason = ""


def wilcoxon_signed_rank(pre: ArrayLike, post: ArrayLike) -> WilcoxonResult:
    """Signed ranks of after − before (Wilcoxon 1945), two-sided.

    pre, post: one value a person; a pair with a missing end is left out. Differences of zero are
    dropped before ranking (Wilcoxon's own rule, not Pratt's); ties share their mean rank. Up to
    50 differences p is exact given the ties (Streitberg & Röhmel 1986: the distribution of the
    rank sum over all signs is counted out); above that it is normal, the variance
    n(n + 1)(2n + 1)/24 less Σ(t³ − t)/48 for ties, with continuity correction.

    Matched rank-biserial r = (W⁺ − W⁻)/(W⁺ + W⁻) (Kerby 2014), interval
    tanh(atanh r ± z · √((2n³ + 3n² + n)/6)/((n² + n)/2)). When all changes have one sign, r is ±1
    and has no interval (reason ``boundary``). Nobody changed: ``no_variance``.
    """
    before, after = complete_rows(vector(pre, name="pre"), vector(post, name="post"))
    if not len(before):
        return WilcoxonResult(0, reason="too_few")
    changes = after - before
    scale = max(float(np.abs(before).max()), float(np.abs(after).max()))
    changes = changes[np.abs(changes) > TINY * scale]
    n = len(changes)
    if n == 0:
        return WilcoxonResult(0, w_plus=0.0, w_minus=0.0, reason="no_variance")
    ranks, tied = _mean_ranks(np.abs(changes), tolerance=TINY * scale)
    plus = float(ranks[changes > 0].sum())
    minus = n * (n + 1) / 2 - plus
    method: Literal["exact", "normal"] = "exact" if n <= EXACT_UP_TO else "normal"
    if method == "exact":
        p = _exact_p(tuple(int(twice) for twice in np.sort(np.rint(2 * ranks))), min(plus, minus))
    else:
        variance = n * (n + 1) * (2 * n + 1) / 24 - float((tied**3 - tied).sum()) / 48
        p = two_sided_z(max(0.0, abs(plus - n * (n + 1) / 4) - 0.5) / sqrt(variance))
    r = (plus - minus) / (plus + minus)
    if abs(r) >= 1:
        return WilcoxonResult(n, plus, minus, p, method, r, reason="boundary")
    half = z_quantile(0.95) * sqrt((2 * n**3 + 3 * n**2 + n) / 6) / ((n**2 + n) / 2)
    low, high = tanh(atanh(r) - half), tanh(atanh(r) + half)
    return WilcoxonResult(n, plus, minus, p, method, r, low, high)


def _mean_ranks(sizes: Floats, *, tolerance: float) -> tuple[Floats, Floats]:
    """Mean ranks, and how many share each of them; sizes within ``tolerance`` are tied."""
    order = np.argsort(sizes, kind="stable")
    ordered = sizes[order]
    starts = np.concatenate([[True], np.diff(ordered) > tolerance])
    group = np.cumsum(starts) - 1
    tied = np.bincount(group).astype(float)
    last = np.cumsum(tied)
    ranks = np.empty(len(sizes))
    ranks[order] = (last - (tied - 1) / 2)[group]
    return ranks, tied


@lru_cache(maxsize=64)
def _exact_p(twice_ranks: tuple[int, ...], smaller: float) -> float:
    """P that the smaller rank sum is as small as this, two-sided, over all 2ⁿ signs."""
    ways = np.zeros(sum(twice_ranks) + 1)
    ways[0] = 1.0
    for rank in twice_ranks:
        moved = np.zeros_like(ways)
        moved[rank:] = ways[: len(ways) - rank]
        ways = (ways + moved) / 2
    return min(1.0, 2 * float(ways[: round(2 * smaller) + 1].sum()))


@dataclass(frozen=True, slots=True)
class BootstrapGain:
    """Mean change with two bootstrap intervals (low, high)."""

    n: int
    mean: float | None = None
    percentile: Interval | None = None
    bca: Interval | None = None
    reason: Reason = ""


def bootstrap_mean_gain(
    diffs: ArrayLike, *, confidence: float = 0.95, resamples: int = 9999, seed: int
) -> BootstrapGain:
    """Bootstrap intervals of the mean change; persons are resampled (Efron 1987).

    diffs: after − before, one value a person; missing ones are left out. One seed always gives one
    result. BCa: α* = Φ(z₀ + (z₀ + z)/(1 − a(z₀ + z))), z₀ from the share of resampled means below
    the mean (ties count half), a = Σu³/(6(Σu²)^1.5) from the jackknife. All changes alike:
    ``no_variance``.
    """
    check_confidence(confidence)
    if resamples < 1:
        raise ValueError("resamples must be at least 1")
    values = vector(diffs, name="diffs")
    values = values[np.isfinite(values)]
    n = len(values)
    if n < 2:
        mean = float(values[0]) if n else None
        return BootstrapGain(n, mean, reason="too_few")
    mean = float(values.mean())
    if not spread(values):
        return BootstrapGain(n, mean, reason="no_variance")
    chance = np.random.default_rng(seed)
    at_once = max(1, RESAMPLED_AT_ONCE // n)
    means = np.concatenate(
        [
            values[_drawn(chance, n, min(at_once, resamples - start))].mean(axis=1)
            for start in range(0, resamples, at_once)
        ]
    )
    tails = np.array([(1 - confidence) / 2, (1 + confidence) / 2])
    low, high = np.quantile(means, tails)
    percentile = (float(low), float(high))
    away = values - mean
    acceleration = float((away**3).sum() / (6 * (away**2).sum() ** 1.5))
    below = (np.count_nonzero(means < mean) + np.count_nonzero(means <= mean)) / (2 * resamples)
    bias = special.ndtri(below)
    if not np.isfinite(bias):
        return BootstrapGain(n, mean, percentile, None, "boundary")
    moved = bias + special.ndtri(tails)
    low, high = np.quantile(means, special.ndtr(bias + moved / (1 - acceleration * moved)))
    return BootstrapGain(n, mean, percentile, (float(low), float(high)))


def _drawn(chance: np.random.Generator, n: int, resamples: int) -> NDArray[np.uint32]:
    return chance.integers(0, n, size=(resamples, n), dtype=np.uint32)


@dataclass(frozen=True, slots=True)
class NormalisedGain:
    """Share of the possible gain that was made. ``n_excluded_ceiling``: had the maximum before."""

    n: int
    g_class: float | None = None
    g_individual_mean: float | None = None
    n_excluded_ceiling: int = 0
    reason: Reason = ""


def normalised_gain(pre: ArrayLike, post: ArrayLike, max_score: float) -> NormalisedGain:
    """⟨g⟩ = (M₂ − M₁)/(max − M₁) of the group (Hake 1998), and the mean of personal g (Bao 2006).

    pre, post: scores of a keyed test, one a person; a pair with a missing end is left out. People
    who had the maximum before have no g of their own: they are counted and left out of the mean
    of personal g, not out of the group's. Nobody had room to rise: ``ceiling``. Raises ValueError
    for a score above ``max_score``.
    """
    before, after = complete_rows(vector(pre, name="pre"), vector(post, name="post"))
    n = len(before)
    if n == 0:
        return NormalisedGain(0, reason="too_few")
    if max(float(before.max()), float(after.max())) > max_score + TINY * abs(max_score):
        raise ValueError("a score lies above max_score")
    room = max_score - before
    can_rise = room > TINY * max(abs(max_score), 1.0)
    excluded = n - int(can_rise.sum())
    if not can_rise.any():
        return NormalisedGain(n, n_excluded_ceiling=excluded, reason="ceiling")
    return NormalisedGain(
        n,
        g_class=float((after.mean() - before.mean()) / room.mean()),
        g_individual_mean=float(((after - before)[can_rise] / room[can_rise]).mean()),
        n_excluded_ceiling=excluded,
    )

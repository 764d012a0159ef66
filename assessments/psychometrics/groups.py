"""Groups side by side: with and without training, regions, those who stayed and those lost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy import optimize, special

from assessments.psychometrics.values import (
    TINY,
    Floats,
    Interval,
    Reason,
    check_confidence,
    complete_rows,
    hedges_j,
    spread,
    t_quantile,
    two_sided_t,
    vector,
    z_quantile,
)


@dataclass(frozen=True, slots=True)
class AncovaGain:
    """Trained minus untrained, in points: adjusted for the score before, and as mere change.

    ``difference`` with its robust error (HC3) is the adjusted one, ``change_difference`` the
    difference of the mean changes. ``slope``: of after on before.
    """

    n_control: int
    n_trained: int
    difference: float | None = None
    se: float | None = None
    t: float | None = None
    df: int | None = None
    p: float | None = None
    ci_low: float | None = None
    ci_high: float | None = None
    slope: float | None = None
    se_ordinary: float | None = None
    change_difference: float | None = None
    change_difference_ci: Interval | None = None
    reason: Reason = ""


def ancova_gain(
    pre: ArrayLike, post: ArrayLike, group: Sequence[Any] | ArrayLike, *, confidence: float = 0.95
) -> AncovaGain:
    """post = a + difference·group + slope·pre, robust errors HC3 (MacKinnon & White 1985).

    pre, post: one value a person; group: 0 or False untrained, 1 or True trained; a person with
    any of the three missing is left out. t with n − 3 degrees of freedom. For randomised groups the
    adjusted difference is primary; for intact ones the difference of changes is (Lord 1967), with
    its interval by Welch (1947). Fewer than two people in a group or four in all: ``too_few``;
    nobody differs before, or after once adjusted: ``no_variance``.
    """
    check_confidence(confidence)
    before, after, trained = complete_rows(
        vector(pre, name="pre"), vector(post, name="post"), vector(group, name="group")
    )
    if not np.isin(trained, (0.0, 1.0)).all():
        raise ValueError("group must be 0 (untrained) or 1 (trained)")
    is_trained = trained == 1
    counts = int((~is_trained).sum()), int(is_trained.sum())
    if min(counts) < 2 or sum(counts) < 4:
        return AncovaGain(*counts, reason="too_few")
    gains = after - before
    change, change_ci = _welch(gains[is_trained], gains[~is_trained], confidence)
    design = np.column_stack([np.ones(len(before)), trained, before])
    within = np.concatenate(
        [before[is_trained] - before[is_trained].mean(),
         before[~is_trained] - before[~is_trained].mean()]
    )  # fmt: skip
    scale = max(float(np.abs(before).max()), float(np.abs(after).max()), 1e-300)
    if float(np.abs(within).max()) <= TINY * scale:
        return AncovaGain(
            *counts, change_difference=change, change_difference_ci=change_ci, reason="no_variance"
        )
    inverse = np.linalg.inv(design.T @ design)
    coefficients = inverse @ design.T @ after
    rest = after - design @ coefficients
    df = len(before) - 3
    if float(np.abs(rest).max()) <= 1e-10 * scale:
        return AncovaGain(
            *counts,
            difference=float(coefficients[1]),
            slope=float(coefficients[2]),
            change_difference=change,
            change_difference_ci=change_ci,
            reason="no_variance",
        )
    leverage = np.einsum("ij,jk,ik->i", design, inverse, design)
    ordinary = sqrt(float(rest @ rest) / df * inverse[1, 1])
    is_alone = bool(
        (leverage >= 1 - 1e-9).any()
    )  # one person fixes a coefficient: HC3 has no value
    if is_alone:
        se = ordinary
    else:
        meat = design * (rest / (1 - leverage))[:, None]
        se = sqrt(float((inverse @ (meat.T @ meat) @ inverse)[1, 1]))
    difference = float(coefficients[1])
    half = t_quantile(confidence, df) * se
    t = difference / se
    return AncovaGain(
        *counts,
        difference=difference,
        se=se,
        t=t,
        df=df,
        p=two_sided_t(t, df),
        ci_low=difference - half,
        ci_high=difference + half,
        slope=float(coefficients[2]),
        se_ordinary=ordinary,
        change_difference=change,
        change_difference_ci=change_ci,
    )


def _welch(first: Floats, second: Floats, confidence: float) -> tuple[float, Interval | None]:
    """Difference of two means, and its interval with Welch's degrees of freedom."""
    difference = float(first.mean() - second.mean())
    parts = [spread(group) ** 2 / len(group) for group in (first, second)]
    error = sum(parts)
    if not error:
        return difference, None
    df = error**2 / sum(
        part**2 / (len(group) - 1) for part, group in zip(parts, (first, second), strict=True)
    )
    half = t_quantile(confidence, df) * sqrt(error)
    return difference, (difference - half, difference + half)


@dataclass(frozen=True, slots=True)
class RandomEffects:
    """Groups as draws from one distribution.

    ``tau2``: variance between groups; ``mu``, ``se_mu``: their mean and its error; ``Q`` and
    ``I2`` (share of the variance, 0..1): heterogeneity. In the order of the input: ``shrunken``
    estimates mu + B(g − mu) with B = τ²/(τ² + v), their ``shrunken_ci``, and ``random_effects``
    B(g − mu); None where an estimate was left out. ``prediction_interval``: for a further group.
    ``few_groups_ci``: of mu, with the correction for few groups that mu ± z·se_mu lacks.
    """

    k: int
    method: str
    tau2: float | None = None
    mu: float | None = None
    se_mu: float | None = None
    ci_low: float | None = None
    ci_high: float | None = None
    Q: float | None = None
    Q_p: float | None = None
    I2: float | None = None
    shrunken: tuple[float | None, ...] = ()
    shrunken_ci: tuple[Interval | None, ...] = ()
    random_effects: tuple[float | None, ...] = ()
    prediction_interval: Interval | None = None
    few_groups_ci: Interval | None = None
    reason: Reason = ""


def random_effects(
    estimates: ArrayLike,
    variances: ArrayLike,
    *,
    method: Literal["REML", "DL"] = "REML",
    confidence: float = 0.95,
) -> RandomEffects:
    """gᵣ ~ N(θᵣ, vᵣ), θᵣ ~ N(μ, τ²) (Raudenbush & Bryk 1985; DerSimonian & Laird 1986).

    estimates, variances: one a group, the variance being that of the estimate (SE²). A group
    with a missing number or a variance that is not above zero is left out. τ² by restricted
    maximum likelihood, or by moments ("DL"); τ² = 0 is a result like any other: all groups are
    then drawn to mu. mu ± z·se_mu. I² = τ²/(τ² + s²), s² the typical variance of Higgins &
    Thompson (2002), which for DL is (Q − k + 1)/Q. Shrunken estimates have Morris's interval, see
    ``_morris``. Prediction interval mu ± t(k − 2)·√(τ² + se²) (Higgins, Thompson & Spiegelhalter
    2009), from three groups on. few_groups_ci: mu ± t(k − 1)·√max(1, q)·se_mu,
    q = Σw(g − mu)²/(k − 1), w = 1/(τ² + v) (Knapp & Hartung 2003; the 1 after Röver, Knapp & Friede
    2015). No group: ``too_few``; one group gives mu only.
    """
    if method not in ("REML", "DL"):
        raise ValueError("method must be REML or DL")
    check_confidence(confidence)
    all_g, all_v = vector(estimates, name="estimates"), vector(variances, name="variances")
    if len(all_g) != len(all_v):
        raise ValueError("every estimate needs a variance")
    used = np.isfinite(all_g) & np.isfinite(all_v) & (np.nan_to_num(all_v) > 0)
    g, v = all_g[used], all_v[used]
    k = len(g)
    nothing: tuple[None, ...] = (None,) * len(all_g)
    if k == 0:
        return RandomEffects(
            0, method, shrunken=nothing, shrunken_ci=nothing, random_effects=nothing,
            reason="too_few",
        )  # fmt: skip
    z = z_quantile(confidence)
    if k == 1:
        mu, se = float(g[0]), sqrt(float(v[0]))
        return RandomEffects(
            1, method, None, mu, se, mu - z * se, mu + z * se,
            shrunken=nothing, shrunken_ci=nothing, random_effects=nothing, reason="too_few",
        )  # fmt: skip
    fixed = 1 / v
    common = float((fixed * g).sum() / fixed.sum())
    q = float((fixed * (g - common) ** 2).sum())
    typical = (k - 1) * float(fixed.sum()) / (float(fixed.sum()) ** 2 - float((fixed**2).sum()))
    moments = max(0.0, (q - (k - 1)) / (float(fixed.sum()) - float((fixed**2).sum() / fixed.sum())))
    tau2 = moments if method == "DL" else _reml(g, v, moments)
    weights = 1 / (v + tau2)
    mu = float((weights * g).sum() / weights.sum())
    se = 1 / sqrt(float(weights.sum()))
    kept = tau2 / (tau2 + v)
    effects = kept * (g - mu)
    middles, errors = _morris(g, v, tau2, mu)
    scaled = float((weights * (g - mu) ** 2).sum()) / (k - 1)
    few = t_quantile(confidence, k - 1) * sqrt(max(1.0, scaled)) * se
    reach = t_quantile(confidence, k - 2) * sqrt(tau2 + se**2) if k > 2 else None
    places = np.flatnonzero(used)
    shrunken: list[float | None] = list(nothing)
    shrunken_ci: list[Interval | None] = list(nothing)
    moved: list[float | None] = list(nothing)
    for place, effect, middle, error in zip(places, effects, middles, errors, strict=True):
        shrunken[place], moved[place] = mu + float(effect), float(effect)
        shrunken_ci[place] = (float(middle - z * error), float(middle + z * error))
    return RandomEffects(
        k=k,
        method=method,
        tau2=tau2,
        mu=mu,
        se_mu=se,
        ci_low=mu - z * se,
        ci_high=mu + z * se,
        Q=q,
        Q_p=float(special.chdtrc(k - 1, q)),
        I2=tau2 / (tau2 + typical),
        shrunken=tuple(shrunken),
        shrunken_ci=tuple(shrunken_ci),
        random_effects=tuple(moved),
        prediction_interval=None if reach is None else (mu - reach, mu + reach),
        few_groups_ci=(mu - few, mu + few),
    )


def _morris(g: Floats, v: Floats, tau2: float, mu: float) -> tuple[Floats, Floats]:
    """Middles and errors of the intervals of shrunken estimates (Morris 1983, JASA 78, section 5).

    τ² is itself estimated, so the pull to mu B = (k − 3)/(k − 1)·v/(v + τ²) is weaker than that of
    the estimate alone, and the error √(v·(1 − (1 − w/Σw)·B) + u·(g − mu)²) wider, where
    w = 1/(v + τ²), u = 2/(k − 3)·B²·(v̄ + τ²)/(v + τ²), v̄ = Σwv/Σw. With three groups or fewer
    nothing is known of τ²: each has its own interval g ± z·√v.
    """
    k = len(g)
    if k <= 3:
        return g, np.sqrt(v)
    w = 1 / (v + tau2)
    pull = (k - 3) / (k - 1) * v * w
    typical = float((w * v).sum() / w.sum())
    of_pull = 2 / (k - 3) * pull**2 * (typical + tau2) * w
    errors = np.sqrt(v * (1 - (1 - w / w.sum()) * pull) + of_pull * (g - mu) ** 2)
    return mu + (1 - pull) * (g - mu), errors


def _reml(g: Floats, v: Floats, start: float) -> float:
    """τ² ≥ 0 at the highest restricted likelihood: a grid finds the hill, Brent climbs it."""

    def loss(tau2: float) -> float:
        w = 1 / (v + tau2)
        mu = (w * g).sum() / w.sum()
        return float(np.log(v + tau2).sum() + np.log(w.sum()) + (w * (g - mu) ** 2).sum())

    def slope(tau2: float) -> float:
        w = 1 / (v + tau2)
        mu = (w * g).sum() / w.sum()
        return float(w.sum() - (w**2).sum() / w.sum() - (w**2 * (g - mu) ** 2).sum())

    widest = max(10 * start, 4 * float(g.var(ddof=1)), 1e-9 * float(v.min()))
    grid = np.concatenate([[0.0], np.geomspace(widest * 1e-6, widest, 60)])
    losses = [loss(tau2) for tau2 in grid]
    best = int(np.argmin(losses))
    low, high = grid[max(best - 1, 0)], grid[min(best + 1, len(grid) - 1)]
    if slope(low) < 0 < slope(high):
        found = float(optimize.brentq(slope, low, high, xtol=1e-16, rtol=1e-12))
    else:
        found = float(grid[best])
    return found if loss(found) < losses[0] else 0.0


@dataclass(frozen=True, slots=True)
class Attrition:
    """Those who answered again and those who did not, by what they had scored before.

    ``smd``: lost − completers in pooled deviations (Cohen's d), ``g`` without small-sample bias,
    with its interval. ``band``: of |g|, as What Works Clearinghouse reads baseline differences.
    """

    n_completers: int
    n_lost: int
    share_lost: float | None = None
    mean_completers: float | None = None
    mean_lost: float | None = None
    smd: float | None = None
    g: float | None = None
    ci_low: float | None = None
    ci_high: float | None = None
    band: Literal["negligible", "adjust", "large"] | None = None
    reason: Reason = ""


def completers_vs_lost(pre: ArrayLike, post: ArrayLike, *, confidence: float = 0.95) -> Attrition:
    """Whether those lost were different at the start (WWC Standards Handbook 4.1, 2020).

    pre, post: one value a person, post missing for the lost; people without pre are left out.
    d = (M_lost − M_completers)/s_pooled; g = J(N − 2)·d (Hedges 1981), interval
    g ± z·√((n₁ + n₂)/(n₁n₂) + g²/(2(n₁ + n₂))) (Hedges & Olkin 1985). Bands of |g|: up to .05
    negligible, up to .25 adjust, above it large. Fewer than two in a group: ``too_few``.
    """
    before, after = vector(pre, name="pre"), vector(post, name="post")
    if len(before) != len(after):
        raise ValueError("the waves must be of equal length, one value a person in one order")
    began = np.isfinite(before)
    stayed = began & np.isfinite(after)
    kept, lost = before[stayed], before[began & ~stayed]
    n1, n2 = len(kept), len(lost)
    if n1 + n2 == 0:
        return Attrition(0, 0, reason="too_few")
    share = n2 / (n1 + n2)
    means = (float(kept.mean()) if n1 else None, float(lost.mean()) if n2 else None)
    if min(n1, n2) < 2:
        return Attrition(n1, n2, share, *means, reason="too_few")
    pooled = ((n1 - 1) * spread(kept) ** 2 + (n2 - 1) * spread(lost) ** 2) / (n1 + n2 - 2)
    if not pooled:
        return Attrition(n1, n2, share, *means, reason="no_variance")
    d = float(lost.mean() - kept.mean()) / sqrt(pooled)
    g = hedges_j(n1 + n2 - 2) * d
    half = z_quantile(confidence) * sqrt((n1 + n2) / (n1 * n2) + g**2 / (2 * (n1 + n2)))
    band: Literal["negligible", "adjust", "large"] = (
        "negligible" if abs(g) <= 0.05 else "adjust" if abs(g) <= 0.25 else "large"
    )
    return Attrition(n1, n2, share, *means, d, g, g - half, g + half, band)

"""Whether one person changed by more than error, how many did, and whether the yardstick moved."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite, sqrt
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from assessments.psychometrics.gain import paired_gain
from assessments.psychometrics.reliability import sem_from_reliability
from assessments.psychometrics.values import (
    TINY,
    Interval,
    Reason,
    complete_rows,
    two_sided_z,
    vector,
)

Category = Literal["improved", "unchanged", "deteriorated"]


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
    pre: float | None,
    post: float | None,
    *,
    sd_pre: float,
    reliability: float,
    higher_is_better: bool = True,
    practice_effect: float = 0.0,
    z: float = 1.96,
) -> ReliableChange:
    """RCI = (x₂ − x₁ − practice) / (√2 · SEM) (Jacobson & Truax 1991; Chelune et al. 1993).

    sd_pre: of a frozen reference sample. reliability: of the scale, 0..1. practice_effect: mean
    change of an untrained group, in points with their sign. The category turns with
    ``higher_is_better``, the sign of ``rci`` does not. A change of z · S_diff or more counts as
    reliable; ``min_reliable_change`` is that, before the practice effect. With no error to compare
    with (perfect reliability, or a reference without variance) ``rci`` is None (``no_variance``);
    with a missing end too (``missing``). Raises ValueError outside the ranges.
    """
    sem = sem_from_reliability(sd_pre, reliability)
    s_diff = sqrt(2) * sem
    smallest = z * s_diff
    if pre is None or post is None or not (isfinite(pre) and isfinite(post)):
        return ReliableChange(sem, s_diff, None, smallest, None, "missing")
    if s_diff <= TINY * max(abs(pre), abs(post), sd_pre):
        return ReliableChange(sem, s_diff, None, smallest, None, "no_variance")
    rci = (post - pre - practice_effect) / s_diff
    if abs(rci) < z:
        category: Category = "unchanged"
    else:
        category = "improved" if (rci > 0) == higher_is_better else "deteriorated"
    return ReliableChange(sem, s_diff, rci, smallest, category)


@dataclass(frozen=True, slots=True)
class ClinicalCutoffs:
    """Three borders between two groups of people; b and c need the reference group."""

    a: float | None
    b: float | None
    c: float | None
    reason: Reason = ""


def clinical_cutoffs(
    m1: float,
    sd1: float,
    m0: float | None = None,
    sd0: float | None = None,
    *,
    higher_is_better: bool = True,
) -> ClinicalCutoffs:
    """Cut-offs a, b and c of Jacobson & Truax (1991).

    m1, sd1: people before the training; m0, sd0: a reference group that does well.
    a = M₁ ± 2s₁ (two deviations away from those before, in the good direction),
    b = M₀ ∓ 2s₀ (within two deviations of the reference), c = (s₀M₁ + s₁M₀)/(s₀ + s₁) (as likely
    to belong to the one as to the other). Without a reference group b and c are None
    (``missing``); with two groups without variance c is (``no_variance``). Raises ValueError for a
    negative deviation.
    """
    if sd1 < 0 or (sd0 is not None and sd0 < 0):
        raise ValueError("deviations must not be negative")
    good = 1 if higher_is_better else -1
    a = m1 + good * 2 * sd1
    if m0 is None or sd0 is None:
        return ClinicalCutoffs(a, None, None, "missing")
    b = m0 - good * 2 * sd0
    if sd0 + sd1 == 0:
        return ClinicalCutoffs(a, b, None, "no_variance")
    return ClinicalCutoffs(a, b, (sd0 * m1 + sd1 * m0) / (sd0 + sd1))


@dataclass(frozen=True, slots=True)
class ChangeCategories:
    """Counts of people by change; together they are ``n``.

    recovered: reliably better and over the cut-off into the reference range; improved: reliably
    better otherwise; deteriorated: reliably worse; harmed: reliably worse and out of the reference
    range. ``expected_each_way``: people whom error alone would put beyond the border on each side.
    """

    n: int
    recovered: int | None = None
    improved: int | None = None
    unchanged: int | None = None
    deteriorated: int | None = None
    harmed: int | None = None
    expected_each_way: float | None = None
    reason: Reason = ""


def change_categories(
    pre: ArrayLike,
    post: ArrayLike,
    *,
    sd_pre: float,
    reliability: float,
    cutoff: float | None = None,
    higher_is_better: bool = True,
    practice_effect: float = 0.0,
    z: float = 1.96,
) -> ChangeCategories:
    """How many people recovered, improved, stayed, got worse or were harmed.

    pre, post: one value a person; a pair with a missing end is left out. Everybody is judged as by
    ``reliable_change`` (Jacobson & Truax 1991). cutoff: one of ``clinical_cutoffs``; on it counts
    as inside the reference range. Without it nobody is recovered or harmed. No pairs: ``too_few``;
    no error to compare with: ``no_variance``.
    """
    before, after = complete_rows(vector(pre, name="pre"), vector(post, name="post"))
    n = len(before)
    s_diff = sqrt(2) * sem_from_reliability(sd_pre, reliability)
    if n == 0:
        return ChangeCategories(0, reason="too_few")
    if s_diff <= TINY * max(float(np.abs(before).max()), float(np.abs(after).max()), sd_pre):
        return ChangeCategories(n, reason="no_variance")
    rci = (after - before - practice_effect) / s_diff
    direction = 1.0 if higher_is_better else -1.0
    better, worse = direction * rci >= z, direction * rci <= -z
    if cutoff is None:
        rose = fell = np.zeros(n, dtype=bool)
    else:
        was_in = direction * before >= direction * cutoff
        is_in = direction * after >= direction * cutoff
        rose, fell = ~was_in & is_in, was_in & ~is_in
    return ChangeCategories(
        n=n,
        recovered=int((better & rose).sum()),
        improved=int((better & ~rose).sum()),
        unchanged=int((~better & ~worse).sum()),
        deteriorated=int((worse & ~fell).sum()),
        harmed=int((worse & fell).sum()),
        expected_each_way=n * two_sided_z(z) / 2,
    )


@dataclass(frozen=True, slots=True)
class ResponseShift:
    """Mean changes in points with their intervals; conventional_gain = then_gain + shift."""

    n: int
    conventional_gain: float | None = None
    conventional_gain_ci: Interval | None = None
    then_gain: float | None = None
    then_gain_ci: Interval | None = None
    shift: float | None = None
    shift_ci: Interval | None = None
    reason: Reason = ""


def response_shift(
    pre: ArrayLike, then: ArrayLike, post: ArrayLike, *, confidence: float = 0.95
) -> ResponseShift:
    """Conventional gain (post − pre) = then-gain (post − then) + shift (then − pre) (Howard 1979).

    pre, then, post: one value a person; people without all three are left out, so that the sum
    holds. Intervals are those of paired t. Without variance in one of the three its interval is
    None (``no_variance``).
    """
    rows = complete_rows(
        vector(pre, name="pre"), vector(then, name="then"), vector(post, name="post")
    )
    before, back, after = rows
    gains = [
        paired_gain(first, second, confidence=confidence)
        for first, second in ((before, after), (back, after), (before, back))
    ]
    reasons = [gain.reason for gain in gains if gain.ci_low is None]

    def interval(index: int) -> Interval | None:
        low, high = gains[index].ci_low, gains[index].ci_high
        return None if low is None or high is None else (low, high)

    return ResponseShift(
        n=len(before),
        conventional_gain=gains[0].mean_diff,
        conventional_gain_ci=interval(0),
        then_gain=gains[1].mean_diff,
        then_gain_ci=interval(1),
        shift=gains[2].mean_diff,
        shift_ci=interval(2),
        reason=reasons[0] if reasons else "",
    )

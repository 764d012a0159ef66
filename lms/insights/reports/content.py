"""The numbers of a report, from arrays: pure. What may not be shown is already None here.

Scores are in points of 100 of a scale's span; g in standard deviations. Means need 10 people and
shares 30 (evidence design, minimum n). Everything that a page, a file or the API shows of a report
is in ``Report`` and nowhere else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from assessments.psychometrics import (
    PairedGain,
    ancova_gain,
    bootstrap_mean_gain,
    change_categories,
    completers_vs_lost,
    cronbach_alpha,
    holm,
    paired_gain,
    random_effects,
    response_shift,
    suppress,
)
from lms.insights.reports.dataset import Bools, Dataset, Floats

SMALLEST_MEAN = 10
SMALLEST_SHARE = 30
SMALLEST_COUNT = 5
ENOUGH_FOR_RELIABILITY = 100
ENOUGH_RELIABILITY = 0.8
ENOUGH_REGIONS = 8
SEED = 2026
RESAMPLED_UP_TO = 2_000
"""People up to which the bootstrap interval is computed; above it is the t interval."""

Interval = tuple[float, float]


@dataclass(frozen=True)
class Estimate:
    """A mean change of the same people; all None below ten of them."""

    n: int | None
    before: float | None = None
    after: float | None = None
    gain: float | None = None
    interval: Interval | None = None
    g: float | None = None
    g_interval: Interval | None = None
    p: float | None = None


@dataclass(frozen=True)
class Strand:
    """One kind of evidence. ``unflagged``: without people who show two signs of carelessness."""

    strand: str
    estimate: Estimate
    bootstrap: Interval | None
    flagged: int | None
    unflagged: Estimate | None


@dataclass(frozen=True)
class Facet:
    code: str
    title: str
    role: str
    strand: str
    higher_is_better: bool
    estimate: Estimate
    p_adjusted: float | None = None


@dataclass(frozen=True)
class Precision:
    """Reliability of a scale before the course in the whole programme; None below 100 people."""

    title: str
    form: str
    n: int | None
    items: int
    alpha: float | None = None
    interval: Interval | None = None


@dataclass(frozen=True)
class Flow:
    """Counts of people; None below five. Lost: answered before and not after."""

    enrolled: int | None
    before: int | None
    after: int | None
    looked_back: int | None
    followed: int | None
    share_lost: float | None = None
    lost_minus_stayed: float | None = None
    lost_interval: Interval | None = None


@dataclass(frozen=True)
class Difference:
    n: int | None
    value: float | None = None
    interval: Interval | None = None
    n_compared: int | None = None


@dataclass(frozen=True)
class Categories:
    """People by their own change; ``smallest``: the change beyond error, in points of 100."""

    n: int
    improved: int | None
    unchanged: int | None
    deteriorated: int | None
    by_chance: float
    smallest: float
    reliability: float


@dataclass(frozen=True)
class Shift:
    n: int
    conventional: float | None
    conventional_interval: Interval | None
    then: float | None
    then_interval: Interval | None
    shift: float | None
    shift_interval: Interval | None


@dataclass(frozen=True)
class RegionLine:
    """``shrunken``: drawn to the programme's mean as far as the region's number is uncertain."""

    region: int
    n: int
    gain: float | None
    interval: Interval | None
    shrunken: float | None = None
    shrunken_interval: Interval | None = None


@dataclass(frozen=True)
class Regions:
    lines: tuple[RegionLine, ...]
    mean: float | None = None
    mean_interval: Interval | None = None
    prediction: Interval | None = None
    tau: float | None = None
    i2: float | None = None
    others: int = 0
    """Regions that are not shown, for fewer than ten people answered twice."""


@dataclass(frozen=True)
class Report:
    """``programme``: the gain of the whole programme beside that of a region."""

    flow: Flow
    precision: tuple[Precision, ...]
    windows: dict[str, tuple[str, str]]
    """Wave → when the first and the last answer came in."""
    strands: tuple[Strand, ...]
    contrast: Difference
    waiting: Estimate
    against_waiting: Difference
    follow_up: Estimate
    facets: tuple[Facet, ...]
    categories: Categories | None
    no_categories: str
    shift: Shift | None
    regions: Regions | None
    programme: Estimate | None


@dataclass(frozen=True)
class Reference:
    """The whole programme before the course: what one person's change is judged by."""

    precision: tuple[Precision, ...]
    sd: float | None
    reliability: float | None


def estimate_of(before: Floats, after: Floats) -> Estimate:
    """A mean change with its intervals, or nothing at all below ten pairs."""
    return _estimate(paired_gain(before, after))


def _estimate(gain: PairedGain) -> Estimate:
    if gain.n < SMALLEST_MEAN:
        return Estimate(None)
    return Estimate(
        n=gain.n,
        before=gain.mean_pre,
        after=gain.mean_post,
        gain=gain.mean_diff,
        interval=_interval(gain.ci_low, gain.ci_high),
        g=gain.g_av,
        g_interval=gain.g_av_ci,
        p=gain.p,
    )


def reference_of(data: Dataset) -> Reference:
    """Reliability of every scale, and of the headline's composite, over the whole programme."""
    rows = []
    titles = {scale.code: scale.title for scale in data.scales}
    forms = {form for _code, form in data.items}
    for scale in data.scales:
        for form in sorted(forms):
            if (scale.code, form) in data.items:
                rows.append(_precision(titles[scale.code], form, data.items[scale.code, form]))
    counted = [
        scale.code
        for scale in data.scales
        if scale.counts_in_headline and scale.strand == "self_report"
    ]
    alphas = []
    for form in forms:
        tables = [data.items[code, form] for code in counted if (code, form) in data.items]
        if tables:
            alphas.append(cronbach_alpha(np.hstack(tables)))
    n = sum(alpha.n for alpha in alphas)
    known = [(alpha.n, alpha.alpha) for alpha in alphas if alpha.alpha is not None]
    composite = data.composite("pre", "self_report")
    scores = np.empty(0) if composite is None else composite[np.isfinite(composite)]
    if n < ENOUGH_FOR_RELIABILITY or not known or len(scores) < ENOUGH_FOR_RELIABILITY:
        return Reference(tuple(rows), None, None)
    reliability = sum(count * alpha for count, alpha in known) / sum(count for count, _a in known)
    return Reference(tuple(rows), float(scores.std(ddof=1)), reliability)


def _precision(title: str, form: str, items: Floats) -> Precision:
    found = cronbach_alpha(items)
    if found.n < ENOUGH_FOR_RELIABILITY or found.alpha is None:
        return Precision(title, form, found.n if found.n >= SMALLEST_MEAN else None, found.k)
    return Precision(
        title, form, found.n, found.k, found.alpha, _interval(found.ci_low, found.ci_high)
    )


def report_of(
    data: Dataset,
    *,
    enrolled: int,
    reference: Reference,
    programme: Estimate | None = None,
    with_regions: bool = False,
    others: int = 0,
) -> Report:
    """All numbers of a report over the people of ``data``.

    enrolled: everybody with a place, whether they answered or not. programme: the headline of the
    whole, for a region's report. with_regions, others: see ``Regions``.
    """
    pre = {strand: data.composite("pre", strand) for strand in ("self_report", "judgement")}
    post = {strand: data.composite("post", strand) for strand in pre}
    facets = _facets(data)
    categories, no_categories = _categories(pre["self_report"], post["self_report"], reference)
    return Report(
        flow=_flow(data, enrolled, pre["self_report"], post["self_report"]),
        precision=reference.precision,
        windows=dict(data.windows),
        strands=tuple(
            _strand(data, strand, before, after)
            for strand, before in pre.items()
            if before is not None and (after := post[strand]) is not None
        ),
        contrast=_contrast(data, pre["self_report"], post["self_report"]),
        waiting=_waves(data, "pre", "pre_again"),
        against_waiting=_against_waiting(data),
        follow_up=_waves(data, "pre", "follow_up"),
        facets=facets,
        categories=categories,
        no_categories=no_categories,
        shift=_shift(data),
        regions=_regions(data, others) if with_regions else None,
        programme=programme,
    )


def _interval(low: float | None, high: float | None) -> Interval | None:
    return None if low is None or high is None else (low, high)


def _shown(count: int) -> int | None:
    return None if 0 < count < SMALLEST_COUNT else count


def _flow(data: Dataset, enrolled: int, pre: Floats | None, post: Floats | None) -> Flow:
    has = data.answered
    before, both = int(has["pre"].sum()), int((has["pre"] & has["post"]).sum())
    flow: dict[str, Any] = {
        "enrolled": _shown(enrolled),
        "before": _shown(before),
        "after": _shown(both),
        "looked_back": _shown(int((has["pre"] & has["post"] & has["then"]).sum())),
        "followed": _shown(int((has["pre"] & has["follow_up"]).sum())),
    }
    if before < SMALLEST_SHARE or 0 < before - both < SMALLEST_COUNT:
        return Flow(**flow)
    share = (before - both) / before
    if pre is None or post is None:
        return Flow(**flow, share_lost=share)
    lost = completers_vs_lost(pre, np.where(has["post"], 0.0, np.nan))
    if lost.n_lost < SMALLEST_MEAN or lost.n_completers < SMALLEST_MEAN:
        return Flow(**flow, share_lost=share)
    return Flow(
        **flow,
        share_lost=share,
        lost_minus_stayed=lost.g,
        lost_interval=_interval(lost.ci_low, lost.ci_high),
    )


def _strand(data: Dataset, strand: str, before: Floats, after: Floats) -> Strand:
    estimate = estimate_of(before, after)
    both = np.isfinite(before) & np.isfinite(after)
    flagged = int((data.flagged & both).sum())
    bootstrap = None
    if estimate.n is not None and estimate.n <= RESAMPLED_UP_TO:
        bootstrap = bootstrap_mean_gain(after[both] - before[both], seed=SEED).bca
    is_told = flagged >= SMALLEST_MEAN
    return Strand(
        strand=strand,
        estimate=estimate,
        bootstrap=bootstrap,
        flagged=_shown(flagged) if estimate.n is not None else None,
        unflagged=_without(before, after, data.flagged) if is_told else None,
    )


def _without(before: Floats, after: Floats, flagged: Bools) -> Estimate:
    return estimate_of(before[~flagged], after[~flagged])


def _contrast(data: Dataset, pre: Floats | None, post: Floats | None) -> Difference:
    """Trained minus untrained: how much more the trained scales rose, in the same people."""
    before, after = (data.composite(w, "self_report", role="control") for w in ("pre", "post"))
    if pre is None or post is None or before is None or after is None:
        return Difference(None)
    found = paired_gain(after - before, post - pre)
    if found.n < SMALLEST_MEAN:
        return Difference(None)
    return Difference(found.n, found.mean_diff, _interval(found.ci_low, found.ci_high))


def _waves(data: Dataset, first: str, second: str) -> Estimate:
    before, after = (data.composite(wave, "self_report") for wave in (first, second))
    return Estimate(None) if before is None or after is None else estimate_of(before, after)


def _against_waiting(data: Dataset) -> Difference:
    """Change of those trained at once minus change of those who waited, over the first interval."""
    pre, post, again = (
        data.composite(wave, "self_report") for wave in ("pre", "post", "pre_again")
    )
    if pre is None or post is None or again is None:
        return Difference(None)
    has_waited = data.answered["pre_again"]
    first = np.where(has_waited, again, post)
    found = ancova_gain(pre, first, np.where(has_waited, 0.0, 1.0))
    if min(found.n_control, found.n_trained) < SMALLEST_MEAN:
        return Difference(None)
    return Difference(
        found.n_trained, found.change_difference, found.change_difference_ci, found.n_control
    )


def _facets(data: Dataset) -> tuple[Facet, ...]:
    """Every scale but satisfaction, in the order of the instrument; Holm over the trained ones."""
    rows = [
        Facet(
            code=scale.code,
            title=scale.title,
            role=scale.role,
            strand=scale.strand,
            higher_is_better=scale.higher_is_better,
            estimate=estimate_of(data.percent("pre", number), data.percent("post", number)),
        )
        for number, scale in enumerate(data.scales)
        if scale.strand != "satisfaction"
    ]
    family = [row.estimate.p if row.role == "target" else None for row in rows]
    return tuple(
        Facet(**{**vars(row), "p_adjusted": p}) for row, p in zip(rows, holm(family), strict=True)
    )


def _categories(
    pre: Floats | None, post: Floats | None, reference: Reference
) -> tuple[Categories | None, str]:
    """Categories, or why there are none."""
    if pre is None or post is None:
        return None, "no_scale"
    n = int((np.isfinite(pre) & np.isfinite(post)).sum())
    if n < SMALLEST_SHARE:
        return None, "too_few"
    if reference.sd is None or reference.reliability is None:
        return None, "unknown_reliability"
    if reference.reliability < ENOUGH_RELIABILITY:
        return None, "low_reliability"
    found = change_categories(pre, post, sd_pre=reference.sd, reliability=reference.reliability)
    if found.reason:
        return None, "no_scale"
    counts = {
        "improved": found.improved or 0,
        "unchanged": found.unchanged or 0,
        "deteriorated": found.deteriorated or 0,
    }
    shown = _shown_together(counts)
    smallest = 1.96 * reference.sd * float(np.sqrt(2 * (1 - reference.reliability)))
    return (
        Categories(
            n=n,
            by_chance=found.expected_each_way or 0.0,
            smallest=smallest,
            reliability=reference.reliability,
            **shown,
        ),
        "",
    )


def _shown_together(counts: Mapping[str, int]) -> dict[str, int | None]:
    """Counts with small ones hidden; their neighbour in that is "unchanged", the least telling."""
    hidden = suppress(counts, minimum=SMALLEST_COUNT, publish_total=True)
    shown: dict[str, int | None] = dict(hidden.cells)
    if len(hidden.primary) == 1 and "unchanged" not in hidden.primary:
        shown = {**counts, str(hidden.primary[0]): None, "unchanged": None}
    return shown


def _shift(data: Dataset) -> Shift | None:
    """The moved yardstick, in points of 100 of the self-report scales."""
    scales = [scale for scale in data.scales if scale.strand == "self_report"]
    if not scales:
        return None
    low, high = scales[0].low, scales[0].high
    waves = [
        (data.yardsticks[wave] - low) * (100 / (high - low)) for wave in ("pre", "then", "post")
    ]
    found = response_shift(*waves)
    if found.n < SMALLEST_MEAN:
        return None
    return Shift(
        found.n,
        found.conventional_gain,
        found.conventional_gain_ci,
        found.then_gain,
        found.then_gain_ci,
        found.shift,
        found.shift_ci,
    )


def _regions(data: Dataset, others: int) -> Regions:
    """Each region's gain and its shrunken value; the caller puts them in alphabetical order."""
    pre, post = (data.composite(wave, "self_report") for wave in ("pre", "post"))
    if pre is None or post is None:
        return Regions((), others=others)
    gains = post - pre
    known = np.isfinite(gains)
    before, after, gains = pre[known], post[known], gains[known]
    codes, places = np.unique(data.regions[known], return_inverse=True)
    n = np.bincount(places, minlength=len(codes))
    means = np.bincount(places, gains, minlength=len(codes)) / np.maximum(n, 1)
    squares = np.bincount(places, (gains - means[places]) ** 2, minlength=len(codes))
    variances = squares / np.maximum(n - 1, 1) / np.maximum(n, 1)
    shown = n >= SMALLEST_MEAN
    model = random_effects(means[shown], variances[shown])
    is_modelled = model.k >= ENOUGH_REGIONS
    lines = []
    for number, place in enumerate(np.flatnonzero(shown).tolist()):
        gain = paired_gain(before[places == place], after[places == place])
        lines.append(
            RegionLine(
                region=int(codes[place]),
                n=int(n[place]),
                gain=gain.mean_diff,
                interval=_interval(gain.ci_low, gain.ci_high),
                shrunken=model.shrunken[number] if is_modelled else None,
                shrunken_interval=model.shrunken_ci[number] if is_modelled else None,
            )
        )
    if not is_modelled:
        return Regions(tuple(lines), others=others)
    return Regions(
        tuple(lines),
        mean=model.mu,
        mean_interval=_interval(model.ci_low, model.ci_high),
        prediction=model.prediction_interval,
        tau=None if model.tau2 is None else float(np.sqrt(model.tau2)),
        i2=model.I2,
        others=others,
    )

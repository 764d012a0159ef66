"""The numbers of a report, from arrays: pure. What may not be shown is already None here.

Scores are in points of 100 of a scale's span; g in standard deviations. Means need 10 people and
shares 30 (evidence design, minimum n). Everything that a page, a file or the API shows of a report
is in ``Report`` and nowhere else. Every number is about one of the groups of ``freezing``, and what
stands beside another number is chosen by ``hiding``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
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
)
from lms.insights.reports.dataset import BEFORE, Bools, Dataset, Floats, ScaleFacts
from lms.insights.reports.freezing import GROUPS, Group, is_member, scale_group
from lms.insights.reports.hiding import (
    SMALLEST_COUNT,
    SMALLEST_MEAN,
    SMALLEST_SHARE,
    Hidden,
    HiddenEverywhere,
    hidden_everywhere,
    is_told_beside,
    is_told_of_some,
    told,
)

ENOUGH_FOR_RELIABILITY = 100
ENOUGH_RELIABILITY = 0.8
ENOUGH_REGIONS = 8
ENOUGH_TARGETS = 30
"""Rounds from which on the agreement of observers is told."""
SEED = 2026
RESAMPLED_UP_TO = 2_000
"""People up to which the bootstrap interval is computed; above it is the t interval."""

STRANDS = {"self_report": ("headline", "careful"), "judgement": ("judged", "judged_carefully")}
"""Strand → the group of its headline, and the one without signs of carelessness."""

Interval = tuple[float, float]


@dataclass(frozen=True)
class Estimate:
    """A mean change of the same people; all None below ten of them.

    ``before``, ``after``: None, too, beside a group of almost the same people, whose means would
    tell of the others.
    """

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
    """One kind of evidence. ``unflagged``: without people who show two signs of carelessness.

    Both None where there are too few of these.
    """

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
    """Counts of people; None below five, and where few would follow by subtraction.

    Lost: answered before and not after. Where one to four are lost, ``before`` is not told.
    """

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
class Observed:
    """First and last round as specialist by the rubric, in points of 100.

    ``single``, ``together``: agreement of one observer and of the mean of two, ICC(2,1) and
    ICC(2,k) over ``rounds`` of the whole programme.
    """

    estimate: Estimate
    rounds: int | None = None
    single: float | None = None
    single_interval: Interval | None = None
    together: float | None = None
    together_interval: Interval | None = None


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
    """Regions that are not shown, for fewer than ten people answered enough twice."""


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
    observed: Observed | None = None


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
    sheets = data.pooled_sheets()
    for scale in data.scales:
        rows += [
            _precision(titles[scale.code], sheet.form, sheet.points[scale.code])
            for sheet in sheets
            if scale.code in sheet.points
        ]
    counted = [
        scale.code
        for scale in data.scales
        if scale.counts_in_headline and scale.strand == "self_report"
    ]
    alphas = []
    for sheet in sheets:
        tables = [sheet.points[code] for code in counted if code in sheet.points]
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
    hidden: Hidden,
    programme: Estimate | None = None,
    with_regions: bool = False,
    others: int = 0,
    observed: Observed | None = None,
) -> Report:
    """All numbers of a report over the people of ``data``.

    enrolled: everybody with a place, whether they answered or not. hidden: of ``hidden_in``, for
    the programme or for this region. programme: the headline of the whole, for a region's report.
    with_regions, others: see ``Regions``. observed: what is known of practicums.
    """
    pre = {strand: data.composite(BEFORE, strand) for strand in STRANDS}
    post = {strand: data.composite("post", strand) for strand in pre}
    facets = _facets(data)
    categories, no_categories = _categories(data, reference, hidden)
    return Report(
        flow=_flow(data, enrolled, pre["self_report"], hidden),
        precision=reference.precision,
        windows=dict(data.windows),
        strands=tuple(
            _strand(data, strand, before, after)
            for strand, before in pre.items()
            if before is not None and (after := post[strand]) is not None
        ),
        contrast=_contrast(data, pre["self_report"], post["self_report"]),
        waiting=_waves(data, "waited", "pre", "pre_again", beside=("headline",)),
        against_waiting=_against_waiting(data),
        follow_up=_waves(data, "followed_up", BEFORE, "follow_up", beside=("headline", "waited")),
        facets=facets,
        categories=categories,
        no_categories=no_categories,
        shift=_shift(data),
        regions=_regions(data, others) if with_regions else None,
        programme=programme,
        observed=observed,
    )


def _interval(low: float | None, high: float | None) -> Interval | None:
    return None if low is None or high is None else (low, high)


def _shown(count: int) -> int | None:
    return None if 0 < count < SMALLEST_COUNT else count


def members(data: Dataset, group: str | Group) -> Bools:
    return is_member(data.bits, GROUPS[group] if isinstance(group, str) else group)


def _told(data: Dataset, group: str | Group) -> Bools:
    """The members of whom a mean may be told: of regions with at least ten of them."""
    return told(members(data, group), data.regions)


def hidden_in(data: Dataset, reference: Reference) -> HiddenEverywhere:
    """Counts that the programme of ``data`` and its regions must not tell."""
    flows, categories = {}, {}
    for region, found in data.by_region():
        flows[region] = {
            name: int(members(found, group).sum())
            for name, group in (
                ("before", "lost"),
                ("looked_back", "looked_back"),
                ("followed", "followed"),
            )
        }
        counts, _why = _counts(found, reference)
        if counts is not None:
            categories[region] = counts.by_name
    return hidden_everywhere(flows, categories)


def _flow(data: Dataset, enrolled: int, pre: Floats | None, hidden: Hidden) -> Flow:
    groups = {"before": "before", "after": "pairs", "looked_back": "looked_back",
              "followed": "followed"}  # fmt: skip
    counts = {name: int(members(data, group).sum()) for name, group in groups.items()}
    flow: dict[str, Any] = {"enrolled": _shown(enrolled)} | {
        name: None if name in hidden.flow else _shown(count) for name, count in counts.items()
    }
    before = flow["before"]
    if before is None or before < SMALLEST_SHARE:
        return Flow(**flow)
    share = (before - counts["after"]) / before
    began = np.isfinite(pre) if pre is not None else np.zeros(len(data.people), dtype=bool)
    if pre is None or not is_told_of_some(members(data, "lost"), began, data.regions):
        return Flow(**flow, share_lost=share)
    lost = completers_vs_lost(pre, np.where(data.answered["post"], 0.0, np.nan))
    if lost.n_lost < SMALLEST_MEAN or lost.n_completers < SMALLEST_MEAN:
        return Flow(**flow, share_lost=share)
    return Flow(
        **flow,
        share_lost=share,
        lost_minus_stayed=lost.g,
        lost_interval=_interval(lost.ci_low, lost.ci_high),
    )


def _strand(data: Dataset, strand: str, before: Floats, after: Floats) -> Strand:
    group, careful_group = STRANDS[strand]
    both = _told(data, group)
    estimate = estimate_of(before[both], after[both])
    bootstrap = None
    if estimate.n is not None and estimate.n <= RESAMPLED_UP_TO:
        bootstrap = bootstrap_mean_gain(after[both] - before[both], seed=SEED).bca
    unflagged = Estimate(None)
    if is_told_of_some(data.flagged, both, data.regions):
        careful = both & members(data, careful_group)
        unflagged = estimate_of(before[careful], after[careful])
    is_told = unflagged.n is not None
    return Strand(
        strand=strand,
        estimate=estimate,
        bootstrap=bootstrap,
        flagged=int((data.flagged & both).sum()) if is_told else None,
        unflagged=unflagged if is_told else None,
    )


def _contrast(data: Dataset, pre: Floats | None, post: Floats | None) -> Difference:
    """Trained minus untrained: how much more the trained scales rose, in the same people."""
    before, after = (data.composite(w, "self_report", role="control") for w in (BEFORE, "post"))
    if pre is None or post is None or before is None or after is None:
        return Difference(None)
    both = _told(data, "contrast")
    found = paired_gain((after - before)[both], (post - pre)[both])
    if found.n < SMALLEST_MEAN:
        return Difference(None)
    return Difference(found.n, found.mean_diff, _interval(found.ci_low, found.ci_high))


def _waves(
    data: Dataset, group: str, first: str, second: str, *, beside: Iterable[str]
) -> Estimate:
    """The change of a group between two waves. beside: groups that show scores of these, too."""
    before, after = (data.composite(of, "self_report") for of in (first, second))
    if before is None or after is None:
        return Estimate(None)
    both = _told(data, group)
    found = estimate_of(before[both], after[both])
    if all(is_told_beside(both, _told(data, other), data.regions) for other in beside):
        return found
    return replace(found, before=None, after=None)


def _against_waiting(data: Dataset) -> Difference:
    """Change of those trained at once minus change of those who waited, over the first interval."""
    pre, post, again = (
        data.composite(wave, "self_report") for wave in ("pre", "post", "pre_again")
    )
    if pre is None or post is None or again is None:
        return Difference(None)
    waited, trained = _told(data, "waited"), _told(data, "trained")
    if not is_told_beside(trained, _told(data, "headline"), data.regions):
        return Difference(None)
    compared = waited | trained
    first = np.where(waited, again, post)
    found = ancova_gain(pre[compared], first[compared], trained[compared].astype(np.float64))
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
            estimate=_facet_estimate(data, number, scale),
        )
        for number, scale in enumerate(data.scales)
        if scale.strand != "satisfaction"
    ]
    family = [row.estimate.p if row.role == "target" else None for row in rows]
    return tuple(
        Facet(**{**vars(row), "p_adjusted": p}) for row, p in zip(rows, holm(family), strict=True)
    )


def _facet_estimate(data: Dataset, number: int, scale: ScaleFacts) -> Estimate:
    """A part of a composite is told of the composite's people, for their mean is that of its parts.

    The untrained scale stands in the contrast together with the headline: it is told of those who
    are in both, unless a few are in the headline only.
    """
    if scale.counts_in_headline and scale.strand in STRANDS:
        both = _told(data, STRANDS[scale.strand][0])
    elif scale.role == "control" and scale.strand == "self_report" and scale.higher_is_better:
        both = _told(data, "contrast")
        if not is_told_beside(both, _told(data, "headline"), data.regions):
            return Estimate(None)
    else:
        both = _told(data, scale_group(number))
    return estimate_of(data.percent(BEFORE, number)[both], data.percent("post", number)[both])


@dataclass(frozen=True)
class _Counts:
    by_name: dict[str, int]
    by_chance: float

    @property
    def n(self) -> int:
        return sum(self.by_name.values())


def _counts(data: Dataset, reference: Reference) -> tuple[_Counts | None, str]:
    """People by their own change, of regions with thirty or more; or why there are none."""
    pre, post = (data.composite(wave, "self_report") for wave in (BEFORE, "post"))
    if pre is None or post is None:
        return None, "no_scale"
    both = told(members(data, "headline"), data.regions, minimum=SMALLEST_SHARE)
    if not both.any():
        return None, "too_few"
    if reference.sd is None or reference.reliability is None:
        return None, "unknown_reliability"
    if reference.reliability < ENOUGH_RELIABILITY:
        return None, "low_reliability"
    found = change_categories(
        pre[both], post[both], sd_pre=reference.sd, reliability=reference.reliability
    )
    if found.reason:
        return None, "no_scale"
    counts = {
        "improved": found.improved or 0,
        "unchanged": found.unchanged or 0,
        "deteriorated": found.deteriorated or 0,
    }
    return _Counts(counts, found.expected_each_way or 0.0), ""


def _categories(
    data: Dataset, reference: Reference, hidden: Hidden
) -> tuple[Categories | None, str]:
    """Categories, or why there are none."""
    found, why = _counts(data, reference)
    if found is None:
        return None, why
    assert reference.sd is not None
    assert reference.reliability is not None
    shown: dict[str, Any] = {
        name: None if name in hidden.categories else count for name, count in found.by_name.items()
    }
    smallest = 1.96 * reference.sd * float(np.sqrt(2 * (1 - reference.reliability)))
    return (
        Categories(
            n=found.n,
            by_chance=found.by_chance,
            smallest=smallest,
            reliability=reference.reliability,
            **shown,
        ),
        "",
    )


def _shift(data: Dataset) -> Shift | None:
    """The moved yardstick, in points of 100 of the self-report scales."""
    scales = [scale for scale in data.scales if scale.strand == "self_report"]
    if not scales:
        return None
    low, high = scales[0].low, scales[0].high
    waves = [
        (data.yardstick(wave) - low) * (100 / (high - low)) for wave in (BEFORE, "then", "post")
    ]
    shifted = _told(data, "shifted")
    found = response_shift(*(wave[shifted] for wave in waves))
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
    pre, post = (data.composite(wave, "self_report") for wave in (BEFORE, "post"))
    if pre is None or post is None:
        return Regions((), others=others)
    known = _told(data, "headline")
    before, after, gains = pre[known], post[known], (post - pre)[known]
    codes, places = np.unique(data.regions[known], return_inverse=True)
    others += len(np.unique(data.regions)) - len(codes)
    n = np.bincount(places, minlength=len(codes))
    means = np.bincount(places, gains, minlength=len(codes)) / np.maximum(n, 1)
    squares = np.bincount(places, (gains - means[places]) ** 2, minlength=len(codes))
    variances = squares / np.maximum(n - 1, 1) / np.maximum(n, 1)
    model = random_effects(means, variances)
    is_modelled = model.k >= ENOUGH_REGIONS
    lines = []
    for number in range(len(codes)):
        gain = paired_gain(before[places == number], after[places == number])
        lines.append(
            RegionLine(
                region=int(codes[number]),
                n=int(n[number]),
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
        mean_interval=model.few_groups_ci,
        prediction=model.prediction_interval,
        tau=None if model.tau2 is None else float(np.sqrt(model.tau2)),
        i2=model.I2,
        others=others,
    )
